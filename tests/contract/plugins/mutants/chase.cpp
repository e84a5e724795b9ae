// Walks of cpu_latency that are wrong in one way, said by MUTANT. chain.cpp as it is shipped provides the rest, its own
// walk renamed away.
#define chase shipped_chase
#include "chain.cpp"
#undef chase

namespace latency {

void chase(Node** positions, std::uint32_t chains, std::uint64_t n);

#define STAYS_ON_FIRST 1
#define SKIPS_EVERY_SECOND 2
#define EMPTY 3

void chase(Node** positions, std::uint32_t chains, std::uint64_t n) {
  if (MUTANT == SKIPS_EVERY_SECOND) return shipped_chase(positions, chains, n / 2);
  if (MUTANT == EMPTY) return;
  // Loads as many times as it should, always the same line.
  for (; n > 0; --n) {
    for (std::uint32_t k = 0; k < chains; ++k) {
      Node* volatile* first = const_cast<Node* volatile*>(&positions[k]->next);
      [[maybe_unused]] Node* const next = *first;
    }
  }
}

}  // namespace latency
