// Sweep summaries: named values over the cases of one sweep, computed once a run is over (sdk metrics.h, "Sweep
// summaries"). Pure.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/base/expression.h"
#include "common/protocol/descriptor.h"
#include "common/protocol/value.h"
#include "store/records.h"

namespace benchhost::analysis {

/// A finished case of a benchmark as one point of its sweeps.
struct SweepPoint {
  std::vector<std::pair<std::string, protocol::Value>> parameters;  ///< by name, any order
  std::vector<std::string> device_models;                           ///< by slot
  std::string input;
  std::vector<store::Measurement> measurements;
};

/// Values of every summary that the benchmark publishes, in declared order, then by group. A group is the points that
/// differ in the summary's parameter only; parameters that are no identity (a time limit) do not divide it. One whose
/// points all have the same value of the parameter was not swept and has no summary.
///
/// A value that cannot be given is absent with its reason: too few points, a metric that a point lacks, a curve without
/// knee or step. Points at one value of the parameter count as one, with their mean; for MAX_WITHIN the worst counts.
/// `low` and `high` of SPEEDUP, EFFICIENCY, RATIO, BEST and FIT are the interval that follows from those of the points,
/// or from the scatter around the fit. Those of the rest are values of the parameter: BEST_AT: the ends of what is
/// within the error of the best; KNEE: the points before and after; LEVELS: where the step begins and ends; MAX_WITHIN:
/// up to where all points are within the limit (less than the value where they are not monotonic) and the first above
/// the value that is not (absent: none was measured).
///
/// machine: facts that a limit may name; nullptr: unknown.
[[nodiscard]] std::vector<store::SummaryValue> summarise(const protocol::BenchmarkRecord& benchmark,
                                                         std::span<const SweepPoint> points,
                                                         const ExprLookup* machine = nullptr);

}  // namespace benchhost::analysis
