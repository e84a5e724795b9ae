// What is stored of a case when it begins and when it ends. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/invocation.h"
#include "common/stats/stopping.h"
#include "schedule/case_planner.h"
#include "schedule/plan.h"
#include "store/records.h"

namespace benchhost::schedule {

/// Marks an invocation whose numbers are none of the result's (case_planner.h).
inline constexpr const char* kPilotFlag = "pilot";

/// How a case ended.
struct CaseVerdict {
  protocol::Outcome outcome = protocol::Outcome::passed;
  std::string code;    ///< BHnnnn; "": none
  std::string reason;  ///< "" of one that passed
  std::optional<protocol::Phase> phase;
};

/// What a case has come through.
struct CaseCourse {
  std::span<const analysis::Invocation> invocations;  ///< in order
  const CasePlanner& planner;
  std::optional<stats::StopReason> stopped;  ///< by its values
  std::int64_t wall_ns = 0;                  ///< of all invocations
};

/// role: "primary", "yardstick". ordinal: of the case in the run.
[[nodiscard]] store::CaseStart case_start(const Plan& plan, const PlanCase& work, std::uint64_t ordinal,
                                          std::string role, std::int64_t started_wall_ns);

/// A case without numbers still says of each metric why it has none.
[[nodiscard]] std::vector<store::Measurement> absent_measurements(const protocol::BenchmarkRecord& benchmark,
                                                                  const std::string& reason);

/// Numbers come from invocations that passed and are no pilot; what a crashed one sent before it died is stored, and
/// not believed. benchmark: of the case.
[[nodiscard]] store::CaseEnd case_end(const PlanCase& work, const protocol::BenchmarkRecord& benchmark,
                                      const CaseCourse& course, CaseVerdict verdict);

}  // namespace benchhost::schedule
