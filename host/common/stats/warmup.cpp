// Levels of the log costs are found in four steps.
// 1. A lone outlier, more than 4 robust sds from a running median, is replaced by that median, so that a preempted
//    batch is no level of its own. The window shrinks towards both ends, which keeps a step at its place even when it
//    is a batch or two from the start.
// 2. Noise: the long-run variance, that of a long mean times its length, many times that of a batch for sticky ones.
//    The less of two estimates counts. One is from differences alone, whatever the levels do: with e the sd of a batch
//    and r the correlation of neighbours, squared differences of neighbours average 2e²(1-r), of next neighbours
//    2e²(1-r²), but for the few across a step; their quotient gives r, and the variance is e²(1+r)/(1-r). It is
//    imprecise, so it counts double. The other is of the residuals beside the best single step, precise, but too great
//    when there are more steps.
// 3. Optimal partitioning minimises squared distance to the level of each segment plus a price per segment; the price
//    is in units of that long-run variance, grows with log n, and is set for about 1 flat series in 100 to be cut.
// 4. Long series are first folded to at most kMaxBlocks means, and each change point is then placed on single batches.
#include "common/stats/warmup.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "common/stats/autocorrelation.h"
#include "common/stats/portable_math.h"
#include "common/stats/quantiles.h"

namespace benchhost::stats {
namespace {

constexpr std::size_t kWindowRadius = 5;
constexpr double kClipSds = 4.0;
constexpr double kStepSds = 4.0;
constexpr std::size_t kMaxBlocks = 512;
// Noise is never taken as less than a millionth of the cost: below lies the rounding of simulated and of coarse clocks.
constexpr double kLeastSd = 1e-6;
constexpr double kMostCorrelation = 0.9;
constexpr double kFittedParameters = 3.0;
constexpr double kDifferencesTrust = 2.0;
// Price of a segment, (kPriceBase + kPriceLog·ln n)(1 + kPriceShort / n); warmup_test.cpp counts what they let through.
constexpr double kPriceBase = 8.0;
constexpr double kPriceLog = 2.0;
constexpr double kPriceShort = 10.0;
constexpr std::size_t kMinSteady = 5;
constexpr double kPassingShare = 0.1;
constexpr double kHalvesLevel = 0.99;

std::vector<double> without_lone_outliers(const std::vector<double>& series) {
  const std::size_t n = series.size();
  std::vector<double> centre(n);
  std::vector<double> residuals(n);
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t radius = std::min({kWindowRadius, i, n - 1 - i});
    centre[i] = median(std::span(series).subspan(i - radius, 2 * radius + 1)).value_or(series[i]);
    residuals[i] = std::abs(series[i] - centre[i]);
  }
  const double sd = kMadToSd * median(residuals).value_or(0.0);
  std::vector<double> clipped = series;
  // Half of the batches equal to their neighbours: a clock too coarse to tell outliers by, or a simulation without
  // noise.
  if (sd == 0.0) return clipped;
  for (std::size_t i = 0; i < n; ++i) {
    if (std::abs(series[i] - centre[i]) > kClipSds * sd) clipped[i] = centre[i];
  }
  // At the ends the window is the batch itself. The first batches may be a warm-up of their own; the last may only be
  // an outlier, and a change that recent decides nothing.
  const std::size_t tail = std::min(kWindowRadius, n - 1);
  const double last = median(std::span(series).last(2 * tail)).value_or(series.back());
  for (std::size_t i = n - tail; i < n; ++i) {
    if (std::abs(clipped[i] - last) > kClipSds * sd) clipped[i] = last;
  }
  return clipped;
}

struct Differences {
  // Without those over 4 robust sds: a step must not count as noise.
  double mean_square = 0.0;
  // Most neighbours are equal: a coarse clock, or a simulation without noise.
  bool mostly_none = false;
};

Differences differences_at(const std::vector<double>& series, std::size_t lag) {
  std::vector<double> differences;
  for (std::size_t i = lag; i < series.size(); ++i) differences.push_back(std::abs(series[i] - series[i - lag]));
  const double sd = kMadToSd * median(differences).value_or(0.0);
  const double limit = sd > 0.0 ? kStepSds * sd : std::numeric_limits<double>::infinity();
  double sum = 0.0;
  std::size_t count = 0;
  for (const double d : differences) {
    if (d > limit) continue;
    sum += d * d;
    ++count;
  }
  return {sum / static_cast<double>(count), sd == 0.0};
}

double long_run_factor(double correlation) {
  const double r = std::clamp(correlation, 0.0, kMostCorrelation);
  return (1.0 + r) / (1.0 - r);
}

// Variance of a long mean times its length, from differences alone: whatever the levels do, but imprecise.
double variance_by_differences(const std::vector<double>& series) {
  const auto [near, mostly_none] = differences_at(series, 1);
  // Steps alone would look like perfect correlation.
  const bool tells = near > 0.0 && !mostly_none;
  const double correlation =
      tells ? std::clamp(differences_at(series, 2).mean_square / near - 1.0, 0.0, kMostCorrelation) : 0.0;
  return near / (2.0 * (1.0 - correlation)) * long_run_factor(correlation);
}

// Sums that give any segment's squared distance from its mean in constant time.
class SegmentCosts {
 public:
  explicit SegmentCosts(const std::vector<double>& series) : sums_(series.size() + 1), squares_(series.size() + 1) {
    // Relative to the first value: the level itself would eat the digits of the squares.
    const double origin = series.front();
    for (std::size_t i = 0; i < series.size(); ++i) {
      const double d = series[i] - origin;
      sums_[i + 1] = sums_[i] + d;
      squares_[i + 1] = squares_[i] + d * d;
    }
  }

