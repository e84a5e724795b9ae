// The line T(n) = a + b·n through batch times: b is the cost of an iteration, a the fixed overhead of a batch.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace benchhost::stats {

/// One timed batch.
struct BatchTime {
  std::int64_t iterations = 0;
  double time_ns = 0.0;

  friend bool operator==(const BatchTime&, const BatchTime&) = default;
};

struct LinearFit {
  /// Fixed overhead of a batch, ns; an estimate, so it may come out a little below 0.
  double a_ns = 0.0;
  /// Cost of one iteration, ns.
  double b_ns = 0.0;
  /// Standard errors, ns. nullopt when only two batches were kept: they fit every line exactly.
  std::optional<double> a_se_ns;
  std::optional<double> b_se_ns;
  /// Standard deviation of (time - fit) / fit over the kept batches. nullopt as above.
  std::optional<double> residual_relative_sd;
  /// Batches the line was drawn through, and batches left out as outlying.
  std::int64_t kept = 0;
  std::int64_t outliers = 0;
};

/// Weighted least squares for errors that are a constant share of the time, after leaving out batches that lie more
/// than 4 robust standard deviations off a least-trimmed-squares line through the medians of each n. Where at least
/// four distinct n were timed, one of them may be wholly wrong; repeated batches of one n are protected by their
/// median. Shape: batches[m] in any order. `time_floor_ns`: below this time errors are taken as constant instead of
/// relative (pass 1,000 clock ticks, so that short probes are not believed to a share of a tick). Errors: nullopt when
/// m < 2, when n does not vary, when some n < 1, when a time or the floor is negative or not finite, and when no time
/// is positive. Source: Rousseeuw and Leroy 1987, least trimmed squares with reweighting (chapters 4 and 5).
[[nodiscard]] std::optional<LinearFit> fit_line(std::span<const BatchTime> batches, double time_floor_ns = 0.0);

}  // namespace benchhost::stats
