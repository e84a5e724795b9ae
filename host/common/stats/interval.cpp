#include "common/stats/interval.h"

#include <cmath>
#include <vector>

#include "common/stats/moments.h"
#include "common/stats/portable_math.h"
#include "common/stats/student.h"

namespace benchhost::stats {

std::optional<Interval> mean_interval(std::span<const double> values, double level) {
  const Moments moments(values);
  const auto mean = moments.mean();
  const auto sd = moments.sd();
  if (!mean || !sd) return std::nullopt;
  const auto n = static_cast<double>(moments.count());
  const auto t = student_two_sided(level, n - 1.0);
  if (!t) return std::nullopt;
  const double half = *t * *sd / std::sqrt(n);
  return Interval{*mean, *mean - half, *mean + half, level, moments.count()};
}

std::optional<Interval> log_mean_interval(std::span<const double> values, double level) {
  std::vector<double> logs;
  logs.reserve(values.size());
  for (const double value : values) {
    if (!std::isfinite(value) || value <= 0.0) return std::nullopt;
    logs.push_back(portable_log(value));
  }
  auto interval = mean_interval(logs, level);
  if (!interval) return std::nullopt;
  interval->estimate = portable_exp(interval->estimate);
  interval->low = portable_exp(interval->low);
  interval->high = portable_exp(interval->high);
  return interval;
}

std::optional<double> log_half_width(const Interval& interval) {
  if (!(interval.low > 0.0 && interval.low <= interval.high) || !std::isfinite(interval.high)) return std::nullopt;
  return 0.5 * portable_log(interval.high / interval.low);
}

}  // namespace benchhost::stats
