// The same without vectors: built for the baseline, with the compiler's own vectors switched off. Eight sums at a time,
// so that the latency of an addition is not what is compared.
#include <cstring>

#include "kernels.h"

namespace isa {

namespace {

constexpr std::size_t kRowsAtOnce = 4, kColumnsAtOnce = 2;

float float_of(std::uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

// What a pair of words adds to a sum, by type.
struct Fp64 {
  using Word = double;
  using Sum = double;
  static Sum add(Sum sum, Word a, Word b) { return sum + a * b; }
};
struct Fp32 {
  using Word = float;
  using Sum = float;
  static Sum add(Sum sum, Word a, Word b) { return sum + a * b; }
};
struct Bf16 {
  using Word = std::uint32_t;
  using Sum = float;
  static Sum add(Sum sum, Word a, Word b) {
    sum += float_of(a << 16) * float_of(b << 16);
    return sum + float_of(a & 0xffff0000u) * float_of(b & 0xffff0000u);
  }
};
struct Int8 {
  using Word = std::uint32_t;
  using Sum = std::int32_t;
  static Sum add(Sum sum, Word a, Word b) {
    for (std::uint32_t at = 0; at < 32; at += 8) {
      sum += static_cast<std::int32_t>(a >> at & 0xff) * static_cast<std::int8_t>(b >> at & 0xff);
    }
    return sum;
  }
};

template <class Op, Type type>
void multiply(const Job& job, std::uint64_t first, std::uint64_t n) {
  constexpr std::size_t kWords = kDepth / packed(type);
  const auto* a = static_cast<const typename Op::Word*>(job.a);
  const auto* b = static_cast<const typename Op::Word*>(job.b);
  auto* c = static_cast<typename Op::Sum*>(job.c);
  for (std::uint64_t i = first; i < first + n; ++i) {
    const bool anew = i % kLap == 0;
    for (std::size_t row = 0; row < kRows; row += kRowsAtOnce) {
      for (std::size_t column = 0; column < kColumns; column += kColumnsAtOnce) {
        typename Op::Sum sums[kRowsAtOnce][kColumnsAtOnce];
        for (std::size_t r = 0; r < kRowsAtOnce; ++r) {
          for (std::size_t k = 0; k < kColumnsAtOnce; ++k) {
            sums[r][k] = anew ? 0 : c[(row + r) * kColumns + column + k];
          }
        }
        for (std::size_t word = 0; word < kWords; ++word) {
#pragma GCC unroll 4
          for (std::size_t r = 0; r < kRowsAtOnce; ++r) {
#pragma GCC unroll 2
            for (std::size_t k = 0; k < kColumnsAtOnce; ++k) {
              sums[r][k] = Op::add(sums[r][k], a[(row + r) * kWords + word], b[word * kColumns + column + k]);
            }
          }
        }
        for (std::size_t r = 0; r < kRowsAtOnce; ++r) {
          for (std::size_t k = 0; k < kColumnsAtOnce; ++k) c[(row + r) * kColumns + column + k] = sums[r][k];
        }
      }
    }
  }
}

constexpr Set kSet = {
    {multiply<Fp64, Type::fp64>, multiply<Fp32, Type::fp32>, multiply<Bf16, Type::bf16>, multiply<Int8, Type::int8>}};

}  // namespace

const Set& scalar_set() { return kSet; }

}  // namespace isa
