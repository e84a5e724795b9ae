// Ctrl-C: the first time it ends the command in order, the second time at once. SIGUSR1 asks what is running.
#pragma once

#include <atomic>
#include <memory>

#include "cli/progress.h"
#include "common/base/result.h"
#include "schedule/worker_runner.h"
#include "supervise/cancel.h"

namespace benchhost::cli {

/// Takes SIGINT, SIGTERM and SIGHUP while it lives, but those that were ignored, and puts back what was there: the
/// first is a request, the second forces, a third ends the process as if nothing had been taken. SIGUSR1 is taken too
/// and ends nothing. One at a time in a process.
class SignalGuard final : public schedule::StopWish, public StatusWish {
 public:
  /// `cancel` outlives it.
  explicit SignalGuard(supervise::CancelToken& cancel);
  ~SignalGuard() override;
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;

  [[nodiscard]] int signal() const override { return first_.load(); }
  [[nodiscard]] bool take_status_wish() override { return status_wanted_.exchange(false); }
  /// Puts back what was there now; signal() stays.
  void give_back();

 private:
  static void handle(int number);

  supervise::CancelToken& cancel_;
  std::atomic<int> first_ = 0;
  std::atomic<bool> status_wanted_ = false;
  struct Saved;
  std::unique_ptr<Saved> saved_;
};

/// The guard of a command with the token that its workers are ended by.
class Interrupts {
 public:
  /// Errors: BH0011.
  [[nodiscard]] static Result<std::unique_ptr<Interrupts>> make();

  [[nodiscard]] const supervise::CancelToken& cancel() const { return cancel_; }
  [[nodiscard]] SignalGuard& signals() { return signals_; }

 private:
  explicit Interrupts(supervise::CancelToken token) : cancel_(std::move(token)), signals_(cancel_) {}

  supervise::CancelToken cancel_;
  SignalGuard signals_;
};

}  // namespace benchhost::cli
