// Every kernel of cpu_roofline against the plainest loop, and the closed form against both.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "contract/sdk/driver/test_host.h"
#include "cpu_roofline/kernels.h"
#include "cpu_roofline/values.h"
#include "cpu_roofline/worker.h"

using namespace roofline;
using benchhost::contract::TestHost;

namespace {

std::vector<const Set*> sets_here() {
  const cpu::Registers here = cpu::read_registers();
  std::vector<const Set*> sets;
  for (const cpu::Level level : {cpu::Level::sse2, cpu::Level::neon, cpu::Level::avx2, cpu::Level::avx512}) {
    if (set_of(level) != nullptr && cpu::missing(level, here).empty()) sets.push_back(set_of(level));
  }
  return sets;
}

struct Free {
  void operator()(void* p) const { std::free(p); }
};

/// Whole blocks with untouchable elements before and after.
template <class T>
struct Array {
  static constexpr std::size_t kGuard = 64;
  explicit Array(std::size_t blocks)
      : count(blocks * kBlockBytes / sizeof(T)),
        memory(static_cast<T*>(std::aligned_alloc(64, (count + 2 * kGuard) * sizeof(T)))) {
    std::fill_n(memory.get(), count + 2 * kGuard, T(-77));
  }
  T* data() { return memory.get() + kGuard; }
  bool guards_hold() {
    for (std::size_t i = 0; i < kGuard; ++i) {
      if (memory.get()[i] != T(-77) || data()[count + i] != T(-77)) return false;
    }
    return true;
  }
  std::size_t count;
  std::unique_ptr<T, Free> memory;
};

template <class T>
void check_compute(const Set& set) {
  std::mt19937 random(3);
  for (const std::size_t blocks : {1u, 2u, 5u}) {
    for (const std::uint32_t fmas : {1u, 2u, 3u, 7u, 8u, 9u, 15u, 64u, 1023u, 1024u}) {
      CAPTURE(fmas);
      Array<T> array(blocks);
      std::vector<T> want;
      for (std::size_t i = 0; i < array.count; ++i) {
        array.data()[i] = static_cast<T>(value_of(static_cast<std::uint8_t>(random())));
        want.push_back(array.data()[i]);
      }
      const std::vector<T> start = want;
      for (std::uint64_t index = 0; index < 5; ++index) {
        const Pass<T> pass = pass_of<T>(fmas, index);
        kernels_of<T>(set).compute(array.data(), array.count, pass);
        for (T& x : want) {
          for (std::uint32_t k = 0; k < fmas; ++k) x = x * pass.factor + pass.addends[k % 2];
        }
      }
      REQUIRE(std::equal(want.begin(), want.end(), array.data()));
      const Affine map = map_after(fmas, 5);
      for (std::size_t i = 0; i < want.size(); ++i) {
        REQUIRE(want[i] == static_cast<T>(map.turn * static_cast<double>(start[i]) + map.shift));
      }
      CHECK(array.guards_hold());
    }
  }
}

template <class T>
void check_touch(const Set& set) {
  Array<T> array(3);
  std::fill_n(array.data(), array.count, T(1.5));
  for (std::uint64_t index = 0; index < 300; ++index) {
    kernels_of<T>(set).touch(array.data(), array.count, mask_of(index));
    T want = T(1.5);
    std::uint32_t low = 0;
    std::memcpy(&low, &want, sizeof low);
    low ^= flipped_after(index + 1);
    std::memcpy(&want, &low, sizeof low);
    for (std::size_t i = 0; i < array.count; ++i) REQUIRE(std::memcmp(&array.data()[i], &want, sizeof want) == 0);
  }
  CHECK(array.guards_hold());
}

}  // namespace

TEST_CASE("every kernel of the roofline computes what the plain loop does, and the closed form says the same") {
  REQUIRE(!sets_here().empty());
  for (const Set* set : sets_here()) {
    const std::string level = cpu::name_of(set->level);
    CAPTURE(level);
    check_compute<float>(*set);
    check_compute<double>(*set);
    check_touch<float>(*set);
    check_touch<double>(*set);
  }
}

