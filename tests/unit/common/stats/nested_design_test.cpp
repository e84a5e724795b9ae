#include "common/stats/nested_design.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "common/stats/student.h"
#include "unit/common/stats/series.h"

using namespace benchhost::stats;

namespace {

NestedUnit unit_of(const std::vector<double>& values) {
  NestedUnit unit;
  for (const double value : values) unit.parts.push_back({value, {}});
  return unit;
}

NestedUnit group_of(std::vector<NestedUnit> parts) { return {0.0, std::move(parts)}; }

NestedLevel level(double variance, double cost_ns, std::int64_t least = 1, std::int64_t most = kMaxRepetitions) {
  return {variance, cost_ns, least, most};
}

}  // namespace

TEST_CASE("variance components of three levels are those of the source's formulas") {
  // By hand. S1² = (2 + 8 + 0 + 8) / 4 = 4.5; means of invocations 11 15 and 9 9, S2² = (8 + 0) / 2 = 4; means of
  // builds 13 and 9, S3² = 8. T2² = 4 - 4.5 / 2, T3² = 8 - 4 / 2.
  const std::vector<NestedUnit> builds = {group_of({unit_of({10, 12}), unit_of({13, 17})}),
                                          group_of({unit_of({9, 9}), unit_of({11, 7})})};
  const auto variances = variance_components(builds);
  REQUIRE(variances);
  REQUIRE(variances->size() == 3);
  CHECK((*variances)[0] == doctest::Approx(4.5));
  CHECK((*variances)[1] == doctest::Approx(1.75));
  CHECK((*variances)[2] == doctest::Approx(6.0));
}

TEST_CASE("a level that adds nothing may come out below nothing, and is told so") {
  const std::vector<NestedUnit> invocations = {unit_of({1, 3}), unit_of({3, 1}), unit_of({2, 2})};
  const auto variances = variance_components(invocations);
  REQUIRE(variances);
  CHECK((*variances)[0] == doctest::Approx(4.0 / 3));
  CHECK((*variances)[1] == doctest::Approx(-2.0 / 3));
}

TEST_CASE("values that are no nested experiment have no components") {
  CHECK(!variance_components({}));
  CHECK(!variance_components(std::vector<NestedUnit>{unit_of({1, 2})}));
  CHECK(!variance_components(std::vector<NestedUnit>{unit_of({1}), unit_of({2})}));
  CHECK(!variance_components(std::vector<NestedUnit>{unit_of({1, 2}), {3.0, {}}}));
  CHECK(!variance_components(std::vector<NestedUnit>{{3.0, {}}, unit_of({1, 2})}));
  CHECK(!variance_components(std::vector<NestedUnit>{unit_of({1, kNan}), unit_of({1, 2})}));
  // Repetition somewhere is enough.
  CHECK(variance_components(std::vector<NestedUnit>{unit_of({1}), unit_of({2, 3})}));
  CHECK(variance_components(std::vector<NestedUnit>{{3.0, {}}, {5.0, {}}})->front() == doctest::Approx(2.0));
}

TEST_CASE("components are unbiased, also where units have unequally many parts") {
  // Batches 3, invocations 2, builds 1 (standard deviations), 2 to 4 builds of 1 to 5 invocations of 1 to 9 batches.
  std::array<double, 3> sums{};
  constexpr int kExperiments = 4'000;
  for (std::uint64_t experiment = 0; experiment < kExperiments; ++experiment) {
    Random random(derive(71, experiment));
    std::vector<NestedUnit> builds(2 + random.below(3));
    for (NestedUnit& build : builds) {
      const double of_build = random.normal();
      build.parts.resize(2 + random.below(4));
      for (NestedUnit& invocation : build.parts) {
        const double of_invocation = of_build + 2 * random.normal();
        invocation.parts.resize(2 + random.below(8));
        for (NestedUnit& batch : invocation.parts) batch.value = of_invocation + 3 * random.normal();
      }
    }
    const auto variances = variance_components(builds);
    REQUIRE(variances);
    for (std::size_t i = 0; i < 3; ++i) sums[i] += (*variances)[i] / kExperiments;
  }
  // Within three standard errors of the planted ones, as seen over other seeds.
  CHECK(sums[0] == doctest::Approx(9.0).epsilon(0.01));
  CHECK(sums[1] == doctest::Approx(4.0).epsilon(0.05));
  CHECK(sums[2] == doctest::Approx(1.0).epsilon(0.3));
}

