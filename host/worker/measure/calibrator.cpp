#include "worker/measure/calibrator.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace benchhost::measure {
namespace {

/// A difference below this many ticks says nothing about the cost of an iteration.
constexpr double kTicksOfSlope = 10;
constexpr double kGrowth = 10;
constexpr double kApart = 0.6;
constexpr double kRise = 1.5;
/// Aim a little over the target, so that a quick probe does not miss it by its noise.
constexpr double kAim = 1.05;
/// Largest n: n times anything still fits the plugin's 64-bit loop counters and ours.
constexpr double kMaxN = 9e15;

}  // namespace

std::optional<double> Calibrator::slope() const {
  if (probes_.size() < 2) return std::nullopt;
  const auto& last = probes_.back();
  // The latest probe of clearly fewer iterations: between near neighbours noise is larger than the difference.
  const auto before = std::find_if(probes_.rbegin() + 1, probes_.rend(), [&](const stats::BatchTime& probe) {
    return static_cast<double>(probe.iterations) <= kApart * static_cast<double>(last.iterations);
  });
  if (before == probes_.rend()) return std::nullopt;
  const double gained = last.time_ns - before->time_ns;
  if (gained < kTicksOfSlope * static_cast<double>(limits_.tick_ns)) return std::nullopt;
  // Overhead that hides the iterations leaves a difference that is mostly noise: believe it once it is a tenth of the
  // batch.
  if (gained < 0.1 * last.time_ns) return std::nullopt;
  return gained / static_cast<double>(last.iterations - before->iterations);
}

std::uint64_t Calibrator::clamp(double n) const {
  const double most = limits_.batch_max == 0 ? kMaxN : std::min(kMaxN, static_cast<double>(limits_.batch_max));
  return std::max(limits_.batch_min, static_cast<std::uint64_t>(std::clamp(n, 1.0, most)));
}

std::optional<std::uint64_t> Calibrator::next() const {
  if (probes_.empty()) return clamp(static_cast<double>(limits_.batch_min));
  if (taken_ >= kMaxProbes) return std::nullopt;
  const auto& last = probes_.back();
  const double n = static_cast<double>(last.iterations);
  const double target = static_cast<double>(limits_.target_ns);
  const auto cost = slope();
  if (cost && *cost * n >= target) {
    // A probe that lost the processor for a while looks like a long one, and n would stay far too small for good.
    // Overhead and work let the time per iteration fall as n grows; where it rises the probe is repeated.
    const auto& earlier = probes_[probes_.size() - 2];
    const bool odd = last.time_ns / n > kRise * earlier.time_ns / static_cast<double>(earlier.iterations);
    return odd && !confirmed_ ? std::optional(static_cast<std::uint64_t>(last.iterations)) : std::nullopt;
  }

  double wanted = n * kGrowth;
  if (cost) {
    wanted = std::min(wanted, kAim * target / *cost);
  } else if (probes_.size() == 1 && last.time_ns > target / kGrowth) {
    // One long probe may be one iteration or overhead: twice as many iterations tell.
    wanted = std::max(2 * n, std::min(wanted, std::ceil(kAim * target * n / std::max(last.time_ns, 1.0))));
  }
  // The dearest that a further iteration can be is the whole of the last probe spread over its iterations.
  const double dearest = cost.value_or(last.time_ns / n);
  const double budget = static_cast<double>(limits_.probe_budget_ns);
  if (probes_.size() == 1 || cost) wanted = std::min(wanted, n + (budget - last.time_ns) / std::max(dearest, 1e-9));
  const std::uint64_t asked = clamp(std::ceil(std::max(wanted, 0.0)));
  if (asked <= static_cast<std::uint64_t>(last.iterations) || last.time_ns > budget) return std::nullopt;
  // Rounding up must not lead over the budget either: a body of half the budget is not probed twice.
  if (probes_.size() == 1 && dearest * static_cast<double>(asked) > budget) return std::nullopt;
  return asked;
}

void Calibrator::record(std::uint64_t n, std::int64_t time_ns) {
  ++taken_;
  confirmed_ = !probes_.empty() && probes_.back().iterations == static_cast<std::int64_t>(n);
  if (confirmed_) {
    // Whatever disturbs only adds.
    probes_.back().time_ns = std::min(probes_.back().time_ns, static_cast<double>(time_ns));
  } else {
    probes_.push_back({static_cast<std::int64_t>(n), static_cast<double>(time_ns)});
  }
}

std::uint64_t Calibrator::chosen(double jitter) const {
  const auto& last = probes_.back();
  const auto cost = slope();
  double n = static_cast<double>(last.iterations);
  if (cost) n = std::min(n, std::ceil(static_cast<double>(limits_.target_ns) / *cost));
  return clamp(std::floor(n * (1 + std::clamp(jitter, 0.0, 0.2))));
}

std::int64_t Calibrator::expected_ns(std::uint64_t n) const {
  const auto& last = probes_.back();
  const double cost = slope().value_or(last.time_ns / static_cast<double>(last.iterations));
  const double expected = last.time_ns + cost * (static_cast<double>(n) - static_cast<double>(last.iterations));
  return static_cast<std::int64_t>(std::clamp(expected, 0.0, 9e18));
}

}  // namespace benchhost::measure
