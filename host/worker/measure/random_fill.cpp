#include "worker/measure/random_fill.h"

#include <cstddef>
#include <cstring>

namespace benchhost::measure {
namespace {

constexpr std::uint64_t kGamma = 0x9E3779B97F4A7C15u;

constexpr std::uint64_t mix(std::uint64_t z) {
  z ^= z >> 30;
  z *= 0xBF58476D1CE4E5B9u;
  z ^= z >> 27;
  z *= 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

}  // namespace

std::uint64_t random_word(std::uint64_t seed, std::uint64_t stream, std::uint64_t k) noexcept {
  return mix(mix(seed + kGamma * (stream + 1)) + kGamma * (k + 1));
}

void random_fill(std::uint64_t seed, std::uint64_t stream, std::uint64_t offset_bytes, void* data,
                 std::uint64_t size_bytes) noexcept {
  // The host is little-endian, as base.h of the SDK demands, so that a word's bytes are the stream's.
  const std::uint64_t start = mix(seed + kGamma * (stream + 1));
  auto* out = static_cast<std::byte*>(data);
  std::uint64_t k = offset_bytes / 8;
  for (; size_bytes >= 8; size_bytes -= 8, out += 8, ++k) {
    const std::uint64_t word = mix(start + kGamma * (k + 1));
    std::memcpy(out, &word, 8);
  }
  if (size_bytes > 0) {
    const std::uint64_t word = mix(start + kGamma * (k + 1));
    std::memcpy(out, &word, size_bytes);
  }
}

}  // namespace benchhost::measure
