#include "schedule/case_planner.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "unit/schedule/planted_case.h"

namespace s = benchhost::schedule;
namespace p = benchhost::protocol;
using benchhost::stats::derive;
using benchhost::stats::Random;
using benchhost::stats::StopReason;
using s::test::planted_metric;
using s::test::PlantedCase;

namespace {

constexpr double kPrecision = 0.01;
/// The median of n normal values varies as their mean does of 2n / π.
constexpr double kMedianLoss = 1.5707963267948966;

s::CasePolicy precise(double precision_ratio = kPrecision) {
  benchhost::suite::MeasureLimits limits;
  limits.precision_ratio = precision_ratio;
  return s::resolve_policy(limits);
}

}  // namespace

TEST_CASE("without a wanted precision every invocation measures as long as was said") {
  s::CasePolicy policy;
  policy.invocation_ns = 123;
  const p::MetricRecord metric = planted_metric();
  s::CasePlanner planner(policy, &metric);
  Random random(1);
  for (std::uint32_t i = 0; i < 5; ++i) {
    CHECK(planner.next_measuring_ns() == 123);
    CHECK(planner.add(PlantedCase().invoke(i, 50'000'000, random)));
    CHECK(planner.decide().stop() == (i == 4));
  }
  CHECK(planner.decide().reason == StopReason::invocations_done);
  const auto plan = planner.record(StopReason::invocations_done);
  CHECK(plan.stopped == "invocations_done");
  CHECK_FALSE(plan.planned_invocations);
  CHECK(plan.null_reason == "no precision was asked for");
  CHECK(plan.invocation_cost_ns);
}

TEST_CASE("costs and variances are those that were planted") {
  PlantedCase planted;
  planted.invocation_sd = 0.01;
  planted.rho = 0.5;
  const p::MetricRecord metric = planted_metric();
  s::CasePolicy policy = precise();
  policy.max_invocations = 200;
  s::CasePlanner planner(policy, &metric);
  Random random(5);
  for (std::uint32_t i = 0; i < 200; ++i) planner.add(planted.invoke(i, 400'000'000, random));
  const s::CaseCosts costs = planner.costs();
  CHECK(*costs.batch_cost_ns == doctest::Approx(1e6).epsilon(0.01));
  CHECK(*costs.invocation_cost_ns == doctest::Approx(60e6).epsilon(0.01));
  CHECK(*costs.invocation_variance == doctest::Approx(1e-4).epsilon(0.25));
  // Neighbours that hang together by 0.5 are worth a third of as many that do not; groups of 20 see most of it, and
  // lose a little less by being medians.
  CHECK(*costs.batch_variance > 2.2 * 4e-4);
  CHECK(*costs.batch_variance < 3.2 * kMedianLoss * 4e-4);
}

TEST_CASE("what the first invocation calibrates is no cost of the others") {
  const p::MetricRecord metric = planted_metric();
  s::CasePlanner planner(precise(), &metric);
  Random random(5);
  PlantedCase first;
  first.invocation_ns = 500e6;
  planner.add(first.invoke(0, 100'000'000, random));
  CHECK(*planner.costs().invocation_cost_ns == doctest::Approx(500e6).epsilon(1e-6));
  planner.add(PlantedCase().invoke(1, 100'000'000, random));
  CHECK(*planner.costs().invocation_cost_ns == doctest::Approx(60e6).epsilon(1e-6));
}

TEST_CASE("a quiet case is measured shortly, and one of dear invocations and noisy batches for long") {
  const p::MetricRecord metric = planted_metric();
  PlantedCase quiet;
  quiet.batch_sd = 0.002;
  quiet.invocation_sd = 0.001;
  PlantedCase noisy;
  noisy.batch_sd = 0.2;
  noisy.invocation_ns = 5e9;
  noisy.invocation_sd = 0.001;
  for (const bool is_quiet : {true, false}) {
    s::CasePlanner planner(precise(), &metric);
    Random random(3);
    std::uint32_t number = 0;
    CHECK(planner.next_measuring_ns() == s::kPilotInvocationNs);
    for (; number < 6; ++number)
      planner.add((is_quiet ? quiet : noisy).invoke(number, planner.next_measuring_ns(), random));
    const std::int64_t next = planner.next_measuring_ns();
    CAPTURE(is_quiet);
    CAPTURE(next);
    if (is_quiet) {
      CHECK(next >= s::kLeastInvocationNs);
      CHECK(next <= s::kLeastInvocationNs + 2'000'000);
    } else {
      CHECK(next > 300'000'000);
      CHECK(next <= s::kMostInvocationNs);
    }
  }
}

