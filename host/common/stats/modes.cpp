#include "common/stats/modes.h"

#include <algorithm>
#include <cmath>

#include "common/stats/portable_math.h"
#include "common/stats/quantiles.h"

namespace benchhost::stats {
namespace {

/// From so many values on a fortieth at each end is left aside: what disturbs adds a few values far out.
constexpr std::size_t kTrimmedFrom = 40;
constexpr std::size_t kTrimDivisor = 40;
/// Below this a spread is rounding.
constexpr double kNoSpread = 1e-12;

/// A run of ascending values.
struct Side {
  std::size_t begin = 0;
  std::size_t end = 0;
  double mean = 0.0;
  double squares = 0.0;  ///< sum of squared distances from the mean

  [[nodiscard]] std::size_t size() const { return end - begin; }
};

Side side_of(std::span<const double> sorted, std::size_t begin, std::size_t end) {
  Side side{begin, end, 0.0, 0.0};
  for (std::size_t i = begin; i < end; ++i) side.mean += sorted[i] / static_cast<double>(side.size());
  for (std::size_t i = begin; i < end; ++i) side.squares += (sorted[i] - side.mean) * (sorted[i] - side.mean);
  return side;
}

/// Where a run is cut so that least lies within the two parts, each of at least `least` values; 0: it is too short.
std::size_t best_cut(std::span<const double> sorted, const Side& side, std::size_t least) {
  double between = -1.0;
  std::size_t at = 0;
  double sum = 0.0;
  for (std::size_t i = 1; i < side.size(); ++i) {
    sum += sorted[side.begin + i - 1] - side.mean;
    if (i < least || side.size() - i < least) continue;
    const double squares = sum * sum / static_cast<double>(i) + sum * sum / static_cast<double>(side.size() - i);
    if (squares <= between) continue;
    between = squares;
    at = side.begin + i;
  }
  return at;
}

/// Whether neighbours lie far enough apart for what lies within all of them.
bool are_apart(std::span<const Side> sides, std::size_t n, double gap_ratio) {
  // Of more groups each has fewer values to show how they lie.
  const std::size_t pair = 2 * n / sides.size();
  if (pair < kMinModeValues) return false;
  double squares = 0.0;
  for (const Side& side : sides) squares += side.squares;
  const double sd = std::sqrt(squares / static_cast<double>(n - sides.size()));
  const double needed = std::max(portable_log(1.0 + gap_ratio), mode_separation(pair) * std::max(sd, kNoSpread));
  for (std::size_t i = 1; i < sides.size(); ++i) {
    if (sides[i].mean - sides[i - 1].mean < needed) return false;
  }
  return true;
}

/// Ends of the groups of ascending logarithms, the last one their number.
std::vector<std::size_t> group_ends(std::span<const double> sorted, double gap_ratio) {
  const std::size_t aside = sorted.size() >= kTrimmedFrom ? sorted.size() / kTrimDivisor : 0;
  const std::span<const double> kept = sorted.subspan(aside, sorted.size() - 2 * aside);
  const std::size_t n = kept.size();
  const auto share = static_cast<std::size_t>(std::ceil(kLeastModeShare * static_cast<double>(n)));
  const std::size_t least = std::max<std::size_t>(2, share);
  std::vector<Side> sides = {side_of(kept, 0, n)};
  std::vector<Side> found = sides;
  while (sides.size() < kMostModes) {
    // The part in which most lies apart is cut.
    std::size_t widest = sides.size();
    for (std::size_t i = 0; i < sides.size(); ++i) {
      const bool can = best_cut(kept, sides[i], least) != 0;
      if (can && (widest == sides.size() || sides[i].squares > sides[widest].squares)) widest = i;
    }
    if (widest == sides.size()) break;
    const Side whole = sides[widest];
    const std::size_t at = best_cut(kept, whole, least);
    sides[widest] = side_of(kept, whole.begin, at);
    sides.insert(sides.begin() + static_cast<std::ptrdiff_t>(widest) + 1, side_of(kept, at, whole.end));
    if (are_apart(sides, n, gap_ratio)) found = sides;
  }
  std::vector<std::size_t> ends;
  for (const Side& side : found) ends.push_back(aside + side.end);
  ends.back() = sorted.size();
  return ends;
}

}  // namespace

double mode_separation(std::size_t n) { return 5.0 + 35.0 / (static_cast<double>(std::max(n, kMinModeValues)) - 3.0); }

std::vector<Mode> find_modes(std::span<const double> values, double gap_ratio) {
  if (values.size() < kMinModeValues) return {};
  if (!std::ranges::all_of(values, [](double v) { return std::isfinite(v) && v > 0.0; })) return {};
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  std::vector<double> logs;
  logs.reserve(sorted.size());
  for (const double v : sorted) logs.push_back(portable_log(v));
  const std::vector<std::size_t> ends = group_ends(logs, gap_ratio);
  if (ends.size() < 2) return {};
  std::vector<Mode> modes;
  std::size_t begin = 0;
  for (const std::size_t end : ends) {
    modes.push_back({median(std::span<const double>(sorted).subspan(begin, end - begin)).value_or(0.0), end - begin});
    begin = end;
  }
  return modes;
}

}  // namespace benchhost::stats
