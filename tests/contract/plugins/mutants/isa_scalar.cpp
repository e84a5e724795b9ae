// Scalar kernels of cpu_isa that are wrong in one way, said by MUTANT. scalar.cpp as it is shipped provides the rest.
#define scalar_set shipped_scalar_set
#include "cpu_isa/scalar.cpp"
#undef scalar_set

namespace isa {

const Set& scalar_set();

namespace {

#define EVERY_SECOND_SKIPPED 1
#define NEVER_ADDED_UP 2
#define LAST_ELEMENT_SKIPPED 3
#define EMPTY 4

template <std::uint32_t type>
void mutated(const Job& job, std::uint64_t first, std::uint64_t n) {
  const Kernel kernel = shipped_scalar_set().kernels[type];
  constexpr std::size_t kLast = kRows * kColumns - 1;
  if (MUTANT == EMPTY) return;
  if (MUTANT == EVERY_SECOND_SKIPPED) return kernel(job, first / 2, n / 2);
  if (MUTANT == NEVER_ADDED_UP) {
    for (std::uint64_t i = 0; i < n; ++i) kernel(job, 0, 1);
    return;
  }
  char* last = static_cast<char*>(job.c) + kLast * word_bytes(static_cast<Type>(type));
  char before[8];
  std::memcpy(before, last, word_bytes(static_cast<Type>(type)));
  kernel(job, first, n);
  if (MUTANT == LAST_ELEMENT_SKIPPED) std::memcpy(last, before, word_bytes(static_cast<Type>(type)));
}

constexpr Set kMutated = {{mutated<0>, mutated<1>, mutated<2>, mutated<3>}};

}  // namespace

const Set& scalar_set() { return kMutated; }

}  // namespace isa
