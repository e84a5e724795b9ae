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
  const auto wall_of = [](const BatchUsage& batch) -> std::optional<double> {
    return std::isfinite(batch.wall_ns) && batch.wall_ns > 0.0 ? std::optional(batch.wall_ns) : std::nullopt;
  };
  std::vector<double> used;
  std::vector<double> waits;
  for (const BatchUsage& batch : batches) {
    const auto wall = wall_of(batch);
    if (const auto cpu = sound(batch.cpu_ns); wall && cpu) used.push_back(*cpu / *wall);
    if (batch.voluntary_switches) waits.push_back(static_cast<double>(*batch.voluntary_switches));
  }
  // CPUs' worth of time that a batch could use. Of a single batch nothing tells what is usual.
  const bool comparable = used.size() > 1;
  const double stated = std::max(threads, 1);
  const double cores = std::max(stated, comparable ? median(used).value_or(0.0) : 0.0);
  const auto off_cpu_share = [&](const BatchUsage& batch) -> std::optional<double> {
    const auto wall = wall_of(batch);
    const auto cpu = sound(batch.cpu_ns);
    if (!wall || !cpu) return std::nullopt;
    // Below 0 where a batch used more than it was thought it could: half of those of a process with threads of its own.
    return 1.0 - *cpu / (*wall * cores);
  };

  std::vector<double> shares;
  for (const BatchUsage& batch : batches) {
    if (const auto share = off_cpu_share(batch)) shares.push_back(*share);
  }
  const double usual = comparable ? median(shares).value_or(0.0) : 0.0;
  const double spread = comparable ? median_absolute_deviation(shares).value_or(0.0) : 0.0;
  const bool waits_by_nature = usual > kPreemptedRatio && (waits.empty() || median(waits).value_or(0.0) > 0);
  // A wait of the batch's own makes it longer and its share larger: by the share alone the slow ones would be chosen.
  // What tells that the processor was taken is that it was so more often than usual.
  std::vector<double> switches;
  for (const BatchUsage& batch : batches) {
    if (batch.involuntary_switches) switches.push_back(static_cast<double>(*batch.involuntary_switches));
  }
  const double usual_switches = comparable ? median(switches).value_or(0.0) : 0.0;
  const auto may_be_own_wait = [&](const BatchUsage& batch) {
    const bool waited = batch.voluntary_switches ? *batch.voluntary_switches > 0 : waits_by_nature;
    return waited && static_cast<double>(batch.involuntary_switches.value_or(0)) <= usual_switches;
  };
  // Where what could be used is itself the usual, a share says nothing by itself.
  const bool own_threads = cores > stated * (1.0 + kPreemptedRatio);

  std::vector<Disturbance> result;
  result.reserve(batches.size());
  for (const BatchUsage& batch : batches) {
    Disturbance found;
    const auto wall = wall_of(batch);
    if (const auto share = off_cpu_share(batch)) {
      found.known = true;
      const double could_use_ns = *wall * cores;
      const double excess = *share - usual;
      found.off_cpu = excess * could_use_ns > kOffCpuFloorNs &&
                      excess > std::max(kOffCpuExcessRatio, kOffCpuSpreads * spread) && !may_be_own_wait(batch);
      found.preempted = !waits_by_nature && !own_threads && batch.involuntary_switches.value_or(0) > 0 &&
                        *share * could_use_ns > kOffCpuFloorNs && *share > kPreemptedRatio;
    }
    if (const auto steal = sound(batch.steal_ns); steal && wall) {
      found.known = true;
      found.stolen = *steal > kStealRatio * *wall * cores;
    }
    result.push_back(found);
  }
  return result;
}

bool clean_suffice(std::size_t batches, std::size_t disturbed) {
  if (disturbed > batches) return false;
  const std::size_t clean = batches - disturbed;
  return clean >= kFewestClean && static_cast<double>(clean) >= kLeastCleanShare * static_cast<double>(batches);
}

bool result_disturbed(std::size_t batches, std::size_t disturbed) {
  const double allowed = clean_suffice(batches, disturbed) ? kMostlyDisturbedShare : kDisturbedShare;
  return batches > 0 && static_cast<double>(disturbed) > allowed * static_cast<double>(batches);
}

std::optional<double> disturbed_ratio(std::span<const Disturbance> batches) {
  const auto known = std::ranges::count(batches, true, &Disturbance::known);
  if (known == 0) return std::nullopt;
  const auto hit = std::ranges::count_if(batches, [](const Disturbance& d) { return d.known && d.disturbed(); });
  return static_cast<double>(hit) / static_cast<double>(known);
}

}  // namespace benchhost::stats
