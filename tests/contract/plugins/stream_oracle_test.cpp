// The oracle of cpu_stream notices planted corruption: kernels that do the right thing but for one detail.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "contract/sdk/driver/test_host.h"
#include "cpu_stream/kernels.h"
#include "cpu_stream/worker.h"

using namespace stream;
using benchhost::contract::State;
using benchhost::contract::TestHost;
namespace bb = benchhost;

namespace {

constexpr std::size_t kCount = 8192 + 64;  ///< more than two chunks of the oracle, and no multiple of one

struct Fixture {
  TestHost host;
  bh_create_t create = bb::sized<bh_create_t>();
  bh_prepare_t args = bb::sized<bh_prepare_t>();

  Fixture() { host.set_state(State::preparing); }

  template <class T>
  Worker<T> worker(Op op, std::size_t count = kCount) {
    const bb::Prepare p(host.table(), &create, bb::Values(nullptr, 0, nullptr, 0), &args,
                        bb::Values(nullptr, 0, nullptr, 0), nullptr, 0);
    return Worker<T>(p, op, 0, count);
  }
};

template <class T>
Kernel<T> good(Op op) {
  if constexpr (sizeof(T) == 4) {
    return pick_kernels().fp32.ordinary[static_cast<std::size_t>(op)];
  } else {
    return pick_kernels().fp64.ordinary[static_cast<std::size_t>(op)];
  }
}

constexpr Op kAll[] = {Op::copy, Op::mul, Op::add, Op::triad, Op::nstream, Op::dot, Op::read, Op::write};

template <class T>
T* written(Op op, const Slices<T>& s) {
  const char array = shape_of(op).written;
  return array == 'a' ? s.a : array == 'b' ? s.b : array == 'c' ? s.c : nullptr;
}

/// Runs right, then spoils one element of the result: `where` of it.
template <class T, Op op, std::size_t where>
double flipped(const Slices<T>& s, T scalar) {
  double sum = good<T>(op)(s, scalar);
  T* result = written(op, s);
  // The least that can be wrong: one step of the values, 1/256.
  if (result != nullptr) result[where] += T(1) / T(256);
  return result != nullptr ? sum : sum + 1.0 / 256;
}

/// Leaves NaN where a number belongs.
template <class T, Op op>
double spoiled(const Slices<T>& s, T scalar) {
  const double sum = good<T>(op)(s, scalar);
  T* result = written(op, s);
  if (result != nullptr) result[s.count / 2] = std::numeric_limits<T>::quiet_NaN();
  return result != nullptr ? sum : std::nan("");
}

template <class T, Op op>
double nothing(const Slices<T>&, T) {
  return 0;
}

/// The scalar of the pass before.
template <class T, Op op>
double stale(const Slices<T>& s, T scalar) {
  const T before = op == Op::nstream ? (scalar == T(2) ? T(1) : T(2)) : (scalar == T(1) ? T(4) : scalar - T(1));
  return good<T>(op)(s, before);
}

template <class T, Op op>
void check_op() {
  CAPTURE(static_cast<int>(op));
  CAPTURE(sizeof(T));
  Fixture f;
  const bool scalar = op == Op::mul || op == Op::triad || op == Op::nstream || op == Op::write;
  const auto error_of = [&](auto&&... kernels) {
    Worker<T> worker = f.worker<T>(op);
    (worker.run(kernels.first, kernels.second), ...);
    return worker.check();
  };
  using Step = std::pair<Kernel<T>, std::uint64_t>;
  const Check right = error_of(Step{good<T>(op), 7});
  CHECK(right.error == 0);
  CHECK(right.checked == (shape_of(op).written == 0 ? 7 : kCount));
  // The first, the last, and both sides of a chunk's edge.
  CHECK(error_of(Step{good<T>(op), 2}, Step{flipped<T, op, 0>, 1}).error > 0);
  CHECK(error_of(Step{good<T>(op), 2}, Step{flipped<T, op, 4095>, 1}).error > 0);
  CHECK(error_of(Step{good<T>(op), 2}, Step{flipped<T, op, 4096>, 1}).error > 0);
  CHECK(error_of(Step{good<T>(op), 2}, Step{flipped<T, op, kCount - 1>, 1}).error > 0);
  CHECK(error_of(Step{good<T>(op), 2}, Step{spoiled<T, op>, 1}).error > 0);
  CHECK(error_of(Step{nothing<T, op>, 3}).error > 0);
  // One pass too few: what copy and add leave is the same after every pass, so only there it cannot be seen.
  const bool same_each_pass = op == Op::copy || op == Op::add;
  CHECK((error_of(Step{good<T>(op), 2}, Step{nothing<T, op>, 1}).error > 0) == !same_each_pass);
  if (scalar) CHECK(error_of(Step{good<T>(op), 2}, Step{stale<T, op>, 1}).error > 0);
}

template <class T>
void check_all() {
  check_op<T, Op::copy>();
  check_op<T, Op::mul>();
  check_op<T, Op::add>();
  check_op<T, Op::triad>();
  check_op<T, Op::nstream>();
  check_op<T, Op::dot>();
  check_op<T, Op::read>();
  check_op<T, Op::write>();
}

}  // namespace

TEST_CASE("the stream oracle passes what is right and notices each planted error, in fp64") { check_all<double>(); }

TEST_CASE("the stream oracle passes what is right and notices each planted error, in fp32") { check_all<float>(); }

TEST_CASE("what never ran is not checked") {
  Fixture f;
  for (const Op op : kAll) CHECK(f.worker<double>(op).check().checked == 0);
}
