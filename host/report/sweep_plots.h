// Plots over what a run swept: a metric over a parameter, speed-up, roofline. What is swept is found in the cases; no
// benchmark is known by name. Pure.
#pragma once

#include <cstddef>
#include <vector>

#include "report/plot.h"
#include "report/run_view.h"

namespace benchhost::report {

/// Plots, and how many more there would be: a report stays of bounded size.
struct Plots {
  std::vector<Plot> plots;
  std::size_t left_out = 0;
};

/// A metric over a numeric parameter of which some group of cases, alike in all else, has at least three values;
/// primary metrics first. Benchmarks whose ids differ in their last part only, with a metric of one id and unit, share
/// a plot as far as its curves can be told apart; of more curves some are drawn, the first and last among them.
/// Requires: view.detail.
[[nodiscard]] Plots parameter_plots(const RunView& view, std::size_t most);

/// How many times as good as at the least value of the parameter, for parameters that a summary of the benchmark calls
/// one of speed-up or efficiency, and for those named "threads"; beside it the line of perfect scaling. From two values
/// on. Requires: view.detail.
[[nodiscard]] Plots scaling_plots(const RunView& view, std::size_t most);

/// Operations per second over operations per byte, a plot for each type of operation and device model, for cases that
/// state both kinds of work and whose time is known. Ceilings: what the device says of itself, else the most measured.
/// Requires: view.detail.
[[nodiscard]] Plots roofline_plots(const RunView& view, std::size_t most);

/// Time of one iteration in ns, from a metric that tells it: a time, or a rate of stated work. nullopt: none does.
[[nodiscard]] std::optional<double> iteration_ns(const store::StoredResult& result,
                                                 const std::vector<protocol::WorkItem>& work);

}  // namespace benchhost::report
