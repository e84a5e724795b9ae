// Plots as inline SVG with its legend in HTML. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/axis.h"
#include "report/sample_shape.h"

namespace benchhost::report {

struct PlotPoint {
  double x = 0;
  double y = 0;
  std::optional<double> low;  ///< interval of y
  std::optional<double> high;
};

enum class Stroke {
  line_and_marks,
  marks,
  line,
  dashed,  ///< what is expected or at most possible, not measured here
};

struct PlotSeries {
  std::string name;  ///< in the legend; text of others is made inert here
  std::vector<PlotPoint> points;
  Stroke stroke = Stroke::line_and_marks;
};

/// Colours and marks there are; more series than these look alike.
inline constexpr std::size_t kDistinctSeries = 8;

struct Plot {
  std::string id;           ///< unique in the page; [a-z0-9-]
  std::string title;        ///< said to screen readers and written above
  std::string description;  ///< for who cannot see it: what is drawn and its main figures
  Axis x;
  Axis y;
  std::vector<PlotSeries> series;
  std::vector<std::string> notes;  ///< below it
};

/// A <figure>, well-formed as XML too.
[[nodiscard]] std::string draw_plot(const Plot& plot);

/// Pictures of a case's samples, each a <figure>: run order (median of consecutive batches, their range, an
/// invocation's part set apart), histogram, and the share of batches that took at most so long, an invocation a line.
/// `id`: as in Plot. "" where there is nothing to be drawn.
[[nodiscard]] std::string draw_run_order(const CaseShape& shape, std::string_view id);
[[nodiscard]] std::string draw_histogram(const CaseShape& shape, std::string_view id);
[[nodiscard]] std::string draw_shares(const CaseShape& shape, std::string_view id);

}  // namespace benchhost::report
