// CRC-32C, the checksum of frames.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace benchhost {

/// CRC-32C (Castagnoli, reflected 0x82f63b78) of bytes; `before` is the checksum of what came before them, so that
/// crc32c(b, crc32c(a)) is that of a and b together. Finds accidents, not attacks.
/// Source: RFC 3720, appendix B.4, whose vectors stand in crc32_test.cpp.
[[nodiscard]] std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t before = 0);
[[nodiscard]] std::uint32_t crc32c(std::string_view text, std::uint32_t before = 0);

}  // namespace benchhost
