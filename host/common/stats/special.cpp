#include "common/stats/special.h"

#include <algorithm>
#include <cmath>

#include "common/stats/portable_math.h"

namespace benchhost::stats {
namespace {

constexpr double kHalfLogTwoPi = 0.91893853320467274178;
constexpr double kStirlingFrom = 16.0;

// What Stirling's formula leaves: sum of B_2k / (2k (2k-1) x^(2k-1)), NIST DLMF 5.11.1; below 1e-17 off from 16 on.
double stirling_rest(double x) {
  constexpr double kCoefficients[] = {1.0 / 12,   -1.0 / 360,      1.0 / 1260, -1.0 / 1680,
                                      1.0 / 1188, -691.0 / 360360, 1.0 / 156,  -3617.0 / 122400};
  const double inverse_square = 1.0 / (x * x);
  double sum = 0.0;
  for (int i = 7; i >= 0; --i) sum = sum * inverse_square + kCoefficients[i];
  return sum / x;
}

// ln(1 + y) without losing the digits of a small y: the rounding of 1 + y is undone by the quotient.
double log_one_plus(double y) {
  const double u = 1.0 + y;
  if (u == 1.0) return y;
  return portable_log(u) * (y / (u - 1.0));
}

double log_gamma_positive(double x) {
  double product = 1.0;
  while (x < kStirlingFrom) {
    product *= x;
    x += 1.0;
  }
  return (x - 0.5) * portable_log(x) - x + kHalfLogTwoPi + stirling_rest(x) - portable_log(product);
}

// ln(Γ(a) / Γ(a + b)). The difference of two logarithms would lose all digits for large a.
double log_gamma_ratio(double a, double b) {
  if (a < kStirlingFrom) return log_gamma_positive(a) - log_gamma_positive(a + b);
  return -(a + b - 0.5) * log_one_plus(b / a) - b * portable_log(a) + b + stirling_rest(a) - stirling_rest(a + b);
}

double log_beta(double a, double b) {
  const double small = std::min(a, b);
  return log_gamma_positive(small) + log_gamma_ratio(std::max(a, b), small);
}

// The continued fraction of DLMF 8.17.22 by the modified Lentz method. Needs O(√max(a, b)) steps where it is used.
double beta_fraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  constexpr int kMaxSteps = 200'000;
  const auto away_from_zero = [](double v) { return std::abs(v) < kTiny ? kTiny : v; };
  double c = 1.0;
  double d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
  double fraction = d;
  for (int m = 1; m <= kMaxSteps; ++m) {
    const double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
    d = 1.0 / away_from_zero(1.0 + even * d);
    c = away_from_zero(1.0 + even / c);
    fraction *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
    d = 1.0 / away_from_zero(1.0 + odd * d);
    c = away_from_zero(1.0 + odd / c);
    const double step = d * c;
    fraction *= step;
    if (std::abs(step - 1.0) < 1e-16) break;
  }
  return fraction;
}

double normal_density(double x) { return portable_exp(-0.5 * x * x - kHalfLogTwoPi); }

// Φ(x) - 1/2 for x >= 0: density times x + x³/3 + x⁵/15 + …, all terms positive (Abramowitz and Stegun 26.2.11).
double normal_centre(double x) {
  double term = x;
  double sum = x;
  for (int k = 1; k < 200 && term > sum * 1e-17; ++k) {
    term *= x * x / (2 * k + 1);
    sum += term;
  }
  return normal_density(x) * sum;
}

// 1 - Φ(x) for x >= 2: density / (x + 1/(x + 2/(x + …))), from the inside (Abramowitz and Stegun 26.2.14).
double normal_tail(double x) {
  double fraction = x;
  for (int k = 200; k >= 1; --k) fraction = x + k / fraction;
  return normal_density(x) / fraction;
}

constexpr double kTailFrom = 2.0;

double normal_upper(double x) { return x < kTailFrom ? 0.5 - normal_centre(x) : normal_tail(x); }

}  // namespace

std::optional<double> log_gamma(double x) {
  if (!std::isfinite(x) || x <= 0.0) return std::nullopt;
  return log_gamma_positive(x);
}

std::optional<double> incomplete_beta(double a, double b, double x, double complement) {
  if (!std::isfinite(a) || !std::isfinite(b) || a <= 0.0 || b <= 0.0) return std::nullopt;
  if (!(x >= 0.0 && x <= 1.0) || !(complement >= 0.0 && complement <= 1.0)) return std::nullopt;
  if (x == 0.0) return 0.0;
  if (complement == 0.0) return 1.0;
  const double log_x = x < 0.5 ? portable_log(x) : log_one_plus(-complement);
  const double log_complement = complement < 0.5 ? portable_log(complement) : log_one_plus(-x);
  const double front = portable_exp(a * log_x + b * log_complement - log_beta(a, b));
  // The fraction converges fast on one side of the mean only; the other side by symmetry.
  if (x < (a + 1.0) / (a + b + 2.0)) return front * beta_fraction(a, b, x) / a;
  return 1.0 - front * beta_fraction(b, a, complement) / b;
}

std::optional<double> normal_cdf(double x) {
  if (std::isnan(x)) return std::nullopt;
  if (x < 0.0) return std::isinf(x) ? 0.0 : normal_upper(-x);
  if (x < kTailFrom) return 0.5 + normal_centre(x);
  return std::isinf(x) ? 1.0 : 1.0 - normal_tail(x);
}

std::optional<double> normal_quantile(double p) {
  if (!(p > 0.0 && p < 1.0)) return std::nullopt;
  const double from_centre = std::abs(p - 0.5);
  const double tail = std::min(p, 1.0 - p);
  // First guess within 5e-4 (Abramowitz and Stegun 26.2.23); Newton's steps double its digits.
  const double w = std::sqrt(-2.0 * portable_log(tail));
  double x = w - (2.515517 + w * (0.802853 + w * 0.010328)) / (1.0 + w * (1.432788 + w * (0.189269 + w * 0.001308)));
  x = std::max(x, 0.0);
  for (int i = 0; i < 4; ++i) {
    if (from_centre < 0.25) {
      x += (from_centre - normal_centre(x)) / normal_density(x);
    } else {
      // On the logarithm of the tail, which is nearly a parabola far out.
      const double upper = normal_upper(x);
      x += upper / normal_density(x) * (portable_log(upper) - portable_log(tail));
    }
  }
  return p < 0.5 ? -x : x;
}

}  // namespace benchhost::stats
