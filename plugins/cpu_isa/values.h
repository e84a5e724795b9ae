// What the matrices hold, and what must stand in C: the oracle. Pure.
//
// A holds whole numbers from 0 to 7 and B from -7 to 7, exact in every type. A product of the matrices is at most
// 64·49, kLap of them below 2^18: exact in fp32 in whatever order, so the oracle asks for equality.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "kernels.h"

namespace isa {

struct Matrices {
  std::array<std::array<std::int32_t, kDepth>, kRows> a;
  std::array<std::array<std::int32_t, kColumns>, kDepth> b;
};

/// From one random byte an element: kRows·kDepth of them, then kDepth·kColumns.
inline Matrices matrices_of(const std::uint8_t* random) {
  Matrices m;
  for (auto& row : m.a) {
    for (std::int32_t& value : row) value = *random++ & 7;
  }
  for (auto& row : m.b) {
    for (std::int32_t& value : row) value = *random++ % 15 - 7;
  }
  return m;
}
inline constexpr std::size_t kRandomBytes = kRows * kDepth + kDepth * kColumns;

/// A word with the elements along the depth from `first` on, as Job has them.
template <class At>
std::uint64_t word_of(Type type, At at) {
  std::uint64_t word = 0;
  for (std::size_t k = 0; k < packed(type); ++k) {
    const std::int32_t value = at(k);
    std::uint64_t bits = 0;
    if (type == Type::fp64) {
      const double exact = value;
      std::memcpy(&bits, &exact, sizeof exact);
    } else if (type == Type::int8) {
      bits = static_cast<std::uint8_t>(value);
    } else {
      const float exact = static_cast<float>(value);
      std::uint32_t whole = 0;
      std::memcpy(&whole, &exact, sizeof exact);
      bits = type == Type::bf16 ? whole >> 16 : whole;
    }
    word |= bits << (32 / packed(type) * k);
  }
  return word;
}

/// C[row][column] after `done` > 0 iterations.
inline std::int64_t expected(const Matrices& m, std::size_t row, std::size_t column, std::uint64_t done) {
  std::int64_t product = 0;
  for (std::size_t k = 0; k < kDepth; ++k) product += std::int64_t{m.a[row][k]} * m.b[k][column];
  return product * static_cast<std::int64_t>((done - 1) % kLap + 1);
}

}  // namespace isa
