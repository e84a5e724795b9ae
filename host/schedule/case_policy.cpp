#include "schedule/case_policy.h"

#include <algorithm>

namespace benchhost::schedule {

CasePolicy resolve_policy(const suite::MeasureLimits& limits) {
  CasePolicy policy;
  policy.precision_ratio = limits.precision_ratio;
  if (limits.precision_ratio) {
    policy.min_invocations = kPrecisionMinInvocations;
    policy.max_invocations = kPrecisionMaxInvocations;
  }
  if (limits.invocations) {
    policy.min_invocations = std::max(1u, limits.invocations->min);
    policy.max_invocations = std::max(policy.min_invocations, limits.invocations->max);
  }
  if (limits.time_ns) {
    policy.invocation_ns = std::max(kLeastInvocationNs, *limits.time_ns / policy.max_invocations);
  }
  if (limits.timeout_ns) policy.timeout_ns = *limits.timeout_ns;
  return policy;
}

}  // namespace benchhost::schedule
