#include "schedule/case_planner.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/estimate.h"
#include "analysis/location.h"
#include "common/stats/moments.h"
#include "common/stats/quantiles.h"
#include "common/stats/student.h"

namespace benchhost::schedule {

namespace p = protocol;

namespace {

// Samples of an invocation are kept in at most so many blocks: raw latencies come by the million.
constexpr std::size_t kMostBlocks = 1024;
// Invocations from which on their differences say something: of two, one in ten seems to differ by nothing.
constexpr std::size_t kFewestToDiffer = 3;

double middle_of(std::span<const double> values, bool median) {
  if (median) return stats::median(values).value_or(0.0);
  return stats::Moments(values).mean().value_or(0.0);
}

// Neighbouring values in groups of `size`, what is left over dropped at the start; one group if there are fewer.
std::vector<double> grouped(std::span<const double> values, std::size_t size, bool median) {
  std::vector<double> groups;
  if (values.empty()) return groups;
  size = std::clamp<std::size_t>(size, 1, values.size());
  for (std::size_t at = values.size() % size; at < values.size(); at += size) {
    groups.push_back(middle_of(values.subspan(at, size), median));
  }
  return groups;
}

double measured_batch_ns(const store::Invocation& invocation) {
  double sum = 0;
  for (const p::Segment& segment : invocation.segments) {
    if (segment.quantity != p::Quantity::wall || segment.phase != p::SegmentPhase::measure) continue;
    for (const std::int64_t wall : segment.integers) sum += static_cast<double>(wall);
  }
  return sum;
}

bool is_median(const p::MetricRecord* metric) {
  return metric != nullptr && analysis::statistic_of_value(*metric) == "median";
}

}  // namespace

CasePlanner::CasePlanner(const CasePolicy& policy, const p::MetricRecord* primary)
    : policy_(policy), primary_(primary) {}

CasePlanner::Seen CasePlanner::seen_of(const analysis::Invocation& invocation) const {
  Seen seen;
  const double wall_ns = measured_batch_ns(invocation.record);
  seen.measure_ns = invocation.record.times ? static_cast<double>(invocation.record.times->measure_ns) : wall_ns;
  seen.rest_ns = std::max(0.0, static_cast<double>(invocation.record.duration_ns) - seen.measure_ns);
  if (primary_ == nullptr) return seen;
  std::vector<double> samples = analysis::sample_series(*primary_, invocation);
  seen.samples = samples.size();
  if (!std::ranges::all_of(samples, [](double v) { return std::isfinite(v) && v > 0; })) return seen;
  seen.block_samples = samples.size() / kMostBlocks + 1;
  seen.blocks = grouped(samples, seen.block_samples, is_median(primary_));
  for (double& block : seen.blocks) block = std::log(block);
  return seen;
}

double CasePlanner::leant_variance(const CaseCosts& known) const {
  const double fewest = std::max(2.0, static_cast<double>(policy_.min_invocations));
  const double t = stats::student_two_sided(stats::kDefaultLevel, fewest - 1).value_or(1.0);
  const double half_width = policy_.precision_ratio.value_or(0.0);
  const double guess = kGuessedShare * fewest * (half_width / t) * (half_width / t);
  if (!known.invocation_variance) return guess;
  const auto free = static_cast<double>(seen_.size() - 1);
  return (kGuessWeight * guess + free * *known.invocation_variance) / (kGuessWeight + free);
}

bool CasePlanner::is_poor_pilot() const {
  const CaseCosts known = costs();
  auto both = levels(known, leant_variance(known), longest_ns(), policy_.max_invocations);
  if (!both) return false;
  // By what its samples tell, not by the time that a plan takes at least.
  both->front().least = 1;
  const auto plan = stats::plan_nested(*both, *policy_.precision_ratio);
  if (!plan) return false;
  const auto variance = [&](double samples) {
    return std::max(0.0, both->back().variance) + std::max(0.0, both->front().variance) / std::max(1.0, samples);
  };
  return variance(static_cast<double>(seen_.front().samples)) >
         kPilotVariances * variance(static_cast<double>(plan->repetitions.front()));
}

bool CasePlanner::add(const analysis::Invocation& invocation) {
  seen_.push_back(seen_of(invocation));
  measured_ns_ += measured_batch_ns(invocation.record);
  const bool free_to_choose = policy_.precision_ratio && policy_.min_invocations < policy_.max_invocations;
  if (seen_.size() == 1 && free_to_choose && is_poor_pilot()) return false;
  ++counted_;
  if (primary_ != nullptr) {
    if (const auto found = analysis::locate(*primary_, {}, invocation); found.location) {
      values_.push_back(found.location->value);
    }
  }
  return true;
}

std::size_t CasePlanner::group_samples() const {
  std::size_t most = 0;
  for (const Seen& seen : seen_) most = std::max(most, seen.samples);
  return std::max<std::size_t>(1, static_cast<std::size_t>(std::sqrt(static_cast<double>(most))));
}

std::vector<stats::NestedUnit> CasePlanner::units() const {
  // Batches of one process hang together, so the lowest level is not one of them but a group, long enough that groups
  // hardly do: what they differ by then also tells how well the middle of a process is known.
  const std::size_t size = group_samples();
  std::vector<stats::NestedUnit> units;
  for (const Seen& seen : seen_) {
    stats::NestedUnit unit;
    for (const double group : grouped(seen.blocks, size / seen.block_samples, is_median(primary_))) {
      unit.parts.push_back({group, {}});
    }
    if (!unit.parts.empty()) units.push_back(std::move(unit));
  }
  return units;
}

CaseCosts CasePlanner::costs() const {
  CaseCosts costs;
  double samples = 0;
  double measure_ns = 0;
  double rest_ns = 0;
  for (const Seen& seen : seen_) {
    samples += static_cast<double>(seen.samples);
    measure_ns += seen.measure_ns;
    rest_ns += seen.rest_ns;
  }
  if (samples > 0 && measure_ns > 0) costs.batch_cost_ns = measure_ns / samples;
  if (!seen_.empty()) {
    // The first one calibrates, as none after it does.
    const bool others = seen_.size() > 1;
    const double count = static_cast<double>(seen_.size()) - (others ? 1 : 0);
    costs.invocation_cost_ns = (rest_ns - (others ? seen_.front().rest_ns : 0)) / count;
  }
  const auto all = units();
  const bool differ = all.size() >= kFewestToDiffer;
  if (const auto variances = stats::variance_components(all); variances && differ) {
    costs.invocation_variance = (*variances)[1];
    costs.batch_variance = (*variances)[0] * static_cast<double>(group_samples());
  } else {
    // How groups of one process differ is known from the first process on.
    std::vector<stats::NestedUnit> groups;
    double degrees = 0;
    double squares = 0;
    for (const stats::NestedUnit& unit : all) {
      const auto within = stats::variance_components(unit.parts);
      if (!within) continue;
      const auto free = static_cast<double>(unit.parts.size() - 1);
      degrees += free;
      squares += free * within->front();
    }
    if (degrees > 0) costs.batch_variance = squares / degrees * static_cast<double>(group_samples());
  }
  return costs;
}

std::int64_t CasePlanner::longest_ns() const {
  // A worker's whole life must fit its time limit with room to spare.
  return std::max<std::int64_t>(kLeastInvocationNs, std::min(kMostInvocationNs, policy_.timeout_ns / 4));
}

std::optional<std::vector<stats::NestedLevel>> CasePlanner::levels(const CaseCosts& known, double invocation_variance,
                                                                   std::int64_t most_ns,
                                                                   std::int64_t most_invocations) const {
  if (!known.batch_variance || !known.batch_cost_ns || !known.invocation_cost_ns) return std::nullopt;
  const double batch_ns = *known.batch_cost_ns;
  stats::NestedLevel batch{*known.batch_variance, batch_ns};
  batch.least = std::max<std::int64_t>(1, std::llround(std::ceil(static_cast<double>(kLeastInvocationNs) / batch_ns)));
  batch.most = std::max<std::int64_t>(1, static_cast<std::int64_t>(static_cast<double>(most_ns) / batch_ns));
  batch.least = std::min(batch.least, batch.most);
  stats::NestedLevel invocation{invocation_variance, *known.invocation_cost_ns};
  invocation.least = policy_.min_invocations;
  invocation.most = most_invocations;
  return std::vector{batch, invocation};
}

std::optional<std::int64_t> CasePlanner::share_ns() const {
  if (!policy_.budget_ns) return std::nullopt;
  const double left = std::max(0.0, *policy_.budget_ns - measured_ns_);
  const double sure = policy_.min_invocations > counted_ ? static_cast<double>(policy_.min_invocations - counted_) : 1;
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(left / sure));
}

