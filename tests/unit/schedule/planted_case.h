// A case whose costs and variances are planted: what a worker would tell of it, for tests of planning.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "common/stats/portable_math.h"
#include "common/stats/random.h"
#include "schedule/case_planner.h"
#include "support/sample_benchmark.h"

namespace benchhost::schedule::test {

/// Times: ns. Standard deviations: of logarithms.
struct PlantedCase {
  double batch_ns = 1e6;
  double batch_sd = 0.02;
  double invocation_ns = 60e6;  ///< from process start to the first measured batch, and from the last to the end
  double invocation_sd = 0.005;
  double rho = 0;  ///< correlation of neighbouring batches

  /// An invocation that was given so much time to measure: as many whole batches as fit, at least one.
  [[nodiscard]] analysis::Invocation invoke(std::uint32_t index, std::int64_t measuring_ns,
                                            stats::Random& random) const {
    const double process = invocation_sd * random.normal();
    const auto batches =
        static_cast<std::size_t>(std::max(1.0, std::floor(static_cast<double>(measuring_ns) / batch_ns)));
    std::vector<double> costs;
    double state = random.normal();
    for (std::size_t i = 0; i < batches; ++i) {
      costs.push_back(batch_ns / 1000 * stats::portable_exp(process + batch_sd * state));
      state = rho * state + std::sqrt(1 - rho * rho) * random.normal();
    }
    analysis::Invocation invocation = benchhost::test::invocation_of(index, 1000, 0, costs);
    double measured = 0;
    for (const std::int64_t wall : invocation.record.segments.front().integers) measured += static_cast<double>(wall);
    invocation.record.times = protocol::PhaseTimes{0, 0, std::llround(measured)};
    invocation.record.duration_ns = std::llround(measured + invocation_ns);
    return invocation;
  }

  /// What the value of an invocation is, were there no noise: time per iteration.
  [[nodiscard]] double truth() const { return batch_ns / 1000; }
};

/// The benchmark of such cases: its primary metric is a host time, of which the median is taken.
inline protocol::MetricRecord planted_metric() {
  protocol::MetricRecord m = benchhost::test::metric("time", protocol::MetricKind::time, protocol::Domain::host, "ns");
  m.primary = true;
  return m;
}

/// What a case came to from its first invocation to its end.
struct PlantedSession {
  double wall_ns = 0;
  std::size_t invocations = 0;
  std::size_t batches = 0;
  bool covered = false;  ///< its interval holds the truth
  bool imprecise = false;
};

/// fixed_ns: measuring time of each invocation, in place of the planner's; 0: the planner's.
inline PlantedSession run_session(const PlantedCase& planted, const CasePolicy& policy, std::uint64_t seed,
                                  std::int64_t fixed_ns = 0) {
  const protocol::MetricRecord metric = planted_metric();
  CasePlanner planner(policy, &metric);
  stats::Random random(seed);
  PlantedSession seen;
  for (;;) {
    const std::int64_t measuring_ns = fixed_ns > 0 ? fixed_ns : planner.next_measuring_ns();
    const auto invocation = planted.invoke(static_cast<std::uint32_t>(seen.invocations), measuring_ns, random);
    seen.wall_ns += static_cast<double>(invocation.record.duration_ns);
    seen.batches += invocation.record.segments.front().size();
    ++seen.invocations;
    planner.add(invocation);
    const stats::StopDecision decision = planner.decide();
    if (!decision.stop()) continue;
    seen.imprecise = decision.imprecise;
    seen.covered =
        decision.interval && decision.interval->low <= planted.truth() && planted.truth() <= decision.interval->high;
    return seen;
  }
}

/// The least mean time of sessions of one fixed measuring time each, over a grid of such times: what who knew the
/// variances beforehand would choose.
inline double best_fixed_ns(const PlantedCase& planted, const CasePolicy& policy, std::uint64_t seed,
                            std::uint64_t sessions) {
  double best = 0;
  for (double measuring_ns = 20e6; measuring_ns < 11e9; measuring_ns *= 1.6) {
    double sum = 0;
    for (std::uint64_t i = 0; i < sessions; ++i) {
      sum += run_session(planted, policy, stats::derive(seed, i), static_cast<std::int64_t>(measuring_ns)).wall_ns;
    }
    const double mean = sum / static_cast<double>(sessions);
    if (best == 0 || mean < best) best = mean;
    // Beyond the best the time only grows.
    if (mean > 1.5 * best) break;
  }
  return best;
}

/// A planted case and what is special about it.
struct NamedPlantedCase {
  const char* name;
  PlantedCase planted;
};

/// Noise between invocations, inside them, both; cheap and dear invocations; long batches; batches that hang together.
inline constexpr NamedPlantedCase kPlantedCases[] = {
    {"between", {1e6, 0.01, 60e6, 0.015, 0}}, {"inside", {1e6, 0.15, 60e6, 0.002, 0}},
    {"both", {1e6, 0.1, 200e6, 0.01, 0.3}},   {"dear", {1e6, 0.1, 2e9, 0.01, 0}},
    {"long", {10e6, 0.02, 60e6, 0.005, 0}},   {"quiet", {1e6, 0.005, 60e6, 0.002, 0.3}}};

}  // namespace benchhost::schedule::test
