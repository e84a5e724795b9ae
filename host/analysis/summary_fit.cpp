// Summaries of a fitted line: intercept and slope over a basis.
#include <algorithm>
#include <cmath>

#include "analysis/summary_curve.h"
#include "common/stats/interval.h"
#include "common/stats/student.h"

namespace benchhost::analysis {

namespace {

// Two points fit every line: nothing would be known of the error.
constexpr std::size_t kMinFitPoints = 3;

std::optional<double> basis_of(SummaryBasis basis, double x) {
  switch (basis) {
    case SummaryBasis::linear:
      return x;
    case SummaryBasis::square:
      return x * x;
    case SummaryBasis::log:
      return x > 0 ? std::optional(std::log2(x)) : std::nullopt;
    case SummaryBasis::n_log_n:
      return x > 0 ? std::optional(x * std::log2(x)) : std::nullopt;
  }
  return std::nullopt;
}

struct Line {
  double a = 0, b = 0, a_error = 0, b_error = 0;  ///< errors: half of the interval
};

std::optional<Line> fit(const std::vector<double>& g, const std::vector<CurvePoint>& curve) {
  const bool relative = std::ranges::all_of(curve, [](const CurvePoint& p) { return p.y > 0; });
  const std::size_t n = curve.size();
  const auto weight = [&](std::size_t i) { return relative ? 1 / (curve[i].y * curve[i].y) : 1.0; };
  double w = 0, mean_g = 0, mean_y = 0;
  for (std::size_t i = 0; i < n; ++i) {
    w += weight(i);
    mean_g += weight(i) * g[i];
    mean_y += weight(i) * curve[i].y;
  }
  mean_g /= w;
  mean_y /= w;
  double gg = 0, gy = 0;
  for (std::size_t i = 0; i < n; ++i) {
    gg += weight(i) * (g[i] - mean_g) * (g[i] - mean_g);
    gy += weight(i) * (g[i] - mean_g) * (curve[i].y - mean_y);
  }
  Line line;
  line.b = gy / gg;
  line.a = mean_y - line.b * mean_g;
  double squares = 0;
  for (std::size_t i = 0; i < n; ++i) squares += weight(i) * std::pow(curve[i].y - line.a - line.b * g[i], 2);
  const double degrees = static_cast<double>(n - 2);
  const auto t = stats::student_two_sided(stats::kDefaultLevel, degrees);
  const double variance = squares / degrees;
  line.b_error = t.value_or(0) * std::sqrt(variance / gg);
  line.a_error = t.value_or(0) * std::sqrt(variance * (1 / w + mean_g * mean_g / gg));
  const bool finite = std::isfinite(line.a) && std::isfinite(line.b) && std::isfinite(line.a_error) &&
                      std::isfinite(line.b_error) && t.has_value();
  return finite ? std::optional(line) : std::nullopt;
}

}  // namespace

SummaryResult fit_summary(const FitWish& wish, const std::vector<CurvePoint>& curve) {
  if (curve.size() < kMinFitPoints) return no_summary("a fit needs at least 3 values of the parameter");
  std::vector<double> g;
  for (const CurvePoint& p : curve) {
    const auto at = basis_of(wish.basis, p.x);
    if (!at) return no_summary("this basis needs positive values of the parameter");
    g.push_back(*at);
  }
  const auto line = fit(g, curve);
  if (!line) return no_summary("the points determine no line");
  SummaryResult result;
  if (!wish.slope) {
    result.value = line->a;
    result.low = line->a - line->a_error;
    result.high = line->a + line->a_error;
    return result;
  }
  const double low = line->b - line->b_error;
  const double high = line->b + line->b_error;
  if (!wish.inverse_rate) {
    result.value = line->b;
    result.low = low;
    result.high = high;
    return result;
  }
  if (!(line->b > 0)) return no_summary("the metric does not grow with the parameter: there is no rate");
  const double per_second = wish.y_is_ns ? 1e9 : 1.0;
  result.value = per_second / line->b;
  // A slope whose interval reaches 0 bounds the rate from below only.
  if (low > 0) {
    result.low = per_second / high;
    result.high = per_second / low;
  }
  return result;
}

}  // namespace benchhost::analysis
