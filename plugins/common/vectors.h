// Vectors of the compiler for kernels: V<float, 64> is sixteen of them. For translation units that are built for one
// instruction set, LEVEL: its name is in that of every function here, so that a linker never takes one level's for
// another's.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace cpu {

inline namespace LEVEL {

template <class E, std::size_t bytes>
struct Vector;
#define BH_VECTOR(element, bytes)                                        \
  template <>                                                            \
  struct Vector<element, bytes> {                                        \
    typedef element type __attribute__((vector_size(bytes), may_alias)); \
  }
#define BH_VECTORS(bytes)          \
  BH_VECTOR(double, bytes);        \
  BH_VECTOR(float, bytes);         \
  BH_VECTOR(std::uint64_t, bytes); \
  BH_VECTOR(std::uint32_t, bytes); \
  BH_VECTOR(std::uint16_t, bytes)
BH_VECTORS(16);
BH_VECTORS(32);
BH_VECTORS(64);
#undef BH_VECTORS
#undef BH_VECTOR

template <class E, std::size_t bytes>
using V = typename Vector<E, bytes>::type;

/// Bytes of the widest vectors of the level that is compiled.
#if defined(__AVX512F__)
inline constexpr std::size_t kWidestBytes = 64;
#elif defined(__AVX2__)
inline constexpr std::size_t kWidestBytes = 32;
#else
inline constexpr std::size_t kWidestBytes = 16;
#endif

/// Whether multiply_add rounds once.
#if defined(__FMA__) || defined(__aarch64__)
inline constexpr bool kIsFused = true;
#else
inline constexpr bool kIsFused = false;
#endif

/// x·y + z, fused where the level has FMA. Spelt out: what becomes of an expression is up to flags.
template <class E, std::size_t bytes>
inline V<E, bytes> multiply_add(V<E, bytes> x, V<E, bytes> y, V<E, bytes> z) {
#if defined(__aarch64__)
  if constexpr (sizeof(E) == 8) {
    return vfmaq_f64(z, x, y);
  } else {
    return vfmaq_f32(z, x, y);
  }
#elif defined(__FMA__)
  constexpr bool is_double = sizeof(E) == 8;
  if constexpr (bytes == 16 && is_double) {
    return _mm_fmadd_pd(x, y, z);
  } else if constexpr (bytes == 16) {
    return _mm_fmadd_ps(x, y, z);
  } else if constexpr (bytes == 32 && is_double) {
    return _mm256_fmadd_pd(x, y, z);
  } else if constexpr (bytes == 32) {
    return _mm256_fmadd_ps(x, y, z);
  }
#if defined(__AVX512F__)
  else if constexpr (is_double) {
    return _mm512_fmadd_pd(x, y, z);
  } else {
    return _mm512_fmadd_ps(x, y, z);
  }
#endif
#else
  return x * y + z;
#endif
}

}  // namespace LEVEL

}  // namespace cpu
