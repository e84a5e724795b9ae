// One curve y(x) and what each kind of summary makes of it. Private to the module.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/protocol/descriptor.h"

namespace benchhost::analysis {

/// Kinds and bases by the numbers of the SDK's metrics.h.
enum class SummaryKind : std::uint32_t {
  speedup = 1,
  efficiency = 2,
  best_at = 3,
  knee = 4,
  levels = 5,
  fit_intercept = 6,
  fit_slope = 7,
  max_within = 8,
  ratio = 9,
  best = 10
};
enum class SummaryBasis : std::uint32_t { linear = 0, log = 1, n_log_n = 2, square = 3 };

/// A measured point. Both coordinates are finite.
struct CurvePoint {
  double x = 0;
  double y = 0;
  std::optional<double> low;    ///< interval of y
  std::optional<double> high;   ///< set where low is
  std::optional<double> limit;  ///< MAX_WITHIN: what y is held against here
};

/// A value, or why there is none.
struct SummaryResult {
  std::optional<double> value;
  std::optional<double> low;
  std::optional<double> high;
  std::string reason;  ///< set if there is no value
};

[[nodiscard]] SummaryResult no_summary(std::string reason);

/// Points at one x put together: the mean of y, the hull of the intervals if all have one. Ascending in x.
[[nodiscard]] std::vector<CurvePoint> merge_points(std::vector<CurvePoint> points);

/// How good a y is: larger is better, and differences keep their size. Requires: a direction other than none.
[[nodiscard]] double goodness(const protocol::MetricRecord& metric, double y);

// The points of the functions below are merged, ascending in x, and at least two unless said.

/// Last over first, not turned.
[[nodiscard]] SummaryResult ratio(const protocol::MetricRecord& metric, const std::vector<CurvePoint>& curve);
[[nodiscard]] SummaryResult speedup(const protocol::MetricRecord& metric, const std::vector<CurvePoint>& curve);
[[nodiscard]] SummaryResult efficiency(const protocol::MetricRecord& metric, const std::vector<CurvePoint>& curve);
/// The best y with its interval.
[[nodiscard]] SummaryResult best(const protocol::MetricRecord& metric, const std::vector<CurvePoint>& curve);
/// Where it is.
[[nodiscard]] SummaryResult best_at(const protocol::MetricRecord& metric, const std::vector<CurvePoint>& curve);

/// points: ascending in x, several at one x allowed, at least one; each with its limit.
[[nodiscard]] SummaryResult max_within(const protocol::MetricRecord& metric, const std::vector<CurvePoint>& points);

/// The corner of the two joined lines through log y over log x that explain the points best, if the second gains less
/// than half an octave of what the first does, and the first gains more than the scatter.
[[nodiscard]] SummaryResult knee(const protocol::MetricRecord& metric, const std::vector<CurvePoint>& curve);

/// The steps, ascending. A single result without a value if there are none or too few points.
[[nodiscard]] std::vector<SummaryResult> levels(const std::vector<CurvePoint>& curve);

/// y = a + b g(x) by least squares, weighted for errors that are a share of y where all y are positive.
/// slope: b or, with `inverse_rate`, how much x per second (y in ns) or per unit of y. Requires: as summarise() says.
struct FitWish {
  SummaryBasis basis = SummaryBasis::linear;
  bool slope = false;
  bool inverse_rate = false;
  bool y_is_ns = false;
};
[[nodiscard]] SummaryResult fit_summary(const FitWish& wish, const std::vector<CurvePoint>& curve);

}  // namespace benchhost::analysis
