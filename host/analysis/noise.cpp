#include "analysis/noise.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "common/base/units.h"
#include "common/stats/autocorrelation.h"
#include "common/stats/quantiles.h"

namespace benchhost::analysis {
namespace {

namespace p = protocol;

constexpr double kLevel = 0.99;
// Distance of the quartiles of normal values in standard deviations: 2 Phi^-1(3/4).
constexpr double kQuartilesToSd = 1.3489795003921634;
constexpr std::size_t kLeastForTail = 100;

// Where a reason is worth saying.
constexpr double kDisturbedShare = 0.01;
constexpr double kSwitchesPerSecond = 10;
// A worker loses its CPU some ten times for starting and ending, to nobody but its host.
constexpr double kSwitchesOfALife = 15;
constexpr double kStealRatio = 0.005;
constexpr double kTailRatio = 0.10;
constexpr double kBeyondBatches = 2;

template <class Member>
std::optional<double> median_of(std::span<const NoisePair> pairs, Member member) {
  std::vector<double> values;
  for (const NoisePair& pair : pairs) {
    for (const InvocationNoise* one : {&pair.a, &pair.b}) {
      if (const std::optional<double> value = one->*member) values.push_back(*value);
    }
  }
  return stats::median(values);
}

// In the order in which they ran.
std::vector<double> log_locations(std::span<const NoisePair> pairs) {
  std::vector<double> logs;
  for (const NoisePair& pair : pairs) {
    const double a = std::log(pair.a.batch_ns);
    const double b = std::log(pair.b.batch_ns);
    logs.push_back(pair.b_first ? b : a);
    logs.push_back(pair.b_first ? a : b);
  }
  return logs;
}

// A over B, on the log scale and carried back.
std::optional<stats::Interval> a_over_b(std::span<const NoisePair> pairs) {
  std::vector<double> ratios;
  for (const NoisePair& pair : pairs) ratios.push_back(pair.a.batch_ns / pair.b.batch_ns);
  return stats::log_mean_interval(ratios, kLevel);
}

void add_disturbances(std::span<const NoisePair> pairs, BodyNoise& body) {
  double life_s = 0;
  std::optional<double> switches = 0;
  std::optional<double> steal = 0;
  for (const NoisePair& pair : pairs) {
    for (const InvocationNoise* one : {&pair.a, &pair.b}) {
      body.batches += one->batches;
      body.disturbed_batches += one->disturbed_batches;
      life_s += static_cast<double>(one->life_ns) / 1e9;
      // What one process does not tell makes the sum unknown.
      if (!one->involuntary_switches) switches.reset();
      if (switches) {
        *switches += std::max(0.0, static_cast<double>(*one->involuntary_switches) - kSwitchesOfALife);
      }
      if (!one->steal_ns) steal.reset();
      if (steal) *steal += static_cast<double>(*one->steal_ns) / 1e9;
    }
  }
  if (!(life_s > 0)) return;
  if (switches) body.switches_per_second = *switches / life_s;
  if (steal) body.steal_ratio = *steal / life_s;
}

}  // namespace

InvocationNoiseOrReason noise_of(const Invocation& invocation) {
  InvocationNoise noise;
  std::vector<double> batches;
  for (const p::Segment& s : invocation.record.segments) {
    if (s.quantity != p::Quantity::wall || s.phase != p::SegmentPhase::measure || s.integers.empty()) continue;
    if (noise.n != 0 && noise.n != s.n) return {std::nullopt, "its batches have several lengths"};
    noise.n = s.n;
    batches.insert(batches.end(), s.integers.begin(), s.integers.end());
  }
  if (batches.empty()) return {std::nullopt, "the host's clock measured no batches of it"};
  noise.effective_batches = stats::effective_sample_size(batches);
  std::ranges::sort(batches);
  const auto middle = stats::quantile_sorted(batches, 0.5);
  if (!middle || !(*middle > 0)) return {std::nullopt, "its batches took no time"};
  noise.batch_ns = *middle;
  noise.batches = batches.size();
  const auto low = stats::quantile_sorted(batches, 0.25);
  const auto high = stats::quantile_sorted(batches, 0.75);
  if (batches.size() > 3 && low && high) noise.within_ratio = (*high - *low) / kQuartilesToSd / *middle;
  if (const auto slow = stats::quantile_sorted(batches, 0.99); slow && batches.size() >= kLeastForTail) {
    noise.tail_ratio = *slow / *middle - 1;
  }
  if (invocation.record.calibration) noise.clock_step_ns = invocation.record.calibration->clock_step_ns;
  noise.disturbed_batches = disturbed_measured_batches(invocation.record);
  noise.life_ns = invocation.record.duration_ns;
  if (const auto& usage = invocation.record.usage) {
    noise.involuntary_switches = usage->involuntary_switches;
    noise.steal_ns = usage->steal_ns;
    noise.cores = usage->cores;
  }
  return {std::move(noise), {}};
}

BodyNoise estimate_noise(std::int64_t body_ns, std::uint64_t n, std::span<const NoisePair> pairs) {
  BodyNoise body;
  body.body_ns = body_ns;
  body.n = n;
  body.pairs = pairs.size();
  std::vector<double> lengths;
  std::int64_t step = 0;
  std::vector<double> effective;
  for (const NoisePair& pair : pairs) {
    for (const InvocationNoise* one : {&pair.a, &pair.b}) {
      lengths.push_back(one->batch_ns);
      step = std::max(step, one->clock_step_ns);
      if (one->effective_batches) effective.push_back(*one->effective_batches);
    }
  }
  body.measured_ns = stats::median(lengths);
  if (step > 0 && body.measured_ns) body.step_ratio = static_cast<double>(step) / *body.measured_ns;
  body.within_ratio = median_of(pairs, &InvocationNoise::within_ratio);
  body.tail_ratio = median_of(pairs, &InvocationNoise::tail_ratio);
  add_disturbances(pairs, body);
  if (const auto independent = stats::median(effective); independent && body.within_ratio) {
    body.explained_ratio = *body.within_ratio * std::sqrt(std::numbers::pi / 2 / *independent);
  }
  if (pairs.size() < kLeastPairs) {
    body.null_reason = fmt::format("only {} pair{} of invocations, {} are needed", pairs.size(),
                                   pairs.size() == 1 ? "" : "s", kLeastPairs);
    return body;
  }
  body.a_over_b = a_over_b(pairs);
  body.resolution = stats::resolvable_difference(log_locations(pairs), kComparisonPairs);
  if (body.resolution) {
    body.between_ratio = body.resolution->invocation_sd_ratio;
    body.resolves_ratio = std::max(body.resolution->difference_ratio, body.step_ratio.value_or(0));
  } else {
    body.null_reason = "the times of the invocations have no logarithm";
  }
  return body;
}

std::vector<std::string> noise_reasons(const BodyNoise& body) {
  std::vector<std::string> reasons;
  if (body.resolution && body.step_ratio && body.resolution->difference_ratio < *body.step_ratio) {
    reasons.push_back(fmt::format("a step of the clock is {} of this body: differences below it are not seen",
                                  format_percent(*body.step_ratio)));
  }
  if (body.steal_ratio && *body.steal_ratio >= kStealRatio) {
    reasons.push_back(fmt::format("the hypervisor took {} of the workers' time", format_percent(*body.steal_ratio)));
  }
  if (body.switches_per_second && *body.switches_per_second >= kSwitchesPerSecond) {
    reasons.push_back(
        fmt::format("workers lost their CPU {:.0f} times a second to other work", *body.switches_per_second));
  }
  if (body.batches > 0) {
    const double disturbed = static_cast<double>(body.disturbed_batches) / static_cast<double>(body.batches);
    if (disturbed >= kDisturbedShare)
      reasons.push_back(fmt::format("{} of the batches were disturbed", format_percent(disturbed)));
  }
  if (body.tail_ratio && *body.tail_ratio >= kTailRatio) {
    reasons.push_back(fmt::format("one batch in a hundred takes {} longer or more", format_percent(*body.tail_ratio)));
  }
  if (body.between_ratio && body.explained_ratio) {
    if (*body.between_ratio > kBeyondBatches * *body.explained_ratio) {
      reasons.push_back(fmt::format(
          "processes differ by {}, their batches explain {}: layout, placement, clock or a neighbour on the "
          "same physical core differ from process to process, so more invocations help and longer ones do not",
          format_percent(*body.between_ratio), format_percent(*body.explained_ratio)));
    } else {
      reasons.push_back(fmt::format("the spread of batches explains how processes differ ({}): longer invocations help",
                                    format_percent(*body.between_ratio)));
    }
  }
  if (body.a_over_b && (body.a_over_b->low > 1 || body.a_over_b->high < 1)) {
    reasons.push_back("A and B differ though they are one and the same: by chance once in a hundred sessions");
  }
  return reasons;
}

}  // namespace benchhost::analysis
