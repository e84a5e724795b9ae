// Which of the kernel sets that plugin_kernel_sets() builds this machine runs. To be included where the code is built
// for the baseline: it runs before anybody knows what the processor can do.
#pragma once

namespace simd {

enum class Set { baseline, avx2, avx512 };

/// The widest that was built and that processor and operating system run.
inline Set widest() {
#if defined(PLUGIN_X86)
  // The compiler's run-time library asks the operating system too: registers that it does not save are no feature.
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) {
    return Set::avx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return Set::avx2;
#endif
  return Set::baseline;
}

}  // namespace simd
