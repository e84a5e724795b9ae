// Passes over an array in place with any number of multiply-adds per element; one set per instruction set, picked at
// run time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "common/levels.h"

namespace roofline {

/// Vectors in flight: enough chains for units times latency of every processor that we know of, and few enough for 16
/// registers with three operands.
inline constexpr std::size_t kVectors = 12;

/// Arrays are whole multiples of this: kVectors of the widest set.
inline constexpr std::size_t kBlockBytes = kVectors * 64;

/// What a pass does to each element: `fmas` times x = x·factor + addend, with addends[0] and addends[1] in turn.
template <class T>
struct Pass {
  std::uint32_t fmas = 0;
  T factor = 0;
  T addends[2] = {};
};

/// The array is aligned to a cache line and a whole number of blocks.
template <class T>
using Compute = void (*)(T* array, std::size_t count, const Pass<T>& pass);

/// Flips the bits of the mask in the low four bytes of each element: reads, changes and writes it without arithmetic.
template <class T>
using Touch = void (*)(T* array, std::size_t count, std::uint32_t mask);

template <class T>
struct Kernels {
  Compute<T> compute;
  Touch<T> touch;
};

struct Set {
  cpu::Level level;
  Kernels<float> fp32;
  Kernels<double> fp64;
};

template <class T>
const Kernels<T>& kernels_of(const Set& set) {
  if constexpr (sizeof(T) == 4) {
    return set.fp32;
  } else {
    return set.fp64;
  }
}

/// The set of a level; nullptr: there is none, or the compiler that built this did not know it.
const Set* set_of(cpu::Level level);

/// Defined for the levels that the build names: LEVEL_AVX2 and so on.
template <cpu::Level level>
const Set& built_set();
template <>
const Set& built_set<cpu::Level::sse2>();
template <>
const Set& built_set<cpu::Level::avx2>();
template <>
const Set& built_set<cpu::Level::avx512>();
template <>
const Set& built_set<cpu::Level::neon>();

}  // namespace roofline
