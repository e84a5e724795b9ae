#include "report/sample_shape.h"

#include <algorithm>
#include <cmath>

#include "common/stats/quantiles.h"

namespace benchhost::report {

namespace {

constexpr double kFarRanges = 8;
constexpr std::size_t kLeastBins = 5;
constexpr std::size_t kMostBins = 40;

using Counted = std::vector<std::pair<double, std::uint64_t>>;

// Value, how often; ascending.
Counted sorted_counts(const InvocationSamples& samples) {
  Counted all = samples.counted;
  for (const double v : samples.values) all.emplace_back(v, 1);
  std::erase_if(all, [](const auto& pair) { return !std::isfinite(pair.first) || pair.second == 0; });
  std::ranges::sort(all);
  return all;
}

std::uint64_t count_of(const Counted& counts) {
  std::uint64_t sum = 0;
  for (const auto& [value, count] : counts) sum += count;
  return sum;
}

// The smallest value that at least the share p of all does not exceed.
double quantile_of(const Counted& counts, std::uint64_t total, double p) {
  const double rank = std::max(1.0, std::ceil(p * static_cast<double>(total)));
  std::uint64_t below = 0;
  for (const auto& [value, count] : counts) {
    below += count;
    if (static_cast<double>(below) >= rank) return value;
  }
  return counts.back().first;
}

std::vector<double> quantiles_of(const Counted& counts, std::uint64_t total) {
  std::vector<double> all;
  if (total == 0) return all;
  std::uint64_t below = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < kQuantilePoints; ++i) {
    const double p = static_cast<double>(i) / (kQuantilePoints - 1);
    const double rank = std::max(1.0, std::ceil(p * static_cast<double>(total)));
    while (static_cast<double>(below + counts[at].second) < rank && at + 1 < counts.size())
      below += counts[at++].second;
    all.push_back(counts[at].first);
  }
  return all;
}

std::vector<OrderPoint> order_of(const InvocationSamples& samples, std::size_t points) {
  std::vector<OrderPoint> order;
  const std::size_t n = samples.values.size();
  points = std::min(points, n);
  for (std::size_t p = 0; p < points; ++p) {
    const std::size_t from = p * n / points;
    const std::size_t to = (p + 1) * n / points;
    std::vector<double> part(samples.values.begin() + static_cast<std::ptrdiff_t>(from),
                             samples.values.begin() + static_cast<std::ptrdiff_t>(to));
    std::erase_if(part, [](double v) { return !std::isfinite(v); });
    if (part.empty()) continue;
    std::ranges::sort(part);
    OrderPoint point{part.front(), stats::quantile_sorted(part, 0.5).value_or(part.front()), part.back(), false};
    for (std::size_t i = from; i < to && i < samples.disturbed.size(); ++i) {
      point.disturbed = point.disturbed || samples.disturbed[i];
    }
    order.push_back(point);
  }
  return order;
}

// What is drawn of all values, and the bins over it.
void lay_out(const Counted& all, CaseShape& shape) {
  const double lower = quantile_of(all, shape.samples, 0.25);
  const double upper = quantile_of(all, shape.samples, 0.75);
  const double range = upper - lower;
  shape.low = all.front().first;
  shape.high = all.back().first;
  if (range > 0) shape.high = std::min(shape.high, upper + kFarRanges * range);
  double width = 2 * range / std::cbrt(static_cast<double>(shape.samples));
  const double span = shape.high - shape.low;
  if (!(span > 0)) {
    // All alike: one bin that can be seen.
    shape.bins.push_back({shape.low, shape.low, shape.samples});
    return;
  }
  if (!(width > 0)) width = span / static_cast<double>(kLeastBins);
  const auto bins = static_cast<std::size_t>(
      std::clamp(std::ceil(span / width), static_cast<double>(kLeastBins), static_cast<double>(kMostBins)));
  for (std::size_t i = 0; i < bins; ++i) {
    const double step = span / static_cast<double>(bins);
    shape.bins.push_back({shape.low + step * static_cast<double>(i), shape.low + step * static_cast<double>(i + 1), 0});
  }
  for (const auto& [value, count] : all) {
    if (value > shape.high) {
      shape.above += count;
      continue;
    }
    const auto at = static_cast<std::size_t>((value - shape.low) / span * static_cast<double>(bins));
    shape.bins[std::min(at, bins - 1)].count += count;
  }
}

}  // namespace

CaseShape shape_of(const CaseSamples& samples) {
  CaseShape shape;
  shape.what = samples.what;
  shape.unit = samples.unit;
  shape.unread = samples.unread;
  std::size_t drawn = 0;
  for (const InvocationSamples& one : samples.invocations) {
    drawn += one.values.empty() && one.counted.empty() ? 0 : 1;
  }
  const std::size_t each = kOrderPoints / std::max<std::size_t>(1, std::min(drawn, kMostInvocations));
  Counted all;
  for (const InvocationSamples& one : samples.invocations) {
    Counted counts = sorted_counts(one);
    const std::uint64_t total = count_of(counts);
    if (total == 0) continue;
    shape.samples += total;
    all.insert(all.end(), counts.begin(), counts.end());
    if (shape.invocations.size() == kMostInvocations) {
      ++shape.invocations_left_out;
      continue;
    }
    shape.thinned = shape.thinned || one.values.size() > each;
    shape.invocations.push_back({one.index, total, order_of(one, each), quantiles_of(counts, total)});
  }
  if (shape.samples == 0) return shape;
  std::ranges::sort(all);
  lay_out(all, shape);
  return shape;
}

std::vector<double> run_order(const CaseShape& shape, std::size_t points) {
  std::vector<double> all;
  for (const InvocationShape& one : shape.invocations) {
    for (const OrderPoint& p : one.order) all.push_back(p.middle);
  }
  if (all.size() <= points) return all;
  std::vector<double> fewer;
  for (std::size_t p = 0; p < points; ++p) {
    std::vector<double> part(all.begin() + static_cast<std::ptrdiff_t>(p * all.size() / points),
                             all.begin() + static_cast<std::ptrdiff_t>((p + 1) * all.size() / points));
    fewer.push_back(stats::median(part).value_or(part.front()));
  }
  return fewer;
}

}  // namespace benchhost::report
