// Kernels of cpu_cache that are wrong in one way, said by MUTANT. Built with the rest of the plugin as it is shipped:
// the oracle has to notice each.
#include "kernels.h"

namespace cache {

namespace {

#define LAST_WORD_SKIPPED 1
#define WRONG_VALUE 2
#define HALF_OF_THE_ARRAY 3
#define EMPTY 4
#define ONE_PASS_LESS 5

std::size_t count_used(std::size_t count) {
  switch (MUTANT) {
    case LAST_WORD_SKIPPED:
      return count - 1;
    case HALF_OF_THE_ARRAY:
      return count / 2;
    case EMPTY:
      return 0;
    default:
      return count;
  }
}

template <Op op>
std::uint64_t kernel(const Arrays& a, std::uint64_t first_pass, std::uint64_t passes) {
  const std::size_t count = count_used(a.count);
  const std::uint64_t extra = MUTANT == WRONG_VALUE ? 1 : 0;
  std::uint64_t sum = 0;
  for (std::uint64_t k = MUTANT == ONE_PASS_LESS ? 1 : 0; k < passes; ++k) {
    const std::uint64_t stamp = stamp_of(first_pass + k - (MUTANT == ONE_PASS_LESS ? 1 : 0));
    if (op == Op::copy && MUTANT != EMPTY) {
      for (std::size_t i = a.count - kLineWords; i < a.count; ++i) a.from[i] = stamp;
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (op == Op::read) sum += a.from[i] + extra;
      if (op == Op::write) a.to[i] = stamp + extra;
      if (op == Op::copy) a.to[i] = a.from[i] + extra;
    }
  }
  return sum;
}

constexpr Kernels kSet = {"base", {kernel<Op::read>, kernel<Op::write>, kernel<Op::copy>}};

}  // namespace

// Without PLUGIN_X86 pick.cpp takes this set on every machine.
const Kernels& baseline_kernels() { return kSet; }

}  // namespace cache
