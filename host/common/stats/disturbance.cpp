#include "common/stats/disturbance.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "common/stats/quantiles.h"

namespace benchhost::stats {
namespace {

// A figure that can be believed.
std::optional<double> sound(std::optional<double> value) {
  return value && std::isfinite(*value) && *value >= 0.0 ? value : std::nullopt;
}

}  // namespace

std::vector<Disturbance> find_disturbed(std::span<const BatchUsage> batches, int threads) {
  const double cores = std::max(threads, 1);
  const auto wall_of = [&](const BatchUsage& batch) -> std::optional<double> {
    if (!std::isfinite(batch.wall_ns) || batch.wall_ns <= 0.0) return std::nullopt;
    return batch.wall_ns * cores;
  };
  const auto off_cpu_ns = [&](const BatchUsage& batch) -> std::optional<double> {
    const auto wall = wall_of(batch);
    const auto cpu = sound(batch.cpu_ns);
    if (!wall || !cpu) return std::nullopt;
    return std::max(*wall - *cpu, 0.0);
  };

  std::vector<double> shares;
  for (const BatchUsage& batch : batches) {
    if (const auto off = off_cpu_ns(batch)) shares.push_back(*off / *wall_of(batch));
  }
  const double usual = shares.size() > 1 ? median(shares).value_or(0.0) : 0.0;

  std::vector<Disturbance> result;
  result.reserve(batches.size());
  for (const BatchUsage& batch : batches) {
    Disturbance found;
    const auto wall = wall_of(batch);
    if (const auto off = off_cpu_ns(batch)) {
      found.known = true;
      const double excess_ns = *off - usual * *wall;
      found.off_cpu = excess_ns > kOffCpuFloorNs && excess_ns > kOffCpuExcessRatio * *wall;
      found.preempted =
          batch.involuntary_switches.value_or(0) > 0 && *off > kOffCpuFloorNs && *off > kPreemptedRatio * *wall;
    }
    if (const auto steal = sound(batch.steal_ns); steal && wall) {
      found.known = true;
      found.stolen = *steal > kStealRatio * *wall;
    }
    result.push_back(found);
  }
  return result;
}

std::optional<double> disturbed_ratio(std::span<const Disturbance> batches) {
  const auto known = std::ranges::count(batches, true, &Disturbance::known);
  if (known == 0) return std::nullopt;
  const auto hit = std::ranges::count_if(batches, [](const Disturbance& d) { return d.known && d.disturbed(); });
  return static_cast<double>(hit) / static_cast<double>(known);
}

}  // namespace benchhost::stats
