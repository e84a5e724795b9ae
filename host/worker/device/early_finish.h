// Finds platforms that say "done" before they are: after an honest wait, reading a word back takes what it always
// takes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace benchhost::device {

/// Judges the read-back that follows a wait by read-backs from an idle queue (backend.h, section 7).
class EarlyFinish {
 public:
  /// One batch: the bracket up to the wait's return, the first read-back after it, and one from the queue that is idle
  /// for certain then. All in ns. True: the wait returned before the work was done, or the machine was busy.
  bool judge(std::int64_t bracket_ns, std::int64_t first_ns, std::int64_t idle_ns);

  /// Three batches in a row were early: no longer an accident.
  [[nodiscard]] bool persistent() const { return persistent_; }

 private:
  static constexpr std::size_t kKept = 16;
  static constexpr int kInARow = 3;

  [[nodiscard]] std::int64_t slowest_idle() const;

  std::array<std::int64_t, kKept> idle_ns_{};
  std::size_t seen_ = 0;
  int in_a_row_ = 0;
  bool persistent_ = false;
};

}  // namespace benchhost::device