TEST_CASE("a pilot that was far too short is no invocation of the result, and one that was not is") {
  const p::MetricRecord metric = planted_metric();
  PlantedCase noisy;
  noisy.batch_sd = 0.2;
  for (const double precision : {0.003, 0.2}) {
    s::CasePlanner planner(precise(precision), &metric);
    Random random(4);
    const bool counts = planner.add(noisy.invoke(0, planner.next_measuring_ns(), random));
    CHECK(counts == (precision > 0.1));
    CHECK(planner.counted() == (counts ? 1 : 0));
    CHECK(planner.values().size() == (counts ? 1 : 0));
    CHECK(planner.add(noisy.invoke(1, planner.next_measuring_ns(), random)));
  }
  // Where exactly so many were asked for, so many count.
  s::CasePolicy policy = precise(0.003);
  policy.min_invocations = policy.max_invocations = 8;
  s::CasePlanner planner(policy, &metric);
  Random random(4);
  CHECK(planner.add(noisy.invoke(0, planner.next_measuring_ns(), random)));
}

TEST_CASE("a value that is no middle of samples is measured as long as ever, and says why it has no plan") {
  p::MetricRecord metric = planted_metric();
  metric.statistic = "max";
  s::CasePlanner planner(precise(), &metric);
  Random random(6);
  for (std::uint32_t i = 0; i < 4; ++i) planner.add(PlantedCase().invoke(i, 100'000'000, random));
  CHECK(planner.next_measuring_ns() == s::kDefaultInvocationNs);
  const auto plan = planner.record(std::nullopt);
  CHECK(plan.stopped.empty());
  CHECK_FALSE(plan.planned_invocations);
  CHECK(plan.null_reason.find("not their median or mean") != std::string::npos);
}

TEST_CASE("no invocation is planned to outlast the worker's time limit") {
  const p::MetricRecord metric = planted_metric();
  PlantedCase noisy;
  noisy.batch_sd = 0.3;
  s::CasePolicy policy = precise(0.001);
  policy.timeout_ns = 2'000'000'000;
  s::CasePlanner planner(policy, &metric);
  Random random(7);
  for (std::uint32_t i = 0; i < 5; ++i) {
    planner.add(noisy.invoke(i, planner.next_measuring_ns(), random));
    CHECK(planner.next_measuring_ns() <= 500'000'000);
  }
}

