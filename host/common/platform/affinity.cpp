#include "common/platform/affinity.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace benchhost::platform {
namespace {

std::vector<HardwareThread> threads_among(const Topology& topology, std::span<const unsigned> cpus) {
  const std::set<unsigned> wanted(cpus.begin(), cpus.end());
  std::vector<HardwareThread> found;
  for (const HardwareThread& thread : topology.threads) {
    if (wanted.contains(thread.cpu)) found.push_back(thread);
  }
  return found;
}

}  // namespace

unsigned count_cores(const Topology& topology, std::span<const unsigned> cpus) {
  std::set<unsigned> cores;
  for (const HardwareThread& thread : threads_among(topology, cpus)) cores.insert(thread.core);
  return static_cast<unsigned>(cores.size());
}

unsigned count_nodes(const Topology& topology, std::span<const unsigned> cpus) {
  std::set<unsigned> nodes;
  for (const HardwareThread& thread : threads_among(topology, cpus)) nodes.insert(thread.node);
  return static_cast<unsigned>(nodes.size());
}

std::optional<std::vector<unsigned>> choose_cpus(const Topology& topology, std::span<const unsigned> free,
                                                 unsigned count) {
  const std::vector<HardwareThread> threads = threads_among(topology, free);
  if (threads.size() < count) return std::nullopt;

  std::map<unsigned, std::set<unsigned>> cores_of_node;
  for (const HardwareThread& thread : threads) cores_of_node[thread.node].insert(thread.core);
  std::vector<unsigned> nodes;
  for (const auto& [node, cores] : cores_of_node) nodes.push_back(node);
  const auto cores_in = [&](unsigned node) { return cores_of_node.at(node).size(); };
  std::ranges::stable_sort(nodes, [&](unsigned a, unsigned b) {
    const bool a_suffices = cores_in(a) >= count;
    const bool b_suffices = cores_in(b) >= count;
    if (a_suffices != b_suffices) return a_suffices;
    return a_suffices ? cores_in(a) < cores_in(b) : cores_in(a) > cores_in(b);
  });
  std::map<unsigned, std::size_t> rank_of_node;
  for (std::size_t i = 0; i < nodes.size(); ++i) rank_of_node[nodes[i]] = i;

  // Among the free threads of a core the first is the one with the lowest sibling number, whichever that is.
  struct Candidate {
    std::size_t turn;  // how many threads of the same core stand before it
    std::size_t node_rank;
    unsigned core;
    unsigned cpu;
  };
  std::vector<Candidate> candidates;
  std::map<unsigned, std::size_t> turns;
  for (const HardwareThread& thread : threads) {
    candidates.push_back({turns[thread.core]++, rank_of_node.at(thread.node), thread.core, thread.cpu});
  }
  std::ranges::sort(candidates, [](const Candidate& a, const Candidate& b) {
    return std::tie(a.turn, a.node_rank, a.core, a.cpu) < std::tie(b.turn, b.node_rank, b.core, b.cpu);
  });
  std::vector<unsigned> chosen;
  for (std::size_t i = 0; i < count; ++i) chosen.push_back(candidates[i].cpu);
  return chosen;
}

}  // namespace benchhost::platform
