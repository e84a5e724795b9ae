// Which sets there are: every level that the build says it compiled.
#include "kernels.h"

#if defined(__linux__) && defined(__x86_64__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace isa {

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
#if defined(LEVEL_AMX_INT8)
    case cpu::Level::amx_int8:
      return &built_set<cpu::Level::amx_int8>();
#endif
#if defined(LEVEL_AMX_BF16)
    case cpu::Level::amx_bf16:
      return &built_set<cpu::Level::amx_bf16>();
#endif
#if defined(LEVEL_NEON)
    case cpu::Level::neon:
      return &built_set<cpu::Level::neon>();
#endif
#if defined(LEVEL_NEON_DOT)
    case cpu::Level::neon_dot:
      return &built_set<cpu::Level::neon_dot>();
#endif
    default:
      return nullptr;
  }
}

bool permit_tiles() {
#if defined(__linux__) && defined(__x86_64__)
  // Source: Linux Documentation/arch/x86/xstate.rst; the names are in asm/prctl.h from 5.16 on.
  constexpr long kRequestPermission = 0x1023;
  constexpr long kTileData = 18;
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
#else
  return true;
#endif
}

}  // namespace isa
