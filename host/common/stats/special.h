// Special functions that the distributions stand on.
#pragma once

#include <optional>

namespace benchhost::stats {

/// Logarithm of the gamma function, error below 1e-14 of the larger of 1 and the result.
/// Unlike std::lgamma it touches no global. Errors: nullopt unless x is finite and > 0.
[[nodiscard]] std::optional<double> log_gamma(double x);

/// Regularised incomplete beta function I_x(a, b), with the complement 1-x given apart so that neither loses digits.
/// Requires: x + complement = 1. Relative error about 1e-13 for a, b up to 1e6.
/// Errors: nullopt unless a and b are finite and > 0 and both x and the complement are in 0…1.
/// Source: continued fraction of NIST DLMF 8.17.22, evaluated by Lentz's method.
[[nodiscard]] std::optional<double> incomplete_beta(double a, double b, double x, double complement);

/// Standard normal distribution function; small tails keep their relative precision.
/// Errors: nullopt for NaN; 0 and 1 at the infinities.
[[nodiscard]] std::optional<double> normal_cdf(double x);

/// Its inverse, relative error below 1e-12. Errors: nullopt unless 0 < p < 1.
[[nodiscard]] std::optional<double> normal_quantile(double p);

}  // namespace benchhost::stats
