#include "schedule/case_policy.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/units.h"

namespace benchhost::schedule {

CasePolicy resolve_policy(const suite::MeasureLimits& limits) {
  CasePolicy policy;
  policy.precision_ratio = limits.precision_ratio;
  if (limits.precision_ratio) {
    policy.min_invocations = kPrecisionMinInvocations;
    policy.max_invocations = kPrecisionMaxInvocations;
    policy.invocation_ns = kPilotInvocationNs;
  }
  if (limits.invocations) {
    policy.min_invocations = std::max(1u, limits.invocations->min);
    policy.max_invocations = std::max(policy.min_invocations, limits.invocations->max);
  }
  if (limits.time_ns) {
    const std::int64_t most = std::max<std::int64_t>(1, *limits.time_ns / policy.min_invocations);
    const std::int64_t share = std::max(std::min(kLeastInvocationNs, most), *limits.time_ns / policy.max_invocations);
    policy.invocation_ns = limits.precision_ratio ? std::min(share, kPilotInvocationNs) : share;
    policy.budget_ns = static_cast<double>(*limits.time_ns);
  }
  if (limits.timeout_ns) policy.timeout_ns = *limits.timeout_ns;
  return policy;
}

std::string contradiction(const suite::MeasureLimits& limits) {
  if (!limits.precision_ratio) return {};
  const CasePolicy policy = resolve_policy(limits);
  const double percent = *limits.precision_ratio * 100;
  if (limits.time_ns && *limits.time_ns / policy.min_invocations < kLeastInvocationNs) {
    return fmt::format(
        "a time of {} leaves each of at least {} invocations {}, and a precision of {:g} % wants {} or more: time goes "
        "first, and a case that does not reach the precision is called imprecise",
        format_ns(static_cast<double>(*limits.time_ns)), policy.min_invocations,
        format_ns(static_cast<double>(*limits.time_ns) / policy.min_invocations), percent,
        format_ns(static_cast<double>(kLeastInvocationNs)));
  }
  if (policy.min_invocations == policy.max_invocations) {
    return fmt::format(
        "exactly {} invocations were asked for, so a precision of {:g} % ends no case: one that does not reach it is "
        "called imprecise",
        policy.min_invocations, percent);
  }
  return {};
}

}  // namespace benchhost::schedule