std::int64_t CasePlanner::next_measuring_ns() const {
  if (!policy_.precision_ratio || seen_.empty()) return policy_.invocation_ns;
  const auto share = share_ns();
  std::int64_t longest = longest_ns();
  if (share) longest = std::min(longest, *share);
  const CaseCosts costs_so_far = costs();
  const auto known = levels(costs_so_far, leant_variance(costs_so_far), longest, policy_.max_invocations);
  const auto plan = known ? stats::plan_nested(*known, *policy_.precision_ratio) : std::nullopt;
  if (!plan) {
    // What an invocation says is no middle of its samples, or it has one only.
    const std::int64_t usual = policy_.budget_ns ? policy_.invocation_ns : kDefaultInvocationNs;
    return std::min(usual, longest);
  }
  const double planned = static_cast<double>(plan->repetitions.front()) * known->front().cost_ns;
  // Half a batch more, so that rounding takes none away.
  auto next = static_cast<std::int64_t>(planned + 0.5 * known->front().cost_ns);
  const double measuring = planned * static_cast<double>(plan->repetitions.back());
  if (policy_.budget_ns && (!plan->reached || measuring > *policy_.budget_ns) && policy_.max_invocations > counted_) {
    // Precision and time contradict each other, and time goes first: what it has room for is most precise in many
    // invocations.
    const double left = std::max(0.0, *policy_.budget_ns - measured_ns_);
    next = std::min(
        next, std::max(kLeastInvocationNs,
                       static_cast<std::int64_t>(left / static_cast<double>(policy_.max_invocations - counted_))));
  }
  return std::clamp<std::int64_t>(next, 1, std::max<std::int64_t>(1, longest));
}

