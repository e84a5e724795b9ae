// Three steps. Lines through every pair of medians (one a distinct n) are tried, and the one kept that leaves the least
// trimmed squares of relative residuals: half of the medians may be wrong. Its residuals give a robust scale, and the
// candidates are judged again by how many medians they explain at that scale: where a coarse clock reads the same for
// many short batches, the trimmed half alone fits a level line perfectly. Then weighted least squares over the batches
// within 4 scales, repeated until the same batches stay.
#include "common/stats/linear_fit.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <vector>

#include "common/stats/quantiles.h"

namespace benchhost::stats {
namespace {

struct Point {
  double n = 0.0;
  double time = 0.0;
};

struct Line {
  double a = 0.0;
  double b = 0.0;
  [[nodiscard]] double at(double n) const { return a + b * n; }
};

// Below this time errors are constant; a batch is "1,000 ticks" long when a tick is 0.1 % of it.
constexpr double kFloorTicks = 1000.0;
// 4 of these are 0.1 %: what is nearer to the line than that cannot move the cost by more than the promised 0.1 %.
constexpr double kLeastScale = 2.5e-4;
constexpr double kCutScales = 4.0;
// Pairs of 64 medians are 2,016 lines; calibration and sampling use fewer n.
constexpr std::size_t kMaxMedians = 64;

// How batch errors are weighed: in parts of the time, but never of a time below the floor.
struct ErrorModel {
  double floor = 0.0;
  double tick = 0.0;

  [[nodiscard]] double unit(const Line& line, double n) const { return std::max(line.at(n), floor); }
  // What the clock's step can explain is no residual.
  [[nodiscard]] double robust_residual(const Line& line, const Point& p) const {
    return std::max(std::abs(p.time - line.at(p.n)) - tick, 0.0) / unit(line, p.n);
  }
};

std::vector<Point> medians_by_n(const std::vector<Point>& points) {
  std::map<double, std::vector<double>> times;
  for (const Point& p : points) times[p.n].push_back(p.time);
  std::vector<Point> medians;
  for (const auto& [n, values] : times) medians.push_back({n, median(values).value_or(0.0)});
  if (medians.size() <= kMaxMedians) return medians;
  std::vector<Point> thinned;
  for (std::size_t i = 0; i < kMaxMedians; ++i) {
    thinned.push_back(medians[i * (medians.size() - 1) / (kMaxMedians - 1)]);
  }
  return thinned;
}

double trimmed_squares(const Line& line, const std::vector<Point>& medians, const ErrorModel& errors) {
  std::vector<double> squares;
  squares.reserve(medians.size());
  for (const Point& p : medians) {
    const double r = errors.robust_residual(line, p);
    squares.push_back(r * r);
  }
  // Two points fit exactly; beyond them half of the rest must fit as well.
  const std::size_t kept = std::min(medians.size(), (medians.size() + 3) / 2);
  std::ranges::nth_element(squares, squares.begin() + static_cast<std::ptrdiff_t>(kept - 1));
  double sum = 0.0;
  for (std::size_t i = 0; i < kept; ++i) sum += squares[i];
  return sum;
}

double explained_loss(const Line& line, const std::vector<Point>& medians, const ErrorModel& errors, double scale) {
  double sum = 0.0;
  for (const Point& p : medians) {
    const double r = errors.robust_residual(line, p) / (kCutScales * scale);
    sum += std::min(r * r, 1.0);
  }
  return sum;
}

// Rousseeuw's preliminary scale with its correction for few values.
double robust_scale(const Line& line, const std::vector<Point>& points, const ErrorModel& errors) {
  std::vector<double> residuals;
  residuals.reserve(points.size());
  for (const Point& p : points) residuals.push_back(errors.robust_residual(line, p));
  const auto m = static_cast<double>(points.size());
  const double correction = points.size() > 2 ? 1.0 + 5.0 / (m - 2.0) : 1.0;
  return std::max(kMadToSd * correction * median(residuals).value_or(0.0), kLeastScale);
}

Line robust_line(const std::vector<Point>& medians, const ErrorModel& errors) {
  std::vector<Line> candidates;
  for (std::size_t i = 0; i < medians.size(); ++i) {
    for (std::size_t j = i + 1; j < medians.size(); ++j) {
      const double b = (medians[j].time - medians[i].time) / (medians[j].n - medians[i].n);
      candidates.push_back({medians[i].time - b * medians[i].n, b});
    }
  }
  const auto least = [&](const auto& loss) {
    const Line* best = &candidates.front();
    double best_loss = loss(*best);
    for (const Line& line : candidates) {
      if (const double value = loss(line); value < best_loss) {
        best = &line;
        best_loss = value;
      }
    }
    return *best;
  };
  const Line start = least([&](const Line& line) { return trimmed_squares(line, medians, errors); });
  const double scale = robust_scale(start, medians, errors);
  return least([&](const Line& line) { return explained_loss(line, medians, errors, scale); });
}

struct WeightedFit {
  Line line;
  double sum_weights = 0.0;
  double mean_n = 0.0;
  double spread_n = 0.0;
};

// Least squares with weights 1 / unit², units taken from the line before. nullopt when the kept n do not vary.
std::optional<WeightedFit> weighted_fit(const std::vector<Point>& points, const std::vector<bool>& keep,
                                        const Line& before, const ErrorModel& errors) {
  WeightedFit fit;
  double mean_time = 0.0;
  // Weighted running means (West 1979): n may span twelve decades.
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!keep[i]) continue;
    const double unit = errors.unit(before, points[i].n);
    const double weight = 1.0 / (unit * unit);
    fit.sum_weights += weight;
    fit.mean_n += (points[i].n - fit.mean_n) * weight / fit.sum_weights;
    mean_time += (points[i].time - mean_time) * weight / fit.sum_weights;
  }
  double product = 0.0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!keep[i]) continue;
    const double unit = errors.unit(before, points[i].n);
    const double weight = 1.0 / (unit * unit);
    const double dn = points[i].n - fit.mean_n;
    fit.spread_n += weight * dn * dn;
    product += weight * dn * (points[i].time - mean_time);
  }
  if (!(fit.spread_n > 0.0) || !std::isfinite(fit.spread_n)) return std::nullopt;
  fit.line.b = product / fit.spread_n;
  fit.line.a = mean_time - fit.line.b * fit.mean_n;
  return fit;
}

