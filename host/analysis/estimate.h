// From the invocations of a case to its numbers: an invocation gives one value a metric, and the interval comes from
// how these values differ. Spread inside a process never enters it: it says nothing about the next process.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/invocation.h"
#include "common/protocol/descriptor.h"
#include "store/records.h"

namespace benchhost::analysis {

/// Measured above what the device can do by more than this: flagged `implausible`.
inline constexpr double kPlausibleShare = 1.02;

/// What a finished case says.
struct Estimate {
  std::vector<store::Measurement>
      measurements;  ///< in declared order, labels of a labelled metric in order of appearance
  std::vector<protocol::MetricRecord> added_metrics;  ///< declared while preparing
  std::vector<std::string> flags;                     ///< of the result, sorted
  store::Verification verification;
  std::vector<store::ModeSet> modes;  ///< of the primary metric; see analysis/modes.h
};

/// Values of the primary metric, one per invocation that gave one, in order of invocation: what the stopping rule looks
/// at.
[[nodiscard]] std::vector<double> primary_values(const protocol::BenchmarkRecord& benchmark,
                                                 std::span<const Invocation> invocations);

/// Every metric of the case. A result is flagged `disturbed` by stats::result_disturbed over the measured batches of
/// all invocations, or where an invocation is. `precision_ratio`: what was asked for; a primary metric whose interval
/// is wider is flagged `imprecise`. One invocation has a value and no interval; a metric that no invocation could give
/// has its reason.
[[nodiscard]] Estimate estimate_case(const protocol::BenchmarkRecord& benchmark,
                                     std::span<const Invocation> invocations, std::optional<double> precision_ratio);

}  // namespace benchhost::analysis
