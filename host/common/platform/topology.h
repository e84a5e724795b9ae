// The processors of this machine: hardware threads, cores, NUMA nodes and caches.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace benchhost::platform {

/// One logical CPU.
struct HardwareThread {
  /// The system's number: what affinity calls take.
  unsigned cpu = 0;
  /// Numbers counted over the whole machine, from 0.
  unsigned core = 0;
  unsigned package = 0;
  /// The NUMA node nearest to it.
  unsigned node = 0;
  /// Its place among the threads of its core: 0 is the first.
  unsigned sibling = 0;
};

enum class CacheKind : std::uint8_t { data, instruction, unified };

/// Caches of one level and kind that are alike.
struct CacheFacts {
  unsigned level = 0;
  CacheKind kind = CacheKind::unified;
  /// Of one instance.
  std::uint64_t size_bytes = 0;
  std::optional<std::uint64_t> line_bytes;
  unsigned instances = 0;
  /// Hardware threads that share one instance.
  unsigned threads_sharing = 0;
  friend bool operator==(const CacheFacts&, const CacheFacts&) = default;
};

struct Topology {
  /// Ascending by core, then by sibling. Threads that the system keeps from this process (cgroups) are not among them.
  std::vector<HardwareThread> threads;
  std::vector<CacheFacts> caches;
  unsigned cores = 0;
  unsigned packages = 0;
  /// NUMA nodes with memory; at least 1.
  unsigned nodes = 0;

  /// "1 package, 1 node, 2 cores, 2 threads; L1d 48 KiB x2, L2 2 MiB x2, L3 480 MiB x1": the same text for the same
  /// machine.
  [[nodiscard]] std::string summary() const;
};

/// Reads it through hwloc (about a millisecond or ten). Errors: BH0011.
[[nodiscard]] Result<Topology> read_topology();

}  // namespace benchhost::platform
