// Logarithm and exponential from plain arithmetic: the same bits on every platform, which no C library promises.
#pragma once

namespace benchhost::stats {

/// Natural logarithm, within 2 units in the last place.
/// Errors: NaN for NaN and for x < 0; minus infinity for 0; infinity for infinity.
[[nodiscard]] double portable_log(double x);

/// e to the x, within 2 units in the last place where the result is a normal number.
/// Errors: NaN for NaN; infinity above 709.78…; 0 below -745.13….
[[nodiscard]] double portable_exp(double x);

}  // namespace benchhost::stats
