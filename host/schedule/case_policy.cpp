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
    const std::int64_t most = std::max<std::int64_t>(1, *limits.time_ns / policy.min_invocations);
    policy.invocation_ns = std::max(std::min(kLeastInvocationNs, most), *limits.time_ns / policy.max_invocations);
    policy.budget_ns = static_cast<double>(*limits.time_ns);
  }
  if (limits.timeout_ns) policy.timeout_ns = *limits.timeout_ns;
  return policy;
}

stats::StopDecision judge_invocations(const CasePolicy& policy, std::span<const double> values, double measured_ns) {
  stats::StoppingLimits limits;
  limits.precision_ratio = policy.precision_ratio;
  limits.min_invocations = policy.min_invocations;
  limits.max_invocations = policy.max_invocations;
  if (values.size() >= policy.min_invocations) limits.budget_ns = policy.budget_ns;
  return stats::decide_stop(values, measured_ns, std::nullopt, limits);
}

}  // namespace benchhost::schedule
