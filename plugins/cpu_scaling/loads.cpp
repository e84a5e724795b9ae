#include "loads.h"

#include <benchhost/plugin.h>

namespace scaling {

std::uint64_t compute(Part part, std::uint64_t first_pass, std::uint64_t passes) {
  std::uint64_t sum = 0;
  for (std::uint64_t pass = first_pass; pass != first_pass + passes; ++pass) {
    for (std::uint64_t group = part.begin; group < part.end; ++group) {
      std::uint64_t x[kChains];
      for (std::uint64_t k = 0; k < kChains; ++k) x[k] = pass * kStarts + group * kChains + k;
      for (std::uint64_t step = 0; step < kSteps; ++step) {
        for (std::uint64_t k = 0; k < kChains; ++k) x[k] = x[k] * kFactor + kTerm;
      }
      for (std::uint64_t k = 0; k < kChains; ++k) sum += x[k];
    }
  }
  return sum;
}

std::uint64_t sum(const std::uint64_t* words, std::size_t count, std::uint64_t passes) {
  std::uint64_t sums[kLineWords] = {};
  for (std::uint64_t left = passes; left > 0; --left) {
    for (std::size_t i = 0; i < count; i += kLineWords) {
      for (std::size_t k = 0; k < kLineWords; ++k) sums[k] += words[i + k];
    }
    // Words are read anew in each pass.
    bh_keep(words);
  }
  std::uint64_t all = 0;
  for (const std::uint64_t one : sums) all += one;
  return all;
}

}  // namespace scaling
