// What the arrays hold, and what a kernel must make of it. Pure, and written another way than the kernels: this is the
// oracle.
//
// Values are 1 + k/256 with k of eight random bits, of which dot uses the upper four. So sums, products and multiples
// stay exact in the type: a kernel may add in any order, with or without FMA, and the oracle asks for equality. (Memory
// controllers that compress would notice; those of CPUs do not compress.)
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels.h"

namespace stream {

/// Value of the random byte.
template <class T>
constexpr T value_of(std::uint8_t byte) {
  return T(1) + T(byte) / T(256);
}

/// Which bits of a random byte enter the values of a kernel. A product of dot is a multiple of 2^-8 below 4, so a block
/// of 4096 of them (kernels.cpp) stays below 2^14 and fits the 24 bits of a float, however it is split; with all eight
/// bits products would be multiples of 2^-16, and 128 of them already too many.
constexpr std::uint8_t bits_of(Op op) { return op == Op::dot ? 0xf0 : 0xff; }

/// Period of the scalar. It changes with every iteration, so that what is left over from another iteration is wrong.
inline constexpr std::uint64_t kPeriod = 1024;

/// Scalar of iteration `index`, counted from prepare on. nstream adds b + s·c with b = -1.5·c: half a period up in
/// steps of c/2, half a period down, so the array never leaves what the type holds exactly.
template <class T>
constexpr T scalar_of(Op op, std::uint64_t index) {
  if (op == Op::nstream) return index % kPeriod < kPeriod / 2 ? T(2) : T(1);
  return T(1 + index % 4);
}

/// How far nstream is from its start after `done` iterations, in units of c/2.
constexpr std::uint64_t nstream_steps(std::uint64_t done) {
  const std::uint64_t at = done % kPeriod;
  return at <= kPeriod / 2 ? at : kPeriod - at;
}

/// What stands in the array of the kernel's result after `done` > 0 iterations, from the initial a, b, c of the
/// element.
template <class T>
constexpr T expected(Op op, T a, T b, T c, std::uint64_t done) {
  switch (op) {
    case Op::copy:
      return a;
    case Op::mul:
      return scalar_of<T>(op, done - 1) * c;
    case Op::add:
      return a + b;
    case Op::triad:
      return b + scalar_of<T>(op, done - 1) * c;
    case Op::nstream:
      return a + c / T(2) * T(nstream_steps(done));
    case Op::write:
      return scalar_of<T>(op, done - 1);
    case Op::dot:
    case Op::read:
      return T(0);
  }
  return T(0);
}

/// Which arrays a kernel touches, which one it writes, and the bytes per element that it must move.
struct Shape {
  bool a, b, c;
  char written;          ///< 'a' 'b' 'c', 0 for none
  std::uint32_t reads;   ///< arrays read
  std::uint32_t writes;  ///< arrays written
  bool reads_result;     ///< the written array is read too: an ordinary store needs no write-allocate of its own
  std::uint32_t flops;   ///< per element

  [[nodiscard]] constexpr std::uint32_t arrays() const { return (a ? 1u : 0u) + (b ? 1u : 0u) + (c ? 1u : 0u); }
};

constexpr Shape shape_of(Op op) {
  switch (op) {
    case Op::copy:
      return {true, false, true, 'c', 1, 1, false, 0};
    case Op::mul:
      return {false, true, true, 'b', 1, 1, false, 1};
    case Op::add:
      return {true, true, true, 'c', 2, 1, false, 1};
    case Op::triad:
      return {true, true, true, 'a', 2, 1, false, 2};
    case Op::nstream:
      return {true, true, true, 'a', 3, 1, true, 3};
    case Op::dot:
      return {true, true, false, 0, 2, 0, false, 2};
    case Op::read:
      return {true, false, false, 0, 1, 0, false, 1};
    case Op::write:
      return {true, false, false, 'a', 0, 1, false, 0};
  }
  return {};
}

}  // namespace stream
