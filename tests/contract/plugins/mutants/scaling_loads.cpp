// Loads of cpu_scaling that are wrong in one way, said by MUTANT. loads.cpp as it is shipped provides the rest, its own
// functions renamed away.
#define compute shipped_compute
#define sum shipped_sum
#include "loads.cpp"
#undef compute
#undef sum

namespace scaling {

#define WRONG_SUM 1
#define SKIPS_THE_LAST_UNIT 2
#define HALF_OF_THE_PASSES 3
#define EMPTY 4

std::uint64_t compute(Part part, std::uint64_t first_pass, std::uint64_t passes) {
  if (MUTANT == EMPTY) return 0;
  if (MUTANT == SKIPS_THE_LAST_UNIT) --part.end;
  if (MUTANT == HALF_OF_THE_PASSES) passes /= 2;
  return shipped_compute(part, first_pass, passes) + (MUTANT == WRONG_SUM ? 1 : 0);
}

std::uint64_t sum(const std::uint64_t* words, std::size_t count, std::uint64_t passes) {
  if (MUTANT == EMPTY) return 0;
  if (MUTANT == SKIPS_THE_LAST_UNIT) count -= kLineWords;
  if (MUTANT == HALF_OF_THE_PASSES) passes /= 2;
  return shipped_sum(words, count, passes) + (MUTANT == WRONG_SUM ? 1 : 0);
}

}  // namespace scaling
