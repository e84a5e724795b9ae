// Every kernel of every instruction set that this machine runs, against code that says the same in the plainest way.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "cpu_stream/kernels.h"
#include "cpu_stream/values.h"

using namespace stream;

namespace {

struct Free {
  void operator()(void* p) const { std::free(p); }
};

/// Arrays as the kernels get them, with untouchable elements before and after.
template <class T>
struct Arrays {
  static constexpr std::size_t kGuard = 64;
  static constexpr T kUntouched = T(-77);

  explicit Arrays(std::size_t n) : count(n) {
    for (int k = 0; k < 3; ++k) {
      const std::size_t bytes = (count + 2 * kGuard) * sizeof(T);
      memory[k].reset(static_cast<T*>(std::aligned_alloc(64, (bytes + 63) / 64 * 64)));
      std::fill_n(memory[k].get(), count + 2 * kGuard, kUntouched);
    }
  }
  T* at(int k) const { return memory[k].get() + kGuard; }
  bool guards_hold() const {
    for (int k = 0; k < 3; ++k) {
      for (std::size_t i = 0; i < kGuard; ++i) {
        if (at(k)[-1 - static_cast<std::ptrdiff_t>(i)] != kUntouched || at(k)[count + i] != kUntouched) return false;
      }
    }
    return true;
  }

  std::size_t count;
  std::unique_ptr<T, Free> memory[3];
};

template <class T>
double plain(Op op, const Slices<T>& s, T scalar) {
  double sum = 0;
  for (std::size_t i = 0; i < s.count; ++i) {
    switch (op) {
      case Op::copy:
        s.c[i] = s.a[i];
        break;
      case Op::mul:
        s.b[i] = scalar * s.c[i];
        break;
      case Op::add:
        s.c[i] = s.a[i] + s.b[i];
        break;
      case Op::triad:
        s.a[i] = s.b[i] + scalar * s.c[i];
        break;
      case Op::nstream:
        s.a[i] += s.b[i] + scalar * s.c[i];
        break;
      case Op::dot:
        sum += static_cast<double>(s.a[i]) * static_cast<double>(s.b[i]);
        break;
      case Op::read:
        sum += static_cast<double>(s.a[i]);
        break;
      case Op::write:
        s.a[i] = scalar;
        break;
    }
  }
  return sum;
}

std::vector<const Kernels*> sets_here() {
  std::vector<const Kernels*> sets = {&baseline_kernels()};
#if defined(PLUGIN_X86)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) sets.push_back(&avx2_kernels());
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) {
    sets.push_back(&avx512_kernels());
  }
#endif
  return sets;
}

/// `passes` passes of a kernel; every element and every sum against the plain code and against the closed form.
template <class T>
void check_kernel(Op op, Kernel<T> kernel, std::size_t slices, std::uint64_t passes) {
  Arrays<T> mine(slices * kSliceBytes / sizeof(T));
  Arrays<T> want(mine.count);
  std::mt19937 random(static_cast<unsigned>(slices) * 8 + static_cast<unsigned>(op));
  std::vector<T> start[3];
  for (int k = 0; k < 3; ++k) {
    for (std::size_t i = 0; i < mine.count; ++i) {
      start[k].push_back(value_of<T>(static_cast<std::uint8_t>(random() & bits_of(op))));
    }
  }
  if (op == Op::nstream) {
    for (std::size_t i = 0; i < mine.count; ++i) start[1][i] = T(-1.5) * start[2][i];
  }
  for (int k = 0; k < 3; ++k) {
    std::ranges::copy(start[k], mine.at(k));
    std::ranges::copy(start[k], want.at(k));
  }
  const Slices<T> a{mine.at(0), mine.at(1), mine.at(2), mine.count};
  const Slices<T> b{want.at(0), want.at(1), want.at(2), want.count};
  for (std::uint64_t pass = 0; pass < passes; ++pass) {
    const T scalar = scalar_of<T>(op, pass);
    REQUIRE(kernel(a, scalar) == plain(op, b, scalar));
  }
  for (int k = 0; k < 3; ++k) REQUIRE(std::equal(mine.at(k), mine.at(k) + mine.count, want.at(k)));
  CHECK(mine.guards_hold());
  const Shape shape = shape_of(op);
  if (shape.written == 0) return;
  const T* result = mine.at(shape.written - 'a');
  for (std::size_t i = 0; i < mine.count; ++i) {
    REQUIRE(result[i] == expected(op, start[0][i], start[1][i], start[2][i], passes));
  }
}

template <class T>
void check_set(const KernelSet<T>& set) {
  for (std::size_t k = 0; k < kOps; ++k) {
    const Op op = static_cast<Op>(k);
    CAPTURE(k);
    REQUIRE((set.ordinary[k] != nullptr));
    for (const std::size_t slices : {1u, 2u, 3u, 5u, 7u, 63u, 129u, 257u}) {
      CAPTURE(slices);
      for (const std::uint64_t passes : {1u, 2u, 5u}) {
        check_kernel(op, set.ordinary[k], slices, passes);
        if (set.streaming[k] != nullptr) check_kernel(op, set.streaming[k], slices, passes);
      }
    }
    if (shape_of(op).written == 0) CHECK((set.streaming[k] == nullptr));
  }
}

}  // namespace

TEST_CASE("every kernel of every instruction set computes what the plain code does, at every slice size") {
  for (const Kernels* set : sets_here()) {
    CAPTURE(set->isa);
    check_set(set->fp32);
    check_set(set->fp64);
  }
}

TEST_CASE("sums of the largest values stay exact in every kernel, over whole blocks") {
  for (const Kernels* set : sets_here()) {
    CAPTURE(set->isa);
    for (const Op op : {Op::dot, Op::read}) {
      Arrays<float> largest(3 * 4096);
      const float value = value_of<float>(bits_of(op));
      const float step = 1.0f / (op == Op::dot ? 16 : 256);
      for (int k = 0; k < 3; ++k) std::fill_n(largest.at(k), largest.count, value);
      // The least that two values can differ by must show in the sum of all.
      largest.at(0)[4097] -= step;
      const Slices<float> s{largest.at(0), largest.at(1), largest.at(2), largest.count};
      CHECK(set->fp32.ordinary[static_cast<std::size_t>(op)](s, 1.0f) == plain(op, s, 1.0f));
    }
  }
}

TEST_CASE("the widest set that this machine runs is picked") {
  CHECK(std::string(pick_kernels().isa) == sets_here().back()->isa);
}

TEST_CASE("nstream stays exact over whole periods, and every pass leaves something of its own") {
  for (const Kernels* set : sets_here()) {
    CAPTURE(set->isa);
    for (const std::uint64_t passes : {511u, 512u, 513u, 1023u, 1024u, 1025u, 2500u}) {
      CAPTURE(passes);
      check_kernel(Op::nstream, set->fp32.ordinary[static_cast<std::size_t>(Op::nstream)], 1, passes);
      check_kernel(Op::nstream, set->fp64.ordinary[static_cast<std::size_t>(Op::nstream)], 1, passes);
    }
  }
  for (const Op op : {Op::mul, Op::triad, Op::nstream, Op::write}) {
    for (std::uint64_t done = 2; done < 3000; ++done) {
      CHECK(expected<double>(op, 1.5, 1.25, 1.75, done) != expected<double>(op, 1.5, 1.25, 1.75, done - 1));
    }
  }
}
