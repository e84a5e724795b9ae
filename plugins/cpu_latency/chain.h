// Chains of dependent loads: who goes where next is in the line itself, so nothing can be fetched before its
// predecessor is.
#pragma once

#include <cstddef>
#include <cstdint>

namespace latency {

inline constexpr std::size_t kLineBytes = 64;
inline constexpr std::size_t kPageBytes = 4096;
inline constexpr std::size_t kMaxChains = 32;

/// One node: a line, of which the pointer is all that is used.
struct Node {
  Node* next;
};

enum class Pattern : std::uint32_t {
  random,  ///< one random cycle over all lines (Sattolo)
  linear,  ///< the next line, the last one back to the first: what the prefetcher can do
  page,    ///< one random cycle over one line of each page, at a different line from page to page: TLB misses
};

/// Random numbers that the caller draws: value k of its stream.
using Draw = std::uint64_t (*)(void* state);

/// Links the lines of `memory` into one cycle and returns a node of it. Requires: size_bytes holds at least two nodes
/// of the pattern. For `random` each cyclic permutation is equally likely. Source: Sattolo 1986: swapping each element
/// with one strictly before it leaves a permutation of one cycle.
Node* link(void* memory, std::size_t size_bytes, Pattern pattern, Draw draw, void* state);

/// Nodes that link() puts into `size_bytes`.
std::size_t nodes_in(std::size_t size_bytes, Pattern pattern);

/// Moves each of `chains` positions n nodes on, all of them step by step together. `chains` is a power of two up to
/// kMaxChains.
void chase(Node** positions, std::uint32_t chains, std::uint64_t n);

}  // namespace latency
