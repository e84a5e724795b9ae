// One product of matrices, C += A·B, small enough for the first cache level, as each instruction set does it best: one
// set of kernels per instruction set, picked at run time, and all of them with the same data in the same places.
#pragma once

#include <cstddef>
#include <cstdint>

#include "common/levels.h"

namespace isa {

enum class Type : std::uint32_t { fp64, fp32, bf16, int8 };
inline constexpr std::uint32_t kTypes = 4;

/// Rows of A and C, columns of B and C, and what is summed over.
inline constexpr std::size_t kRows = 16, kColumns = 32, kDepth = 64;

/// Elements of A and B that lie in one word next to each other along the depth: bf16 by twos, int8 by fours, in 32
/// bits.
constexpr std::size_t packed(Type type) { return type == Type::int8 ? 4 : type == Type::bf16 ? 2 : 1; }
constexpr std::size_t word_bytes(Type type) { return type == Type::fp64 ? 8 : 4; }

/// C begins anew with every lap of so many iterations, so that sums stay exact. A prime: what leaves out every second
/// iteration does not come out right at the end of laps.
inline constexpr std::uint64_t kLap = 61;

/// Each array is aligned to a cache line.
struct Job {
  const void* a = nullptr;  ///< [kRows][kDepth / packed] words; int8: unsigned
  const void* b = nullptr;  ///< [kDepth / packed][kColumns] words; int8: signed
  void* c = nullptr;        ///< [kRows][kColumns]: double, float (fp32, bf16), std::int32_t
};

/// Iterations first to first + n - 1, each C += A·B, those that begin a lap C = A·B.
using Kernel = void (*)(const Job& job, std::uint64_t first, std::uint64_t n);

struct Set {
  Kernel kernels[kTypes];  ///< null: the level has none
};

/// Without vectors.
const Set& scalar_set();

/// The set of a level; nullptr: it has none, or the compiler that built this did not know it.
const Set* set_of(cpu::Level level);

/// Asks the operating system for the registers of tiles, which Linux gives to who asks. False: it does not.
/// Requires: cpu::missing says nothing against the level.
bool permit_tiles();

/// Defined for the levels that the build names: LEVEL_AVX2 and so on.
template <cpu::Level level>
const Set& built_set();
#define ISA_SET(level) \
  template <>          \
  const Set& built_set<cpu::Level::level>()
ISA_SET(sse2);
ISA_SET(avx2);
ISA_SET(avx_vnni);
ISA_SET(avx512);
ISA_SET(avx512_vnni);
ISA_SET(avx512_bf16);
ISA_SET(amx_int8);
ISA_SET(amx_bf16);
ISA_SET(neon);
ISA_SET(neon_dot);
#undef ISA_SET

}  // namespace isa
