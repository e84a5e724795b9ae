// What difference this machine can tell today.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace benchhost::stats {

/// Fewest invocations of the null benchmark that an answer is given on.
inline constexpr std::int64_t kMinResolutionInvocations = 5;

struct Resolution {
  /// Smallest relative difference found with probability `power`: 0.02 is "about 2 %".
  double difference_ratio = 0.0;
  /// Standard deviation of the log of one invocation's location, slow drift not counted.
  double invocation_sd_ratio = 0.0;
  double level = 0.0;
  double power = 0.0;
  /// Pairs that the comparison is thought to have, and invocations behind this answer.
  std::int64_t pairs = 0;
  std::int64_t n = 0;
};

/// From invocations of one unchanged benchmark, spread over a run: the smallest difference that a paired comparison of
/// `pairs` invocations a side would call different at `level` with probability `power`.
/// sd² = mean of squared differences of neighbours / 2, so drift, which pairing removes, does not count;
/// difference = exp((t(level) + t(power)) · sd · √(2 / pairs)) - 1, t with pairs-1 degrees of freedom. Constant input
/// gives 0. Shape: log_locations[n], natural log of each invocation's location, run order. Errors: nullopt when n <
/// kMinResolutionInvocations, pairs < 2, level or power is outside (0, 1), power < 0.5 or a value is not finite.
/// Source: von Neumann 1941 for the variance from differences; the usual power formula of the paired t test.
[[nodiscard]] std::optional<Resolution> resolvable_difference(std::span<const double> log_locations, std::int64_t pairs,
                                                              double level = 0.99, double power = 0.8);

}  // namespace benchhost::stats
