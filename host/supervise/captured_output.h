// What a process wrote to a stream: its head and its tail, and how much lay between.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace benchhost::supervise {

/// Raw bytes: escape them before they are shown.
struct CapturedOutput {
  std::string head;
  std::string tail;
  std::uint64_t total_bytes = 0;

  [[nodiscard]] std::uint64_t dropped_bytes() const { return total_bytes - head.size() - tail.size(); }
};

/// The last lines of what was written that say anything, at most two of 200 bytes each, escaped for a terminal and
/// joined by " | "; "" if there are none. For the reason of a process that gave no other.
[[nodiscard]] std::string last_words(const CapturedOutput& output);

/// Keeps the first and the last bytes of a stream of any length in bounded memory.
class OutputCapture {
 public:
  OutputCapture(std::uint64_t head_bytes, std::uint64_t tail_bytes) : head_max_(head_bytes), tail_max_(tail_bytes) {}
  void add(std::string_view bytes);
  [[nodiscard]] CapturedOutput take();

 private:
  std::uint64_t head_max_;
  std::uint64_t tail_max_;
  CapturedOutput out_;
};

}  // namespace benchhost::supervise
