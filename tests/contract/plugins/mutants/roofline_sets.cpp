// Kernels of cpu_roofline that are wrong in one way, said by MUTANT: the sets as they are shipped, of which the kernels
// are wrapped. Built with the rest of the plugin as it is shipped: the oracle has to notice each.
#define set_of shipped_set_of
#include "cpu_roofline/sets.cpp"
#undef set_of

namespace roofline {

const Set* set_of(cpu::Level level);

namespace {

#define ONE_FMA_LESS 1
#define LAST_ELEMENT_SKIPPED 2
#define HALF_SKIPPED 3
#define EVERY_SECOND_PASS_SKIPPED 4
#define EMPTY 5

template <class T>
Kernels<T> shipped;

/// Runs `kernel` on what the mutant leaves of the array, of this pass.
template <class T, class Kernel>
void mutated(T* array, std::size_t count, Kernel kernel) {
  static thread_local bool second = false;
  second = !second;
  const T last = array[count - 1];
  switch (MUTANT) {
    case LAST_ELEMENT_SKIPPED:
      kernel(array, count);
      array[count - 1] = last;
      return;
    case HALF_SKIPPED:
      return kernel(array, count / 2 / (kBlockBytes / sizeof(T)) * (kBlockBytes / sizeof(T)));
    case EVERY_SECOND_PASS_SKIPPED:
      if (second) kernel(array, count);
      return;
    case EMPTY:
      return;
    default:
      return kernel(array, count);
  }
}

template <class T>
void compute(T* array, std::size_t count, const Pass<T>& pass) {
  mutated(array, count, [&](T* part, std::size_t size) {
    Pass<T> used = pass;
    if (MUTANT == ONE_FMA_LESS) --used.fmas;
    shipped<T>.compute(part, size, used);
  });
}

template <class T>
void touch(T* array, std::size_t count, std::uint32_t mask) {
  mutated(array, count, [&](T* part, std::size_t size) {
    // Where there is no multiply-add to leave out, a bit is.
    shipped<T>.touch(part, size, MUTANT == ONE_FMA_LESS ? mask & ~1U : mask);
  });
}

}  // namespace

const Set* set_of(cpu::Level level) {
  static Set set;
  const Set* found = shipped_set_of(level);
  if (found == nullptr) return nullptr;
  shipped<float> = found->fp32;
  shipped<double> = found->fp64;
  set = {level, {compute<float>, touch<float>}, {compute<double>, touch<double>}};
  return &set;
}

}  // namespace roofline
