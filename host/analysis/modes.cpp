#include "analysis/modes.h"

#include <algorithm>
#include <optional>

#include "analysis/location.h"
#include "common/stats/modes.h"
#include "common/stats/quantiles.h"

namespace benchhost::analysis {

namespace p = protocol;

namespace {

// Groups that are no more than so many steps of the clock apart are the steps themselves: between two and three.
constexpr double kStepsApart = 2.5;

// A step of the clock, relative to a batch; 0: the values are not of the host's clock, or the step is not told.
double step_ratio(const p::MetricRecord& metric, const Invocation& invocation) {
  const auto& calibration = invocation.record.calibration;
  if (metric.domain != p::Domain::host || !calibration) return 0;
  std::vector<double> walls;
  for (const p::Segment& s : invocation.record.segments) {
    if (s.quantity != p::Quantity::wall || s.phase != p::SegmentPhase::measure) continue;
    walls.insert(walls.end(), s.integers.begin(), s.integers.end());
  }
  const double middle = stats::median(walls).value_or(0);
  return middle > 0 ? static_cast<double>(calibration->clock_step_ns) / middle : 0;
}

std::optional<store::ModeSet> set_of(const p::MetricRecord& metric, std::span<const double> values, std::string unit,
                                     std::optional<std::uint32_t> invocation, double step_ratio) {
  const std::vector<stats::Mode> modes =
      stats::find_modes(values, std::max(stats::kModeGapRatio, kStepsApart * step_ratio));
  if (modes.empty()) return std::nullopt;
  store::ModeSet set{metric.id, invocation, std::move(unit), {}};
  for (const stats::Mode& mode : modes) set.modes.push_back({mode.location, mode.count});
  return set;
}

}  // namespace

std::vector<store::ModeSet> modes_of(const p::MetricRecord& primary, std::span<const Invocation> invocations) {
  if (primary.kind != p::MetricKind::time && primary.kind != p::MetricKind::rate) return {};
  std::vector<store::ModeSet> found;
  std::vector<double> values;
  double coarsest = 0;
  for (const Invocation& invocation : invocations) {
    if (const auto location = locate(primary, {}, invocation); location.location) {
      values.push_back(location.location->value);
      coarsest = std::max(coarsest, step_ratio(primary, invocation));
    }
  }
  if (auto set = set_of(primary, values, primary.unit, std::nullopt, coarsest)) found.push_back(std::move(*set));
  const bool by_host = primary.domain == p::Domain::host || primary.domain == p::Domain::queue;
  const bool self_rate = !by_host && primary.kind == p::MetricKind::rate;
  for (const Invocation& invocation : invocations) {
    // What was withheld, or has no value, says nothing of speeds either.
    if (!locate(primary, {}, invocation).location) continue;
    std::vector<double> samples = sample_series(primary, invocation);
    if (samples.size() < kLeastBatchesForModes) continue;
    // Those of a rate that the plugin reports are amounts per ns.
    for (double& sample : samples) sample *= self_rate ? 1e9 : 1.0;
    auto set = set_of(primary, samples, by_host ? "ns" : primary.unit, invocation.record.index,
                      step_ratio(primary, invocation));
    if (set) found.push_back(std::move(*set));
  }
  return found;
}

}  // namespace benchhost::analysis
