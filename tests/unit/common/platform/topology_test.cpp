#include "common/platform/topology.h"

#include <doctest/doctest.h>

#include <cstdlib>

#include "common/platform/affinity.h"

using namespace benchhost::platform;

namespace {

/// A machine as hwloc's own synthetic description makes it.
Topology synthetic(const char* description) {
  REQUIRE(setenv("HWLOC_SYNTHETIC", description, 1) == 0);
  auto topology = read_topology();
  REQUIRE(unsetenv("HWLOC_SYNTHETIC") == 0);
  REQUIRE(topology.ok());
  return std::move(topology).value();
}

}  // namespace

TEST_CASE("the topology of this machine names every CPU that this thread may use") {
  const auto topology = read_topology();
  const auto allowed = allowed_cpus();
  REQUIRE(topology.ok());
  REQUIRE(allowed.ok());
  REQUIRE_FALSE(allowed->empty());
  CHECK(count_cores(*topology, *allowed) >= 1);
  CHECK(count_nodes(*topology, *allowed) >= 1);
  CHECK(topology->cores <= topology->threads.size());
  CHECK(choose_cpus(*topology, *allowed, static_cast<unsigned>(allowed->size())));
}

TEST_CASE("two packages with two nodes, SMT and caches are read as they are described") {
  const Topology topology =
      synthetic("pack:2 [numa] l3:1(size=8388608) l2:2(size=1048576) core:1 l1d:1(size=32768) pu:2");
  CHECK(topology.threads.size() == 8);
  CHECK(topology.cores == 4);
  CHECK(topology.packages == 2);
  CHECK(topology.nodes == 2);
  CHECK(topology.summary() == "2 packages, 2 nodes, 4 cores, 8 threads; L1d 32 KiB x4, L2 1 MiB x4, L3 8 MiB x2");
  CHECK(topology.threads[0].sibling == 0);
  CHECK(topology.threads[1].sibling == 1);
  CHECK(topology.threads[0].core == topology.threads[1].core);
  CHECK(topology.threads[7].package == 1);
  CHECK(topology.threads[7].node == 1);
  for (const CacheFacts& cache : topology.caches) CHECK(cache.threads_sharing == (cache.level == 3 ? 4u : 2u));
}

TEST_CASE("a machine with one thread is described without plural") {
  CHECK(synthetic("pack:1 core:1 pu:1").summary() == "1 package, 1 node, 1 core, 1 thread");
}
