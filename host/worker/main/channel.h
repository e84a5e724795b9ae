// The job that comes in and the messages that go out.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "common/base/result.h"
#include "common/platform/handle.h"
#include "common/protocol/frame.h"
#include "common/protocol/job.h"
#include "worker/measure/reporter.h"

namespace benchhost::worker_main {

/// Reads the one job. Errors: BH0302: no whole frame before the end, or no job in it.
[[nodiscard]] Result<protocol::Job> read_job(platform::NativeHandle handle);

/// Sends messages as frames, each with one write; segments of samples wait for the message after them. Thread: any.
/// When the host is gone a write ends this process (SIGPIPE): nobody is left to work for.
class FrameReporter final : public measure::Reporter {
 public:
  explicit FrameReporter(platform::OwnedHandle handle) : handle_(std::move(handle)) {}
  void send(protocol::Message message) override;
  [[nodiscard]] std::uint64_t sent() const;

 private:
  platform::OwnedHandle handle_;
  mutable std::mutex mutex_;
  protocol::FrameEncoder encoder_;
  std::string waiting_;
  std::uint64_t sent_ = 0;
  bool broken_ = false;
};

}  // namespace benchhost::worker_main