stats::StopDecision CasePlanner::decide() const {
  stats::StoppingLimits limits;
  limits.precision_ratio = policy_.precision_ratio;
  limits.min_invocations = policy_.min_invocations;
  limits.max_invocations = policy_.max_invocations;
  if (values_.size() >= policy_.min_invocations) limits.budget_ns = policy_.budget_ns;
  std::optional<double> next_ns;
  if (counted_ > 0 && policy_.budget_ns) {
    // Measuring cannot be shorter than a batch, whatever was planned; the mean so far knows how long one is.
    next_ns = measured_ns_ / static_cast<double>(seen_.size());
  }
  return stats::decide_stop(values_, measured_ns_, next_ns, limits);
}

store::CasePlan CasePlanner::record(std::optional<stats::StopReason> stopped) const {
  store::CasePlan plan;
  plan.precision_ratio = policy_.precision_ratio;
  if (policy_.budget_ns) plan.time_ns = static_cast<std::int64_t>(*policy_.budget_ns);
  plan.least_invocations = policy_.min_invocations;
  plan.most_invocations = policy_.max_invocations;
  if (stopped) plan.stopped = stats::stop_reason_name(*stopped);
  const CaseCosts known = costs();
  plan.invocation_variance = known.invocation_variance;
  plan.batch_variance = known.batch_variance;
  plan.invocation_cost_ns = known.invocation_cost_ns;
  plan.batch_cost_ns = known.batch_cost_ns;
  if (!policy_.precision_ratio) {
    plan.null_reason = "no precision was asked for";
    return plan;
  }
  const auto levels_of = levels(known, known.invocation_variance.value_or(0.0), kMostInvocationNs,
                                std::max<std::int64_t>(stats::kMaxInvocations, policy_.min_invocations));
  if (!levels_of || !known.invocation_variance) {
    plan.null_reason =
        known.batch_variance
            ? fmt::format("fewer than {} invocations passed", kFewestToDiffer)
            : "how far samples of an invocation lie apart is not known: it has one only, or its value is "
              "not their median or mean";
    return plan;
  }
  const auto found = stats::plan_nested(*levels_of, *policy_.precision_ratio);
  if (!found || !found->reached) {
    plan.null_reason = fmt::format("{} invocations would not reach it", stats::kMaxInvocations);
    return plan;
  }
  plan.planned_batches = static_cast<std::uint64_t>(found->repetitions.front());
  plan.planned_invocations = static_cast<std::uint64_t>(found->repetitions.back());
  plan.planned_half_width_ratio = found->half_width;
  plan.planned_ns = found->cost_ns;
  return plan;
}

}  // namespace benchhost::schedule
