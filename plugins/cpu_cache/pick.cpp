// Built for the baseline: it runs before anybody knows what the processor can do.
#include "common/widest.h"
#include "kernels.h"

namespace cache {

const Kernels& pick_kernels() {
#if defined(PLUGIN_X86)
  const simd::Set set = simd::widest();
  if (set == simd::Set::avx512) return avx512_kernels();
  if (set == simd::Set::avx2) return avx2_kernels();
#endif
  return baseline_kernels();
}

}  // namespace cache
