#include "common/platform/affinity.h"

#include <doctest/doctest.h>

#include <thread>

using namespace benchhost::platform;

namespace {

/// CPUs are numbered as Linux often does: first siblings of all cores, then the second ones.
Topology machine(unsigned nodes, unsigned cores_per_node, unsigned smt) {
  Topology topology;
  const unsigned cores = nodes * cores_per_node;
  for (unsigned core = 0; core < cores; ++core) {
    for (unsigned sibling = 0; sibling < smt; ++sibling) {
      topology.threads.push_back({sibling * cores + core, core, core / cores_per_node, core / cores_per_node, sibling});
    }
  }
  topology.cores = cores;
  topology.packages = nodes;
  topology.nodes = nodes;
  return topology;
}

std::vector<unsigned> all_of(const Topology& topology) {
  std::vector<unsigned> cpus;
  for (const HardwareThread& thread : topology.threads) cpus.push_back(thread.cpu);
  return cpus;
}

using Cpus = std::vector<unsigned>;

}  // namespace

TEST_CASE("one hardware thread of each core comes before any second one") {
  const Topology topology = machine(1, 4, 2);
  const Cpus all = all_of(topology);
  CHECK(choose_cpus(topology, all, 4) == Cpus{0, 1, 2, 3});
  CHECK(choose_cpus(topology, all, 6) == Cpus{0, 1, 2, 3, 4, 5});
  CHECK(choose_cpus(topology, all, 8)->size() == 8);
}

TEST_CASE("a claim stays in one node if that has the cores, and takes the smallest that does") {
  const Topology topology = machine(2, 4, 2);
  CHECK(choose_cpus(topology, all_of(topology), 3) == Cpus{0, 1, 2});
  const Cpus free = {0, 1, 2, 3, 6, 7, 14, 15};  // node 0 whole without siblings, node 1 two cores with theirs
  CHECK(choose_cpus(topology, free, 2) == Cpus{6, 7});
  CHECK(choose_cpus(topology, free, 3) == Cpus{0, 1, 2});
  CHECK(choose_cpus(topology, free, 6) == Cpus{0, 1, 2, 3, 6, 7});
  CHECK(choose_cpus(topology, free, 8) == Cpus{0, 1, 2, 3, 6, 7, 14, 15});
}

TEST_CASE("a second sibling serves as the first where the first is not free") {
  const Topology topology = machine(1, 2, 2);
  const Cpus free = {2, 3};
  CHECK(choose_cpus(topology, free, 2) == Cpus{2, 3});
}

TEST_CASE("too large a claim has no answer, an empty one is empty, unknown CPUs do not count") {
  const Topology topology = machine(1, 2, 1);
  CHECK_FALSE(choose_cpus(topology, all_of(topology), 3));
  CHECK(choose_cpus(topology, all_of(topology), 0) == Cpus{});
  const Cpus strange = {0, 99};
  CHECK_FALSE(choose_cpus(topology, strange, 2));
  CHECK(choose_cpus(topology, strange, 1) == Cpus{0});
}

TEST_CASE("cores and nodes among CPUs are counted") {
  const Topology topology = machine(2, 2, 2);
  const Cpus two_siblings = {0, 4};
  CHECK(count_cores(topology, two_siblings) == 1);
  CHECK(count_nodes(topology, two_siblings) == 1);
  CHECK(count_cores(topology, all_of(topology)) == 4);
  CHECK(count_nodes(topology, all_of(topology)) == 2);
  CHECK(count_cores(topology, {}) == 0);
}

TEST_CASE("pinning binds the calling thread and no other") {
  const auto before = allowed_cpus();
  REQUIRE(before.ok());
  std::thread([&] {
    const Cpus one = {before->back()};
    REQUIRE(pin_this_thread(one).ok());
    CHECK(*allowed_cpus() == one);
  }).join();
  CHECK(*allowed_cpus() == *before);
}

TEST_CASE("pinning to nothing or to CPUs that do not exist is refused") {
  CHECK_FALSE(pin_this_thread({}).ok());
  const Cpus strange = {60000};
  CHECK_FALSE(pin_this_thread(strange).ok());
  const Cpus absurd = {4000000000u};
  CHECK_FALSE(pin_this_thread(absurd).ok());
}
