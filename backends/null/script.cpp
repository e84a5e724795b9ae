#include "null/script.h"

#include <algorithm>
#include <cmath>

namespace benchhost::null {
namespace {

constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15;

// SplitMix64 (Steele, Lea & Flood 2014), as host.h uses it for random_fill.
std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

}  // namespace

Script::Script(const Options& options, std::uint32_t device_index)
    : options_(options), state_(mix(options.seed + kGolden * (device_index + 1U))) {}

double Script::noise() {
  // The sum of twelve uniforms less six: mean 0, variance 1, and the same bits on every machine, which no library's
  // logarithm promises.
  double sum = -6.0;
  for (int i = 0; i < 12; ++i) {
    state_ += kGolden;
    sum += static_cast<double>(mix(state_) >> 11) * 0x1p-53;
  }
  return sum;
}

void Script::run(std::uint64_t items) {
  const double mean_ns = static_cast<double>(options_.launch_ns) + options_.item_ns * static_cast<double>(items);
  // Never backwards, however large the noise: time that goes back is what clock=backwards is for.
  const double factor = std::max(0.0, 1.0 + options_.noise_ratio * noise());
  now_ns_ += std::llround(std::min(mean_ns * factor, 1e15));
}

std::int64_t Script::shown(std::int64_t true_ns) const {
  switch (options_.clock) {
    case Clock::zero:
      return 0;
    case Clock::backwards:
      return -true_ns;
    case Clock::honest:
      break;
  }
  return true_ns / options_.step_ns * options_.step_ns;
}

}  // namespace benchhost::null
