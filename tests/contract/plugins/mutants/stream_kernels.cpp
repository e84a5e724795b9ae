// Kernels of cpu_stream that are wrong in one way, said by MUTANT. Built with the rest of the plugin as it is shipped:
// the oracle has to notice each.
#include "kernels.h"

namespace stream {

namespace {

#define LAST_ELEMENT_SKIPPED 1
#define WRONG_SCALAR 2
#define HALF_SKIPPED 3
#define EMPTY 4

template <class T>
T scalar_used(T scalar) {
  return MUTANT == WRONG_SCALAR ? scalar + T(1) : scalar;
}

std::size_t count_used(std::size_t count) {
  switch (MUTANT) {
    case LAST_ELEMENT_SKIPPED:
      return count - 1;
    case HALF_SKIPPED:
      return count / 2;
    case EMPTY:
      return 0;
    default:
      return count;
  }
}

template <class T, Op op>
double kernel(const Slices<T>& s, T given) {
  const T scalar = scalar_used(given);
  const std::size_t count = count_used(s.count);
  double sum = MUTANT == WRONG_SCALAR && (op == Op::dot || op == Op::read) ? 1 : 0;
  for (std::size_t i = 0; i < count; ++i) {
    // Where no scalar enters, the mutant of the scalar writes one all the same.
    const T extra = MUTANT == WRONG_SCALAR ? T(1) : T(0);
    if constexpr (op == Op::copy) s.c[i] = s.a[i] + extra;
    if constexpr (op == Op::mul) s.b[i] = scalar * s.c[i];
    if constexpr (op == Op::add) s.c[i] = s.a[i] + s.b[i] + extra;
    if constexpr (op == Op::triad) s.a[i] = s.b[i] + scalar * s.c[i];
    if constexpr (op == Op::nstream) s.a[i] += s.b[i] + scalar * s.c[i];
    if constexpr (op == Op::write) s.a[i] = scalar;
    if constexpr (op == Op::dot) sum += static_cast<double>(s.a[i]) * static_cast<double>(s.b[i]);
    if constexpr (op == Op::read) sum += static_cast<double>(s.a[i]);
  }
  return sum;
}

template <class T>
constexpr KernelSet<T> set_of() {
  KernelSet<T> set{};
  set.ordinary[static_cast<std::size_t>(Op::copy)] = kernel<T, Op::copy>;
  set.ordinary[static_cast<std::size_t>(Op::mul)] = kernel<T, Op::mul>;
  set.ordinary[static_cast<std::size_t>(Op::add)] = kernel<T, Op::add>;
  set.ordinary[static_cast<std::size_t>(Op::triad)] = kernel<T, Op::triad>;
  set.ordinary[static_cast<std::size_t>(Op::nstream)] = kernel<T, Op::nstream>;
  set.ordinary[static_cast<std::size_t>(Op::dot)] = kernel<T, Op::dot>;
  set.ordinary[static_cast<std::size_t>(Op::read)] = kernel<T, Op::read>;
  set.ordinary[static_cast<std::size_t>(Op::write)] = kernel<T, Op::write>;
  return set;
}

constexpr Kernels kSet = {"base", set_of<float>(), set_of<double>()};

}  // namespace

// Without PLUGIN_X86 pick.cpp takes this set on every machine.
const Kernels& baseline_kernels() { return kSet; }

}  // namespace stream
