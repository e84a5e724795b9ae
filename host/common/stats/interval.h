// Confidence intervals by Student's t.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace benchhost::stats {

/// The level of every interval that is shown to people.
inline constexpr double kDefaultLevel = 0.95;

/// An estimate and the interval around it.
/// Units: those of the values it was made from.
struct Interval {
  double estimate = 0.0;
  double low = 0.0;
  double high = 0.0;
  double level = kDefaultLevel;
  /// Number of independent values behind it: K invocations, or batches of batch means.
  std::int64_t n = 0;

  friend bool operator==(const Interval&, const Interval&) = default;
};

/// Mean of independent values with mean ± t·s/√n. Constant values give an interval of width 0.
/// Errors: nullopt for n < 2, for a value that is not finite, and unless 0 < level < 1.
[[nodiscard]] std::optional<Interval> mean_interval(std::span<const double> values, double level = kDefaultLevel);

/// The same on logarithms of positive values, carried back: estimate = exp(mean log), the geometric mean. Made for
/// times and rates, whose errors are relative. With values[K] one location per invocation it is the interval of a
/// result. Errors: as mean_interval(), and nullopt when a value is not positive.
[[nodiscard]] std::optional<Interval> log_mean_interval(std::span<const double> values, double level = kDefaultLevel);

/// Half the interval's width on the log scale, (ln high - ln low) / 2: 0.01 reads as "±1 %".
/// Errors: nullopt unless 0 < low <= high, both finite.
[[nodiscard]] std::optional<double> log_half_width(const Interval& interval);

}  // namespace benchhost::stats
