// Compiled once per instruction set: LEVEL names it, the compiler's flags say what may be used.
#include "kernels.h"

#include <type_traits>

#include "common/vectors.h"

namespace roofline {

namespace {

using cpu::kWidestBytes;
using cpu::V;

template <class T>
constexpr std::size_t kLanes = kWidestBytes / sizeof(T);
template <class T>
using Word = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;

template <class T>
V<T, kWidestBytes> all(T value) {
  return value - V<T, kWidestBytes>{};
}

// Pairs of multiply-adds are done four at a time while there are as many: loops of few turns end predictably, those of
// hundreds are too long for that to matter.
template <class T>
void compute(T* array, std::size_t count, const Pass<T>& pass) {
  using X = V<T, kWidestBytes>;
  const X factor = all(pass.factor), even = all(pass.addends[0]), odd = all(pass.addends[1]);
  const std::uint32_t fours = pass.fmas / 8;
  const std::uint32_t pairs = pass.fmas % 8 / 2;
  const bool one_more = pass.fmas % 2 != 0;
  X x[kVectors];
  const auto step = [&](X addend) __attribute__((always_inline)) {
#pragma GCC unroll 12
    for (std::size_t k = 0; k < kVectors; ++k) x[k] = cpu::multiply_add<T, kWidestBytes>(x[k], factor, addend);
  };
  for (T* block = array; block != array + count; block += kVectors * kLanes<T>) {
#pragma GCC unroll 12
    for (std::size_t k = 0; k < kVectors; ++k) x[k] = *reinterpret_cast<const X*>(block + k * kLanes<T>);
    for (std::uint32_t left = fours; left > 0; --left) {
      step(even);
      step(odd);
      step(even);
      step(odd);
      step(even);
      step(odd);
      step(even);
      step(odd);
    }
    for (std::uint32_t left = pairs; left > 0; --left) {
      step(even);
      step(odd);
    }
    if (one_more) step(even);
#pragma GCC unroll 12
    for (std::size_t k = 0; k < kVectors; ++k) *reinterpret_cast<X*>(block + k * kLanes<T>) = x[k];
  }
}

template <class T>
void touch(T* array, std::size_t count, std::uint32_t mask) {
  using U = V<Word<T>, kWidestBytes>;
  const U bits = Word<T>{mask} - U{};
  for (T* block = array; block != array + count; block += kVectors * kLanes<T>) {
#pragma GCC unroll 12
    for (std::size_t k = 0; k < kVectors; ++k) *reinterpret_cast<U*>(block + k * kLanes<T>) ^= bits;
  }
}

constexpr Set kSet = {cpu::Level::LEVEL, {compute<float>, touch<float>}, {compute<double>, touch<double>}};

}  // namespace

template <>
const Set& built_set<cpu::Level::LEVEL>() {
  return kSet;
}

}  // namespace roofline