bool n_varies(const std::vector<Point>& points, const std::vector<bool>& keep) {
  const Point* first = nullptr;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!keep[i]) continue;
    if (first == nullptr) first = &points[i];
    if (points[i].n != first->n) return true;
  }
  return false;
}

}  // namespace

std::optional<LinearFit> fit_line(std::span<const BatchTime> batches, double tick_ns) {
  if (batches.size() < 2 || !std::isfinite(tick_ns) || tick_ns < 0.0) return std::nullopt;
  std::vector<Point> points;
  points.reserve(batches.size());
  double least_time = 0.0;
  for (const BatchTime& batch : batches) {
    if (batch.iterations < 1 || !std::isfinite(batch.time_ns) || batch.time_ns < 0.0) return std::nullopt;
    if (batch.time_ns > 0.0 && (least_time == 0.0 || batch.time_ns < least_time)) least_time = batch.time_ns;
    points.push_back({static_cast<double>(batch.iterations), batch.time_ns});
  }
  std::vector<bool> keep(points.size(), true);
  if (least_time == 0.0 || !n_varies(points, keep)) return std::nullopt;

  const ErrorModel errors{std::max(kFloorTicks * tick_ns, least_time), tick_ns};
  Line line = robust_line(medians_by_n(points), errors);
  std::optional<WeightedFit> fit;
  // A handful of rounds settles; the limit only guards against two sets that lead to each other.
  for (int round = 0; round < 20; ++round) {
    const double scale = robust_scale(line, points, errors);
    std::vector<bool> next(points.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
      next[i] = errors.robust_residual(line, points[i]) <= kCutScales * scale;
    }
    // With so few batches kept that n no longer varies, nothing can be called outlying.
    if (!n_varies(points, next)) next.assign(points.size(), true);
    const auto refined = weighted_fit(points, next, line, errors);
    if (!refined) return std::nullopt;
    const bool settled = round > 0 && next == keep && std::abs(refined->line.b - line.b) <= 1e-12 * std::abs(line.b) &&
                         std::abs(refined->line.a - line.a) <= 1e-12 * std::abs(line.a);
    fit = refined;
    keep = next;
    line = refined->line;
    if (settled) break;
  }

  LinearFit result;
  result.a_ns = line.a;
  result.b_ns = line.b;
  result.kept = std::ranges::count(keep, true);
  result.outliers = static_cast<std::int64_t>(points.size()) - result.kept;
  if (result.kept > 2) {
    double squares = 0.0;
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (!keep[i]) continue;
      const double r = (points[i].time - line.at(points[i].n)) / errors.unit(line, points[i].n);
      squares += r * r;
    }
    const double sd = std::sqrt(squares / static_cast<double>(result.kept - 2));
    result.residual_relative_sd = sd;
    result.b_se_ns = sd / std::sqrt(fit->spread_n);
    result.a_se_ns = sd * std::sqrt(1.0 / fit->sum_weights + fit->mean_n * fit->mean_n / fit->spread_n);
  }
  return result;
}

}  // namespace benchhost::stats
