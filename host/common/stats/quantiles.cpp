#include "common/stats/quantiles.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace benchhost::stats {
namespace {

bool all_finite(std::span<const double> values) {
  return std::ranges::all_of(values, [](double v) { return std::isfinite(v); });
}

}  // namespace

std::optional<double> quantile_sorted(std::span<const double> sorted, double p) {
  if (sorted.empty() || !(p >= 0.0 && p <= 1.0)) return std::nullopt;
  if (!std::isfinite(sorted.front()) || !std::isfinite(sorted.back())) return std::nullopt;
  const double position = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const double share = position - static_cast<double>(below);
  if (share == 0.0) return sorted[below];
  // As a weighted sum, not as a step from the lower value: high - low may overflow.
  return (1.0 - share) * sorted[below] + share * sorted[below + 1];
}

std::optional<double> quantile(std::span<const double> values, double p) {
  if (!all_finite(values)) return std::nullopt;
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  return quantile_sorted(sorted, p);
}

std::optional<double> median(std::span<const double> values) {
  if (values.empty() || !all_finite(values)) return std::nullopt;
  // Selection instead of sorting: medians are taken over every batch of every invocation.
  std::vector<double> copy(values.begin(), values.end());
  const auto middle = copy.begin() + static_cast<std::ptrdiff_t>(copy.size() / 2);
  std::ranges::nth_element(copy, middle);
  if (copy.size() % 2 == 1) return *middle;
  return 0.5 * *std::max_element(copy.begin(), middle) + 0.5 * *middle;
}

std::optional<double> median_absolute_deviation(std::span<const double> values) {
  const auto centre = median(values);
  if (!centre) return std::nullopt;
  std::vector<double> deviations(values.begin(), values.end());
  for (double& d : deviations) d = std::abs(d - *centre);
  return median(deviations);
}

std::optional<double> smallest(std::span<const double> values) {
  if (values.empty() || !all_finite(values)) return std::nullopt;
  return *std::ranges::min_element(values);
}

std::optional<double> largest(std::span<const double> values) {
  if (values.empty() || !all_finite(values)) return std::nullopt;
  return *std::ranges::max_element(values);
}

}  // namespace benchhost::stats
