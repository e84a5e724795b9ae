// Seeded bytes that do not compress, the same in every language (sdk host.h, random_fill).
#pragma once

#include <cstdint>

namespace benchhost::measure {

/// Word k of a stream: mix(mix(seed + G (stream + 1)) + G (k + 1)) modulo 2^64.
/// Source: SplitMix64 (Steele, Lea & Flood 2014); values in random_fill_test.cpp.
[[nodiscard]] std::uint64_t random_word(std::uint64_t seed, std::uint64_t stream, std::uint64_t k) noexcept;

/// Bytes [offset_bytes, offset_bytes + size_bytes) of a stream. Requires: offset_bytes is a multiple of 8.
void random_fill(std::uint64_t seed, std::uint64_t stream, std::uint64_t offset_bytes, void* data,
                 std::uint64_t size_bytes) noexcept;

}  // namespace benchhost::measure
