#include "common/stats/percentile.h"

#include <algorithm>
#include <cmath>

#include "common/stats/special.h"

namespace benchhost::stats {
namespace {

constexpr std::int64_t kMostSamples = 1'000'000'000'000;
constexpr std::int64_t kMostBeyond = 1'000'000;

bool is_share(double p) { return p > 0.0 && p < 1.0; }

// The least k of 0 … most with P(B <= k) > bound; `most` if there is none.
std::int64_t first_above(double bound, std::int64_t n, double p, std::int64_t most) {
  std::int64_t low = 0;
  std::int64_t high = most;
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    if (binomial_cdf(middle, n, p).value_or(1.0) > bound) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

}  // namespace

std::optional<double> binomial_cdf(std::int64_t k, std::int64_t n, double p) {
  if (n < 0 || !(p >= 0.0 && p <= 1.0)) return std::nullopt;
  if (k < 0) return 0.0;
  if (k >= n) return 1.0;
  // NIST DLMF 8.17.5, by way of the complement.
  return incomplete_beta(static_cast<double>(n - k), static_cast<double>(k + 1), 1.0 - p, p);
}

std::optional<RankBounds> percentile_bounds(std::int64_t n, double p, double level) {
  const auto least = least_samples_for(p, level);
  if (!least || n < *least || n > kMostSamples) return std::nullopt;
  const double tail = (1.0 - level) / 2.0;
  // The value of rank l lies above the quantile when fewer than l values lie at or below it: P(B <= l - 1) <= tail.
  const std::int64_t low = first_above(tail, n, p, n);
  // The value of rank u lies below it when at least u do; by symmetry, when at most n - u lie above.
  const std::int64_t above = first_above(tail, n, 1.0 - p, n);
  return RankBounds{low, n + 1 - above};
}

std::optional<std::int64_t> least_samples(double p, double confidence, std::int64_t beyond) {
  if (!is_share(p) || !is_share(confidence) || beyond < 0 || beyond > kMostBeyond) return std::nullopt;
  const auto enough = [&](std::int64_t n) {
    return binomial_cdf(beyond, n, 1.0 - p).value_or(1.0) <= 1.0 - confidence;
  };
  std::int64_t high = beyond + 1;
  while (!enough(high)) {
    if (high > kMostSamples / 2) return std::nullopt;
    high *= 2;
  }
  std::int64_t low = beyond + 1;
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    if (enough(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return high;
}

std::optional<std::int64_t> least_samples_for(double p, double level) {
  if (!is_share(p) || !is_share(level)) return std::nullopt;
  return least_samples(std::max(p, 1.0 - p), (1.0 + level) / 2.0);
}

}  // namespace benchhost::stats
