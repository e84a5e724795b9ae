#include <hwloc.h>

#include <algorithm>
#include <map>
#include <memory>
#include <tuple>

#include "common/platform/topology.h"

namespace benchhost::platform {
namespace {

struct Destroy {
  void operator()(hwloc_topology_t topology) const { hwloc_topology_destroy(topology); }
};
using Handle = std::unique_ptr<std::remove_pointer_t<hwloc_topology_t>, Destroy>;

unsigned weight(hwloc_const_cpuset_t set) { return static_cast<unsigned>(std::max(0, hwloc_bitmap_weight(set))); }

unsigned count_of(hwloc_topology_t topology, hwloc_obj_type_t type) {
  return static_cast<unsigned>(std::max(0, hwloc_get_nbobjs_by_type(topology, type)));
}

/// Logical number of the object above that has this type; 0 if the machine is described without such objects.
unsigned number_above(hwloc_topology_t topology, hwloc_obj_type_t type, hwloc_obj_t below) {
  const hwloc_obj_t above = hwloc_get_ancestor_obj_by_type(topology, type, below);
  return above != nullptr ? above->logical_index : 0;
}

/// NUMA nodes hang beside the tree: the nearest is the smallest whose CPUs include the thread.
unsigned node_of(hwloc_topology_t topology, hwloc_obj_t thread) {
  unsigned number = 0;
  unsigned smallest = 0;
  for (hwloc_obj_t node = nullptr;
       (node = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_NUMANODE, node)) != nullptr;) {
    if (!hwloc_bitmap_isincluded(thread->cpuset, node->cpuset)) continue;
    const unsigned size = weight(node->cpuset);
    if (smallest == 0 || size < smallest) {
      smallest = size;
      number = node->logical_index;
    }
  }
  return number;
}

void read_caches(hwloc_topology_t topology, Topology& to) {
  // level, kind, size, line, sharing -> instances
  std::map<std::tuple<unsigned, CacheKind, std::uint64_t, std::uint64_t, unsigned>, unsigned> found;
  constexpr hwloc_obj_type_t kTypes[] = {HWLOC_OBJ_L1CACHE, HWLOC_OBJ_L2CACHE,  HWLOC_OBJ_L3CACHE,  HWLOC_OBJ_L4CACHE,
                                         HWLOC_OBJ_L5CACHE, HWLOC_OBJ_L1ICACHE, HWLOC_OBJ_L2ICACHE, HWLOC_OBJ_L3ICACHE};
  for (const hwloc_obj_type_t type : kTypes) {
    for (hwloc_obj_t cache = nullptr; (cache = hwloc_get_next_obj_by_type(topology, type, cache)) != nullptr;) {
      const auto& facts = cache->attr->cache;
      if (facts.size == 0) continue;  // hwloc's word for unknown
      const CacheKind kind = facts.type == HWLOC_OBJ_CACHE_DATA          ? CacheKind::data
                             : facts.type == HWLOC_OBJ_CACHE_INSTRUCTION ? CacheKind::instruction
                                                                         : CacheKind::unified;
      ++found[{facts.depth, kind, facts.size, facts.linesize, weight(cache->cpuset)}];
    }
  }
  for (const auto& [key, instances] : found) {
    const auto& [level, kind, size, line, sharing] = key;
    to.caches.push_back({level, kind, size, line != 0 ? std::optional(line) : std::nullopt, instances, sharing});
  }
}

std::string size_text(std::uint64_t bytes) {
  if (bytes % (1024 * 1024) == 0) return std::to_string(bytes / (1024 * 1024)) + " MiB";
  if (bytes % 1024 == 0) return std::to_string(bytes / 1024) + " KiB";
  return std::to_string(bytes) + " B";
}

std::string counted(std::size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

}  // namespace

std::string Topology::summary() const {
  std::string text = counted(packages, "package") + ", " + counted(nodes, "node") + ", " + counted(cores, "core") +
                     ", " + counted(threads.size(), "thread");
  const char* separator = "; ";
  for (const CacheFacts& cache : caches) {
    const char* letter = cache.kind == CacheKind::data ? "d" : cache.kind == CacheKind::instruction ? "i" : "";
    text += separator + ("L" + std::to_string(cache.level)) + letter + " " + size_text(cache.size_bytes) + " x" +
            std::to_string(cache.instances);
    separator = ", ";
  }
  return text;
}

Result<Topology> read_topology() {
  hwloc_topology_t raw = nullptr;
  if (hwloc_topology_init(&raw) != 0) return make_error("BH0011", "cannot start reading the machine's topology");
  const Handle handle(raw);
  hwloc_topology_set_icache_types_filter(raw, HWLOC_TYPE_FILTER_KEEP_ALL);
  if (hwloc_topology_load(raw) != 0) return make_error("BH0011", "cannot read the machine's topology");

  Topology topology;
  std::map<unsigned, unsigned> siblings;
  for (hwloc_obj_t thread = nullptr; (thread = hwloc_get_next_obj_by_type(raw, HWLOC_OBJ_PU, thread)) != nullptr;) {
    HardwareThread facts;
    facts.cpu = thread->os_index;
    // Where the system names no cores, each thread counts as one.
    const bool has_core = hwloc_get_ancestor_obj_by_type(raw, HWLOC_OBJ_CORE, thread) != nullptr;
    facts.core = has_core ? number_above(raw, HWLOC_OBJ_CORE, thread) : thread->logical_index;
    facts.package = number_above(raw, HWLOC_OBJ_PACKAGE, thread);
    facts.node = node_of(raw, thread);
    facts.sibling = siblings[facts.core]++;
    topology.threads.push_back(facts);
  }
  if (topology.threads.empty()) return make_error("BH0011", "the system names no processor");
  std::sort(topology.threads.begin(), topology.threads.end(), [](const HardwareThread& a, const HardwareThread& b) {
    return std::tie(a.core, a.sibling) < std::tie(b.core, b.sibling);
  });
  topology.cores = static_cast<unsigned>(siblings.size());
  topology.packages = std::max(1u, count_of(raw, HWLOC_OBJ_PACKAGE));
  topology.nodes = std::max(1u, count_of(raw, HWLOC_OBJ_NUMANODE));
  read_caches(raw, topology);
  return topology;
}

}  // namespace benchhost::platform
