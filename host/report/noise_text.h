// What was seen of noise inside a measurement: speeds, what was counted and what was used, for people and for programs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/json.h"
#include "report/table.h"
#include "store/records.h"

namespace benchhost::report {

/// usual: of the speeds within invocations those that more than half of the invocations show.
enum class Speeds { usual, all };

/// "two speeds: 1.00 ms in 7 of 10 invocations, 1.05 ms in 3" and "two speeds within 8 of 10 invocations, such as
/// 1.00 ms in 60 of 100 samples, 1.05 ms in 40": at most these two lines. Empty: one speed, as far as was seen.
[[nodiscard]] std::vector<std::string> speed_lines(const store::StoredResult& result, Speeds which = Speeds::all);
/// How many results have speeds that are not usual; "" none: "2 cases have several speeds within …".
[[nodiscard]] std::string seldom_speeds_text(const std::vector<store::StoredResult>& results, store::RunId run);
/// The groups as a report has them: an array, empty without.
[[nodiscard]] Json modes_json(const store::CaseEnd& end);

/// What the invocations of a result counted, together.
struct CountedSum {
  std::string event;
  std::optional<double> per_iteration;  ///< all that was counted over all iterations of those that counted it
  std::uint64_t invocations = 0;        ///< that counted it
  double least_running_ratio = 1;       ///< below 1: scaled up
  bool user_only = false;               ///< in at least one
  std::string null_reason;              ///< of the last that did not count it
};
/// In the order in which the events were told. Pilots count as well: each iteration tells the same.
[[nodiscard]] std::vector<CountedSum> counted_sums(const std::vector<store::StoredInvocation>& invocations);

/// What the invocations of a result used in a zone, together.
struct EnergySum {
  std::string zone;
  std::optional<double> joules;
  std::optional<double> watts;
  std::optional<double> joules_per_iteration;
  std::string null_reason;
};
[[nodiscard]] std::vector<EnergySum> energy_sums(const std::vector<store::StoredInvocation>& invocations);

/// Rows "event", "per iteration", "remarks": what was counted and used; then one row for each reason why others were
/// not. Empty: an older version stored it.
[[nodiscard]] Table counted_table(const std::vector<CountedSum>& counts, const std::vector<EnergySum>& energies);

/// Of one invocation; null without.
[[nodiscard]] Json event_counts_json(const store::Invocation& invocation);
[[nodiscard]] Json energy_json(const store::Invocation& invocation);

}  // namespace benchhost::report
