// The kernels of cpu_cache, of every instruction set that this machine runs, against code that says the same in the
// plainest way; and its oracle, which must notice each planted error.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "common/widest.h"
#include "contract/sdk/driver/test_host.h"
#include "cpu_cache/kernels.h"
#include "cpu_cache/worker.h"

using namespace cache;
using benchhost::contract::State;
using benchhost::contract::TestHost;

namespace {

struct Free {
  void operator()(void* p) const { std::free(p); }
};

/// An array as the kernels get it, with untouchable words before and after.
struct Guarded {
  static constexpr std::size_t kGuard = 64;
  static constexpr std::uint64_t kUntouched = 0xdeadbeefdeadbeefu;

  explicit Guarded(std::size_t n) : count(n) {
    memory.reset(static_cast<std::uint64_t*>(std::aligned_alloc(64, (n + 2 * kGuard) * sizeof(std::uint64_t))));
    std::fill_n(memory.get(), n + 2 * kGuard, kUntouched);
  }
  std::uint64_t* data() const { return memory.get() + kGuard; }
  bool guards_hold() const {
    const auto untouched = [](std::uint64_t word) { return word == kUntouched; };
    return std::all_of(memory.get(), data(), untouched) &&
           std::all_of(data() + count, data() + count + kGuard, untouched);
  }

  std::size_t count;
  std::unique_ptr<std::uint64_t, Free> memory;
};

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

Kernel good(Op op) { return pick_kernels().of[static_cast<std::size_t>(op)]; }

constexpr Op kAll[] = {Op::read, Op::write, Op::copy};
constexpr std::size_t kCount = 4096 + 96;  ///< more than one chunk of the oracle, and no multiple of one

struct Fixture {
  TestHost host;
  bh_create_t create = bb::sized<bh_create_t>();
  bh_prepare_t args = bb::sized<bh_prepare_t>();

  Fixture() { host.set_state(State::preparing); }
  Worker worker(Op op) {
    const bb::Prepare p(host.table(), &create, bb::Values(nullptr, 0, nullptr, 0), &args,
                        bb::Values(nullptr, 0, nullptr, 0), nullptr, 0);
    return Worker(p, op, 0, kCount);
  }
};

using Step = std::pair<Kernel, std::uint64_t>;

Check after(Op op, std::initializer_list<Step> steps) {
  Fixture f;
  Worker worker = f.worker(op);
  for (const auto& [kernel, passes] : steps) worker.run(kernel, passes);
  return worker.check();
}

/// Runs right, then spoils one bit of the result: of word `where`, of the sum of a read.
template <Op op, std::size_t where>
std::uint64_t flipped(const Arrays& arrays, std::uint64_t first, std::uint64_t passes) {
  const std::uint64_t sum = good(op)(arrays, first, passes);
  if (op == Op::read) return sum ^ 1;
  arrays.to[where] ^= 1;
  return sum;
}

std::uint64_t nothing(const Arrays&, std::uint64_t, std::uint64_t) { return 0; }

template <Op op>
std::uint64_t one_pass_less(const Arrays& arrays, std::uint64_t first, std::uint64_t passes) {
  return good(op)(arrays, first, passes - 1);
}

template <Op op>
std::uint64_t half_of_the_array(const Arrays& arrays, std::uint64_t first, std::uint64_t passes) {
  return good(op)({arrays.from, arrays.to, arrays.count / 2}, first, passes);
}

template <Op op>
void check_oracle() {
  CAPTURE(static_cast<int>(op));
  const Check right = after(op, {Step{good(op), 3}, Step{good(op), 4}});
  CHECK(right.wrong == 0);
  CHECK(right.checked == (op == Op::read ? 7 : kCount));
  CHECK(after(op, {Step{good(op), 2}, Step{flipped<op, 0>, 1}}).wrong > 0);
  CHECK(after(op, {Step{good(op), 2}, Step{flipped<op, 4096>, 1}}).wrong > 0);
  CHECK(after(op, {Step{good(op), 2}, Step{flipped<op, kCount - 1>, 1}}).wrong > 0);
  CHECK(after(op, {Step{nothing, 3}}).wrong > 0);
  CHECK(after(op, {Step{good(op), 2}, Step{nothing, 1}}).wrong > 0);
  CHECK(after(op, {Step{one_pass_less<op>, 5}}).wrong > 0);
  CHECK(after(op, {Step{half_of_the_array<op>, 5}}).wrong > 0);
}

}  // namespace

TEST_CASE("every kernel of cpu_cache and every instruction set does what the plain code does, at every size") {
  for (const Kernels* set : sets_here()) {
    CAPTURE(set->isa);
    for (const std::size_t slices : {1u, 2u, 3u, 7u, 63u, 257u}) {
      CAPTURE(slices);
      const std::size_t count = slices * kSliceBytes / sizeof(std::uint64_t);
      std::mt19937_64 random(slices);
      std::vector<std::uint64_t> start(count);
      std::ranges::generate(start, random);
      std::uint64_t sum = 0;
      for (const std::uint64_t word : start) sum += word;
      for (const std::uint64_t passes : {1u, 2u, 5u}) {
        CAPTURE(passes);
        Guarded from(count), to(count);
        std::ranges::copy(start, from.data());
        CHECK(set->of[0]({from.data(), nullptr, count}, 9, passes) == sum * passes);
        CHECK(std::equal(start.begin(), start.end(), from.data()));

        CHECK(set->of[1]({nullptr, to.data(), count}, 9, passes) == 0);
        CHECK(std::count(to.data(), to.data() + count, stamp_of(9 + passes - 1)) == static_cast<std::ptrdiff_t>(count));

        CHECK(set->of[2]({from.data(), to.data(), count}, 9, passes) == 0);
        std::vector<std::uint64_t> want = start;
        std::fill(want.end() - kLineWords, want.end(), stamp_of(9 + passes - 1));
        CHECK(std::equal(want.begin(), want.end(), to.data()));
        CHECK(from.guards_hold());
        CHECK(to.guards_hold());
      }
    }
  }
}

TEST_CASE("the widest set of cpu_cache that this machine runs is picked") {
  CHECK(std::string(pick_kernels().isa) == sets_here().back()->isa);
}

TEST_CASE("the oracle of cpu_cache passes what is right and notices each planted error") {
  check_oracle<Op::read>();
  check_oracle<Op::write>();
  check_oracle<Op::copy>();
}

TEST_CASE("arrays that no pass went through are not checked") {
  for (const Op op : kAll) CHECK(after(op, {}).checked == 0);
}
