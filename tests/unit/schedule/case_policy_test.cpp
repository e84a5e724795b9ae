#include "schedule/case_policy.h"

#include <doctest/doctest.h>

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

TEST_CASE("a wanted precision decides between eight and forty invocations, and begins with a pilot") {
  MeasureLimits limits;
  limits.precision_ratio = 0.01;
  const s::CasePolicy p = s::resolve_policy(limits);
  CHECK(p.min_invocations == 8);
  CHECK(p.max_invocations == 40);
  CHECK(p.invocation_ns == s::kPilotInvocationNs);
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
  // A pilot is no longer for there being more time, and may be shorter for there being less.
  limits.precision_ratio = 0.01;
  limits.time_ns = 100'000'000;
  CHECK(s::resolve_policy(limits).invocation_ns == 12'500'000);
  limits.time_ns = 60'000'000'000;
  CHECK(s::resolve_policy(limits).invocation_ns == s::kPilotInvocationNs);
}

TEST_CASE("a precision for which there is no time is told, and that time goes first") {
  MeasureLimits limits;
  limits.time_ns = 100'000'000;
  CHECK(s::contradiction(limits).empty());
  limits.precision_ratio = 0.01;
  const std::string text = s::contradiction(limits);
  CHECK(text.find("a time of 100 ms leaves each of at least 8 invocations 12.5 ms") != std::string::npos);
  CHECK(text.find("a precision of 1 % wants 20.0 ms or more") != std::string::npos);
  CHECK(text.find("time goes first") != std::string::npos);
  limits.time_ns = 160'000'000;
  CHECK(s::contradiction(limits).empty());
  limits.time_ns = 159'999'999;
  CHECK_FALSE(s::contradiction(limits).empty());
  limits.invocations = Invocations{3, 40};
  CHECK(s::contradiction(limits).empty());
}

TEST_CASE("a precision beside a fixed number of invocations ends nothing, and that is told") {
  MeasureLimits limits;
  limits.invocations = Invocations{5, 5};
  CHECK(s::contradiction(limits).empty());
  limits.precision_ratio = 0.005;
  CHECK(s::contradiction(limits).find("exactly 5 invocations were asked for, so a precision of 0.5 % ends no case") ==
        0);
  limits.invocations = Invocations{5, 6};
  CHECK(s::contradiction(limits).empty());
}

TEST_CASE("invocations that were asked for stand over the defaults of a precision") {
  MeasureLimits limits;
  limits.precision_ratio = 0.01;
  limits.invocations = Invocations{3, 3};
  CHECK(s::resolve_policy(limits).max_invocations == 3);
  limits.invocations = Invocations{0, 0};
  CHECK(s::resolve_policy(limits).min_invocations == 1);
}
