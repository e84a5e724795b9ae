// The order in which invocations run. Pure.
//
// A machine drifts: its clock, its neighbours, its temperature. Five invocations of one case in a row see one moment of
// that drift, and their interval knows nothing of the next hour. So cases are taken in blocks, and a block is gone
// through in rounds: each round invokes every case that is not done once, in an order drawn anew. Blocks are bounded so
// that a long suite that is interrupted has finished cases, and not one invocation of each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace benchhost::schedule {

/// Cases that are interleaved with each other.
inline constexpr std::size_t kBlockCases = 16;

/// Half-open range of case indices.
struct Block {
  std::size_t begin = 0;
  std::size_t end = 0;

  friend bool operator==(const Block&, const Block&) = default;
};

/// Cases 0 … count-1 in blocks of at most kBlockCases, in order, of nearly equal size.
[[nodiscard]] std::vector<Block> make_blocks(std::size_t count);

/// The active cases of a block in the order of round `round`: a random permutation that depends on seed, block and
/// round alone.
[[nodiscard]] std::vector<std::size_t> round_order(std::vector<std::size_t> active, std::uint64_t seed,
                                                   const Block& block, std::uint32_t round);

}  // namespace benchhost::schedule