  // Batches first … last-1.
  [[nodiscard]] double cost(std::size_t first, std::size_t last) const {
    const double sum = sums_[last] - sums_[first];
    return std::max(squares_[last] - squares_[first] - sum * sum / static_cast<double>(last - first), 0.0);
  }
  /// Relative to the first value of the series.
  [[nodiscard]] double mean(std::size_t first, std::size_t last) const {
    return (sums_[last] - sums_[first]) / static_cast<double>(last - first);
  }

 private:
  std::vector<double> sums_;
  std::vector<double> squares_;
};

// The same from what is left of the best single step: precise, but too great when there are more steps than one.
double variance_beside_one_step(const std::vector<double>& series, const SegmentCosts& costs) {
  const std::size_t n = series.size();
  std::size_t step = 1;
  for (std::size_t at = 2; at < n; ++at) {
    if (costs.cost(0, at) + costs.cost(at, n) < costs.cost(0, step) + costs.cost(step, n)) step = at;
  }
  const double origin = series.front();
  const double before = origin + costs.mean(0, step);
  const double after = origin + costs.mean(step, n);
  double squares = 0.0;
  double products = 0.0;
  double previous = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    const double r = series[i] - (i < step ? before : after);
    squares += r * r;
    products += r * previous;
    previous = r;
  }
  if (!(squares > 0.0)) return 0.0;
  const auto count = static_cast<double>(n);
  const double raw = products / squares;
  // Fitted levels make residuals look less correlated than they are: Kendall's bias once for each parameter fitted.
  const double correlation = raw + kFittedParameters * (1.0 + 3.0 * std::max(raw, 0.0)) / count;
  return squares / (count - kFittedParameters) * long_run_factor(correlation);
}

// What a further segment must save in squared distance. Dearer for short series, whose noise is badly known.
double segment_price(const std::vector<double>& series, const SegmentCosts& costs) {
  const double variance =
      std::min(variance_beside_one_step(series, costs), kDifferencesTrust * variance_by_differences(series));
  const auto n = static_cast<double>(series.size());
  const double factor = (kPriceBase + kPriceLog * portable_log(n)) * (1.0 + kPriceShort / n);
  return factor * std::max(variance, kLeastSd * kLeastSd);
}

// Change points of the best partition of n values at this price per segment.
std::vector<std::size_t> best_partition(const SegmentCosts& costs, std::size_t n, double price) {
  std::vector<double> best(n + 1, 0.0);
  std::vector<std::size_t> from(n + 1, 0);
  for (std::size_t last = 1; last <= n; ++last) {
    best[last] = std::numeric_limits<double>::infinity();
    for (std::size_t first = 0; first < last; ++first) {
      const double total = best[first] + costs.cost(first, last) + price;
      if (total < best[last]) {
        best[last] = total;
        from[last] = first;
      }
    }
  }
  std::vector<std::size_t> changes;
  for (std::size_t at = from[n]; at > 0; at = from[at]) changes.push_back(at);
  std::ranges::reverse(changes);
  return changes;
}

std::vector<std::size_t> find_changes(const SegmentCosts& costs, std::size_t n, double price) {
  const std::size_t block = (n + kMaxBlocks - 1) / kMaxBlocks;
  if (block == 1) return best_partition(costs, n, price);
  std::vector<double> means;
  for (std::size_t first = 0; first < n; first += block) means.push_back(costs.mean(first, std::min(first + block, n)));
  // A block's mean stands for `block` batches: distances count that much more, so the price that much less.
  auto changes = best_partition(SegmentCosts(means), means.size(), price / static_cast<double>(block));
  for (std::size_t& change : changes) change *= block;
  // Each to the batch that parts its two levels best, among those of the blocks beside it.
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const std::size_t low = i > 0 ? changes[i - 1] : 0;
    const std::size_t high = i + 1 < changes.size() ? changes[i + 1] : n;
    std::size_t best_at = changes[i];
    double best_cost = costs.cost(low, best_at) + costs.cost(best_at, high);
    for (std::size_t at = std::max(low + 1, changes[i] - block); at < std::min(high, changes[i] + block); ++at) {
      const double cost = costs.cost(low, at) + costs.cost(at, high);
      if (cost < best_cost) {
        best_cost = cost;
        best_at = at;
      }
    }
    changes[i] = best_at;
  }
  return changes;
}

