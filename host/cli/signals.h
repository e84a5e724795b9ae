// Ctrl-C: the first time it ends the run in order, the second time at once.
#pragma once

#include <atomic>

#include "schedule/worker_runner.h"
#include "supervise/cancel.h"

namespace benchhost::cli {

/// Takes SIGINT, SIGTERM and SIGHUP while it lives, but those that were ignored, and puts back what was there. One at a
/// time in a process.
class SignalGuard final : public schedule::StopWish {
 public:
  /// `cancel` outlives it.
  explicit SignalGuard(supervise::CancelToken& cancel);
  ~SignalGuard() override;
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;

  [[nodiscard]] int signal() const override { return first_.load(); }

 private:
  static void handle(int number);

  supervise::CancelToken& cancel_;
  std::atomic<int> first_ = 0;
  struct Saved;
  Saved* saved_;
};

}  // namespace benchhost::cli
