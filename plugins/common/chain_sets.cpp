// Which sets there are: every level that the build says it compiled.
#include "common/chain_sets.h"

namespace chains {

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
#if defined(LEVEL_AVX_VNNI)
    case cpu::Level::avx_vnni:
      return &built_set<cpu::Level::avx_vnni>();
#endif
#if defined(LEVEL_AVX512)
    case cpu::Level::avx512:
      return &built_set<cpu::Level::avx512>();
#endif
#if defined(LEVEL_AVX512_VNNI)
    case cpu::Level::avx512_vnni:
      return &built_set<cpu::Level::avx512_vnni>();
#endif
#if defined(LEVEL_AVX512_BF16)
    case cpu::Level::avx512_bf16:
      return &built_set<cpu::Level::avx512_bf16>();
#endif
#if defined(LEVEL_AVX512_FP16)
    case cpu::Level::avx512_fp16:
      return &built_set<cpu::Level::avx512_fp16>();
#endif
#if defined(LEVEL_NEON)
    case cpu::Level::neon:
      return &built_set<cpu::Level::neon>();
#endif
#if defined(LEVEL_NEON_DOT)
    case cpu::Level::neon_dot:
      return &built_set<cpu::Level::neon_dot>();
#endif
#if defined(LEVEL_NEON_FP16)
    case cpu::Level::neon_fp16:
      return &built_set<cpu::Level::neon_fp16>();
#endif
    default:
      return nullptr;
  }
}

}  // namespace chains
