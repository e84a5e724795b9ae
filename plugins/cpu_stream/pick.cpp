// Built for the baseline: it runs before anybody knows what the processor can do.
#include "kernels.h"

namespace stream {

const Kernels& pick_kernels() {
#if defined(STREAM_X86)
  // The compiler's run-time library asks the operating system too: registers that it does not save are no feature.
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) {
    return avx512_kernels();
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return avx2_kernels();
#endif
  return baseline_kernels();
}

}  // namespace stream
