// Compiled once per instruction set: CACHE_SET names the function that hands the set out, the compiler's flags say what
// may be used. Sums are of integers: their addition takes one cycle, so four in flight never wait for each other, and
// they are exact in any order.
#include "kernels.h"

#include "common/vector.h"

namespace cache {

namespace {

typedef std::uint64_t Vector __attribute__((vector_size(simd::kVectorBytes), may_alias));
constexpr std::size_t kLanes = simd::kVectorBytes / sizeof(std::uint64_t);
constexpr std::size_t kStep = 4 * kLanes;
static_assert(kSliceBytes % (4 * simd::kVectorBytes) == 0, "arrays are whole steps");

inline Vector load(const std::uint64_t* p) { return *reinterpret_cast<const Vector*>(p); }
inline void store(std::uint64_t* p, Vector v) { *reinterpret_cast<Vector*>(p) = v; }

// Memory may have changed, and somebody may look at it: no pass is merged with the next.
inline void pass_is_over(const std::uint64_t* p) { __asm__ volatile("" : : "r"(p) : "memory"); }

// Sums have names, and what does not change is in locals: arrays and members are written back in every pass.
std::uint64_t read(const Arrays& a, std::uint64_t, std::uint64_t passes) {
  const std::uint64_t* const from = a.from;
  const std::size_t count = a.count;
  Vector s0{}, s1{}, s2{}, s3{};
  for (; passes > 0; --passes) {
    for (std::size_t i = 0; i < count; i += kStep) {
      s0 += load(from + i);
      s1 += load(from + i + kLanes);
      s2 += load(from + i + 2 * kLanes);
      s3 += load(from + i + 3 * kLanes);
    }
    pass_is_over(from);
  }
  const Vector sum = (s0 + s1) + (s2 + s3);
  std::uint64_t total = 0;
  for (std::size_t lane = 0; lane < kLanes; ++lane) total += sum[lane];
  return total;
}

std::uint64_t write(const Arrays& a, std::uint64_t first_pass, std::uint64_t passes) {
  std::uint64_t* const to = a.to;
  const std::size_t count = a.count;
  for (std::uint64_t pass = first_pass; pass != first_pass + passes; ++pass) {
    const Vector all = stamp_of(pass) - Vector{};
    for (std::size_t i = 0; i < count; i += kStep) {
      store(to + i, all);
      store(to + i + kLanes, all);
      store(to + i + 2 * kLanes, all);
      store(to + i + 3 * kLanes, all);
    }
    pass_is_over(to);
  }
  return 0;
}

std::uint64_t copy(const Arrays& a, std::uint64_t first_pass, std::uint64_t passes) {
  std::uint64_t* const from = a.from;
  std::uint64_t* const to = a.to;
  const std::size_t count = a.count;
  for (std::uint64_t pass = first_pass; pass != first_pass + passes; ++pass) {
    const Vector all = stamp_of(pass) - Vector{};
    for (std::size_t i = count - kLineWords; i < count; i += kLanes) store(from + i, all);
    for (std::size_t i = 0; i < count; i += kStep) {
      const Vector v0 = load(from + i);
      const Vector v1 = load(from + i + kLanes);
      const Vector v2 = load(from + i + 2 * kLanes);
      const Vector v3 = load(from + i + 3 * kLanes);
      store(to + i, v0);
      store(to + i + kLanes, v1);
      store(to + i + 2 * kLanes, v2);
      store(to + i + 3 * kLanes, v3);
    }
    pass_is_over(to);
  }
  return 0;
}

constexpr Kernels kSet = {simd::kIsa, {read, write, copy}};

}  // namespace

const Kernels& CACHE_SET() { return kSet; }

}  // namespace cache
