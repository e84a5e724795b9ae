#include "report/plan_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "common/base/units.h"
#include "common/stats/stopping.h"
#include "report/run_view.h"

namespace benchhost::report {

namespace {

std::string counted(std::uint64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string allowed_text(const store::CasePlan& plan) {
  std::string text = plan.least_invocations == plan.most_invocations
                         ? counted(plan.most_invocations, "invocation")
                         : fmt::format("{} to {} invocations", plan.least_invocations, plan.most_invocations);
  if (plan.time_ns) text += fmt::format(", {} of measuring", format_ns(static_cast<double>(*plan.time_ns)));
  if (plan.precision_ratio) text += fmt::format(", to a precision of {}", share_text(plan.precision_ratio));
  return text;
}

std::string planned_text(const store::CasePlan& plan) {
  if (!plan.planned_invocations) return "nothing: " + plan.null_reason;
  return fmt::format("{} of {} each take {} to a precision of {}", counted(*plan.planned_invocations, "invocation"),
                     counted(plan.planned_batches.value_or(0), "sample"), format_ns(plan.planned_ns.value_or(0)),
                     share_text(plan.planned_half_width_ratio));
}

// The spread that a variance stands for: below 0 nothing was seen of it.
std::string spread_text(double variance) { return share_text(std::sqrt(std::max(0.0, variance))); }

std::string reckoned_text(const store::CasePlan& plan) {
  std::string text;
  const auto add = [&text](const std::string& more) { text += (text.empty() ? "" : "; ") + more; };
  if (plan.invocation_variance) add(fmt::format("invocations differ by {}", spread_text(*plan.invocation_variance)));
  if (plan.invocation_cost_ns) add(fmt::format("each costs {} beside measuring", format_ns(*plan.invocation_cost_ns)));
  if (plan.batch_variance) add(fmt::format("samples of one differ by {}", spread_text(*plan.batch_variance)));
  if (plan.batch_cost_ns) add(fmt::format("a sample costs {}", format_ns(*plan.batch_cost_ns)));
  return text;
}

std::string spent_text(const std::vector<store::StoredInvocation>& invocations) {
  double all = 0;
  double prepare = 0;
  double settle = 0;
  double measure = 0;
  std::uint64_t pilots = 0;
  bool known = true;
  for (const store::StoredInvocation& s : invocations) {
    const store::Invocation& i = s.invocation;
    all += static_cast<double>(i.duration_ns);
    if (std::ranges::find(i.flags, "pilot") != i.flags.end()) ++pilots;
    if (!i.times) {
      known = false;
      continue;
    }
    prepare += static_cast<double>(i.times->prepare_ns);
    settle += static_cast<double>(i.times->settle_ns);
    measure += static_cast<double>(i.times->measure_ns);
  }
  if (invocations.empty()) return {};
  std::string text = fmt::format("{} in {}", format_ns(all), counted(invocations.size(), "invocation"));
  if (pilots > 0) text += ", one of them a pilot that does not count";
  if (!known) return text;
  return text + fmt::format(": measuring {}, settling {}, preparing {}, the rest {}", format_ns(measure),
                            format_ns(settle), format_ns(prepare),
                            format_ns(std::max(0.0, all - prepare - settle - measure)));
}

Json number_or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

}  // namespace

std::vector<std::pair<std::string, std::string>> plan_lines(const store::StoredResult& result,
                                                            const std::vector<store::StoredInvocation>& invocations) {
  if (!result.end || !result.end->plan) return {};
  const store::CasePlan& plan = *result.end->plan;
  const auto stopped = stats::stop_reason_from_name(plan.stopped);
  return {{"allowed", allowed_text(plan)},
          {"planned", planned_text(plan)},
          {"reckoned from", reckoned_text(plan)},
          {"spent", spent_text(invocations)},
          {"stopped", stopped ? std::string(stats::to_text(*stopped)) : std::string()}};
}

Json plan_json(const store::StoredResult& result) {
  if (!result.end || !result.end->plan) return {};
  const store::CasePlan& plan = *result.end->plan;
  Json json;
  json.set("precision_ratio", number_or_null(plan.precision_ratio));
  json.set("time_ns", plan.time_ns ? Json(*plan.time_ns) : Json());
  json.set("least_invocations", std::uint64_t{plan.least_invocations});
  json.set("most_invocations", std::uint64_t{plan.most_invocations});
  json.set("stopped", plan.stopped.empty() ? Json() : Json(plan.stopped));
  json.set("invocation_variance", number_or_null(plan.invocation_variance));
  json.set("batch_variance", number_or_null(plan.batch_variance));
  json.set("invocation_cost_ns", number_or_null(plan.invocation_cost_ns));
  json.set("batch_cost_ns", number_or_null(plan.batch_cost_ns));
  json.set("planned_invocations", plan.planned_invocations ? Json(*plan.planned_invocations) : Json());
  json.set("planned_batches", plan.planned_batches ? Json(*plan.planned_batches) : Json());
  json.set("planned_half_width_ratio", number_or_null(plan.planned_half_width_ratio));
  json.set("planned_ns", number_or_null(plan.planned_ns));
  json.set("null_reason", plan.null_reason.empty() ? Json() : Json(plan.null_reason));
  return json;
}

}  // namespace benchhost::report
