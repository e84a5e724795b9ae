// Order statistics: quantiles, median, median absolute deviation, extremes.
#pragma once

#include <optional>
#include <span>

namespace benchhost::stats {

/// Sample quantile, interpolated between order statistics.
/// Shape: sorted[n], ascending. Units: those of the input. n = 1 gives that value for every p.
/// Requires: ascending order without NaN; see quantile() for values in any order.
/// Errors: nullopt when n = 0, when p is outside 0…1 or NaN, or when an end of `sorted` is not finite.
/// Source: Hyndman and Fan 1996, type 7; values in quantiles_test.cpp.
[[nodiscard]] std::optional<double> quantile_sorted(std::span<const double> sorted, double p);

/// The same over values in any order, by sorting a copy. Errors: as above; nullopt when any value is not finite.
[[nodiscard]] std::optional<double> quantile(std::span<const double> values, double p);

/// Quantile 0.5. Errors: as quantile().
[[nodiscard]] std::optional<double> median(std::span<const double> values);

/// Makes the median absolute deviation the standard deviation of normal values: 1 / Phi^-1(3/4).
inline constexpr double kMadToSd = 1.482602218505602;

/// Median absolute deviation from the median, not scaled (times kMadToSd it estimates the sd of normal values).
/// 0 for n = 1 and whenever more than half of the values are equal. Errors: as quantile().
[[nodiscard]] std::optional<double> median_absolute_deviation(std::span<const double> values);

/// Extremes. Errors: nullopt when n = 0 or any value is not finite.
[[nodiscard]] std::optional<double> smallest(std::span<const double> values);
[[nodiscard]] std::optional<double> largest(std::span<const double> values);

}  // namespace benchhost::stats