// First batch of the earliest segment on the last one's level after which little lies on other levels.
std::size_t first_on_last_level(const std::vector<std::size_t>& changes, const SegmentCosts& costs, std::size_t n,
                                double tolerance) {
  std::vector<std::size_t> bounds{0};
  bounds.insert(bounds.end(), changes.begin(), changes.end());
  bounds.push_back(n);
  const double last_level = costs.mean(bounds[bounds.size() - 2], n);
  std::size_t cut = bounds[bounds.size() - 2];
  std::size_t elsewhere = 0;
  for (std::size_t s = bounds.size() - 1; s-- > 0;) {
    const bool same = std::abs(costs.mean(bounds[s], bounds[s + 1]) - last_level) <= tolerance;
    if (!same) {
      elsewhere += bounds[s + 1] - bounds[s];
    } else if (static_cast<double>(elsewhere) <= kPassingShare * static_cast<double>(n - bounds[s])) {
      cut = bounds[s];
    }
  }
  return cut;
}

// A straight line, charged like two segments, is the better account: what looks like steps is one drift.
bool drifts(const std::vector<double>& series, const std::vector<std::size_t>& changes, const SegmentCosts& costs,
            double price) {
  if (changes.empty()) return false;
  const std::size_t n = series.size();
  double steps_total = price * static_cast<double>(changes.size() + 1);
  std::size_t first = 0;
  for (const std::size_t change : changes) {
    steps_total += costs.cost(first, change);
    first = change;
  }
  steps_total += costs.cost(first, n);
  const double middle = 0.5 * static_cast<double>(n - 1);
  const double level = series.front() + costs.mean(0, n);
  double spread = 0.0;
  double product = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    const double x = static_cast<double>(i) - middle;
    spread += x * x;
    product += x * (series[i] - level);
  }
  return costs.cost(0, n) - product * product / spread + 2.0 * price < steps_total;
}

bool halves_agree(std::span<const double> steady, double tolerance) {
  const auto first = batch_means_interval(steady.first(steady.size() / 2), kHalvesLevel);
  const auto second = batch_means_interval(steady.last(steady.size() / 2), kHalvesLevel);
  // Too few to say; the change points already agree.
  if (!first || !second) return true;
  return first->low <= second->high + tolerance && second->low <= first->high + tolerance;
}

}  // namespace

std::string_view to_text(WarmUpKind kind) {
  switch (kind) {
    case WarmUpKind::flat:
      return "flat";
    case WarmUpKind::warm_up:
      return "warm_up";
    case WarmUpKind::slowdown:
      return "slowdown";
    case WarmUpKind::no_steady_state:
      break;
  }
  return "no_steady_state";
}

std::optional<WarmUp> find_warm_up(std::span<const double> costs, const WarmUpOptions& options) {
  const std::size_t n = costs.size();
  if (n < kMinWarmUpBatches || !(options.tolerance_ratio >= 0.0 && options.tolerance_ratio < 1.0)) return std::nullopt;
  std::vector<double> logs;
  logs.reserve(n);
  for (const double cost : costs) {
    if (!std::isfinite(cost) || cost <= 0.0) return std::nullopt;
    logs.push_back(portable_log(cost));
  }
  const std::vector<double> series = without_lone_outliers(logs);
  const SegmentCosts segment_costs(series);
  const double tolerance = portable_log(1.0 + options.tolerance_ratio);

  WarmUp result;
  const double price = segment_price(series, segment_costs);
  result.change_points = find_changes(segment_costs, n, price);
  const std::size_t cut = first_on_last_level(result.change_points, segment_costs, n, tolerance);
  const std::size_t least_steady = std::max(kMinSteady, n / 4);
  if (n - cut < least_steady || drifts(series, result.change_points, segment_costs, price) ||
      !halves_agree(std::span(series).subspan(cut), tolerance)) {
    result.kind = WarmUpKind::no_steady_state;
    return result;
  }
  result.first_steady = cut;
  if (cut == 0) {
    result.kind = WarmUpKind::flat;
  } else {
    // Medians: a slow first batch, which the window cannot tell from a level, must not outvote the rest.
    const bool slower_before = median(std::span(series).first(cut)) > median(std::span(series).subspan(cut));
    result.kind = slower_before ? WarmUpKind::warm_up : WarmUpKind::slowdown;
  }
  return result;
}

}  // namespace benchhost::stats
