// Compiled once per instruction set: LEVEL names it, the compiler's flags say what may be used. Rows by fours and
// columns by two vectors: eight sums, as many as two units of latency four need, and they fit into 16 registers with
// their operands.
#include <cstring>

#include "common/vectors.h"
#include "kernels.h"

namespace isa {

namespace {

using cpu::kWidestBytes;
using cpu::V;

constexpr std::size_t kRowsAtOnce = 4, kVectorsAtOnce = 2;

template <class T>
V<T, kWidestBytes> all(T value) {
  return value - V<T, kWidestBytes>{};
}

// The same bits as vectors of another kind; the intrinsics' own types in and out.
using Words = V<std::uint32_t, kWidestBytes>;
using Floats = V<float, kWidestBytes>;

#if defined(__AVX512F__)
using Native = __m512i;
#elif defined(__AVX2__)
using Native = __m256i;
#elif defined(__SSE2__)
using Native = __m128i;
#endif
#if defined(__SSE2__)
Native native(Words words) { return reinterpret_cast<Native>(words); }
Words words(Native native) { return reinterpret_cast<Words>(native); }
#endif

// ---- What a word of A and a vector of words of B add to sums, by type
// ------------------------------------------------

template <class T>
struct FloatOp {
  using Word = T;
  using Sums = V<T, kWidestBytes>;
  using Scalar = T;
  struct Left {
    Sums a;
  };
  using Right = Sums;
  static Left left(Word word) { return {all(word)}; }
  static Right right(Sums b) { return b; }
  static Sums add(Sums sums, const Left& left, const Right& b) {
    return cpu::multiply_add<T, kWidestBytes>(left.a, b, sums);
  }
};

#if defined(__AVX512BF16__)
struct Bf16Op {
  using Word = std::uint32_t;
  using Sums = Floats;
  using Scalar = float;
  using Left = Words;
  using Right = Words;
  static Left left(Word word) { return all(word); }
  static Right right(Words b) { return b; }
  static Sums add(Sums sums, Left a, Right b) {
    return _mm512_dpbf16_ps(sums, reinterpret_cast<__m512bh>(a), reinterpret_cast<__m512bh>(b));
  }
};
#else
/// A bf16 is the upper half of an fp32: two products of fp32.
struct Bf16Op {
  using Word = std::uint32_t;
  using Sums = Floats;
  using Scalar = float;
  struct Pair {
    Floats low, high;
  };
  using Left = Pair;
  using Right = Pair;
  static Pair right(Words b) {
    return {reinterpret_cast<Floats>(b << 16), reinterpret_cast<Floats>(b & all<std::uint32_t>(0xffff0000u))};
  }
  static Left left(Word word) { return right(all(word)); }
  static Sums add(Sums sums, const Left& a, const Right& b) {
    return cpu::multiply_add<float, kWidestBytes>(a.high, b.high,
                                                  cpu::multiply_add<float, kWidestBytes>(a.low, b.low, sums));
  }
};
#endif

#if defined(__AVX512VNNI__) || defined(__AVXVNNI__) || defined(__ARM_FEATURE_DOTPROD)
struct Int8Op {
  using Word = std::uint32_t;
  using Sums = Words;
  using Scalar = std::uint32_t;
  using Left = Words;
  using Right = Words;
  static Left left(Word word) { return all(word); }
  static Right right(Words b) { return b; }
  static Sums add(Sums sums, Left a, Right b) {
#if defined(__AVX512VNNI__)
    return words(_mm512_dpbusd_epi32(native(sums), native(a), native(b)));
#elif defined(__AVXVNNI__)
    return words(_mm256_dpbusd_avx_epi32(native(sums), native(a), native(b)));
#else
    // Values of A are below 128, so signed is as good as unsigned.
    return reinterpret_cast<Sums>(
        vdotq_s32(reinterpret_cast<int32x4_t>(sums), reinterpret_cast<int8x16_t>(a), reinterpret_cast<int8x16_t>(b)));
#endif
  }
};
#else
/// Bytes widened to 16 bits, every second one at a time, and products added in pairs.
struct Int8Op {
  using Word = std::uint32_t;
  using Sums = Words;
  using Scalar = std::uint32_t;
  struct Pair {
    Words even, odd;
  };
  using Left = Pair;
  using Right = Pair;
  static Left left(Word word) { return {all(word & 0x00ff00ffu), all(word >> 8 & 0x00ff00ffu)}; }
#if defined(__AVX512BW__)
  static Right right(Words b) {
    return {words(_mm512_srai_epi16(_mm512_slli_epi16(native(b), 8), 8)), words(_mm512_srai_epi16(native(b), 8))};
  }
  static Words pairs(Words a, Words b) { return words(_mm512_madd_epi16(native(a), native(b))); }
#elif defined(__AVX2__)
  static Right right(Words b) {
    return {words(_mm256_srai_epi16(_mm256_slli_epi16(native(b), 8), 8)), words(_mm256_srai_epi16(native(b), 8))};
  }
  static Words pairs(Words a, Words b) { return words(_mm256_madd_epi16(native(a), native(b))); }
#elif defined(__SSE2__)
  static Right right(Words b) {
    return {words(_mm_srai_epi16(_mm_slli_epi16(native(b), 8), 8)), words(_mm_srai_epi16(native(b), 8))};
  }
  static Words pairs(Words a, Words b) { return words(_mm_madd_epi16(native(a), native(b))); }
#else
  static Right right(Words b) {
    const int16x8_t bytes = reinterpret_cast<int16x8_t>(b);
    return {reinterpret_cast<Words>(vshrq_n_s16(vshlq_n_s16(bytes, 8), 8)),
            reinterpret_cast<Words>(vshrq_n_s16(bytes, 8))};
  }
  static Words pairs(Words a, Words b) {
    const int16x8_t products = vmulq_s16(reinterpret_cast<int16x8_t>(a), reinterpret_cast<int16x8_t>(b));
    return reinterpret_cast<Words>(vpaddlq_s16(products));
  }
#endif
  static Sums add(Sums sums, const Left& a, const Right& b) {
    return sums + pairs(a.even, b.even) + pairs(a.odd, b.odd);
  }
};
#endif

// ---- The product ----------------------------------------------------------------------------------------------------

template <class Op, Type type>
void multiply(const Job& job, std::uint64_t first, std::uint64_t n) {
  using Sums = typename Op::Sums;
  using Loaded = V<typename Op::Word, kWidestBytes>;
  constexpr std::size_t kWords = kDepth / packed(type);
  constexpr std::size_t kLanes = kWidestBytes / sizeof(typename Op::Word);
  const auto* a = static_cast<const typename Op::Word*>(job.a);
  const auto* b = static_cast<const typename Op::Word*>(job.b);
  auto* c = static_cast<typename Op::Scalar*>(job.c);
  for (std::uint64_t i = first; i < first + n; ++i) {
    const bool anew = i % kLap == 0;
    for (std::size_t row = 0; row < kRows; row += kRowsAtOnce) {
      for (std::size_t column = 0; column < kColumns; column += kVectorsAtOnce * kLanes) {
        Sums sums[kRowsAtOnce][kVectorsAtOnce];
        const auto place = [&](std::size_t r, std::size_t v) -> Sums& {
          return *reinterpret_cast<Sums*>(c + (row + r) * kColumns + column + v * kLanes);
        };
#pragma GCC unroll 4
        for (std::size_t r = 0; r < kRowsAtOnce; ++r) {
#pragma GCC unroll 2
          for (std::size_t v = 0; v < kVectorsAtOnce; ++v) sums[r][v] = anew ? Sums{} : place(r, v);
        }
        for (std::size_t word = 0; word < kWords; ++word) {
          typename Op::Right right[kVectorsAtOnce];
#pragma GCC unroll 2
          for (std::size_t v = 0; v < kVectorsAtOnce; ++v) {
            right[v] = Op::right(*reinterpret_cast<const Loaded*>(b + word * kColumns + column + v * kLanes));
          }
#pragma GCC unroll 4
          for (std::size_t r = 0; r < kRowsAtOnce; ++r) {
            const typename Op::Left left = Op::left(a[(row + r) * kWords + word]);
#pragma GCC unroll 2
            for (std::size_t v = 0; v < kVectorsAtOnce; ++v) sums[r][v] = Op::add(sums[r][v], left, right[v]);
          }
        }
#pragma GCC unroll 4
        for (std::size_t r = 0; r < kRowsAtOnce; ++r) {
#pragma GCC unroll 2
          for (std::size_t v = 0; v < kVectorsAtOnce; ++v) place(r, v) = sums[r][v];
        }
      }
    }
  }
}

// A level that adds instructions to another has the type that these are for, and no others.
#if defined(__AVX512BF16__)
constexpr Set kSet = {{nullptr, nullptr, multiply<Bf16Op, Type::bf16>, nullptr}};
#elif defined(__AVX512VNNI__) || defined(__AVXVNNI__) || defined(__ARM_FEATURE_DOTPROD)
constexpr Set kSet = {{nullptr, nullptr, nullptr, multiply<Int8Op, Type::int8>}};
#else
constexpr Set kSet = {{multiply<FloatOp<double>, Type::fp64>, multiply<FloatOp<float>, Type::fp32>,
                       multiply<Bf16Op, Type::bf16>, multiply<Int8Op, Type::int8>}};
#endif

}  // namespace

template <>
const Set& built_set<cpu::Level::LEVEL>() {
  return kSet;
}

}  // namespace isa
