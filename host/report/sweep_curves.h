// Groups of cases that differ in one parameter only, as curves. Private to the module.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "report/plot.h"
#include "report/run_view.h"

namespace benchhost::report {

/// A metric of a benchmark over one of its parameters, all else equal.
struct SweepCurve {
  std::string benchmark;  ///< id
  std::string parameter;
  std::string parameter_unit;
  protocol::MetricRecord metric;
  std::map<std::string, std::string> fixed;  ///< what is alike in all points: parameter, device, input
  std::vector<PlotPoint> points;             ///< ascending in x, one a value: the mean where there were more
};

/// Of the passed results, every metric over every numeric parameter that has at least two values in its group; primary
/// metrics first. Labelled metrics, and those of which no way is better, are left out.
[[nodiscard]] std::vector<SweepCurve> find_curves(const RunView& view);

/// What tells a curve from the others of a plot: "triad bytes=64 KiB"; "" for a single one. Same order as `curves`.
[[nodiscard]] std::vector<std::string> curve_names(const std::vector<const SweepCurve*>& curves);

}  // namespace benchhost::report
