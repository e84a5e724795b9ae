// Values that stand in groups: processes of two speeds, batches of two speeds.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace benchhost::stats {

/// A group of values that lie together.
struct Mode {
  double location = 0.0;  ///< median of its values
  std::size_t count = 0;  ///< values that belong to it
  friend bool operator==(const Mode&, const Mode&) = default;
};

/// Fewest values in which groups are looked for: two and four of six can still be told from chance.
inline constexpr std::size_t kMinModeValues = 6;
/// Groups closer than this are one: half the usual precision of 1 %, as in warmup.h.
inline constexpr double kModeGapRatio = 0.005;
/// A group holds at least this share of the values and at least two of them: fewer are outliers, not a mode.
inline constexpr double kLeastModeShare = 0.1;
inline constexpr std::size_t kMostModes = 4;

/// How many standard deviations of their members two groups of n values must lie apart to be two:
/// 5 + 35 / (n - 3). The best split of n values that have no groups lies beyond it in about one of a thousand samples,
/// whether they are independent or an AR(1) series with a correlation of up to 0.6, and in fewer than five of a
/// thousand at 0.9. As n grows the best split of a normal distribution tends to 2.6, of a uniform one to 3.5, of a wave
/// (arcsine) to 4.1.
/// Requires: n >= kMinModeValues. Source: simulated; the rates are measured again in modes_test.cpp.
[[nodiscard]] double mode_separation(std::size_t n);

/// The groups, ascending by location; empty if there is only one.
/// Logarithms are cut in two where the sum of squares within the parts is least (Fisher 1958, of one dimension), and
/// the widest part again, up to kMostModes; of these cuts the last is taken after which all neighbours lie
/// mode_separation() of the values in two groups apart. A fortieth at each end is left aside from 40 values on, but
/// counted. Order does not matter. Groups no more than `gap_ratio` apart are one. Shape: values[n]. Errors: empty when
/// n < kMinModeValues or a value is not finite or not positive.
[[nodiscard]] std::vector<Mode> find_modes(std::span<const double> values, double gap_ratio = kModeGapRatio);

}  // namespace benchhost::stats
