// Asking running work to stop, from a signal handler or another thread.
#pragma once

#include <atomic>

#include "common/base/result.h"
#include "common/platform/handle.h"

namespace benchhost::supervise {

/// Shared by everything that must end together. First request: end in order, keep what is done. Second, or force():
/// end at once. Cannot be taken back.
/// Thread: request and force may be called from every thread and from a signal handler; they neither block nor
/// allocate.
class CancelToken {
 public:
  /// Errors: BH0011.
  [[nodiscard]] static Result<CancelToken> make();
  CancelToken(CancelToken&& other) noexcept;
  CancelToken& operator=(CancelToken&&) = delete;
  ~CancelToken() = default;

  void request() noexcept;
  void force() noexcept;
  [[nodiscard]] bool requested() const noexcept { return level_.load() >= 1; }
  [[nodiscard]] bool forced() const noexcept { return level_.load() >= 2; }

  /// Readable for ever once requested, or forced: for poll.
  [[nodiscard]] platform::NativeHandle requested_handle() const { return requested_.read.get(); }
  [[nodiscard]] platform::NativeHandle forced_handle() const { return forced_.read.get(); }

 private:
  CancelToken(platform::Pipe requested, platform::Pipe forced)
      : requested_(std::move(requested)), forced_(std::move(forced)) {}
  void raise(int level, const platform::Pipe& pipe) noexcept;

  platform::Pipe requested_;
  platform::Pipe forced_;
  std::atomic<int> level_ = 0;
};

}  // namespace benchhost::supervise
