// When a case has been invoked often enough: on precision or budget, never on a test's p.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "common/stats/interval.h"

namespace benchhost::stats {

/// Fewest invocations before precision may end a case. Peeking at the width after each invocation costs coverage; from
/// 8 on, a 95 % interval still covers 93-95 % (stopping_test.cpp).
inline constexpr std::int64_t kMinInvocations = 8;
/// A case never takes more than this, whatever its limits say.
inline constexpr std::int64_t kMaxInvocations = 1000;

struct StoppingLimits {
  /// Wanted half-width of the interval on the log scale: 0.01 is ±1 %. nullopt: precision does not decide.
  std::optional<double> precision_ratio = 0.01;
  double level = kDefaultLevel;
  std::int64_t min_invocations = kMinInvocations;
  std::int64_t max_invocations = kMaxInvocations;
  /// Time the case may take over all its invocations, ns. nullopt: unlimited.
  std::optional<double> budget_ns;
};

enum class StopReason {
  go_on,             ///< run another invocation
  precise,           ///< the wanted precision is reached
  budget_spent,      ///< another invocation would not fit the budget
  invocations_done,  ///< max_invocations have run
};

/// One sentence for people.
[[nodiscard]] std::string_view to_text(StopReason reason);
/// "go_on", "precise", "budget_spent", "invocations_done": the names used in the database.
[[nodiscard]] std::string_view stop_reason_name(StopReason reason);
/// The reason of such a name; nullopt: there is none.
[[nodiscard]] std::optional<StopReason> stop_reason_from_name(std::string_view name);

struct StopDecision {
  StopReason reason = StopReason::go_on;
  /// Precision was wanted and is not reached. Meaningful as a flag of the result once reason is not go_on.
  bool imprecise = false;
  /// Interval over what there is. nullopt with fewer than two values, or when a value is not finite or not positive.
  std::optional<Interval> interval;

  [[nodiscard]] bool stop() const { return reason != StopReason::go_on; }
};

/// Decides after each invocation.
/// `values`: location of each completed invocation (time per iteration, any unit, > 0). `spent_ns`: time the case took
/// so far, warm-up and process start included. `next_ns`: expected cost of one more; nullopt takes spent / values. The
/// first invocation always runs; after it precision is asked first, then the number, then the budget. With failed (not
/// positive, not finite) values precision is never reached. Times that are NaN or negative count as a spent budget, so
/// that a broken clock ends the case rather than prolonging it for ever.
[[nodiscard]] StopDecision decide_stop(std::span<const double> values, double spent_ns, std::optional<double> next_ns,
                                       const StoppingLimits& limits);

}  // namespace benchhost::stats
