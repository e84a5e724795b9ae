// Chains of cpu_latency: one cycle through every node, each cycle equally likely, and a walk that takes every hop.
#include <doctest/doctest.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "cpu_latency/chain.h"

using namespace latency;

namespace {

std::uint64_t draw(void* state) { return (*static_cast<std::mt19937_64*>(state))(); }

struct Free {
  void operator()(void* p) const { std::free(p); }
};

struct Chain {
  Chain(std::size_t size, Pattern pattern, std::uint64_t seed)
      : bytes(size), memory(std::aligned_alloc(kPageBytes, (size + kPageBytes - 1) / kPageBytes * kPageBytes)) {
    std::mt19937_64 random(seed);
    first = link(memory.get(), bytes, pattern, draw, &random);
  }
  std::size_t offset(const Node* node) const {
    return static_cast<std::size_t>(reinterpret_cast<const char*>(node) - static_cast<const char*>(memory.get()));
  }

  std::size_t bytes;
  std::unique_ptr<void, Free> memory;
  Node* first = nullptr;
};

constexpr Pattern kPatterns[] = {Pattern::random, Pattern::linear, Pattern::page};

}  // namespace

TEST_CASE("a chain is one cycle through every node, inside its memory, at every size and pattern") {
  for (const Pattern pattern : kPatterns) {
    for (const std::size_t size : {128u, 192u, 4096u, 4160u, 8192u, 12288u, 65536u + 192u, 1u << 20, 3u << 20}) {
      const std::size_t nodes = nodes_in(size, pattern);
      if (nodes < 2) continue;
      CAPTURE(static_cast<int>(pattern));
      CAPTURE(size);
      const Chain chain(size, pattern, size);
      std::set<const Node*> seen;
      const Node* at = chain.first;
      for (std::size_t i = 0; i < nodes; ++i) {
        const std::size_t offset = chain.offset(at);
        REQUIRE(offset + sizeof(Node) <= size);
        REQUIRE(offset % kLineBytes == 0);
        REQUIRE(seen.insert(at).second);
        at = at->next;
      }
      CHECK(at == chain.first);
      if (pattern != Pattern::page) continue;
      std::set<std::size_t> pages;
      for (const Node* node : seen) pages.insert(chain.offset(node) / kPageBytes);
      CHECK(pages.size() == nodes);
    }
  }
}

TEST_CASE("the linear pattern takes the next line each time") {
  const Chain chain(4096, Pattern::linear, 1);
  const Node* at = chain.first;
  for (std::size_t i = 0; i < 64; ++i, at = at->next) CHECK(chain.offset(at) == i * kLineBytes);
}

TEST_CASE("every cyclic order is equally likely") {
  // Of five nodes there are 4! = 24 cycles. Chi-square with 23 degrees: 49.7 at 0.1 %.
  std::map<std::string, int> counts;
  constexpr int kRuns = 24'000;
  std::mt19937_64 random(7);
  alignas(64) char memory[5 * kLineBytes];
  for (int run = 0; run < kRuns; ++run) {
    const Node* at = link(memory, sizeof memory, Pattern::random, draw, &random);
    std::string order;
    for (int i = 0; i < 5; ++i, at = at->next) {
      order += static_cast<char>('0' + (reinterpret_cast<const char*>(at) - memory) / 64);
    }
    ++counts[order];
  }
  CHECK(counts.size() == 24);
  double chi = 0;
  for (const auto& [order, count] : counts) chi += (count - 1000.0) * (count - 1000.0) / 1000.0;
  CHECK(chi < 49.7);
}

TEST_CASE("one seed gives one chain, another seed another") {
  const auto order = [](std::uint64_t seed) {
    const Chain chain(65536, Pattern::random, seed);
    std::vector<std::size_t> offsets;
    const Node* at = chain.first;
    for (int i = 0; i < 1024; ++i, at = at->next) offsets.push_back(chain.offset(at));
    return offsets;
  };
  CHECK(order(1) == order(1));
  CHECK(order(1) != order(2));
}

TEST_CASE("a walk takes every hop, in every number of chains") {
  for (const std::uint32_t chains : {1u, 2u, 4u, 8u, 16u, 32u}) {
    CAPTURE(chains);
    std::vector<Chain> all;
    std::vector<Node*> positions;
    for (std::uint32_t k = 0; k < chains; ++k) {
      all.emplace_back(4096, Pattern::random, k);
      positions.push_back(all.back().first);
    }
    for (const std::uint64_t n : {0u, 1u, 2u, 63u, 64u, 1001u}) {
      std::vector<Node*> want = positions;
      for (Node*& at : want) {
        for (std::uint64_t i = 0; i < n; ++i) at = at->next;
      }
      chase(positions.data(), chains, n);
      CHECK(positions == want);
    }
  }
}
