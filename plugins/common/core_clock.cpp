#include "common/core_clock.h"

namespace cpu {

// Additions of a register: those of a small constant cost nothing on some processors, which do them while renaming.
#if defined(__x86_64__)
#define ADD "add %1, %0\n\t"
#elif defined(__aarch64__)
#define ADD "add %0, %0, %1\n\t"
#endif

#if defined(ADD)

bool has_core_clock() { return true; }

void add_chain(std::uint64_t turns) {
#define ADDS_8 ADD ADD ADD ADD ADD ADD ADD ADD
  std::uint64_t x = turns;
  for (std::uint64_t left = turns; left > 0; --left) {
    __asm__ volatile(ADDS_8 ADDS_8 ADDS_8 ADDS_8 ADDS_8 ADDS_8 ADDS_8 ADDS_8 : "+r"(x) : "r"(turns) : "cc");
  }
}

#else

bool has_core_clock() { return false; }

void add_chain(std::uint64_t) {}

#endif

}  // namespace cpu
