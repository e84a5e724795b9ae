#include "common/platform/clock.h"

#include <algorithm>
#include <array>

namespace benchhost::platform {

ClockFacts measure_clock(Clock& clock) {
  constexpr int kBlocks = 101;
  constexpr int kReadings = 100;
  std::array<double, kBlocks> cost_ns{};
  std::int64_t smallest = 0;
  for (double& block : cost_ns) {
    const std::int64_t begin = clock.now_ns();
    std::int64_t before = begin;
    for (int i = 0; i < kReadings; ++i) {
      const std::int64_t now = clock.now_ns();
      const std::int64_t delta = now - before;
      if (delta > 0 && (smallest == 0 || delta < smallest)) smallest = delta;
      before = now;
    }
    block = static_cast<double>(before - begin) / kReadings;
  }
  const auto middle = cost_ns.begin() + kBlocks / 2;
  std::nth_element(cost_ns.begin(), middle, cost_ns.end());
  return {clock.source(), clock.resolution_ns(), *middle, smallest};
}

}  // namespace benchhost::platform
