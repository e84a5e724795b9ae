// How a case is measured where the suite and the command line leave it open. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "suite/expand.h"

namespace benchhost::schedule {

/// Fresh processes of a case without a wanted precision: five, the fewest from which an interval at 95 % is worth
/// reading.
inline constexpr std::uint32_t kDefaultInvocations = 5;
/// With a wanted precision: from eight on, stopping on the width keeps the interval honest (stats/stopping.h).
inline constexpr std::uint32_t kPrecisionMinInvocations = 8;
inline constexpr std::uint32_t kPrecisionMaxInvocations = 40;
/// Measuring time of one invocation where nothing is said.
inline constexpr std::int64_t kDefaultInvocationNs = 300'000'000;
/// Of the first one where a precision is wanted: enough to see how long the others have to be (case_planner.h).
inline constexpr std::int64_t kPilotInvocationNs = 75'000'000;
/// Shorter measuring gives fewer than 20 batches of a millisecond: fewer invocations of this are better than more.
inline constexpr std::int64_t kLeastInvocationNs = 20'000'000;
/// An invocation that takes longer than this is hung or should say `timeout` in its suite.
inline constexpr std::int64_t kDefaultTimeoutNs = 600'000'000'000;

/// Decided numbers. Units: ns of wall time.
struct CasePolicy {
  std::optional<double> precision_ratio;
  std::uint32_t min_invocations = kDefaultInvocations;
  std::uint32_t max_invocations = kDefaultInvocations;
  /// Measuring phase of one invocation; with a wanted precision, of the first one and of all that cannot be planned.
  std::int64_t invocation_ns = kDefaultInvocationNs;
  std::optional<double> budget_ns;              ///< measured batches of all invocations; nullopt: no limit
  std::int64_t timeout_ns = kDefaultTimeoutNs;  ///< whole life of one worker
};

/// `time` is the measuring time of all invocations together, so each gets its share of it. Where precision decides how
/// many there are, the share is that of the largest number, and of the first one no more than a pilot's; where it is
/// less than kLeastInvocationNs, the largest share that leaves room for the least number.
[[nodiscard]] CasePolicy resolve_policy(const suite::MeasureLimits& limits);

/// What of these limits cannot all be had, and which of them goes first; "": nothing. Time and a fixed number of
/// invocations bound a case whatever its precision, which is then judged and no more.
[[nodiscard]] std::string contradiction(const suite::MeasureLimits& limits);

}  // namespace benchhost::schedule
