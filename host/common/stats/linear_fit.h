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

/// Weighted least squares for errors that are a constant share of the time, after leaving out outlying batches: those
/// more than 4 robust standard deviations (and more than 0.1 % and a clock tick) off a robust line through the medians
/// of each n. Where at least four distinct n were timed, one of them may be wholly wrong; repeated batches of one n are
/// protected by their median. Shape: batches[m] in any order. `tick_ns`: step of the clock; times below 1,000 ticks
/// count as uncertain by a constant, not by a share of themselves, so that short probes are not believed to a share of
/// a tick. 0 for an exact clock. Errors: nullopt when m < 2, when n does not vary, when some n < 1, when a time or the
/// tick is negative or not finite, and when no time is positive. Source: least trimmed squares start and reweighting of
/// Rousseeuw and Leroy 1987 (chapters 4 and 5), over lines through pairs of medians; the line among them that explains
/// most batches is then refined.
[[nodiscard]] std::optional<LinearFit> fit_line(std::span<const BatchTime> batches, double tick_ns = 0.0);

}  // namespace benchhost::stats