TEST_CASE("passes are exact, the closed form says the same of any number of them, and those of the rise all differ") {
  for (const std::uint32_t fmas : {1u, 2u, 3u, 16u, 1023u, 1024u}) {
    CAPTURE(fmas);
    CHECK(map_after(fmas, 0).turn == 1);
    CHECK(map_after(fmas, 0).shift == 0);
    Affine all;
    std::set<std::pair<double, double>> seen;
    for (std::uint64_t i = 0; i < kRise + 3 * kPeriod; ++i) {
      if (i <= kRise) CHECK(seen.insert({all.turn, all.shift}).second);
      const Affine closed = map_after(fmas, i);
      REQUIRE(closed.turn == all.turn);
      REQUIRE(closed.shift == all.shift);
      const Affine one = map_of(pass_of<double>(fmas, i));
      all = {one.turn * all.turn, one.turn * all.shift + one.shift};
      // A multiple of 1/256 below 2^15 fits the 24 bits of a float.
      CHECK(all.shift * 256 == std::round(all.shift * 256));
      CHECK(std::fabs(all.shift) < 0x1p14);
    }
  }
}

TEST_CASE("passes of which every second one is left out never lead to where all of them lead") {
  for (const std::uint32_t fmas : {1u, 2u, 3u, 16u, 1023u, 1024u}) {
    for (const std::uint64_t kept : {0u, 1u}) {
      CAPTURE(fmas);
      CAPTURE(kept);
      Affine some;
      for (std::uint64_t done = 0; done < kRise + 5 * kPeriod; ++done) {
        const Affine all = map_after(fmas, done);
        // The first pass alone is all of one.
        if (done > 1 - kept) REQUIRE((some.turn != all.turn || some.shift != all.shift));
        if (done % 2 != kept) continue;
        const Affine one = map_of(pass_of<double>(fmas, done));
        some = {one.turn * some.turn, one.turn * some.shift + one.shift};
      }
    }
  }
}

namespace {

template <class T>
std::uint64_t wrong_after(const Kernels<T>& kernels, std::uint32_t fmas, std::uint64_t passes) {
  TestHost host;
  host.set_state(benchhost::contract::State::preparing);
  Worker<T> worker(host.table(), kernels, fmas, 0, 2 * kBlockBytes / sizeof(T));
  worker.run(passes);
  return worker.check();
}

Kernels<float> g_right;
void one_fma_less(float* array, std::size_t count, const Pass<float>& pass) {
  Pass<float> less = pass;
  --less.fmas;
  g_right.compute(array, count, less);
}
void last_element_skipped(float* array, std::size_t count, const Pass<float>& pass) {
  const float last = array[count - 1];
  g_right.compute(array, count, pass);
  array[count - 1] = last;
}
void nothing(float*, std::size_t, const Pass<float>&) {}
void touches_nothing(float*, std::size_t, std::uint32_t) {}

}  // namespace

TEST_CASE("the roofline's oracle notices each planted error") {
  g_right = sets_here().back()->fp32;
  for (const std::uint32_t fmas : {1u, 2u, 33u, 1024u}) {
    CAPTURE(fmas);
    CHECK(wrong_after<float>(g_right, fmas, 9) == 0);
    for (const Compute<float> planted : {one_fma_less, last_element_skipped, nothing}) {
      CHECK(wrong_after<float>({planted, g_right.touch}, fmas, 9) > 0);
    }
  }
  CHECK(wrong_after<float>(g_right, 0, 9) == 0);
  CHECK(wrong_after<float>({g_right.compute, touches_nothing}, 0, 9) > 0);
}

TEST_CASE("touching passes of which some are left out leave other bits, however many they are") {
  std::uint32_t every_second = 0;
  std::uint32_t without_the_first = 0;
  for (std::uint64_t done = 1; done <= 100'000; ++done) {
    const std::uint32_t mask = mask_of(done - 1);
    if (done % 2 == 1) every_second ^= mask;
    if (done > 1) without_the_first ^= mask;
    REQUIRE(flipped_after(done) != 0);
    REQUIRE(without_the_first != flipped_after(done));
    if (done > 1) REQUIRE(every_second != flipped_after(done));
    // Finite in either type, and within the fraction.
    REQUIRE(flipped_after(done) < (1U << 22));
  }
}
