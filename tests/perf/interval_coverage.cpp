// How many 95 % intervals hold the truth, over simulated sessions. tests/unit/common/stats checks exact counts of its
// own seeds; this program takes any seed, so that nobody need believe in the lucky one. usage: perf_interval_coverage
// SEED SESSIONS. Prints lines "what K-or-sd covered sessions". Exact for a seed.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "analysis/estimate.h"
#include "common/stats/interval.h"
#include "common/stats/random.h"
#include "common/stats/stopping.h"
#include "unit/worker/measure/simulation.h"

namespace {

using namespace benchhost;
using namespace benchhost::stats;

std::uint64_t normal_sessions(std::uint64_t seed, std::uint64_t sessions, std::size_t k) {
  std::uint64_t covered = 0;
  for (std::uint64_t session = 0; session < sessions; ++session) {
    Random random(derive(seed, session));
    std::vector<double> values;
    for (std::size_t i = 0; i < k; ++i) values.push_back(random.normal(100.0, 2.0));
    const auto interval = mean_interval(values);
    if (interval && interval->low <= 100.0 && 100.0 <= interval->high) ++covered;
  }
  return covered;
}

std::uint64_t stopped_sessions(std::uint64_t seed, std::uint64_t sessions, double sd) {
  StoppingLimits limits;
  std::uint64_t covered = 0;
  for (std::uint64_t session = 0; session < sessions; ++session) {
    Random random(derive(seed, session));
    std::vector<double> values;
    StopDecision decision;
    do {
      values.push_back(100.0 * random.lognormal(0.0, sd));
      decision = decide_stop(values, 0.0, 0.0, limits);
    } while (!decision.stop());
    if (decision.interval && decision.interval->low <= 100.0 && 100.0 <= decision.interval->high) ++covered;
  }
  return covered;
}

// Sessions of whole cases: each invocation is calibrated, warmed up, fitted and measured on a simulated clock, and what
// is stored comes of their messages. Processes lie 1 % about the true cost, batches another 0.5 % about their process.
std::uint64_t measured_sessions(std::uint64_t seed, std::uint64_t sessions, std::uint32_t invocations) {
  constexpr double kTrueNs = 250.0;
  std::uint64_t covered = 0;
  for (std::uint64_t session = 0; session < sessions; ++session) {
    Random random(derive(seed, session));
    std::vector<analysis::Invocation> all(invocations);
    protocol::BenchmarkRecord benchmark;
    for (analysis::Invocation& invocation : all) {
      measure::test::Simulation sim;
      sim.body.cost_ns = kTrueNs * random.lognormal(0.0, 0.01);
      sim.body.overhead_ns = 1500.0;
      sim.body.noise_ratio = 0.005;
      sim.body.random = Random(random.next());
      sim.job.plan.time_budget_ns = 2'000'000;
      if (sim.run().outcome != protocol::Outcome::passed) return 0;
      for (const protocol::Message& message : sim.reporter.messages) invocation.add(message);
      benchmark = sim.benchmark;
    }
    const auto estimate = analysis::estimate_case(benchmark, all, std::nullopt);
    const store::Measurement& time = estimate.measurements.front();
    if (time.low && *time.low <= kTrueNs && kTrueNs <= *time.high) ++covered;
  }
  return covered;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 || std::atoll(argv[2]) <= 0) {
    std::fprintf(stderr, "usage: perf_interval_coverage SEED SESSIONS\n");
    return 2;
  }
  const auto seed = static_cast<std::uint64_t>(std::atoll(argv[1]));
  const auto sessions = static_cast<std::uint64_t>(std::atoll(argv[2]));
  for (const std::size_t k : {5u, 8u, 10u, 20u}) {
    std::printf("normal %zu %llu %llu\n", k, static_cast<unsigned long long>(normal_sessions(seed + k, sessions, k)),
                static_cast<unsigned long long>(sessions));
  }
  for (const double sd : {0.005, 0.01, 0.015, 0.02}) {
    std::printf("stopping %g %llu %llu\n", sd, static_cast<unsigned long long>(stopped_sessions(seed, sessions, sd)),
                static_cast<unsigned long long>(sessions));
  }
  for (const std::uint32_t invocations : {5u, 10u}) {
    std::printf("measured %u %llu %llu\n", invocations,
                static_cast<unsigned long long>(measured_sessions(seed + invocations, sessions, invocations)),
                static_cast<unsigned long long>(sessions));
  }
  return 0;
}
