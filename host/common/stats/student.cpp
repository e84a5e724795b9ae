// Quantiles are found where they are best told: near the middle from P(0 < T < t), in the tails from the logarithm of
// the tail over the logarithm of t, which is a straight line for heavy tails and gently bent for light ones.
#include "common/stats/student.h"

#include <algorithm>
#include <cmath>

#include "common/stats/portable_math.h"
#include "common/stats/special.h"

namespace benchhost::stats {
namespace {

// From here on the first terms of the expansion around the normal distribution (Abramowitz and Stegun 26.7.5) are exact
// to the last digits, and cheaper than the continued fraction.
constexpr double kNearlyNormal = 1e7;

double upper_tail(double t, double degrees) {
  const double square = t * t;
  if (std::isinf(square)) {
    // x = degrees / t² loses nothing this far out.
    return 0.5 * incomplete_beta(0.5 * degrees, 0.5, degrees / t / t, 1.0).value_or(0.0);
  }
  const double sum = degrees + square;
  return 0.5 * incomplete_beta(0.5 * degrees, 0.5, degrees / sum, square / sum).value_or(0.0);
}

double centre(double t, double degrees) {
  const double square = t * t;
  const double sum = degrees + square;
  return 0.5 * incomplete_beta(0.5, 0.5 * degrees, square / sum, degrees / sum).value_or(0.0);
}

// Logarithm of the density without its constant factor, which the derivative of the tail supplies.
double log_density(double t, double degrees, double log_constant) {
  return log_constant - 0.5 * (degrees + 1.0) * portable_log(1.0 + t * t / degrees);
}

std::optional<double> log_density_constant(double degrees) {
  const auto high = log_gamma(0.5 * (degrees + 1.0));
  const auto low = log_gamma(0.5 * degrees);
  if (!high || !low) return std::nullopt;
  constexpr double kLogPi = 1.14472988584940017414;
  return *high - *low - 0.5 * (portable_log(degrees) + kLogPi);
}

// Positive t with the given tail, kept between bounds so that a step that overshoots cannot run away.
std::optional<double> solve(double tail, double from_centre, double degrees) {
  const auto constant = log_density_constant(degrees);
  if (!constant) return std::nullopt;
  const bool by_centre = from_centre < 0.25;
  double low = 0.0;
  double high = 1.0;
  while (upper_tail(high, degrees) > tail) {
    low = high;
    high *= 4.0;
    if (high > 1e150) return std::nullopt;
  }
  const double guess = normal_quantile(1.0 - tail).value_or(1.0);
  double t = guess + (guess * guess * guess + guess) / (4.0 * degrees);
  if (!(t > low && t < high)) t = low > 0.0 ? std::sqrt(low * high) : 0.5 * high;
  for (int i = 0; i < 200; ++i) {
    const double density = portable_exp(log_density(t, degrees, *constant));
    double next = 0.0;
    if (by_centre) {
      const double miss = from_centre - centre(t, degrees);
      (miss > 0.0 ? low : high) = t;
      next = t + miss / density;
    } else {
      const double upper = upper_tail(t, degrees);
      const double miss = portable_log(upper) - portable_log(tail);
      (miss > 0.0 ? low : high) = t;
      next = t * portable_exp(miss * upper / (t * density));
    }
    if (!(next > low && next < high)) next = 0.5 * (low + high);
    const bool settled = std::abs(next - t) <= 4e-15 * t;
    t = next;
    if (settled) break;
  }
  return t;
}

double nearly_normal_quantile(double z, double degrees) {
  const double z2 = z * z;
  return z + z * (z2 + 1.0) / (4.0 * degrees) + z * ((5.0 * z2 + 16.0) * z2 + 3.0) / (96.0 * degrees * degrees);
}

}  // namespace

std::optional<double> student_cdf(double t, double degrees) {
  if (std::isnan(t) || !(degrees > 0.0)) return std::nullopt;
  if (std::isinf(t)) return t < 0.0 ? 0.0 : 1.0;
  if (degrees >= kNearlyNormal) {
    // Beyond 100 nothing is left of a tail this light; the expansion would not hold there.
    const double c = std::clamp(t, -100.0, 100.0);
    const double c2 = c * c;
    return normal_cdf(c - c * (c2 + 1.0) / (4.0 * degrees) +
                      c * ((13.0 * c2 + 8.0) * c2 + 3.0) / (96.0 * degrees * degrees));
  }
  const double magnitude = std::abs(t);
  if (magnitude * magnitude < degrees) {
    const double half = centre(magnitude, degrees);
    return t < 0.0 ? 0.5 - half : 0.5 + half;
  }
  const double tail = upper_tail(magnitude, degrees);
  return t < 0.0 ? tail : 1.0 - tail;
}

std::optional<double> student_quantile(double p, double degrees) {
  if (!(p > 0.0 && p < 1.0) || !(degrees > 0.0)) return std::nullopt;
  if (p == 0.5) return 0.0;
  if (degrees >= kNearlyNormal) return nearly_normal_quantile(normal_quantile(p).value_or(0.0), degrees);
  const auto t = solve(std::min(p, 1.0 - p), std::abs(p - 0.5), degrees);
  if (!t) return std::nullopt;
  return p < 0.5 ? -*t : *t;
}

std::optional<double> student_two_sided(double level, double degrees) {
  if (!(level > 0.0 && level < 1.0)) return std::nullopt;
  // From the lower tail: (1 - level) / 2 keeps digits that (1 + level) / 2 rounds away.
  const auto t = student_quantile(0.5 * (1.0 - level), degrees);
  if (!t) return std::nullopt;
  return -*t;
}

}  // namespace benchhost::stats
