#include "analysis/noise.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "common/stats/random.h"
#include "support/sample_benchmark.h"

using namespace benchhost;
using namespace benchhost::analysis;

namespace {

InvocationNoise at(double batch_ns) {
  InvocationNoise one;
  one.batch_ns = batch_ns;
  one.n = 10;
  one.batches = 100;
  one.life_ns = 500'000'000;
  one.involuntary_switches = 0;
  one.steal_ns = 0;
  return one;
}

bool says(const std::vector<std::string>& reasons, std::string_view part) {
  return std::ranges::any_of(reasons, [&](const std::string& r) { return r.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("an invocation says the median of its batches, their spread by quartiles, and its tail") {
  // 1 to 200, times 10 iterations: median 1005, quartiles 507.5 and 1502.5, 99th percentile 1980.1 (type 7).
  std::vector<double> costs;
  for (int i = 1; i <= 200; ++i) costs.push_back(i);
  Invocation invocation = test::invocation_of(0, 10, 0, costs);
  invocation.record.duration_ns = 77;
  const auto noise = noise_of(invocation);
  REQUIRE(noise.noise);
  CHECK(noise.noise->batch_ns == doctest::Approx(1005));
  CHECK(noise.noise->n == 10);
  CHECK(noise.noise->batches == 200);
  CHECK(*noise.noise->within_ratio == doctest::Approx(995 / 1.3489795003921634 / 1005));
  CHECK(*noise.noise->tail_ratio == doctest::Approx(1980.1 / 1005 - 1));
  CHECK(noise.noise->life_ns == 77);
  CHECK_FALSE(noise.noise->involuntary_switches);
}

TEST_CASE("an invocation without batches by the host's clock, or with several lengths, says why it tells nothing") {
  Invocation none = test::invocation_of(0, 10, 0, {});
  CHECK(noise_of(none).reason.find("no batches") != std::string::npos);
  Invocation two = test::invocation_of(0, 10, 0, {1, 2});
  two.record.segments.push_back(two.record.segments.front());
  two.record.segments.back().n = 20;
  CHECK(noise_of(two).reason.find("several lengths") != std::string::npos);
  Invocation zero = test::invocation_of(0, 10, 0, {0, 0, 0});
  CHECK(noise_of(zero).reason.find("no time") != std::string::npos);
}

TEST_CASE("A against B and what can be resolved have the closed form of a case without chance") {
  // A is always 1000, B 1010, A first: neighbours differ by ln 1.01 throughout, so sd = ln 1.01 / sqrt 2.
  std::vector<NoisePair> pairs(8, NoisePair{at(1000), at(1010), false});
  const BodyNoise body = estimate_noise(1000, 10, pairs);
  REQUIRE(body.resolution);
  CHECK(*body.between_ratio == doctest::Approx(std::log(1.01) / std::numbers::sqrt2));
  CHECK(body.resolution->n == 16);
  CHECK(body.resolution->pairs == kComparisonPairs);
  REQUIRE(body.a_over_b);
  CHECK(body.a_over_b->estimate == doctest::Approx(1000.0 / 1010));
  CHECK(body.a_over_b->high == doctest::Approx(1000.0 / 1010));
  CHECK(body.a_over_b->level == 0.99);
  CHECK(*body.measured_ns == doctest::Approx(1005));
  CHECK(body.batches == 1600);
  CHECK(says(noise_reasons(body), "A and B differ"));
}

TEST_CASE("processes that a coarse clock shows as equal resolve no less than a step of it") {
  std::vector<NoisePair> pairs(8, NoisePair{at(1000), at(1000), false});
  for (NoisePair& pair : pairs) pair.a.clock_step_ns = pair.b.clock_step_ns = 20;
  const BodyNoise body = estimate_noise(1000, 10, pairs);
  CHECK(*body.between_ratio == 0.0);
  CHECK(*body.resolves_ratio == doctest::Approx(0.02));
  CHECK(says(noise_reasons(body), "a step of the clock is 2.0 % of this body"));
  for (NoisePair& pair : pairs) pair.b.batch_ns = 1100;
  const BodyNoise noisy = estimate_noise(1000, 10, pairs);
  CHECK(*noisy.resolves_ratio == noisy.resolution->difference_ratio);
  CHECK_FALSE(says(noise_reasons(noisy), "a step of the clock"));
}

TEST_CASE("the order of a pair is the order in which it ran") {
  // Ascending in time, whichever is called A: neighbours differ by one step each.
  std::vector<NoisePair> pairs;
  for (int i = 0; i < 6; ++i) {
    const InvocationNoise first = at(1000 * std::exp(0.01 * 2 * i));
    const InvocationNoise second = at(1000 * std::exp(0.01 * (2 * i + 1)));
    const bool b_first = i % 2 == 1;
    pairs.push_back({b_first ? second : first, b_first ? first : second, b_first});
  }
  CHECK(*estimate_noise(1000, 10, pairs).between_ratio == doctest::Approx(0.01 / std::numbers::sqrt2));
}

TEST_CASE("fewer pairs than an answer needs give none, and a reason") {
  const std::vector<NoisePair> four(4, NoisePair{at(1000), at(1001), false});
  const BodyNoise body = estimate_noise(1000, 10, four);
  CHECK_FALSE(body.resolution);
  CHECK_FALSE(body.a_over_b);
  CHECK(body.null_reason == "only 4 pairs of invocations, 5 are needed");
  const BodyNoise none = estimate_noise(1000, 10, {});
  CHECK_FALSE(none.measured_ns);
  CHECK_FALSE(none.within_ratio);
  CHECK_FALSE(none.switches_per_second);
}

TEST_CASE("planted noise between processes comes out, and is told from that of batches") {
  // 2 % between processes; 0.5 % between 400 independent batches explains 0.5 % * sqrt(pi / 800) = 0.031 %.
  stats::Random random(7);
  std::vector<NoisePair> pairs;
  for (int i = 0; i < 400; ++i) {
    NoisePair pair{at(1000 * std::exp(0.02 * random.normal())), at(1000 * std::exp(0.02 * random.normal())),
                   random.below(2) == 1};
    for (InvocationNoise* one : {&pair.a, &pair.b}) {
      one->within_ratio = 0.005;
      one->effective_batches = 400;
    }
    pairs.push_back(pair);
  }
  const BodyNoise body = estimate_noise(1000, 10, pairs);
  CHECK(*body.between_ratio == doctest::Approx(0.02).epsilon(0.1));
  CHECK(*body.explained_ratio == doctest::Approx(0.005 * std::sqrt(std::numbers::pi / 800)));
  CHECK(says(noise_reasons(body), "more invocations help"));
  CHECK_FALSE(says(noise_reasons(body), "A and B differ"));
}

TEST_CASE("what the batches explain is said to be theirs") {
  std::vector<NoisePair> pairs;
  for (int i = 0; i < 6; ++i) {
    NoisePair pair{at(1000), at(1000 * std::exp(0.001)), i % 2 == 0};
    pair.a.within_ratio = pair.b.within_ratio = 0.1;
    pair.a.effective_batches = pair.b.effective_batches = 10;
    pairs.push_back(pair);
  }
  CHECK(says(noise_reasons(estimate_noise(1000, 10, pairs)), "longer invocations help"));
}

TEST_CASE("steal, lost CPUs, disturbed batches and tails are reasons, each with its figure") {
  std::vector<NoisePair> pairs(5, NoisePair{at(1000), at(1000), false});
  for (NoisePair& pair : pairs) {
    for (InvocationNoise* one : {&pair.a, &pair.b}) {
      one->involuntary_switches = 150;  // in half a second
      one->steal_ns = 10'000'000;
      one->disturbed_batches = 3;
      one->tail_ratio = 0.5;
    }
  }
  const BodyNoise body = estimate_noise(1000, 10, pairs);
  CHECK(*body.switches_per_second == doctest::Approx(270));
  CHECK(*body.steal_ratio == doctest::Approx(0.02));
  const auto reasons = noise_reasons(body);
  CHECK(says(reasons, "took 2.0 % of"));
  CHECK(says(reasons, "270 times a second"));
  CHECK(says(reasons, "3.0 % of the batches"));
  CHECK(says(reasons, "50 % longer"));
}

TEST_CASE("what starting and ending a worker costs it is no other work, however short its life") {
  std::vector<NoisePair> pairs(5, NoisePair{at(1000), at(1000), false});
  for (NoisePair& pair : pairs) {
    for (InvocationNoise* one : {&pair.a, &pair.b}) {
      one->involuntary_switches = 12;
      one->life_ns = 80'000'000;
    }
  }
  const BodyNoise body = estimate_noise(1000, 10, pairs);
  CHECK(*body.switches_per_second == 0.0);
  CHECK_FALSE(says(noise_reasons(body), "times a second"));
}

TEST_CASE("what one process does not tell is not known of the session") {
  std::vector<NoisePair> pairs(5, NoisePair{at(1000), at(1000), false});
  pairs[2].b.involuntary_switches.reset();
  const BodyNoise body = estimate_noise(1000, 10, pairs);
  CHECK_FALSE(body.switches_per_second);
  CHECK(*body.steal_ratio == 0.0);
}
