// Chains of dependent multiply-adds, for each type, width of vectors and number of chains that an instruction set has:
// what the peak of a processor is measured with. One set per instruction set, picked at run time.
//
// One step of a lane x, by type, with operands p and q:
//   fp64 fp32 fp16  x + x·p in even steps, x + x·q in odd ones. (1 + p)(1 + q) is a little more than 1, so that each
//                   pair of steps moves x on and all of them leave it small. Fused, or where the level has no FMA, a
//                   rounded product and a rounded sum
//   bf16            a lane is an fp32, p and q are pairs of bf16: x + p0·q0 + p1·q1
//   int32           x·p + q modulo 2^32
//   int8            a lane is 32 bits, and its four bytes as unsigned numbers by those of p, signed: x + x0·p0 + x1·p1
//   +
//                   x2·p2 + x3·p3, modulo 2^32
// An iteration takes every lane of every chain kSteps on from a start, of which there are kStarts that take turns, and
// adds the bits of where it ends to a sum of that lane (modulo 2^bits). So what stands in the sums depends on every
// step of every iteration. The next start waits for the end before it: chains of one iteration never overlap those of
// the next.
#pragma once

#include <cstddef>
#include <cstdint>

#include "common/levels.h"

namespace chains {

enum class Type : std::uint32_t { fp64, fp32, fp16, bf16, int32, int8 };
inline constexpr std::uint32_t kTypes = 6;

inline constexpr std::uint32_t kBits[] = {128, 256, 512};
inline constexpr std::uint32_t kWidths = 3;

/// Numbers of chains. A level with 16 registers has kernels up to 12, one with 32 up to 24: the rest is for operands.
inline constexpr std::uint32_t kChains[] = {1, 2, 4, 6, 8, 10, 12, 16, 20, 24};
inline constexpr std::uint32_t kCounts = 10;

inline constexpr std::uint32_t kSteps = 4096;
inline constexpr std::uint32_t kStarts = 4;
/// Room of one vector in memory, whatever its width.
inline constexpr std::size_t kVectorBytes = 64;

/// Memory of one thread. Each vector begins on a multiple of kVectorBytes.
struct State {
  const std::byte* starts = nullptr;    ///< [kStarts][chains]
  const std::byte* operands = nullptr;  ///< [3]: p, q, and zeros
  std::byte* sums = nullptr;            ///< [chains]
};

/// Iterations first to first + n - 1.
using Kernel = void (*)(const State& state, std::uint64_t first, std::uint64_t n);

struct Set {
  cpu::Level level;
  bool is_fused;                             ///< steps of fp64 and fp32 round once
  Kernel kernels[kTypes][kWidths][kCounts];  ///< null: the level has none
};

/// The set of a level; nullptr: it has no chains, or the compiler that built this did not know it.
const Set* set_of(cpu::Level level);

/// Bits of a lane, operations of a step of it.
constexpr std::uint32_t lane_bits(Type type) { return type == Type::fp64 ? 64 : type == Type::fp16 ? 16 : 32; }
constexpr std::uint32_t step_operations(Type type) { return type == Type::bf16 ? 4 : type == Type::int8 ? 8 : 2; }

/// Operations of one iteration.
constexpr double iteration_operations(Type type, std::uint32_t bits, std::uint32_t chains) {
  const std::uint64_t lanes = std::uint64_t{chains} * (bits / lane_bits(type));
  return static_cast<double>(lanes * step_operations(type) * kSteps);
}

}  // namespace chains
