#include "common/stats/resolution.h"

#include <cmath>
#include <cstddef>

#include "common/stats/portable_math.h"
#include "common/stats/student.h"

namespace benchhost::stats {

std::optional<Resolution> resolvable_difference(std::span<const double> log_locations, std::int64_t pairs, double level,
                                                double power) {
  const auto n = static_cast<std::int64_t>(log_locations.size());
  if (n < kMinResolutionInvocations || pairs < 2 || !(power >= 0.5 && power < 1.0)) return std::nullopt;
  double squares = 0.0;
  for (std::size_t i = 1; i < log_locations.size(); ++i) {
    const double difference = log_locations[i] - log_locations[i - 1];
    squares += difference * difference;
  }
  const auto freedom = static_cast<double>(pairs - 1);
  const auto t_level = student_two_sided(level, freedom);
  const auto t_power = student_quantile(power, freedom);
  if (!std::isfinite(squares) || !t_level || !t_power) return std::nullopt;
  Resolution resolution;
  resolution.invocation_sd_ratio = std::sqrt(0.5 * squares / static_cast<double>(n - 1));
  const double log_difference =
      (*t_level + *t_power) * resolution.invocation_sd_ratio * std::sqrt(2.0 / static_cast<double>(pairs));
  resolution.difference_ratio = portable_exp(log_difference) - 1.0;
  if (!std::isfinite(resolution.difference_ratio)) return std::nullopt;
  resolution.level = level;
  resolution.power = power;
  resolution.pairs = pairs;
  resolution.n = n;
  return resolution;
}

}  // namespace benchhost::stats
