// How the work is divided, and what it must come to: in closed form, hence another way than the loads. Modulo 2^64.
// Pure.
#pragma once

#include <cstdint>

#include "loads.h"

namespace scaling {

/// Part `member` of `units` for `members` threads: contiguous, all together exactly once, none more than one larger
/// than another. Requires: units * members fits 64 bits.
constexpr Part part_of(std::uint64_t units, std::uint64_t member, std::uint64_t members) {
  return {units * member / members, units * (member + 1) / members};
}

/// 0 + 1 + … + (n - 1).
constexpr std::uint64_t triangle(std::uint64_t n) { return n % 2 == 0 ? n / 2 * (n - 1) : (n - 1) / 2 * n; }

/// x -> factor * x + term.
struct Affine {
  std::uint64_t factor = 1;
  std::uint64_t term = 0;
};

/// `step` done n times, by squaring. Source: Brown, Random Number Generation with Arbitrary Strides, 1994.
constexpr Affine repeated(Affine step, std::uint64_t n) {
  Affine all;
  for (; n > 0; n /= 2) {
    if (n % 2 == 1) all = {all.factor * step.factor, step.factor * all.term + step.term};
    step = {step.factor * step.factor, step.factor * step.term + step.term};
  }
  return all;
}

/// What compute(part, first_pass, passes) returns.
constexpr std::uint64_t expected_compute(Part part, std::uint64_t first_pass, std::uint64_t passes) {
  const Affine all = repeated({kFactor, kTerm}, kSteps);
  const std::uint64_t chains = (part.end - part.begin) * kChains;
  const std::uint64_t of_chains = triangle(part.end * kChains) - triangle(part.begin * kChains);
  const std::uint64_t of_passes = triangle(first_pass + passes) - triangle(first_pass);
  const std::uint64_t starts = passes * of_chains + chains * kStarts * of_passes;
  return all.factor * starts + all.term * chains * passes;
}

/// Word i of the array: no two alike, and none that a compressing memory would like.
constexpr std::uint64_t word_of(std::uint64_t i) { return (i + 1) * 0x9E3779B97F4A7C15u; }

/// The sum of word_of over the words of `lines`.
constexpr std::uint64_t expected_sum(Part lines) {
  const std::uint64_t begin = lines.begin * kLineWords, end = lines.end * kLineWords;
  return (triangle(end + 1) - triangle(begin + 1)) * 0x9E3779B97F4A7C15u;
}

}  // namespace scaling
