// What the array holds, what each pass is, and what stands there after any number of them. Pure, and written another
// way than the kernels: this is the oracle.
//
// Values are multiples of 1/256 and stay below 2^11, so that every result is exact in both types, fused or not, and the
// oracle asks for equality. A multiply-add is x -> b - x: two of them with addends b and b + g move x on by g, one
// alone turns it round. Passes move everything up at first, and from there half-way down and up again for ever: never
// back to where few passes lead, so that half of the passes are never the same as all of them.
#pragma once

#include <cstdint>

#include "kernels.h"

namespace roofline {

inline constexpr double kStep = 1.0 / 256;
inline constexpr std::uint32_t kMostFmas = 1024;
inline constexpr std::uint64_t kRise = 512;   // passes that move up at first
inline constexpr std::uint64_t kSwing = 256;  // passes that move down then, and up, by turns; even
inline constexpr std::uint64_t kPeriod = 2 * kSwing;

/// Value of the random byte: in [1, 2).
constexpr double value_of(std::uint8_t byte) { return 1 + byte * kStep; }

/// Whether the pass of that index moves up.
constexpr bool rises(std::uint64_t index) { return index < kRise || (index - kRise) % kPeriod >= kSwing; }

/// Pass of that index, counted from prepare on. Where the number of multiply-adds is odd a pass turns x round, and so
/// the one after it must turn it round another point, or two would undo each other.
template <class T>
constexpr Pass<T> pass_of(std::uint32_t fmas, std::uint64_t index) {
  const double direction = rises(index) ? kStep : -kStep;
  const double first = 1 + (index % 2 != 0 ? direction : 0);
  return {fmas, T(-1), {T(first), T(first + direction)}};
}

/// What becomes of x: turn·x + shift.
struct Affine {
  double turn = 1;
  double shift = 0;
};

/// `fmas` multiply-adds of a pass, in one step.
constexpr Affine map_of(const Pass<double>& pass) {
  const std::uint64_t whole_pairs = pass.fmas / 2;
  const double pairs = (pass.addends[1] - pass.addends[0]) * static_cast<double>(whole_pairs);
  if (pass.fmas % 2 == 0) return {1, pairs};
  return {-1, pass.addends[0] - pairs};
}

/// `done` passes. After the rise, what a whole period does is undone in it.
constexpr Affine map_after(std::uint32_t fmas, std::uint64_t done) {
  Affine all;
  const std::uint64_t left = done < kRise ? done : kRise + (done - kRise) % kPeriod;
  for (std::uint64_t i = 0; i < left; ++i) {
    const Affine one = map_of(pass_of<double>(fmas, i));
    all = {one.turn * all.turn, one.turn * all.shift + one.shift};
  }
  return all;
}

/// Bits of an element that are flipped after so many touching passes: those of a hash of the number, in the fraction of
/// either type, the lowest always. Passes that are left out leave others, whichever they are: a mere count would be
/// right again after some. Hash: the first two steps of splitmix64's output function.
constexpr std::uint32_t flipped_after(std::uint64_t done) {
  if (done == 0) return 0;
  std::uint64_t hash = done * 0x9E3779B97F4A7C15U;
  hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9U;
  return (static_cast<std::uint32_t>(hash >> 40) & 0x3FFFFF) | 1;
}
/// Mask of touching pass `index`.
constexpr std::uint32_t mask_of(std::uint64_t index) { return flipped_after(index) ^ flipped_after(index + 1); }

}  // namespace roofline