TEST_CASE("the optimal repetitions are the source's roots") {
  // √(100 · 4 / (1 · 1)) = 20.
  CHECK(*optimal_repetitions(std::array{level(4, 1), level(1, 100)}) == std::vector<std::int64_t>{20});
  // √(50 · 9 / (2 · 4)) = 7.5 and √(1000 · 4 / (50 · 16)) = 2.24, rounded up.
  CHECK(*optimal_repetitions(std::array{level(9, 2), level(4, 50), level(16, 1000)}) ==
        std::vector<std::int64_t>{8, 3});
}

TEST_CASE("a level without variance of its own is repeated for no sake but its upper level's") {
  // Builds that are all alike: as many invocations of one as there may be.
  CHECK(*optimal_repetitions(std::array{level(4, 1), level(1, 100), level(0, 1000, 2, 30)}) ==
        std::vector<std::int64_t>{20, kMaxRepetitions});
  // Invocations that are all alike: one of each build, whose cost counts with it. √(1100 · 4 / (1 · 1)) = 66.3.
  CHECK(*optimal_repetitions(std::array{level(4, 1), level(-0.5, 100), level(1, 1000)}) ==
        std::vector<std::int64_t>{67, 1});
  // Batches that are all alike.
  CHECK(*optimal_repetitions(std::array{level(0, 1), level(1, 100)}) == std::vector<std::int64_t>{1});
  CHECK(*optimal_repetitions(std::array{level(0, 1, 5), level(0, 100)}) == std::vector<std::int64_t>{5});
}

TEST_CASE("bounds of a level hold whatever the root says") {
  CHECK(*optimal_repetitions(std::array{level(4, 1, 1, 10), level(1, 100)}) == std::vector<std::int64_t>{10});
  CHECK(*optimal_repetitions(std::array{level(4, 1, 30, 40), level(1, 100)}) == std::vector<std::int64_t>{30});
}

TEST_CASE("what is predicted is the formula") {
  const std::array levels{level(9, 2), level(4, 50), level(16, 1000)};
  const std::array<std::int64_t, 3> repetitions{8, 3, 5};
  const double variance = 16.0 / 5 + 4.0 / 15 + 9.0 / 120;
  // 2.776 is t of 4 degrees at 95 %.
  CHECK(*predicted_half_width(levels, repetitions) == doctest::Approx(2.776445 * std::sqrt(variance)).epsilon(1e-6));
  CHECK(predicted_cost_ns(levels, repetitions) == 5 * 1000.0 + 15 * 50 + 120 * 2);
  CHECK(!predicted_half_width(levels, std::array<std::int64_t, 3>{8, 3, 1}));
  CHECK(!predicted_half_width(levels, std::array<std::int64_t, 2>{8, 3}));
  CHECK(!predicted_cost_ns(levels, std::array<std::int64_t, 3>{0, 3, 5}));
}

TEST_CASE("figures that are none have no plan") {
  CHECK(!plan_nested({}, 0.01));
  CHECK(!plan_nested(std::array{level(1, 0), level(1, 1)}, 0.01));
  CHECK(!plan_nested(std::array{level(1, 1), level(1, -1)}, 0.01));
  CHECK(!plan_nested(std::array{level(kNan, 1), level(1, 1)}, 0.01));
  CHECK(!plan_nested(std::array{level(1, kInfinity), level(1, 1)}, 0.01));
  CHECK(!plan_nested(std::array{level(1, 1, 5, 4), level(1, 1, 8, 40)}, 0.01));
  CHECK(!plan_nested(std::array{level(1, 1), level(1, 1, 1, 1)}, 0.01));
  CHECK(!plan_nested(std::array{level(1, 1), level(1, 1, 8, 40)}, 0.0));
  CHECK(!plan_nested(std::array{level(1, 1), level(1, 1, 8, 40)}, kNan));
  CHECK(!optimal_repetitions({}));
}

