// Does time grow with the number of iterations? If not, the compiler removed the body or `run` ignores n.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "common/stats/linear_fit.h"

namespace benchhost::stats {

enum class Growth {
  grows,    ///< each iteration costs time
  elided,   ///< iterations cost nothing
  unknown,  ///< time larger n, or more batches, and ask again
};

/// "grows", "elided", "unknown".
[[nodiscard]] std::string_view to_text(Growth growth);

/// No honest iteration is cheaper, ns: 200 of them in one cycle of a 5 GHz core.
inline constexpr double kLeastIterationNs = 0.001;

/// Judges by the slope of fit_line() with 4 standard errors around it.
/// grows: the slope is surely above kLeastIterationNs and the time gained between least and greatest n above 10 ticks.
/// elided: the slope is surely below kLeastIterationNs; or n was raised a thousandfold and iterations surely make up
/// less than 1 % of the longest batch; or n reached n_limit, beyond which it may not go, iterations surely make up less
/// than 10 % of the longest batch, and nothing shows that they cost anything.
/// With two batches only (no standard error): grows when the time grew by at least half of what n did, else unknown.
/// To decide an empty body, n must be raised until 4 errors of the clock spread over n fall below kLeastIterationNs
/// (about 10^6 at a tick of 20 ns); such batches take no time. `resolution_ns`: smallest step of the clock, > 0.
/// `n_limit`: most iterations that a batch may have, 0: any number. Shape: batches[m], any order. Errors: unknown
/// whenever fit_line() has no answer or the resolution is not finite and positive.
[[nodiscard]] Growth time_growth(std::span<const BatchTime> batches, double resolution_ns, std::int64_t n_limit = 0);

}  // namespace benchhost::stats
