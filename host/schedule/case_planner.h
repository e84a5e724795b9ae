// How long the next invocation of a case measures, and whether there is a next one. Pure.
//
// What an invocation costs before it measures (its process, preparing, calibrating, warming up), what a batch costs,
// how much invocations differ and how much batches inside one do is not known beforehand: it is learnt from the
// invocations of the case as they come, and each is as long as it takes to reach the wanted precision in the least time
// (stats/nested_design.h). When to stop is decided by the values alone (stats/stopping.h): a plan never ends a case.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/invocation.h"
#include "common/protocol/descriptor.h"
#include "common/stats/nested_design.h"
#include "common/stats/stopping.h"
#include "schedule/case_policy.h"
#include "store/records.h"

namespace benchhost::schedule {

/// No plan measures longer in one invocation: what drifts within a minute is better seen by more of them.
inline constexpr std::int64_t kMostInvocationNs = 10'000'000'000;
/// The first invocation is a pilot. It counts unless its value varies by more than so many times what those after it
/// are planned to: one such value among the others would widen the interval by more than it narrows it.
inline constexpr double kPilotVariances = 3;
/// Before invocations have shown by how much they differ, this share of the variance that the fewest of them may have
/// is thought to come of it, and that guess counts as much as so many invocations that were seen. Without it the second
/// and third are much too short where they differ a lot. Both were chosen by trying (tests/perf, nested_plan).
inline constexpr double kGuessedShare = 0.6;
inline constexpr double kGuessWeight = 3;

/// What a plan is made of. Variances are those of logarithms.
struct CaseCosts {
  std::optional<double> invocation_variance;  ///< may be below 0; nullopt: fewer than three invocations
  std::optional<double> batch_variance;       ///< of one sample; nullopt: no invocation has two groups of them
  std::optional<double> invocation_cost_ns;   ///< without what follows
  std::optional<double> batch_cost_ns;        ///< of one sample
};

/// The invocations of one case, in order. Units: ns; values in the metric's unit.
class CasePlanner {
 public:
  /// `primary`: of the benchmark; nullptr: none. It outlives the planner.
  CasePlanner(const CasePolicy& policy, const protocol::MetricRecord* primary);

  /// Measuring time of the next invocation.
  [[nodiscard]] std::int64_t next_measuring_ns() const;
  /// Takes an invocation that passed. False: it was a pilot, too short to count among those that follow, and is no part
  /// of the result.
  bool add(const analysis::Invocation& invocation);
  /// Whether the case has been invoked often enough.
  [[nodiscard]] stats::StopDecision decide() const;

  /// Primary metric of each invocation that counts and gave one.
  [[nodiscard]] const std::vector<double>& values() const { return values_; }
  /// Invocations that count.
  [[nodiscard]] std::size_t counted() const { return counted_; }
  [[nodiscard]] CaseCosts costs() const;
  /// What is stored of all this. `stopped`: why the case ended, if its values ended it.
  [[nodiscard]] store::CasePlan record(std::optional<stats::StopReason> stopped) const;

 private:
  /// An invocation as planning sees it.
  struct Seen {
    std::vector<double> blocks;     ///< logarithms of what neighbouring samples say together, in order
    std::size_t block_samples = 1;  ///< samples of a block
    std::size_t samples = 0;
    double measure_ns = 0;
    double rest_ns = 0;
  };

  [[nodiscard]] Seen seen_of(const analysis::Invocation& invocation) const;
  [[nodiscard]] std::vector<stats::NestedUnit> units() const;
  [[nodiscard]] std::size_t group_samples() const;
  /// The levels batch and invocation; nullopt: their figures are not known. `invocation_variance`: to reckon with.
  /// `most_ns`: of measuring in one invocation.
  [[nodiscard]] std::optional<std::vector<stats::NestedLevel>> levels(const CaseCosts& known,
                                                                      double invocation_variance, std::int64_t most_ns,
                                                                      std::int64_t most_invocations) const;
  /// What is seen of how invocations differ, leant towards what is guessed while few were seen.
  [[nodiscard]] double leant_variance(const CaseCosts& known) const;
  [[nodiscard]] bool is_poor_pilot() const;
  [[nodiscard]] std::int64_t longest_ns() const;
  /// Time left of what the case may measure, for each invocation that surely comes; nullopt: no limit.
  [[nodiscard]] std::optional<std::int64_t> share_ns() const;

  CasePolicy policy_;
  const protocol::MetricRecord* primary_;
  std::vector<Seen> seen_;
  std::vector<double> values_;
  std::size_t counted_ = 0;
  double measured_ns_ = 0;
};

}  // namespace benchhost::schedule
