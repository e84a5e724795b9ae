#include "common/platform/clock.h"

#include <algorithm>
#include <array>

namespace benchhost::platform {

ClockFacts measure_clock(Clock& clock) {
  constexpr int kBlocks = 101;
  constexpr int kReadings = 100;
  constexpr int kMostReadings = 5'000'000;
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
  // A clock of coarse ticks may have stood still all the time.
  std::int64_t before = clock.now_ns();
  for (int i = 0; i < kMostReadings && smallest == 0; ++i) {
    const std::int64_t now = clock.now_ns();
    if (now > before) smallest = now - before;
  }
  if (smallest == 0) smallest = clock.resolution_ns().value_or(0);
  const auto middle = cost_ns.begin() + kBlocks / 2;
  std::nth_element(cost_ns.begin(), middle, cost_ns.end());
  return {clock.source(), clock.resolution_ns(), *middle, smallest};
}

}  // namespace benchhost::platform
