// The ABI versions that this host speaks, for the wing that includes no SDK header. The worker asserts that they are
// its own.
#pragma once

#include <cstdint>
#include <string>

namespace benchhost::protocol {

/// Packed as BH_ABI_MAKE: major << 16 | minor.
inline constexpr std::uint32_t kAbiMin = 1;
inline constexpr std::uint32_t kAbiMax = 1;

/// "0.1".
[[nodiscard]] inline std::string abi_text(std::uint32_t version) {
  return std::to_string(version >> 16) + "." + std::to_string(version & 0xffffu);
}
/// "0.1" or "0.1 to 0.3".
[[nodiscard]] inline std::string abi_range_text(std::uint32_t low, std::uint32_t high) {
  return low == high ? abi_text(low) : abi_text(low) + " to " + abi_text(high);
}

}  // namespace benchhost::protocol
