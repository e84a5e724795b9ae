#include "worker/measure/team_layout.h"

#include <algorithm>
#include <map>

#include <benchhost/host.h>

#include <fmt/format.h>

namespace benchhost::measure {
namespace {

/// CPUs in the order in which members take them. `rank` of a CPU is its number among those of its core.
std::vector<CpuPlace> ordered(std::span<const CpuPlace> places, std::uint32_t pin) {
  struct Ranked {
    CpuPlace place;
    std::uint32_t rank_in_core = 0;
    std::uint32_t rank_in_node = 0;
    std::size_t node_at = 0;  ///< where its node first appears in the list
    std::size_t core_at = 0;  ///< where its core first appears in the list
  };
  std::vector<Ranked> ranked;
  std::map<std::uint32_t, std::uint32_t> seen_cores;
  std::map<std::uint32_t, std::size_t> first_of_core;
  std::map<std::uint32_t, std::size_t> first_of_node;
  for (const CpuPlace& place : places) {
    first_of_core.try_emplace(place.core, first_of_core.size());
    first_of_node.try_emplace(place.node, first_of_node.size());
    ranked.push_back({place, seen_cores[place.core]++, 0, first_of_node[place.node], first_of_core[place.core]});
  }
  // Physical cores first; then, for the round robin, the place within the node.
  std::ranges::stable_sort(ranked, {}, [](const Ranked& r) { return r.rank_in_core; });
  std::map<std::uint32_t, std::uint32_t> seen_nodes;
  for (Ranked& r : ranked) r.rank_in_node = seen_nodes[r.place.node]++;
  if (pin == BH_PIN_SPREAD) {
    std::ranges::stable_sort(ranked, {}, [](const Ranked& r) { return std::pair(r.rank_in_node, r.node_at); });
  } else if (pin == BH_PIN_SIBLINGS) {
    std::ranges::stable_sort(ranked, {}, [](const Ranked& r) { return std::pair(r.core_at, r.rank_in_core); });
  } else {
    std::ranges::stable_sort(ranked, {}, [](const Ranked& r) { return std::pair(r.rank_in_core, r.node_at); });
  }
  std::vector<CpuPlace> order;
  for (const Ranked& r : ranked) order.push_back(r.place);
  return order;
}

}  // namespace

Result<std::vector<std::uint32_t>> lay_out_team(std::span<const CpuPlace> places, std::uint32_t count,
                                                std::uint32_t pin) {
  if (pin == BH_PIN_NONE) return std::vector<std::uint32_t>();
  if (pin > BH_PIN_SIBLINGS) return make_error("", fmt::format("{} is no way to pin", pin));
  if (count > places.size()) {
    return make_error("", fmt::format("{} pinned members, and the case has {} CPUs", count, places.size()));
  }
  std::vector<std::uint32_t> cpus;
  for (const CpuPlace& place : ordered(places, pin)) {
    if (cpus.size() < count) cpus.push_back(place.cpu);
  }
  return cpus;
}

}  // namespace benchhost::measure
