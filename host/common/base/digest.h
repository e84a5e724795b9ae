// SHA-256, the digest of everything in benchhost that must be recognised again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace benchhost {

using Sha256Digest = std::array<std::uint8_t, 32>;

/// SHA-256 of bytes that come in pieces. Source: FIPS 180-4; its vectors stand in digest_test.cpp.
/// Thread: one object, one thread.
class Sha256 {
 public:
  Sha256();
  void update(std::span<const std::byte> bytes);
  void update(std::string_view text);
  /// The digest of all that came; afterwards the object begins anew.
  [[nodiscard]] Sha256Digest finish();

 private:
  void compress(const std::uint8_t* block);
  std::array<std::uint32_t, 8> state_{};
  std::array<std::uint8_t, 64> block_{};
  std::uint64_t total_ = 0;
};

[[nodiscard]] Sha256Digest sha256(std::string_view text);

/// Lower-case hexadecimal digits.
[[nodiscard]] std::string to_hex(std::span<const std::uint8_t> bytes);

/// "sha256:9f86…": the form in which digests are stored and shown.
[[nodiscard]] std::string digest_text(std::string_view text);
[[nodiscard]] std::string digest_text(const Sha256Digest& digest);

}  // namespace benchhost
