// The three kernels as functions over one thread's arrays; one set per instruction set, picked at run time. Passes are
// inside a call: of an array that fits the first level a pass takes less time than a call.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cache {

enum class Op : std::uint32_t { read, write, copy };
inline constexpr std::size_t kOps = 3;

/// Arrays are whole multiples of this many bytes: four vectors of the widest set.
inline constexpr std::size_t kSliceBytes = 256;
inline constexpr std::size_t kLineBytes = 64;
inline constexpr std::size_t kLineWords = kLineBytes / sizeof(std::uint64_t);

/// One thread's arrays, each aligned to a line and of `count` words; `to` is null for read, `from` for write.
struct Arrays {
  std::uint64_t* from = nullptr;
  std::uint64_t* to = nullptr;
  std::size_t count = 0;
};

/// The word that a pass leaves where it writes what is its own. The pass is counted from prepare on.
constexpr std::uint64_t stamp_of(std::uint64_t pass) { return (pass + 1) * 0x9E3779B97F4A7C15u; }

/// Goes through the arrays `passes` times:
///   read   the sum of all words of all passes, modulo 2^64
///   write  every word of `to` becomes stamp_of(pass); 0
///   copy   the last line of `from` becomes stamp_of(pass), so that passes can be told apart; then `from` is copied; 0
using Kernel = std::uint64_t (*)(const Arrays& arrays, std::uint64_t first_pass, std::uint64_t passes);

struct Kernels {
  const char* isa;  ///< words of the SDK's vocabulary: "x86-64-v4"
  Kernel of[kOps];
};

/// The widest set that this processor and operating system run.
const Kernels& pick_kernels();

// One per translation unit of kernels.cpp; the instruction sets they need are what its build flags say.
const Kernels& baseline_kernels();
const Kernels& avx2_kernels();
const Kernels& avx512_kernels();

}  // namespace cache
