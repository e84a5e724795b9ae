// Summaries that pick points: speed-up, efficiency, best, largest within a limit.
#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "analysis/summary_curve.h"
#include "common/base/canonical_number.h"

namespace benchhost::analysis {

namespace {

using protocol::Direction;

std::string text(double x) { return canonical_number(x); }

// Half of the interval on the log scale; nullopt where there is none or it reaches 0.
std::optional<double> log_error(const CurvePoint& p) {
  if (!p.low || !p.high || !(*p.low > 0)) return std::nullopt;
  return (std::log(*p.high) - std::log(*p.low)) / 2;
}

double error(const CurvePoint& p) { return p.low && p.high ? (*p.high - *p.low) / 2 : 0.0; }

}  // namespace

SummaryResult no_summary(std::string reason) {
  SummaryResult result;
  result.reason = std::move(reason);
  return result;
}

std::vector<CurvePoint> merge_points(std::vector<CurvePoint> points) {
  std::ranges::stable_sort(points, {}, &CurvePoint::x);
  std::vector<CurvePoint> merged;
  for (std::size_t begin = 0; begin < points.size();) {
    std::size_t end = begin;
    CurvePoint all = points[begin];
    double sum = 0;
    for (; end < points.size() && points[end].x == all.x; ++end) {
      const CurvePoint& p = points[end];
      sum += p.y;
      const bool both = all.low && p.low;
      all.low = both ? std::optional(std::min(*all.low, *p.low)) : std::nullopt;
      all.high = both ? std::optional(std::max(*all.high, *p.high)) : std::nullopt;
    }
    all.y = sum / static_cast<double>(end - begin);
    merged.push_back(all);
    begin = end;
  }
  return merged;
}

double goodness(const protocol::MetricRecord& metric, double y) {
  switch (metric.direction) {
    case Direction::higher:
      return y;
    case Direction::lower:
      return -y;
    case Direction::target:
      return -std::fabs(y - metric.target.value_or(0));
    case Direction::none:
      break;
  }
  return 0;
}

SummaryResult speedup(const protocol::MetricRecord& metric, const std::vector<CurvePoint>& curve) {
  if (metric.direction != Direction::higher && metric.direction != Direction::lower) {
    return no_summary(fmt::format("metric '{}' says neither that lower nor that higher is better", metric.id));
  }
  SummaryResult result = ratio(metric, curve);
  if (metric.direction == Direction::lower && result.value) {
    result.value = 1 / *result.value;
    if (result.low && result.high) result.low = 1 / *std::exchange(result.high, 1 / *result.low);
  }
  return result;
}

SummaryResult ratio(const protocol::MetricRecord& metric, const std::vector<CurvePoint>& curve) {
  const CurvePoint& first = curve.front();
  const CurvePoint& last = curve.back();
  if (!(first.y > 0) || !(last.y > 0)) {
    return no_summary(fmt::format("a ratio needs positive values; '{}' is {} at {} and {} at {}", metric.id,
                                  text(first.y), text(first.x), text(last.y), text(last.x)));
  }
  SummaryResult result;
  result.value = last.y / first.y;
  const auto a = log_error(first);
  const auto b = log_error(last);
  if (a && b) {
    // The two were measured apart: their errors add as squares.
    const double factor = std::exp(std::hypot(*a, *b));
    result.low = *result.value / factor;
    result.high = *result.value * factor;
  }
  return result;
}

SummaryResult efficiency(const protocol::MetricRecord& metric, const std::vector<CurvePoint>& curve) {
  if (!(curve.front().x > 0)) return no_summary("efficiency needs positive values of the parameter");
  SummaryResult result = speedup(metric, curve);
  const double ratio = curve.back().x / curve.front().x;
  for (auto* v : {&result.value, &result.low, &result.high}) {
    if (*v) **v /= ratio;
  }
  return result;
}

SummaryResult best(const protocol::MetricRecord& metric, const std::vector<CurvePoint>& curve) {
  if (metric.direction == Direction::none) {
    return no_summary(fmt::format("metric '{}' has no direction: none of its values is best", metric.id));
  }
  const auto found = std::ranges::max_element(curve, {}, [&](const CurvePoint& p) { return goodness(metric, p.y); });
  SummaryResult result;
  result.value = found->y;
  result.low = found->low;
  result.high = found->high;
  return result;
}

SummaryResult best_at(const protocol::MetricRecord& metric, const std::vector<CurvePoint>& curve) {
  if (metric.direction == Direction::none) {
    return no_summary(fmt::format("metric '{}' has no direction: none of its values is best", metric.id));
  }
  const auto best = std::ranges::max_element(curve, {}, [&](const CurvePoint& p) { return goodness(metric, p.y); });
  const double floor = metric.noise_floor_ratio.value_or(0) * std::fabs(best->y);
  SummaryResult result;
  for (const CurvePoint& p : curve) {
    const double behind = goodness(metric, best->y) - goodness(metric, p.y);
    if (behind > std::max(std::hypot(error(p), error(*best)), floor)) continue;
    if (!result.value) result.value = result.low = p.x;
    result.high = p.x;
  }
  return result;
}

SummaryResult max_within(const protocol::MetricRecord& metric, const std::vector<CurvePoint>& points) {
  if (metric.direction != Direction::higher && metric.direction != Direction::lower) {
    return no_summary(fmt::format("metric '{}' says neither that lower nor that higher is better", metric.id));
  }
  struct At {
    double x;
    bool within;
  };
  std::vector<At> at;
  for (const CurvePoint& p : points) {
    if (!p.limit) return no_summary("the limit is not known");
    const bool within = metric.direction == Direction::lower ? p.y <= *p.limit : p.y >= *p.limit;
    if (!at.empty() && at.back().x == p.x) {
      at.back().within = at.back().within && within;
    } else {
      at.push_back({p.x, within});
    }
  }
  SummaryResult result;
  bool unbroken = true;
  for (const At& a : at) {
    if (a.within) {
      result.value = a.x;
      result.high.reset();
      if (unbroken) result.low = a.x;
    } else {
      unbroken = false;
      if (!result.high) result.high = a.x;
    }
  }
  if (!result.value) {
    return no_summary(fmt::format("no point is within the limit; the smallest is {}", text(at.front().x)));
  }
  return result;
}

}  // namespace benchhost::analysis
