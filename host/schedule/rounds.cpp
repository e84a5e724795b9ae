#include "schedule/rounds.h"

#include <utility>

#include "common/stats/random.h"

namespace benchhost::schedule {

std::vector<Block> make_blocks(std::size_t count) {
  const std::size_t blocks = (count + kBlockCases - 1) / kBlockCases;
  std::vector<Block> all;
  for (std::size_t b = 0; b < blocks; ++b) {
    // Equal shares: 17 cases are 9 and 8, not 16 and one that is interleaved with nothing.
    all.push_back({count * b / blocks, count * (b + 1) / blocks});
  }
  return all;
}

std::vector<std::size_t> round_order(std::vector<std::size_t> active, std::uint64_t seed, const Block& block,
                                     std::uint32_t round) {
  stats::Random random(stats::derive(stats::derive(seed, block.begin), round));
  // Fisher and Yates, from the back.
  for (std::size_t i = active.size(); i > 1; --i) {
    std::swap(active[i - 1], active[static_cast<std::size_t>(random.below(i))]);
  }
  return active;
}

}  // namespace benchhost::schedule
