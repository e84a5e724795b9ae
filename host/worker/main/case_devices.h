// The processors and devices of a case, opened in this process.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/platform/topology.h"
#include "common/protocol/descriptor.h"
#include "worker/main/jobs.h"
#include "worker/main/session_bracket.h"
#include "worker/measure/team_layout.h"

namespace benchhost::worker_main {

/// The processors, read when somebody asks for the first time: reading takes milliseconds that most cases need not
/// spend. Thread: control.
class Processors {
 public:
  [[nodiscard]] const platform::Topology& topology();
  /// Of the CPUs in this order; all that this process may use, if none is given.
  [[nodiscard]] std::vector<measure::CpuPlace> places(const std::vector<std::uint32_t>& wanted);
  /// All caches of the last level together; 0: not known.
  [[nodiscard]] std::uint64_t last_cache_bytes();

 private:
  std::optional<platform::Topology> topology_;
};

/// Modules and session of a case. The session goes before the modules that it stands on.
struct Devices {
  std::map<std::string, std::unique_ptr<device::BackendModule>> modules;
  std::unique_ptr<SessionBracket> bracket;
};

/// Loads the backends that fill the slots, and opens a session over them; tells which devices these are. Errors: a slot
/// that needs a device has none (BH0501); a backend that does not load; a device that does not open.
[[nodiscard]] Result<void> open_devices(const JobContext& context, const protocol::RunJob& job,
                                        const protocol::BenchmarkRecord& benchmark, Processors& processors,
                                        Devices& devices);

}  // namespace benchhost::worker_main
