// How often an interval holds the truth, from batches in whole nanoseconds to what is stored.
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "analysis/estimate.h"
#include "common/stats/random.h"
#include "support/sample_benchmark.h"

namespace a = benchhost::analysis;
using benchhost::stats::derive;
using benchhost::stats::Random;

namespace {

constexpr double kTrueNs = 100.0;

// A process: a speed of its own, 1 % about the true one, and 21 batches around it that hang together (correlation 0.6
// of neighbours) and of which one in fifty is preempted.
a::Invocation process(std::uint32_t index, Random& random) {
  constexpr int kBatches = 21;
  constexpr double kCorrelation = 0.6;
  const double speed = kTrueNs * random.lognormal(0.0, 0.01);
  double state = random.normal();
  std::vector<double> costs;
  for (int i = 0; i < kBatches; ++i) {
    state = kCorrelation * state + std::sqrt(1 - kCorrelation * kCorrelation) * random.normal();
    const double preempted_ns = random.uniform() < 0.02 ? random.exponential(30.0) : 0.0;
    costs.push_back(speed * (1 + 0.005 * state) + preempted_ns);
  }
  return benchhost::test::invocation_of(index, 1000, 1500.0, costs);
}

struct Covered {
  int time = 0;
  int rate = 0;
};

// Of 10,000 sessions, how many 95 % intervals hold the true time and the true rate.
Covered covered_sessions(std::uint32_t invocations, std::uint64_t seed) {
  const auto benchmark = benchhost::test::sample_benchmark();
  const double true_rate = 1000.0 * 1e9 / kTrueNs;
  Covered covered;
  for (std::uint64_t session = 0; session < 10'000; ++session) {
    Random random(derive(seed, session));
    std::vector<a::Invocation> all;
    for (std::uint32_t i = 0; i < invocations; ++i) all.push_back(process(i, random));
    const a::Estimate estimate = a::estimate_case(benchmark, all, std::nullopt);
    const auto& rate = estimate.measurements[0];
    const auto& time = estimate.measurements[1];
    if (*time.low <= kTrueNs && kTrueNs <= *time.high) ++covered.time;
    if (*rate.low <= true_rate && true_rate <= *rate.high) ++covered.rate;
  }
  return covered;
}

}  // namespace

TEST_CASE("95 % intervals of stored measurements cover 94 to 96 % of 10,000 sessions of five processes") {
  const Covered covered = covered_sessions(5, 4242);
  CHECK(covered.time >= 9'400);
  CHECK(covered.time <= 9'600);
  // The same processes by another name: an interval on logarithms turns over with its unit.
  CHECK(covered.rate == covered.time);
  CHECK(covered.time == 9502);
}
