// What a run over minutes did, window by window, and what it comes to. Pure.
#pragma once

#include <cstdint>
#include <vector>

namespace sustained {

/// Work of one window. Windows follow each other without a gap.
struct Window {
  double amount = 0;
  std::int64_t duration_ns = 0;  ///< > 0
};

inline constexpr int kParts = 10;

/// Rate in each of kParts equal parts of the whole time, per second. A window that reaches over the edge of a part
/// counts to both by its share of time. Empty: no window.
std::vector<double> rates_by_part(const std::vector<Window>& windows);

/// Iterations for the next window, so that it lasts target_ns if the last one's rate goes on. At least 1.
std::uint64_t next_iterations(std::uint64_t iterations, std::int64_t took_ns, std::int64_t target_ns);

}  // namespace sustained
