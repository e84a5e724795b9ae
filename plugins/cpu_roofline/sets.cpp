// Which sets there are: every level that the build says it compiled.
#include "kernels.h"

namespace roofline {

const Set* set_of(cpu::Level level) {
  switch (level) {
#if defined(LEVEL_SSE2)
    case cpu::Level::sse2:
      return &built_set<cpu::Level::sse2>();
#endif
#if defined(LEVEL_AVX2)
    case cpu::Level::avx2:
      return &built_set<cpu::Level::avx2>();
#endif
#if defined(LEVEL_AVX512)
    case cpu::Level::avx512:
      return &built_set<cpu::Level::avx512>();
#endif
#if defined(LEVEL_NEON)
    case cpu::Level::neon:
      return &built_set<cpu::Level::neon>();
#endif
    default:
      return nullptr;
  }
}

}  // namespace roofline
