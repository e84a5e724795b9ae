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

TEST_CASE("a wanted precision decides between eight and forty invocations") {
  MeasureLimits limits;
  limits.precision_ratio = 0.01;
  const s::CasePolicy p = s::resolve_policy(limits);
  CHECK(p.min_invocations == 8);
  CHECK(p.max_invocations == 40);
}

TEST_CASE("time is shared by the invocations, and none gets less than it needs") {
  MeasureLimits limits;
  limits.time_ns = 3'000'000'000;
  limits.invocations = Invocations{3, 3};
  CHECK(s::resolve_policy(limits).invocation_ns == 1'000'000'000);
  limits.time_ns = 1;
  CHECK(s::resolve_policy(limits).invocation_ns == s::kLeastInvocationNs);
}

TEST_CASE("invocations that were asked for stand over the defaults of a precision") {
  MeasureLimits limits;
  limits.precision_ratio = 0.01;
  limits.invocations = Invocations{3, 3};
  CHECK(s::resolve_policy(limits).max_invocations == 3);
  limits.invocations = Invocations{0, 0};
  CHECK(s::resolve_policy(limits).min_invocations == 1);
}
