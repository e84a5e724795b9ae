#include "common/stats/autocorrelation.h"

#include <algorithm>
#include <cmath>

#include "common/stats/moments.h"

namespace benchhost::stats {
namespace {

constexpr std::size_t kMaxFolded = 4096;

// Sum of products of deviations `lag` apart; the common factor 1/n cancels in every use.
double lagged_products(std::span<const double> values, double mean, std::size_t lag) {
  double sum = 0.0;
  for (std::size_t i = lag; i < values.size(); ++i) sum += (values[i] - mean) * (values[i - lag] - mean);
  return sum;
}

std::size_t whole_root(std::size_t n) {
  auto root = static_cast<std::size_t>(std::sqrt(static_cast<double>(n)));
  while (root * root > n) --root;
  while ((root + 1) * (root + 1) <= n) ++root;
  return root;
}

}  // namespace

std::optional<double> autocorrelation(std::span<const double> values, std::size_t lag) {
  if (values.size() < 2 || lag >= values.size()) return std::nullopt;
  const auto mean = Moments(values).mean();
  if (!mean) return std::nullopt;
  const double total = lagged_products(values, *mean, 0);
  if (!(total > 0.0) || !std::isfinite(total)) return std::nullopt;
  return lagged_products(values, *mean, lag) / total;
}

std::optional<double> effective_sample_size(std::span<const double> values) {
  if (values.size() < 4) return std::nullopt;
  const auto variance = Moments(values).variance();
  if (!variance || !(*variance > 0.0)) return std::nullopt;
  // Sums over lags take quadratic time where dependence reaches far, so long series are folded to means of neighbours:
  // they have the same mean, and their dependence is that of the series.
  const std::size_t block = (values.size() + kMaxFolded - 1) / kMaxFolded;
  std::vector<double> folded;
  for (std::size_t first = 0; first + block <= values.size(); first += block) {
    const auto mean = Moments(values.subspan(first, block)).mean();
    if (!mean) return std::nullopt;
    folded.push_back(*mean);
  }
  const auto n = static_cast<double>(values.size());
  const Moments moments(folded);
  const auto mean = moments.mean();
  const auto folded_variance = moments.variance();
  if (!mean || !folded_variance) return std::nullopt;
  // Equal means: what varies within them cancels, so nothing is lost to dependence.
  if (!(*folded_variance > 0.0)) return n;
  const double total = lagged_products(folded, *mean, 0);
  // Sums of an even and the next odd lag are positive for a reversible process; the first that is not is noise.
  double sum = 0.0;
  for (std::size_t lag = 0; lag + 1 < folded.size(); lag += 2) {
    const double pair = (lagged_products(folded, *mean, lag) + lagged_products(folded, *mean, lag + 1)) / total;
    if (pair <= 0.0) break;
    sum += pair;
  }
  // The pair of lags 0 and 1 holds the 1 of lag 0 once; the formula counts it once and every other lag twice.
  const double factor = 2.0 * sum - 1.0;
  if (!(factor > 0.0)) return n;
  const double long_run = factor * *folded_variance * static_cast<double>(block);
  return std::clamp(n * *variance / long_run, 1.0, n);
}

std::vector<double> batch_means(std::span<const double> values) {
  if (!std::ranges::all_of(values, [](double v) { return std::isfinite(v); })) return {};
  const std::size_t groups = whole_root(values.size());
  std::vector<double> means;
  if (groups == 0) return means;
  const std::size_t size = values.size() / groups;
  means.reserve(groups);
  for (std::size_t first = values.size() - groups * size; first < values.size(); first += size) {
    const auto mean = Moments(values.subspan(first, size)).mean();
    if (!mean) return {};
    means.push_back(*mean);
  }
  return means;
}

std::optional<Interval> batch_means_interval(std::span<const double> values, double level) {
  if (values.size() < 4) return std::nullopt;
  return mean_interval(batch_means(values), level);
}

}  // namespace benchhost::stats
