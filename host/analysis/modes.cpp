#include "analysis/modes.h"

#include <optional>

#include "analysis/location.h"
#include "common/stats/modes.h"

namespace benchhost::analysis {

namespace p = protocol;

namespace {

std::optional<store::ModeSet> set_of(const p::MetricRecord& metric, std::span<const double> values, std::string unit,
                                     std::optional<std::uint32_t> invocation) {
  const std::vector<stats::Mode> modes = stats::find_modes(values);
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
  for (const Invocation& invocation : invocations) {
    if (const auto location = locate(primary, {}, invocation); location.location) {
      values.push_back(location.location->value);
    }
  }
  if (auto set = set_of(primary, values, primary.unit, std::nullopt)) found.push_back(std::move(*set));
  const bool by_host = primary.domain == p::Domain::host || primary.domain == p::Domain::queue;
  const bool self_rate = !by_host && primary.kind == p::MetricKind::rate;
  for (const Invocation& invocation : invocations) {
    // What was withheld, or has no value, says nothing of speeds either.
    if (!locate(primary, {}, invocation).location) continue;
    std::vector<double> samples = sample_series(primary, invocation);
    if (samples.size() < kLeastBatchesForModes) continue;
    // Those of a rate that the plugin reports are amounts per ns.
    for (double& sample : samples) sample *= self_rate ? 1e9 : 1.0;
    auto set = set_of(primary, samples, by_host ? "ns" : primary.unit, invocation.record.index);
    if (set) found.push_back(std::move(*set));
  }
  return found;
}

}  // namespace benchhost::analysis