TEST_CASE("time bounds what is measured, whatever precision is wanted, and what it was is said") {
  const p::MetricRecord metric = planted_metric();
  PlantedCase noisy;
  noisy.batch_sd = 0.3;
  noisy.invocation_sd = 0.05;
  benchhost::suite::MeasureLimits limits;
  limits.precision_ratio = 0.01;
  for (const std::int64_t time_ns : {std::int64_t{200'000'000}, std::int64_t{2'000'000'000}}) {
    limits.time_ns = time_ns;
    const s::CasePolicy policy = s::resolve_policy(limits);
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      s::CasePlanner planner(policy, &metric);
      Random random(seed);
      double measured = 0;
      benchhost::stats::StopDecision decision;
      for (std::uint32_t i = 0; !decision.stop(); ++i) {
        const auto invocation = noisy.invoke(i, planner.next_measuring_ns(), random);
        for (const std::int64_t wall : invocation.record.segments.front().integers)
          measured += static_cast<double>(wall);
        planner.add(invocation);
        decision = planner.decide();
      }
      CAPTURE(seed);
      CHECK(decision.imprecise);
      CHECK(planner.values().size() >= 8);
      // A batch of 30 % noise is not known to its length beforehand.
      CHECK(measured <= 1.2 * static_cast<double>(time_ns));
      CHECK(measured >= 0.7 * static_cast<double>(time_ns));
      const auto plan = planner.record(decision.reason);
      CHECK(plan.time_ns == time_ns);
      CHECK((plan.planned_invocations.value_or(1000) > 40 || *plan.planned_ns > static_cast<double>(time_ns)));
    }
  }
}

TEST_CASE("the budget ends a case once another invocation would not fit, and never before the least number") {
  p::MetricRecord metric = planted_metric();
  s::CasePolicy policy;
  policy.precision_ratio = 0.0001;
  policy.min_invocations = 3;
  policy.max_invocations = 30;
  policy.budget_ns = 500;
  const auto after = [&](const std::vector<double>& each_ns) {
    s::CasePlanner planner(policy, &metric);
    std::uint32_t i = 0;
    for (const double ns : each_ns) planner.add(benchhost::test::invocation_of(i++, 1, 0, {ns}));
    return planner.decide();
  };
  CHECK_FALSE(after({1000, 1100}).stop());
  CHECK(after({1000, 1100, 1200}).reason == StopReason::budget_spent);
  CHECK_FALSE(after({100, 110, 90}).stop());
  CHECK_FALSE(after({100, 110, 90, 99}).stop());
  CHECK(after({100, 110, 90, 104}).reason == StopReason::budget_spent);
  CHECK(after({100, 110, 90, 104}).imprecise);
  policy.budget_ns.reset();
  CHECK_FALSE(after({1e9, 1.1e9, 0.9e9, 1e9}).stop());
}

TEST_CASE("intervals cover under stopping on precision and budget together") {
  // Slow invocations spend more of the budget, so what stops a case leans on its values.
  const p::MetricRecord metric = planted_metric();
  s::CasePolicy policy;
  policy.precision_ratio = 0.01;
  policy.min_invocations = 8;
  policy.max_invocations = 30;
  for (const double sd : {0.01, 0.03}) {
    for (const double room : {8.0, 12.0, 20.0}) {
      CAPTURE(sd);
      CAPTURE(room);
      policy.budget_ns = room * 1e9;
      Random random(42);
      int covered = 0;
      constexpr int kSessions = 4000;
      for (int i = 0; i < kSessions; ++i) {
        s::CasePlanner planner(policy, &metric);
        benchhost::stats::StopDecision decision;
        std::uint32_t number = 0;
        do {
          planner.add(benchhost::test::invocation_of(number++, 1, 0, {1e9 * std::exp(sd * random.normal())}));
          decision = planner.decide();
        } while (!decision.stop());
        REQUIRE(decision.interval);
        covered += decision.interval->low <= 1e9 && 1e9 <= decision.interval->high;
      }
      CHECK(covered >= 0.93 * kSessions);
      CHECK(covered <= 0.97 * kSessions);
    }
  }
}

TEST_CASE("planned sessions on planted variances take at most a tenth more than the best there is, and cover") {
  // The best of fixed measuring times, pilot and learning not needed, over the same sessions: perf_nested_plan 1000
  // 300.
  constexpr double kBestNs[] = {9.14699e8, 2.41467e9, 4.23055e9, 2.16006e10, 9.10708e8, 6.39997e8};
  constexpr std::uint64_t kSessions = 100;
  const s::CasePolicy policy = precise();
  std::size_t at = 0;
  int covered = 0;
  for (const auto& [name, planted] : s::test::kPlantedCases) {
    double sum = 0;
    for (std::uint64_t i = 0; i < kSessions; ++i) {
      const auto seen = s::test::run_session(planted, policy, derive(1000, i));
      sum += seen.wall_ns;
      covered += seen.covered;
    }
    CAPTURE(std::string(name));
    CHECK(sum / kSessions <= 1.1 * kBestNs[at]);
    ++at;
  }
  CHECK(covered >= 0.93 * static_cast<double>(at * kSessions));
}
