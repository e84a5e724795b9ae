#include "suite/gates.h"

#include <fmt/format.h>

#include <optional>

#include "common/base/glob.h"
#include "common/base/quantity.h"

namespace benchhost::suite {
namespace {

constexpr const char* kWrong = "BH0103";

/// The last limit of a kind that matches the metric.
const Placed* last_limit(std::span<const Threshold> thresholds, std::string_view metric,
                         std::optional<Placed> Threshold::*kind) {
  const Placed* found = nullptr;
  for (const Threshold& threshold : thresholds) {
    const std::optional<Placed>& limit = threshold.*kind;
    if (!limit) continue;
    const auto glob = Glob::parse(threshold.metric);
    if (glob.ok() && glob->matches(metric)) found = &*limit;
  }
  return found;
}

std::optional<Gate> gate_of(const Placed* limit, Gate::Kind kind, const protocol::MetricRecord& metric,
                            const protocol::BenchmarkRecord& benchmark, Diagnostics& diagnostics) {
  if (limit == nullptr) return std::nullopt;
  auto bound = parse_quantity(limit->text, metric.unit);
  if (bound.ok()) return Gate{metric.id, metric.unit, kind, *bound, limit->text};
  Error error = std::move(bound).error();
  error.message = fmt::format("the limit on {} of {}: {}", metric.id, benchmark.id, error.message);
  diagnostics.error(std::move(error), limit->at);
  return std::nullopt;
}

}  // namespace

std::vector<Gate> gates_of(std::span<const Threshold> thresholds, const protocol::BenchmarkRecord& benchmark,
                           Diagnostics& diagnostics) {
  std::vector<Gate> out;
  for (const protocol::MetricRecord& metric : benchmark.metrics) {
    const Placed* const least = last_limit(thresholds, metric.id, &Threshold::at_least);
    const Placed* const most = last_limit(thresholds, metric.id, &Threshold::at_most);
    const auto low = gate_of(least, Gate::Kind::at_least, metric, benchmark, diagnostics);
    const auto high = gate_of(most, Gate::Kind::at_most, metric, benchmark, diagnostics);
    if (low && high && low->bound > high->bound) {
      diagnostics.error(
          kWrong, fmt::format("no value of {} is at least {} and at most {}", metric.id, low->written, high->written),
          most->at, "exchange the two");
      continue;
    }
    if (low) out.push_back(*low);
    if (high) out.push_back(*high);
  }
  return out;
}

}  // namespace benchhost::suite
