// What the validator found, for a terminal, for programs and for CI. Pure.
#pragma once

#include <string>

#include "common/base/json.h"
#include "conform/check.h"
#include "report/run_report.h"

namespace benchhost::report {

/// A line for each requirement: PASS, FAIL, WARN or N/A, its number and title; under one that does not hold each place,
/// the rule, and what to change. Then the counts.
[[nodiscard]] std::string console_check(const conform::CheckReport& report, const Style& style);
/// Version 1, additive only.
[[nodiscard]] Json json_check(const conform::CheckReport& report);
/// One test case for each requirement, as CI systems read it: FAIL is a failure, N/A is skipped, WARN passes with its
/// text as output.
[[nodiscard]] std::string junit_check(const conform::CheckReport& report);

}  // namespace benchhost::report
