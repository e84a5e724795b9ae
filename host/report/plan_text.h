// What a case was planned to take and what it took, for people and for programs.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/base/json.h"
#include "store/records.h"

namespace benchhost::report {

/// Lines of a result's page, as (name, text): what was allowed, what the plan came to and from what it was reckoned,
/// what was spent, why it ended. Empty for a result without a plan: it was never invoked, or an older version stored
/// it.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> plan_lines(
    const store::StoredResult& result, const std::vector<store::StoredInvocation>& invocations);

/// The plan as a report has it; null without one.
[[nodiscard]] Json plan_json(const store::StoredResult& result);

}  // namespace benchhost::report
