// The two loads whose speed-up is measured, as functions over one thread's part of them. Sums are modulo 2^64: they do
// not depend on how the work is divided, nor on the order of additions.
#pragma once

#include <cstddef>
#include <cstdint>

namespace scaling {

/// Half-open range of units of work.
struct Part {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

// ---- compute: bound by the multiplier, nothing is read but registers ------------------------------------------------

/// Chains that advance together: more than the latency of a multiplication followed by an addition in cycles.
inline constexpr std::uint64_t kChains = 8;
/// Steps of each chain.
inline constexpr std::uint64_t kSteps = 64;
/// Chains of one pass, whatever the number of threads: enough to be shared by a thousand.
inline constexpr std::uint64_t kStarts = 1u << 17;
inline constexpr std::uint64_t kGroups = kStarts / kChains;

/// One step is x = x * kFactor + kTerm. Source of the numbers: Knuth, The Art of Computer Programming 2, 3.3.4 (MMIX).
inline constexpr std::uint64_t kFactor = 6364136223846793005u;
inline constexpr std::uint64_t kTerm = 1442695040888963407u;

/// Takes the chains of the groups of `part` through all their steps, `passes` times. Chain i starts from i + kStarts *
/// number of the pass. The sum of where they end.
std::uint64_t compute(Part part, std::uint64_t first_pass, std::uint64_t passes);

// ---- memory: bound by what memory delivers --------------------------------------------------------------------------

/// Parts of the array are whole lines.
inline constexpr std::size_t kLineBytes = 64;
inline constexpr std::size_t kLineWords = kLineBytes / sizeof(std::uint64_t);

/// Adds up `count` words, a multiple of kLineWords, `passes` times. The sum of all passes.
std::uint64_t sum(const std::uint64_t* words, std::size_t count, std::uint64_t passes);

}  // namespace scaling
