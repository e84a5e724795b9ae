// The eight kernels as functions over one thread's slices; one set per instruction set, picked at run time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace stream {

enum class Op : std::uint32_t { copy, mul, add, triad, nstream, dot, read, write };
inline constexpr std::size_t kOps = 8;

/// Slices are whole multiples of this many bytes: four vectors of the widest set.
inline constexpr std::size_t kSliceBytes = 256;

/// One thread's part of the arrays. Each is aligned to a cache line and holds `count` elements; those a kernel does not
/// use are null.
template <class T>
struct Slices {
  T* a = nullptr;
  T* b = nullptr;
  T* c = nullptr;
  std::size_t count = 0;
};

/// Goes through the slices once. `scalar` is that of mul, triad and nstream, and the value of write. Returns the sum of
/// dot and read, 0 for the others.
template <class T>
using Kernel = double (*)(const Slices<T>& slices, T scalar);

/// kernels[op] with ordinary and with non-temporal stores; streaming entries are null for dot and read, which store
/// nothing, and on processors without such stores.
template <class T>
struct KernelSet {
  Kernel<T> ordinary[kOps];
  Kernel<T> streaming[kOps];
};

struct Kernels {
  const char* isa;  ///< words of the SDK's vocabulary: "x86-64-v4"
  KernelSet<float> fp32;
  KernelSet<double> fp64;
};

/// The widest set that this processor and operating system run.
const Kernels& pick_kernels();

// One per translation unit of kernels.cpp; the instruction sets they need are what its build flags say.
const Kernels& baseline_kernels();
const Kernels& avx2_kernels();
const Kernels& avx512_kernels();

}  // namespace stream
