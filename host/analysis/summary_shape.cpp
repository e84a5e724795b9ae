// Summaries of the shape of a curve over log x: where it bends, and where it steps.
#include <algorithm>
#include <cmath>
#include <span>

#include <fmt/format.h>

#include "analysis/summary_curve.h"
#include "common/stats/quantiles.h"

namespace benchhost::analysis {

namespace {

constexpr std::size_t kMinKneePoints = 3;
/// What is gained before the corner stands out by so many standard deviations of a point: the corner was looked for
/// among all points, of which one may lie low by chance.
constexpr double kGainErrors = 4.0;
constexpr std::size_t kMinLevelPoints = 6;
/// A step is as large as this factor between what lies before and after it, or larger.
constexpr double kMinStep = 1.25;
/// And there the curve rises by at least this much per octave (log2 of y): a drift that goes on and on is no step.
constexpr double kMinSlope = 0.25;
/// The scatter of fewer points says little about the noise.
constexpr std::size_t kMinClearPoints = 4;
/// How many standard errors a slope must stand out by.
constexpr double kSlopeErrors = 4.0;
/// Two rises are apart where the slope between them falls below this share of the lesser.
constexpr double kValley = 0.6;
/// A rise reaches out to where its slope is this share of its largest.
constexpr double kDiedDown = 0.1;

/// Lower quartile of the absolute value of a standard normal variable: Phi^-1(5/8).
constexpr double kNormalLowerQuartile = 0.3186393639643752;

/// The curve on logarithmic axes.
struct LogCurve {
  std::vector<double> u;  ///< log2 x, ascending
  std::vector<double> z;  ///< log2 y
  [[nodiscard]] std::size_t size() const { return u.size(); }
};

std::optional<LogCurve> on_logs(const std::vector<CurvePoint>& curve) {
  LogCurve out;
  for (const CurvePoint& p : curve) {
    if (!(p.x > 0) || !(p.y > 0)) return std::nullopt;
    out.u.push_back(std::log2(p.x));
    out.z.push_back(std::log2(p.y));
  }
  return out;
}

double median_of(std::vector<double> values) { return stats::median(values).value_or(0); }

/// Standard deviation of a point on the log2 scale, from the intervals (two errors wide to each side).
double stated_noise(const std::vector<CurvePoint>& curve) {
  std::vector<double> all;
  for (const CurvePoint& p : curve) {
    if (p.low && p.high && *p.low > 0) all.push_back((std::log2(*p.high) - std::log2(*p.low)) / 4);
  }
  return all.empty() ? 0.0 : median_of(std::move(all));
}

// ---- knee -----------------------------------------------------------------------------------------------------------

/// z = c + s·(u - k) before the corner k, c + t·(u - k) after it.
struct Corner {
  double before = 0, after = 0;
  double squares = 0;
};

// Least squares of three unknowns by the normal equations; the columns are 1, min(u - k, 0), max(u - k, 0), and the
// last two never overlap.
std::optional<Corner> corner_at(const LogCurve& c, std::size_t k) {
  double n = 0, l = 0, ll = 0, r = 0, rr = 0, z = 0, lz = 0, rz = 0;
  for (std::size_t i = 0; i < c.size(); ++i) {
    const double d = c.u[i] - c.u[k];
    const double left = std::min(d, 0.0);
    const double right = std::max(d, 0.0);
    n += 1;
    l += left;
    r += right;
    ll += left * left;
    rr += right * right;
    z += c.z[i];
    lz += left * c.z[i];
    rz += right * c.z[i];
  }
  const double det = n - l * l / ll - r * r / rr;
  if (!(det > 1e-12)) return std::nullopt;
  const double at = (z - l * lz / ll - r * rz / rr) / det;
  Corner found;
  found.before = (lz - l * at) / ll;
  found.after = (rz - r * at) / rr;
  for (std::size_t i = 0; i < c.size(); ++i) {
    const double d = c.u[i] - c.u[k];
    const double miss = c.z[i] - at - (d < 0 ? found.before : found.after) * d;
    found.squares += miss * miss;
  }
  return found;
}

// ---- levels ---------------------------------------------------------------------------------------------------------

// Medians of three neighbours: a single outlier goes, a step stays where it is. An end is believed as far as the two
// points beside it are: one point is no level.
std::vector<double> without_spikes(const std::vector<double>& z) {
  std::vector<double> out = z;
  for (std::size_t i = 0; i < z.size(); ++i) {
    const std::size_t middle = std::clamp<std::size_t>(i, 1, z.size() - 2);
    out[i] = median_of({z[middle - 1], z[middle], z[middle + 1]});
  }
  return out;
}

struct Slope {
  double value = 0;  ///< per octave
  double error = 0;
};

// Slope of the line through the points within an octave to each side, and at least the neighbours.
Slope slope_at(const LogCurve& c, const std::vector<double>& z, std::size_t i, double noise) {
  std::size_t begin = i == 0 ? 0 : i - 1;
  std::size_t end = std::min(i + 2, c.size());
  while (begin > 0 && c.u[i] - c.u[begin - 1] <= 1.0 + 1e-9) --begin;
  while (end < c.size() && c.u[end] - c.u[i] <= 1.0 + 1e-9) ++end;
  const double n = static_cast<double>(end - begin);
  double u_mean = 0, z_mean = 0;
  for (std::size_t k = begin; k < end; ++k) {
    u_mean += c.u[k] / n;
    z_mean += z[k] / n;
  }
  double uu = 0, uz = 0;
  for (std::size_t k = begin; k < end; ++k) {
    uu += (c.u[k] - u_mean) * (c.u[k] - u_mean);
    uz += (c.u[k] - u_mean) * (z[k] - z_mean);
  }
  return {uz / uu, noise / std::sqrt(uu)};
}

/// A stretch of points, ends included, over which the curve goes one way.
struct Rise {
  std::size_t begin = 0, peak = 0, end = 0;
};

// Peaks of the slopes in one direction, each with what belongs to it: out to where the slope has died down, or to the
// lowest point between it and the next peak.
std::vector<Rise> rises(const std::vector<Slope>& slopes, double sign) {
  const auto t = [&](std::size_t i) { return std::max(sign * slopes[i].value, 0.0); };
  const auto lowest = [&](std::size_t a, std::size_t b) {
    std::size_t at = a;
    for (std::size_t i = a; i <= b; ++i) at = t(i) < t(at) ? i : at;
    return at;
  };
  const std::size_t n = slopes.size();
  std::vector<std::size_t> peaks;
  for (std::size_t i = 0; i < n; ++i) {
    if (!(t(i) > std::max(kMinSlope, kSlopeErrors * slopes[i].error))) continue;
    if ((i > 0 && t(i) < t(i - 1)) || (i + 1 < n && t(i) <= t(i + 1))) continue;
    if (peaks.empty() || t(lowest(peaks.back(), i)) < kValley * std::min(t(peaks.back()), t(i))) {
      peaks.push_back(i);
    } else if (t(i) > t(peaks.back())) {
      peaks.back() = i;
    }
  }
  std::vector<Rise> found;
  for (std::size_t k = 0; k < peaks.size(); ++k) {
    const std::size_t first = k == 0 ? 0 : lowest(peaks[k - 1], peaks[k]);
    const std::size_t last = k + 1 == peaks.size() ? n - 1 : lowest(peaks[k], peaks[k + 1]);
    Rise r{peaks[k], peaks[k], peaks[k]};
    while (r.begin > first && t(r.begin) > kDiedDown * t(r.peak)) --r.begin;
    while (r.end < last && t(r.end) > kDiedDown * t(r.peak)) ++r.end;
    found.push_back(r);
  }
  return found;
}

/// How far each point lies off the line between its neighbours, as standard deviations of one point; none at the ends.
std::vector<double> off_line(const LogCurve& c) {
  std::vector<double> off(c.size(), 0.0);
  for (std::size_t i = 1; i + 1 < c.size(); ++i) {
    const double share = (c.u[i] - c.u[i - 1]) / (c.u[i + 1] - c.u[i - 1]);
    const double line = c.z[i - 1] + share * (c.z[i + 1] - c.z[i - 1]);
    off[i] = std::fabs(c.z[i] - line) / std::sqrt(1 + share * share + (1 - share) * (1 - share));
  }
  return off;
}

/// The rises in one direction and in the other, given the standard deviation of a point.
struct Steps {
  double noise = 0;
  std::vector<Rise> up, down;
};

Steps steps(const LogCurve& c, const std::vector<double>& z, double noise) {
  std::vector<Slope> slopes;
  for (std::size_t i = 0; i < c.size(); ++i) slopes.push_back(slope_at(c, z, i, noise));
  return {noise, rises(slopes, 1.0), rises(slopes, -1.0)};
}

// The curve's own shape takes points off the line as noise does: where steps are few, the median over all points does
// not see it, but in a coarse sweep most points lie within or beside a step. So a first look takes the noise of the
// calmest points, and the second that of the points clear of what the first took for steps: where those were only
// noise, most points are clear and say so.
Steps steps(const LogCurve& c, const std::vector<double>& z, const std::vector<CurvePoint>& curve) {
  const std::vector<double> off = off_line(c);
  const std::span<const double> inner = std::span(off).subspan(1, off.size() - 2);
  const double stated = stated_noise(curve);
  const double calm = stats::quantile(inner, 0.25).value_or(0) / kNormalLowerQuartile;
  Steps first = steps(c, z, std::max(calm, stated));
  std::vector<double> clear;
  for (std::size_t i = 1; i + 1 < c.size(); ++i) {
    const auto reaches = [&](const Rise& r) { return i + 1 > r.begin && i < r.end + 1; };
    if (std::ranges::none_of(first.up, reaches) && std::ranges::none_of(first.down, reaches)) clear.push_back(off[i]);
  }
  if (clear.size() < kMinClearPoints) return first;
  const double scatter = std::min(median_of(std::move(clear)), stats::median(inner).value_or(0));
  return steps(c, z, std::max(stats::kMadToSd * scatter, stated));
}

// Where the curve first crosses a height within the rise, on the log2 axis.
double crossing(const LogCurve& c, const std::vector<double>& z, const Rise& r, double height, double sign) {
  for (std::size_t i = r.begin + 1; i <= r.end; ++i) {
    if (sign * (z[i] - height) < 0) continue;
    const double rise = z[i] - z[i - 1];
    const double share = rise == 0 ? 0.5 : std::clamp((height - z[i - 1]) / rise, 0.0, 1.0);
    return c.u[i - 1] + share * (c.u[i] - c.u[i - 1]);
  }
  return c.u[r.end];
}

/// A step that counts.
struct Step {
  Rise rise;
  double x = 0;                   ///< where the curve is halfway up or down
  std::size_t low = 0, high = 0;  ///< points between which most of it happens
};

// All of them, ascending; none with the reason.
std::vector<Step> steps_of(const std::vector<CurvePoint>& curve, std::string& why_none) {
  if (curve.size() < kMinLevelPoints) {
    why_none = fmt::format("levels need at least {} values of the parameter", kMinLevelPoints);
    return {};
  }
  const auto logs = on_logs(curve);
  if (!logs) {
    why_none = "levels need positive values of the parameter and of the metric";
    return {};
  }
  const std::vector<double> z = without_spikes(logs->z);
  const Steps all = steps(*logs, z, curve);
  std::vector<Step> found;
  for (const double sign : {1.0, -1.0}) {
    for (const Rise& r : sign > 0 ? all.up : all.down) {
      const double before = z[r.begin];
      const double step = z[r.end] - before;
      if (step * sign < std::max(std::log2(kMinStep), 3 * all.noise)) continue;
      std::size_t low = r.begin;
      while (low + 1 < r.end && (z[low + 1] - before) / step < 0.1) ++low;
      std::size_t high = r.end;
      while (high > low + 1 && (z[high - 1] - before) / step > 0.9) --high;
      found.push_back({r, std::exp2(crossing(*logs, z, r, before + step / 2, sign)), low, high});
    }
  }
  std::ranges::sort(found, {}, &Step::x);
  if (found.empty()) {
    why_none = fmt::format("the metric makes no step of {:.0f} % or more over this sweep", (kMinStep - 1) * 100);
  }
  return found;
}

}  // namespace

SummaryResult knee(const protocol::MetricRecord& metric, const std::vector<CurvePoint>& curve) {
  using protocol::Direction;
  if (metric.direction != Direction::higher && metric.direction != Direction::lower) {
    return no_summary(fmt::format("metric '{}' says neither that lower nor that higher is better", metric.id));
  }
  if (curve.size() < kMinKneePoints) return no_summary("a knee needs at least 3 values of the parameter");
  auto logs = on_logs(curve);
  if (!logs) return no_summary("a knee needs positive values of the parameter and of the metric");
  if (metric.direction == Direction::lower) {
    for (double& z : logs->z) z = -z;
  }
  std::optional<Corner> best;
  std::size_t at = 0;
  for (std::size_t k = 1; k + 1 < logs->size(); ++k) {
    const auto corner = corner_at(*logs, k);
    if (corner && (!best || corner->squares < best->squares)) {
      best = corner;
      at = k;
    }
  }
  if (!best) return no_summary("the points determine no corner");
  const double degrees = static_cast<double>(logs->size()) - 3;
  const double noise = std::max(stated_noise(curve), degrees > 0 ? std::sqrt(best->squares / degrees) : 0.0);
  const double floor = std::log2(1 + metric.noise_floor_ratio.value_or(0));
  const double gained = best->before * (logs->u[at] - logs->u.front());
  if (!(gained > std::max(kGainErrors * noise, floor)) || !(gained > 1e-9)) {
    return no_summary("the metric gains nothing over the sweep that could level off");
  }
  if (!(best->after < best->before / 2)) return no_summary("the gain never falls below half: no knee in this sweep");
  SummaryResult result;
  result.value = curve[at].x;
  result.low = curve[at - 1].x;
  result.high = curve[at + 1].x;
  return result;
}

std::vector<SummaryResult> levels(const std::vector<CurvePoint>& curve) {
  std::string why_none;
  std::vector<SummaryResult> found;
  for (const Step& step : steps_of(curve, why_none)) {
    SummaryResult level;
    level.value = step.x;
    level.low = std::min(curve[step.low].x, step.x);
    level.high = std::max(curve[step.high].x, step.x);
    found.push_back(std::move(level));
  }
  if (found.empty()) return {no_summary(std::move(why_none))};
  return found;
}

std::vector<SummaryResult> plateaus(const std::vector<CurvePoint>& curve) {
  std::string why_none;
  const std::vector<Step> all = steps_of(curve, why_none);
  if (all.empty()) return {no_summary(std::move(why_none))};
  std::vector<SummaryResult> found;
  for (std::size_t i = 0; i <= all.size(); ++i) {
    const std::size_t begin = i == 0 ? 0 : all[i - 1].rise.end;
    // Where one step runs into the next, what lies between is the point at which they meet.
    const std::size_t end = std::max(begin, i == all.size() ? curve.size() - 1 : all[i].rise.begin);
    std::vector<double> ys;
    for (std::size_t k = begin; k <= end; ++k) ys.push_back(curve[k].y);
    SummaryResult plateau;
    const auto [least, greatest] = std::ranges::minmax(ys);
    plateau.low = least;
    plateau.high = greatest;
    plateau.value = median_of(std::move(ys));
    found.push_back(std::move(plateau));
  }
  return found;
}

}  // namespace benchhost::analysis
