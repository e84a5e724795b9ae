#include "common/stats/portable_math.h"

#include <cmath>
#include <limits>

namespace benchhost::stats {
namespace {

// ln 2 in two parts; the high one ends in 32 zero bits, so that its product with an exponent is exact.
constexpr double kLn2High = 6.93147180369123816490e-01;
constexpr double kLn2Low = 1.90821492927058770002e-10;
constexpr double kSqrtHalf = 0.70710678118654752440;

}  // namespace

// x = m · 2^e with m around 1, f = m - 1, s = f / (2 + f): ln m = 2 artanh s = f - (f²/2 - s (f²/2 + R)), where
// R = 2 s² (1/3 + s²/5 + s⁴/7 + …). frexp and ldexp are exact, the rest is +, -, ·, /.
double portable_log(double x) {
  if (std::isnan(x) || x < 0) return std::numeric_limits<double>::quiet_NaN();
  if (x == 0) return -std::numeric_limits<double>::infinity();
  if (std::isinf(x)) return x;
  int exponent = 0;
  double m = std::frexp(x, &exponent);
  if (m < kSqrtHalf) {
    m *= 2;
    --exponent;
  }
  const double f = m - 1.0;
  const double s = f / (2.0 + f);
  const double s2 = s * s;
  double series = 0.0;
  for (int k = 12; k >= 1; --k) series = series * s2 + 2.0 / (2 * k + 1);
  const double r = series * s2;
  const double half_square = 0.5 * f * f;
  const double e = exponent;
  return e * kLn2High - ((half_square - (s * (half_square + r) + e * kLn2Low)) - f);
}

// e^x = 2^k · e^r with |r| <= ln 2 / 2; Taylor series of e^r - 1 to the 15th power, whose next term is below 1e-19.
double portable_exp(double x) {
  if (std::isnan(x)) return x;
  if (x > 710.0) return std::numeric_limits<double>::infinity();
  if (x < -746.0) return 0.0;
  constexpr double kInverseLn2 = 1.44269504088896340736;
  const double k = std::floor(x * kInverseLn2 + 0.5);
  const double r = (x - k * kLn2High) - k * kLn2Low;
  double series = 0.0;
  for (int i = 15; i >= 2; --i) series = (series + 1.0) * r / i;
  const double e = 1.0 + (r + r * series);
  return std::ldexp(e, static_cast<int>(k));
}

}  // namespace benchhost::stats
