// On which logical CPUs a thread runs, and which ones to give to a case.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "common/base/result.h"
#include "common/platform/topology.h"

namespace benchhost::platform {

/// Numbers of the logical CPUs that the calling thread may run on, ascending. Errors: BH0011.
[[nodiscard]] Result<std::vector<unsigned>> allowed_cpus();

/// Binds the calling thread, and the threads and children it starts from now on, to these CPUs. Errors: BH0011, also
/// for an empty list and for CPUs of which the system grants none.
[[nodiscard]] Result<void> pin_this_thread(std::span<const unsigned> cpus);

/// Physical cores among these CPUs.
[[nodiscard]] unsigned count_cores(const Topology& topology, std::span<const unsigned> cpus);
/// NUMA nodes among these CPUs.
[[nodiscard]] unsigned count_nodes(const Topology& topology, std::span<const unsigned> cpus);

/// `count` of the free CPUs for a claim, in the order in which threads are to be placed: one hardware thread of each
/// physical core before any second one; in one NUMA node if its cores suffice (the node with the fewest that do, so
/// that large nodes stay whole), else filling node after node, the one with most cores first. The same answer for the
/// same input. nullopt: there are not so many. Free CPUs that the topology does not know are left out.
[[nodiscard]] std::optional<std::vector<unsigned>> choose_cpus(const Topology& topology, std::span<const unsigned> free,
                                                               unsigned count);

}  // namespace benchhost::platform
