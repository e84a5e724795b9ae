#include "schedule/case_policy.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "common/stats/random.h"

namespace s = benchhost::schedule;
using benchhost::suite::Invocations;
using benchhost::suite::MeasureLimits;

TEST_CASE("where nothing is said a case is invoked five times") {
  const s::CasePolicy p = s::resolve_policy({});
  CHECK(p.min_invocations == 5);
  CHECK(p.max_invocations == 5);
  CHECK_FALSE(p.precision_ratio);
  CHECK(p.invocation_ns == s::kDefaultInvocationNs);
  CHECK(p.timeout_ns == s::kDefaultTimeoutNs);
}

TEST_CASE("a wanted precision decides between eight and forty invocations") {
  MeasureLimits limits;
  limits.precision_ratio = 0.01;
  const s::CasePolicy p = s::resolve_policy(limits);
  CHECK(p.min_invocations == 8);
  CHECK(p.max_invocations == 40);
}

TEST_CASE("time is shared by all invocations, and little time by the fewest") {
  MeasureLimits limits;
  limits.time_ns = 3'000'000'000;
  limits.invocations = Invocations{3, 3};
  CHECK(s::resolve_policy(limits).invocation_ns == 1'000'000'000);
  CHECK(s::resolve_policy(limits).budget_ns == 3'000'000'000);
  // Forty would get 75 ms each.
  limits.invocations = Invocations{8, 40};
  CHECK(s::resolve_policy(limits).invocation_ns == 75'000'000);
  // Forty would get 2.5 ms, which is too little; eight can have 12.5 ms, and no more fit.
  limits.time_ns = 100'000'000;
  CHECK(s::resolve_policy(limits).invocation_ns == 12'500'000);
  // Ten have their 20 ms.
  limits.time_ns = 200'000'000;
  CHECK(s::resolve_policy(limits).invocation_ns == s::kLeastInvocationNs);
  limits.time_ns = 1;
  CHECK(s::resolve_policy(limits).invocation_ns == 1);
  CHECK_FALSE(s::resolve_policy({}).budget_ns);
}

TEST_CASE("the budget ends a case once another invocation would not fit, and never before the least number") {
  s::CasePolicy policy;
  policy.precision_ratio = 0.0001;
  policy.min_invocations = 3;
  policy.max_invocations = 30;
  policy.budget_ns = 500;
  std::vector<double> values = {1.0, 1.1};
  CHECK_FALSE(s::judge_invocations(policy, values, 2000).stop());
  values.push_back(1.2);
  CHECK(s::judge_invocations(policy, values, 3000).reason == benchhost::stats::StopReason::budget_spent);
  CHECK_FALSE(s::judge_invocations(policy, values, 300).stop());
  values.push_back(0.9);
  CHECK_FALSE(s::judge_invocations(policy, values, 400).stop());
  CHECK(s::judge_invocations(policy, values, 401).reason == benchhost::stats::StopReason::budget_spent);
  CHECK(s::judge_invocations(policy, values, 401).imprecise);
  policy.budget_ns.reset();
  CHECK_FALSE(s::judge_invocations(policy, values, 1e12).stop());
}

TEST_CASE("intervals cover under stopping on precision and budget together") {
  // Slow invocations spend more of the budget, so what stops a case leans on its values.
  s::CasePolicy policy;
  policy.precision_ratio = 0.01;
  policy.min_invocations = 8;
  policy.max_invocations = 30;
  for (const double sd : {0.01, 0.03}) {
    for (const double room : {8.0, 12.0, 20.0}) {
      CAPTURE(sd);
      CAPTURE(room);
      policy.budget_ns = room * 1e9;
      benchhost::stats::Random random(42);
      int covered = 0;
      constexpr int kSessions = 4000;
      for (int session = 0; session < kSessions; ++session) {
        std::vector<double> values;
        double spent = 0;
        benchhost::stats::StopDecision decision;
        do {
          values.push_back(std::exp(sd * random.normal()));
          spent += 1e9 * values.back();
          decision = s::judge_invocations(policy, values, spent);
        } while (!decision.stop());
        REQUIRE(decision.interval);
        covered += decision.interval->low <= 1 && 1 <= decision.interval->high;
      }
      CHECK(covered >= 0.93 * kSessions);
      CHECK(covered <= 0.97 * kSessions);
    }
  }
}

TEST_CASE("invocations that were asked for stand over the defaults of a precision") {
  MeasureLimits limits;
  limits.precision_ratio = 0.01;
  limits.invocations = Invocations{3, 3};
  CHECK(s::resolve_policy(limits).max_invocations == 3);
  limits.invocations = Invocations{0, 0};
  CHECK(s::resolve_policy(limits).min_invocations == 1);
}
