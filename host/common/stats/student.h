// Student's t distribution.
#pragma once

#include <optional>

namespace benchhost::stats {

/// P(T <= t) with `degrees` of freedom, not necessarily whole; infinitely many give the normal distribution.
/// Errors: nullopt unless degrees > 0, or when an argument is NaN.
/// Source: NIST DLMF 8.17 through incomplete_beta(); printed tables in student_test.cpp.
[[nodiscard]] std::optional<double> student_cdf(double t, double degrees);

/// The t with P(T <= t) = p, relative error below 1e-10.
/// Errors: nullopt unless 0 < p < 1 and degrees > 0, or where t is beyond the range of double.
[[nodiscard]] std::optional<double> student_quantile(double p, double degrees);

/// The t of a two-sided interval of this level: student_quantile((1 + level) / 2).
/// Errors: nullopt unless 0 < level < 1 and degrees > 0.
[[nodiscard]] std::optional<double> student_two_sided(double level, double degrees);

}  // namespace benchhost::stats
