#include "common/stats/stopping.h"

#include <algorithm>
#include <cmath>

namespace benchhost::stats {
namespace {

bool fits_budget(std::int64_t done, double spent_ns, std::optional<double> next_ns, double budget_ns) {
  const double next = next_ns.value_or(spent_ns / static_cast<double>(done));
  // Written so that NaN, which compares false with everything, never fits.
  return spent_ns >= 0.0 && next >= 0.0 && spent_ns + next <= budget_ns;
}

}  // namespace

std::string_view to_text(StopReason reason) {
  switch (reason) {
    case StopReason::go_on:
      return "another invocation is needed";
    case StopReason::precise:
      return "the wanted precision is reached";
    case StopReason::budget_spent:
      return "another invocation would not fit the time budget";
    case StopReason::invocations_done:
      return "the greatest number of invocations has run";
  }
  return "unknown reason";
}

std::string_view stop_reason_name(StopReason reason) {
  switch (reason) {
    case StopReason::go_on:
      return "go_on";
    case StopReason::precise:
      return "precise";
    case StopReason::budget_spent:
      return "budget_spent";
    case StopReason::invocations_done:
      return "invocations_done";
  }
  return "";
}

std::optional<StopReason> stop_reason_from_name(std::string_view name) {
  for (const StopReason reason :
       {StopReason::go_on, StopReason::precise, StopReason::budget_spent, StopReason::invocations_done}) {
    if (stop_reason_name(reason) == name) return reason;
  }
  return std::nullopt;
}

StopDecision decide_stop(std::span<const double> values, double spent_ns, std::optional<double> next_ns,
                         const StoppingLimits& limits) {
  StopDecision decision;
  const auto done = static_cast<std::int64_t>(values.size());
  decision.interval = log_mean_interval(values, limits.level);
  const auto half_width = decision.interval ? log_half_width(*decision.interval) : std::nullopt;
  const bool precise = limits.precision_ratio && half_width && *half_width <= *limits.precision_ratio;
  decision.imprecise = limits.precision_ratio.has_value() && !precise;

  const std::int64_t most = std::clamp<std::int64_t>(limits.max_invocations, 1, kMaxInvocations);
  if (done == 0) return decision;
  if (precise && done >= limits.min_invocations) {
    decision.reason = StopReason::precise;
  } else if (done >= most) {
    decision.reason = StopReason::invocations_done;
  } else if (limits.budget_ns && !fits_budget(done, spent_ns, next_ns, *limits.budget_ns)) {
    decision.reason = StopReason::budget_spent;
  }
  return decision;
}

}  // namespace benchhost::stats