TEST_CASE("a plan that cannot be narrow enough says so and makes the most of what it may have") {
  const std::array levels{level(4, 1), level(1, 100, 8, 40)};
  const auto plan = plan_nested(levels, 0.01);
  REQUIRE(plan);
  CHECK_FALSE(plan->reached);
  CHECK(plan->repetitions == std::vector<std::int64_t>{20, 40});
  CHECK(plan->half_width == doctest::Approx(2.0226909 * std::sqrt((1 + 4.0 / 20) / 40)).epsilon(1e-6));
}

TEST_CASE("values without spread need the least of everything") {
  const auto plan = plan_nested(std::array{level(0, 1, 3), level(-1, 100, 8, 40)}, 0.01);
  REQUIRE(plan);
  CHECK(plan->reached);
  CHECK(plan->half_width == 0.0);
  CHECK(plan->repetitions == std::vector<std::int64_t>{3, 8});
}

namespace {

// The least cost of two levels by trying every number of invocations and, for each, the fewest batches that will do.
double cheapest_of_two(double batch, double invocation, double batch_ns, double invocation_ns, double half_width,
                       std::int64_t least, std::int64_t most) {
  double best = kInfinity;
  for (std::int64_t k = least; k <= most; ++k) {
    const double t = *student_two_sided(0.95, static_cast<double>(k - 1));
    const double left = static_cast<double>(k) * half_width * half_width / (t * t) - invocation;
    if (left <= 0) continue;
    const double r = std::max(1.0, std::ceil(batch / left));
    best = std::min(best, static_cast<double>(k) * (invocation_ns + r * batch_ns));
  }
  return best;
}

}  // namespace

TEST_CASE("the plan of two levels is the cheapest there is") {
  int reached = 0;
  for (std::uint64_t trial = 0; trial < 500; ++trial) {
    Random random(derive(72, trial));
    const double batch = std::pow(10, -5 + 3 * random.uniform());
    const double invocation = random.below(5) == 0 ? 0.0 : std::pow(10, -6 + 3 * random.uniform());
    const double batch_ns = std::pow(10, 5 + 3 * random.uniform());
    const double invocation_ns = std::pow(10, 6 + 4 * random.uniform());
    const double best = cheapest_of_two(batch, invocation, batch_ns, invocation_ns, 0.01, 8, 200);
    const auto plan = plan_nested(std::array{level(batch, batch_ns), level(invocation, invocation_ns, 8, 200)}, 0.01);
    REQUIRE(plan);
    CAPTURE(trial);
    CHECK(plan->reached == std::isfinite(best));
    if (!plan->reached) continue;
    ++reached;
    CHECK(plan->half_width <= 0.01 * (1 + 1e-9));
    CHECK(plan->cost_ns <= best * (1 + 1e-9));
    CHECK(plan->cost_ns >= best * (1 - 1e-9));
  }
  CHECK(reached > 400);
}

TEST_CASE("the plan of three levels is within one percent of the cheapest there is") {
  for (std::uint64_t trial = 0; trial < 60; ++trial) {
    Random random(derive(73, trial));
    const std::array levels{
        level(std::pow(10, -5 + 2 * random.uniform()), 1e6),
        level(std::pow(10, -5 + 2 * random.uniform()), std::pow(10, 6 + 3 * random.uniform())),
        level(std::pow(10, -6 + 2 * random.uniform()), std::pow(10, 8 + 2 * random.uniform()), 5, 30)};
    double best = kInfinity;
    for (std::int64_t builds = 5; builds <= 30; ++builds) {
      const double t = *student_two_sided(0.95, static_cast<double>(builds - 1));
      const double allowed = static_cast<double>(builds) * 1e-4 / (t * t) - levels[2].variance;
      for (std::int64_t invocations = 1; invocations <= 300; ++invocations) {
        const auto m = static_cast<double>(invocations);
        const double left = allowed * m - levels[1].variance;
        if (left <= 0) continue;
        const double r = std::max(1.0, std::ceil(levels[0].variance / left));
        best = std::min(
            best, static_cast<double>(builds) * (levels[2].cost_ns + m * (levels[1].cost_ns + r * levels[0].cost_ns)));
      }
    }
    const auto plan = plan_nested(levels, 0.01);
    REQUIRE(plan);
    CAPTURE(trial);
    CHECK(plan->reached == std::isfinite(best));
    if (!plan->reached) continue;
    CHECK(plan->half_width <= 0.01 * (1 + 1e-9));
    CHECK(plan->cost_ns <= 1.01 * best);
  }
}
