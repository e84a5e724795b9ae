// How well a percentile is known, whatever the distribution: bounds from order statistics, and the least number of
// values for which there are any.
//
// Of n independent values, the number that lie at or below the p-quantile is binomial with n and p, so between which
// two of the sorted values the quantile lies is a matter of counting (David and Nagaraja 2003, "Order Statistics",
// section 7.1; Reddi et al. 2020, "MLPerf Inference Benchmark", section III.D, has the number of values). Nothing is
// assumed of the values but that they are independent: a stall that slows many in a row counts as many, and the bounds
// know nothing of it.
#pragma once

#include <cstdint>
#include <optional>

namespace benchhost::stats {

/// The level of bounds of a percentile.
inline constexpr double kPercentileLevel = 0.99;

/// Ranks among sorted values, 1 being the least.
struct RankBounds {
  std::int64_t low = 0;
  std::int64_t high = 0;

  friend bool operator==(const RankBounds&, const RankBounds&) = default;
};

/// P(B <= k) of a binomial number B of n trials with probability p each. 0 for k < 0, 1 for k >= n.
/// Errors: nullopt unless n >= 0 and 0 <= p <= 1.
[[nodiscard]] std::optional<double> binomial_cdf(std::int64_t k, std::int64_t n, double p);

/// The p-quantile lies between the values of these ranks with at least this probability, and beyond either of them with
/// at most half of the rest: the innermost ranks of which that holds. Errors: nullopt for fewer values than
/// least_samples_for(), unless 0 < p < 1 and 0 < level < 1, or for n above 10^12.
[[nodiscard]] std::optional<RankBounds> percentile_bounds(std::int64_t n, double p, double level = kPercentileLevel);

/// The least n of which at most `beyond` values lie beyond the p-quantile with a probability of at most 1 - confidence,
/// so that the value after that many from the end is a bound: P(B(n, 1-p) <= beyond) <= 1 - confidence.
/// Errors: nullopt unless 0 < p < 1, 0 < confidence < 1 and 0 <= beyond <= 10^6, or when it were above 10^12.
[[nodiscard]] std::optional<std::int64_t> least_samples(double p, double confidence, std::int64_t beyond = 0);

/// The least n for which percentile_bounds() has an answer: 8 for p50, 51 for p90, 528 for p99, 5,296 for p99.9.
/// Errors: as above.
[[nodiscard]] std::optional<std::int64_t> least_samples_for(double p, double level = kPercentileLevel);

}  // namespace benchhost::stats
