// Compiled once per instruction set: STREAM_SET names the function that hands the set out, the compiler's flags say
// what may be used. Vectors are spelt out, so that compilers and flags do not decide what is measured. The loops keep
// four vectors in flight for stores and eight for sums: fewer are bound by the latency of an addition, not by memory.
#include "kernels.h"

#include "common/vector.h"

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace stream {

namespace {

using simd::kIsa;
using simd::kVectorBytes;

template <class T>
struct Vector;
template <>
struct Vector<float> {
  typedef float type __attribute__((vector_size(kVectorBytes), may_alias));
};
template <>
struct Vector<double> {
  typedef double type __attribute__((vector_size(kVectorBytes), may_alias));
};
template <class T>
using V = typename Vector<T>::type;
template <class T>
inline constexpr std::size_t kLanes = kVectorBytes / sizeof(T);

template <class T>
inline V<T> load(const T* p) {
  return *reinterpret_cast<const V<T>*>(p);
}

struct Ordinary {
  template <class T>
  static void store(T* p, V<T> v) {
    *reinterpret_cast<V<T>*>(p) = v;
  }
  static void fence() {}
};

#if defined(__SSE2__)
struct Streaming {
#if defined(__AVX512F__)
  static void store(float* p, V<float> v) { _mm512_stream_ps(p, reinterpret_cast<__m512>(v)); }
  static void store(double* p, V<double> v) { _mm512_stream_pd(p, reinterpret_cast<__m512d>(v)); }
#elif defined(__AVX2__)
  static void store(float* p, V<float> v) { _mm256_stream_ps(p, reinterpret_cast<__m256>(v)); }
  static void store(double* p, V<double> v) { _mm256_stream_pd(p, reinterpret_cast<__m256d>(v)); }
#else
  static void store(float* p, V<float> v) { _mm_stream_ps(p, reinterpret_cast<__m128>(v)); }
  static void store(double* p, V<double> v) { _mm_stream_pd(p, reinterpret_cast<__m128d>(v)); }
#endif
  // Such stores are done when they are visible, not when they are issued.
  static void fence() { _mm_sfence(); }
};
#endif

// out[i] = f(i) over whole slices.
template <class T, class Store, class F>
inline double fill(T* out, std::size_t count, F f) {
  constexpr std::size_t kStep = 4 * kLanes<T>;
  for (std::size_t i = 0; i < count; i += kStep) {
    const V<T> v0 = f(i);
    const V<T> v1 = f(i + kLanes<T>);
    const V<T> v2 = f(i + 2 * kLanes<T>);
    const V<T> v3 = f(i + 3 * kLanes<T>);
    Store::store(out + i, v0);
    Store::store(out + i + kLanes<T>, v1);
    Store::store(out + i + 2 * kLanes<T>, v2);
    Store::store(out + i + 3 * kLanes<T>, v3);
  }
  Store::fence();
  return 0;
}

template <class T, class Store>
double copy(const Slices<T>& s, T) {
  return fill<T, Store>(s.c, s.count, [&](std::size_t i) { return load(s.a + i); });
}
template <class T, class Store>
double mul(const Slices<T>& s, T scalar) {
  return fill<T, Store>(s.b, s.count, [&](std::size_t i) { return scalar * load(s.c + i); });
}
template <class T, class Store>
double add(const Slices<T>& s, T) {
  return fill<T, Store>(s.c, s.count, [&](std::size_t i) { return load(s.a + i) + load(s.b + i); });
}
template <class T, class Store>
double triad(const Slices<T>& s, T scalar) {
  return fill<T, Store>(s.a, s.count, [&](std::size_t i) { return load(s.b + i) + scalar * load(s.c + i); });
}
template <class T, class Store>
double nstream(const Slices<T>& s, T scalar) {
  return fill<T, Store>(s.a, s.count,
                        [&](std::size_t i) { return load(s.a + i) + (load(s.b + i) + scalar * load(s.c + i)); });
}
template <class T, class Store>
double write(const Slices<T>& s, T scalar) {
  const V<T> all = scalar - V<T>{};
  return fill<T, Store>(s.a, s.count, [&](std::size_t) { return all; });
}

// Sums in blocks, so that with values of few bits every partial sum is exact in T and the total in double, in whatever
// order (values.h): the oracle asks for equality.
constexpr std::size_t kBlockElements = 4096;

template <class T, class F>
inline double sum(std::size_t count, F f) {
  constexpr std::size_t kSums = 8;
  constexpr std::size_t kStep = kSums * kLanes<T>;
  double total = 0;
  for (std::size_t begin = 0; begin < count; begin += kBlockElements) {
    const std::size_t end = begin + kBlockElements < count ? begin + kBlockElements : count;
    V<T> sums[kSums] = {};
    std::size_t i = begin;
    for (; i + kStep <= end; i += kStep) {
      for (std::size_t k = 0; k < kSums; ++k) sums[k] += f(i + k * kLanes<T>);
    }
    for (; i < end; i += kLanes<T>) sums[0] += f(i);
    for (std::size_t k = 1; k < kSums; ++k) sums[0] += sums[k];
    for (std::size_t lane = 0; lane < kLanes<T>; ++lane) total += static_cast<double>(sums[0][lane]);
  }
  return total;
}

template <class T>
double dot(const Slices<T>& s, T) {
  return sum<T>(s.count, [&](std::size_t i) { return load(s.a + i) * load(s.b + i); });
}
template <class T>
double read(const Slices<T>& s, T) {
  return sum<T>(s.count, [&](std::size_t i) { return load(s.a + i); });
}

template <class T>
constexpr KernelSet<T> set_of() {
  KernelSet<T> set{};
  set.ordinary[static_cast<std::size_t>(Op::copy)] = copy<T, Ordinary>;
  set.ordinary[static_cast<std::size_t>(Op::mul)] = mul<T, Ordinary>;
  set.ordinary[static_cast<std::size_t>(Op::add)] = add<T, Ordinary>;
  set.ordinary[static_cast<std::size_t>(Op::triad)] = triad<T, Ordinary>;
  set.ordinary[static_cast<std::size_t>(Op::nstream)] = nstream<T, Ordinary>;
  set.ordinary[static_cast<std::size_t>(Op::dot)] = dot<T>;
  set.ordinary[static_cast<std::size_t>(Op::read)] = read<T>;
  set.ordinary[static_cast<std::size_t>(Op::write)] = write<T, Ordinary>;
#if defined(__SSE2__)
  set.streaming[static_cast<std::size_t>(Op::copy)] = copy<T, Streaming>;
  set.streaming[static_cast<std::size_t>(Op::mul)] = mul<T, Streaming>;
  set.streaming[static_cast<std::size_t>(Op::add)] = add<T, Streaming>;
  set.streaming[static_cast<std::size_t>(Op::triad)] = triad<T, Streaming>;
  set.streaming[static_cast<std::size_t>(Op::nstream)] = nstream<T, Streaming>;
  set.streaming[static_cast<std::size_t>(Op::write)] = write<T, Streaming>;
#endif
  return set;
}

constexpr Kernels kSet = {kIsa, set_of<float>(), set_of<double>()};

}  // namespace

const Kernels& STREAM_SET() { return kSet; }

}  // namespace stream
