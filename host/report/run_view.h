// What every report is made from: a run with its results, read once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "report/run_detail.h"
#include "store/run_store.h"

namespace benchhost::report {

/// How much of a run is read: what reports in numbers need, or also what pictures need.
enum class Depth { numbers, samples };

/// A run, its cases in plan order (last attempt each, the yardstick apart), and its sweep summaries.
struct RunView {
  store::StoredRun run;
  std::vector<store::StoredResult> results;
  std::vector<store::StoredResult> yardsticks;
  std::vector<store::SummaryValue> summaries;
  std::optional<RunDetail> detail;  ///< with Depth::samples
};

[[nodiscard]] Result<RunView> read_run(store::RunReader& reader, store::RunId id, Depth depth = Depth::numbers);

/// "41.3 GB/s", "-" without a value.
[[nodiscard]] std::string value_text(const store::StoredMeasurement& m);
/// "±0.4 %" from the interval, "" without one. Half the width, as a share of the value; in the unit where the value is
/// 0.
[[nodiscard]] std::string interval_text(const store::StoredMeasurement& m, bool ascii);
/// "99 %: 1.2 ms to 1.4 ms": where a percentile lies by the order of its samples; "" for what is none.
[[nodiscard]] std::string bounds_text(const store::StoredMeasurement& m);
/// "3.1 %": a share for people, two significant digits; "-" without one.
[[nodiscard]] std::string share_text(std::optional<double> ratio);
/// The primary measurement; nullptr if there is none.
[[nodiscard]] const store::StoredMeasurement* primary_of(const store::StoredResult& result);
/// "passed", or how it ended; "unfinished" for a result that has no end.
[[nodiscard]] std::string outcome_text(const store::StoredResult& result);
/// "35 passed, 2 failed, 1 skipped": only what there is, in the order of Outcome.
[[nodiscard]] std::string counts_text(const RunView& view);
/// Cases of the plan that the run never came to, because it was stopped or killed.
[[nodiscard]] std::uint64_t not_begun(const store::StoredRun& run);
/// "this machine resolves differences of about 2.1 % today", or why that is not known.
[[nodiscard]] std::string resolution_text(const store::StoredRun& run);
/// The start of a run in UTC, "2026-03-09 14:05".
[[nodiscard]] std::string time_text(std::int64_t wall_ns);

}  // namespace benchhost::report
