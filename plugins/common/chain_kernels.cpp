// Compiled once per instruction set: LEVEL names it, the compiler's flags say what may be used. Steps are
// spelt out with the instructions that they are about, so that compilers do not decide what is measured.
#include "common/chain_kernels.h"

#include "common/chain_sets.h"
#include "common/vectors.h"

namespace chains {

namespace {

using cpu::kWidestBytes;
using cpu::V;

#if defined(__AVX512F__) || defined(__aarch64__)
constexpr std::uint32_t kMostChains = 24;
#else
constexpr std::uint32_t kMostChains = 12;
#endif

// ---- Steps: even and odd, by type -----------------------------------------------------------------------------------

template <class E, class Word, std::size_t bytes>
struct FloatStep {
  using X = V<E, bytes>;
  using U = V<Word, bytes>;
  static X even(X x, X p, X) { return cpu::multiply_add<E, bytes>(x, p, x); }
  static X odd(X x, X, X q) { return cpu::multiply_add<E, bytes>(x, q, x); }
};
template <std::size_t bytes>
using Fp64Step = FloatStep<double, std::uint64_t, bytes>;
template <std::size_t bytes>
using Fp32Step = FloatStep<float, std::uint32_t, bytes>;

template <std::size_t bytes>
struct Int32Step {
  using X = V<std::uint32_t, bytes>;
  using U = X;
  static X even(X x, X p, X q) { return x * p + q; }
  static X odd(X x, X p, X q) { return even(x, p, q); }
};

#if defined(__AVX512FP16__)
template <std::size_t bytes>
struct Fp16Step {
  using U = V<std::uint16_t, bytes>;
  using X = U;
  static X even(X x, X p, X) {
    if constexpr (bytes == 16) {
      return reinterpret_cast<X>(
          _mm_fmadd_ph(reinterpret_cast<__m128h>(x), reinterpret_cast<__m128h>(p), reinterpret_cast<__m128h>(x)));
    } else if constexpr (bytes == 32) {
      return reinterpret_cast<X>(
          _mm256_fmadd_ph(reinterpret_cast<__m256h>(x), reinterpret_cast<__m256h>(p), reinterpret_cast<__m256h>(x)));
    } else {
      return reinterpret_cast<X>(
          _mm512_fmadd_ph(reinterpret_cast<__m512h>(x), reinterpret_cast<__m512h>(p), reinterpret_cast<__m512h>(x)));
    }
  }
  static X odd(X x, X, X q) { return even(x, q, q); }
};
#elif defined(__ARM_FEATURE_FP16_VECTOR_ARITHMETIC)
template <std::size_t bytes>
struct Fp16Step {
  using U = V<std::uint16_t, bytes>;
  using X = U;
  static X even(X x, X p, X) {
    const float16x8_t h = reinterpret_cast<float16x8_t>(x);
    return reinterpret_cast<X>(vfmaq_f16(h, h, reinterpret_cast<float16x8_t>(p)));
  }
  static X odd(X x, X, X q) { return even(x, q, q); }
};
#endif

#if defined(__AVX512BF16__)
template <std::size_t bytes>
struct Bf16Step {
  using X = V<float, bytes>;
  using U = V<std::uint32_t, bytes>;
  static X even(X x, X p, X q) {
    if constexpr (bytes == 16) {
      return _mm_dpbf16_ps(x, reinterpret_cast<__m128bh>(p), reinterpret_cast<__m128bh>(q));
    } else if constexpr (bytes == 32) {
      return _mm256_dpbf16_ps(x, reinterpret_cast<__m256bh>(p), reinterpret_cast<__m256bh>(q));
    } else {
      return _mm512_dpbf16_ps(x, reinterpret_cast<__m512bh>(p), reinterpret_cast<__m512bh>(q));
    }
  }
  static X odd(X x, X p, X q) { return even(x, p, q); }
};
#endif

#if defined(__AVX2__) || defined(__ARM_FEATURE_DOTPROD)
/// Without instructions for it three take their place: pairs of products in 16 bits, which values of p up to 63 do not
/// overflow, pairs of these (q is ones of 16 bits), and the sum.
template <std::size_t bytes>
struct Int8Step {
  using X = V<std::uint32_t, bytes>;
  using U = X;
#if defined(__ARM_FEATURE_DOTPROD)
  static X even(X x, X p, X) { return vdotq_u32(x, reinterpret_cast<uint8x16_t>(x), reinterpret_cast<uint8x16_t>(p)); }
#elif defined(__AVX512VNNI__)
  static X even(X x, X p, X) {
    if constexpr (bytes == 16) {
      const __m128i v = reinterpret_cast<__m128i>(x);
      return reinterpret_cast<X>(_mm_dpbusd_epi32(v, v, reinterpret_cast<__m128i>(p)));
    } else if constexpr (bytes == 32) {
      const __m256i v = reinterpret_cast<__m256i>(x);
      return reinterpret_cast<X>(_mm256_dpbusd_epi32(v, v, reinterpret_cast<__m256i>(p)));
    } else {
      const __m512i v = reinterpret_cast<__m512i>(x);
      return reinterpret_cast<X>(_mm512_dpbusd_epi32(v, v, reinterpret_cast<__m512i>(p)));
    }
  }
#elif defined(__AVXVNNI__)
  static X even(X x, X p, X) {
    if constexpr (bytes == 16) {
      const __m128i v = reinterpret_cast<__m128i>(x);
      return reinterpret_cast<X>(_mm_dpbusd_avx_epi32(v, v, reinterpret_cast<__m128i>(p)));
    } else {
      const __m256i v = reinterpret_cast<__m256i>(x);
      return reinterpret_cast<X>(_mm256_dpbusd_avx_epi32(v, v, reinterpret_cast<__m256i>(p)));
    }
  }
#else
  static X even(X x, X p, X q) {
    if constexpr (bytes == 16) {
      const __m128i products = _mm_maddubs_epi16(reinterpret_cast<__m128i>(x), reinterpret_cast<__m128i>(p));
      return x + reinterpret_cast<X>(_mm_madd_epi16(products, reinterpret_cast<__m128i>(q)));
    } else if constexpr (bytes == 32) {
      const __m256i products = _mm256_maddubs_epi16(reinterpret_cast<__m256i>(x), reinterpret_cast<__m256i>(p));
      return x + reinterpret_cast<X>(_mm256_madd_epi16(products, reinterpret_cast<__m256i>(q)));
    }
#if defined(__AVX512BW__)
    else {
      const __m512i products = _mm512_maddubs_epi16(reinterpret_cast<__m512i>(x), reinterpret_cast<__m512i>(p));
      return x + reinterpret_cast<X>(_mm512_madd_epi16(products, reinterpret_cast<__m512i>(q)));
    }
#endif
  }
#endif
  static X odd(X x, X p, X q) { return even(x, p, q); }
};
#endif

// ---- The loop -------------------------------------------------------------------------------------------------------

// Eight steps a turn: the loop's own instructions are too few to take a slot from one chain's, let alone from many.
constexpr std::uint32_t kUnrolled = 8;
static_assert(kSteps % kUnrolled == 0 && kUnrolled % 2 == 0, "turns are whole, and begin with an even step");

template <class Step, std::uint32_t chains>
void advance(const State& state, std::uint64_t first, std::uint64_t n) {
  using X = typename Step::X;
  using U = typename Step::U;
  const auto word = [](const std::byte* base, std::uint64_t k) -> const U& {
    return *reinterpret_cast<const U*>(base + k * kVectorBytes);
  };
  const X p = reinterpret_cast<X>(word(state.operands, 0));
  const X q = reinterpret_cast<X>(word(state.operands, 1));
  const U zeros = word(state.operands, 2);
  X x[chains] = {};
  for (std::uint64_t i = first; i < first + n; ++i) {
    const std::byte* starts = state.starts + i % kStarts * chains * kVectorBytes;
#pragma GCC unroll 32
    for (std::uint32_t k = 0; k < chains; ++k) {
      // Bits of the end before it that are masked away: nobody but us knows that none is left.
      x[k] = reinterpret_cast<X>(word(starts, k) | (reinterpret_cast<U>(x[k]) & zeros));
    }
    for (std::uint32_t step = 0; step < kSteps; step += kUnrolled) {
#pragma GCC unroll 8
      for (std::uint32_t turn = 0; turn < kUnrolled; turn += 2) {
#pragma GCC unroll 32
        for (std::uint32_t k = 0; k < chains; ++k) x[k] = Step::even(x[k], p, q);
#pragma GCC unroll 32
        for (std::uint32_t k = 0; k < chains; ++k) x[k] = Step::odd(x[k], p, q);
      }
    }
#pragma GCC unroll 32
    for (std::uint32_t k = 0; k < chains; ++k) {
      *reinterpret_cast<U*>(state.sums + k * kVectorBytes) += reinterpret_cast<U>(x[k]);
    }
  }
}

// ---- The set --------------------------------------------------------------------------------------------------------

template <class Step, std::uint32_t count>
constexpr void fill_counts(Kernel (&kernels)[kCounts]) {
  if constexpr (count < kCounts) {
    if constexpr (kChains[count] <= kMostChains) kernels[count] = advance<Step, kChains[count]>;
    fill_counts<Step, count + 1>(kernels);
  }
}

template <template <std::size_t> class Step>
constexpr void fill(Set& set, Type type) {
  auto& widths = set.kernels[static_cast<std::uint32_t>(type)];
  fill_counts<Step<16>, 0>(widths[0]);
  if constexpr (kWidestBytes >= 32) fill_counts<Step<32>, 0>(widths[1]);
  if constexpr (kWidestBytes >= 64) fill_counts<Step<64>, 0>(widths[2]);
}

// A level that adds instructions to another has the types that these are for, and no others.
constexpr Set make_set() {
  Set set{cpu::Level::LEVEL, cpu::kIsFused, {}};
#if defined(__AVX512FP16__) || defined(__ARM_FEATURE_FP16_VECTOR_ARITHMETIC)
  fill<Fp16Step>(set, Type::fp16);
#elif defined(__AVX512BF16__)
  fill<Bf16Step>(set, Type::bf16);
#elif defined(__AVX512VNNI__) || defined(__AVXVNNI__) || defined(__ARM_FEATURE_DOTPROD)
  fill<Int8Step>(set, Type::int8);
#else
  fill<Fp64Step>(set, Type::fp64);
  fill<Fp32Step>(set, Type::fp32);
  fill<Int32Step>(set, Type::int32);
#if defined(__AVX2__)
  fill<Int8Step>(set, Type::int8);
#endif
#endif
  return set;
}

constexpr Set kSet = make_set();

}  // namespace

template <>
const Set& built_set<cpu::Level::LEVEL>() {
  return kSet;
}

}  // namespace chains
