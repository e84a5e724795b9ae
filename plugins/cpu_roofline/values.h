// What the array holds, what each pass is, and what stands there after any number of them. Pure, and written another
// way than the kernels: this is the oracle.
//
// Values are multiples of 1/256 and stay below 2^11, so that every result is exact in both types, fused or not, and the
// oracle asks for equality. A multiply-add is x -> b - x: two of them with addends b and b + g move x on by g, one
// alone turns it round. Passes move everything up for half a period and down for the other, so that within a half no
// two numbers of passes leave the same.
#pragma once

#include <cstdint>

#include "kernels.h"

namespace roofline {

inline constexpr double kStep = 1.0 / 256;
inline constexpr std::uint32_t kMostFmas = 1024;
inline constexpr std::uint64_t kPeriod = 1024;

/// Value of the random byte: in [1, 2).
constexpr double value_of(std::uint8_t byte) { return 1 + byte * kStep; }

/// Pass of that index, counted from prepare on. Where the number of multiply-adds is odd a pass turns x round, and so
/// the one after it must turn it round another point, or two would undo each other.
template <class T>
constexpr Pass<T> pass_of(std::uint32_t fmas, std::uint64_t index) {
  const double direction = index % kPeriod < kPeriod / 2 ? kStep : -kStep;
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

/// `done` passes. After a whole period everything is where it began.
constexpr Affine map_after(std::uint32_t fmas, std::uint64_t done) {
  Affine all;
  for (std::uint64_t i = 0; i < done % kPeriod; ++i) {
    const Affine one = map_of(pass_of<double>(fmas, i));
    all = {one.turn * all.turn, one.turn * all.shift + one.shift};
  }
  return all;
}

/// Mask of touching pass `index`: the bits in which a number and the next one differ, so that what is flipped after any
/// number of passes is the low byte of that number.
constexpr std::uint8_t mask_of(std::uint64_t index) { return static_cast<std::uint8_t>(index ^ (index + 1)); }
constexpr std::uint8_t flipped_after(std::uint64_t done) { return static_cast<std::uint8_t>(done); }

}  // namespace roofline
