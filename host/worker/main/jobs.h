// The jobs of a worker: each gives the host messages and one end.
#pragma once

#include <atomic>
#include <cstdint>

#include "common/platform/clock.h"
#include "common/platform/files.h"
#include "common/protocol/job.h"
#include "common/protocol/message.h"
#include "worker/measure/reporter.h"

namespace benchhost::worker_main {

/// What every job stands on. All must outlive it.
struct JobContext {
  platform::Clock* clock = nullptr;
  platform::Files* files = nullptr;
  measure::Reporter* reporter = nullptr;
  const std::atomic<std::uint32_t>* cancelled = nullptr;
};

/// Does the job and says how it ended; `messages` is the caller's to fill. Thread: control.
[[nodiscard]] protocol::Final do_job(const JobContext& context, const protocol::ProbePluginJob& job);
[[nodiscard]] protocol::Final do_job(const JobContext& context, const protocol::EnumerateJob& job);
[[nodiscard]] protocol::Final do_job(const JobContext& context, const protocol::ProbeBackendJob& job);
[[nodiscard]] protocol::Final do_job(const JobContext& context, const protocol::RunJob& job);
[[nodiscard]] protocol::Final do_job(const JobContext& context, const protocol::CheckJob& job);

/// A life sign that says where the job is.
void announce(const JobContext& context, protocol::Phase phase);
/// An error as the end of a job.
[[nodiscard]] protocol::Final end_with(const Error& error, protocol::Phase phase,
                                       protocol::Outcome outcome = protocol::Outcome::failed);

}  // namespace benchhost::worker_main
