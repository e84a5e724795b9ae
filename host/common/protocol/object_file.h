// The bounded readers of ELF, PE and Mach-O files behind note.h. Every offset and size comes from the file and is
// checked against the bytes that are there before anything is read. Private to this folder.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/digest.h"
#include "common/base/result.h"
#include "common/protocol/note.h"

namespace benchhost::protocol::detail {

/// Unsigned integers and slices out of untrusted bytes.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] bool contains(std::uint64_t offset, std::uint64_t size) const {
    return offset <= bytes_.size() && size <= bytes_.size() - offset;
  }
  /// nullopt if any of it lies outside.
  [[nodiscard]] std::optional<std::string_view> slice(std::uint64_t offset, std::uint64_t size) const {
    if (!contains(offset, size)) return std::nullopt;
    return bytes_.substr(offset, size);
  }
  /// Little-endian integer of `bytes` bytes; 0 if it lies outside, so check with contains first.
  [[nodiscard]] std::uint64_t little(std::uint64_t offset, std::size_t bytes) const {
    if (!contains(offset, bytes)) return 0;
    std::uint64_t v = 0;
    for (std::size_t i = bytes; i-- > 0;) v = v << 8 | static_cast<unsigned char>(bytes_[offset + i]);
    return v;
  }
  [[nodiscard]] std::uint64_t big(std::uint64_t offset, std::size_t bytes) const {
    if (!contains(offset, bytes)) return 0;
    std::uint64_t v = 0;
    for (std::size_t i = 0; i < bytes; ++i) v = v << 8 | static_cast<unsigned char>(bytes_[offset + i]);
    return v;
  }
  [[nodiscard]] std::uint16_t u16(std::uint64_t offset) const { return static_cast<std::uint16_t>(little(offset, 2)); }
  [[nodiscard]] std::uint32_t u32(std::uint64_t offset) const { return static_cast<std::uint32_t>(little(offset, 4)); }
  [[nodiscard]] std::uint64_t u64(std::uint64_t offset) const { return little(offset, 8); }
  /// Text up to its NUL, at most `cap` bytes; nullopt if there is no NUL in reach.
  [[nodiscard]] std::optional<std::string> text(std::uint64_t offset, std::uint64_t cap) const;
  /// A fixed field padded with NULs.
  [[nodiscard]] std::string padded(std::uint64_t offset, std::size_t bytes) const;

 private:
  std::string_view bytes_;
};

/// What one object file holds for us.
struct ObjectFile {
  ObjectFacts facts;
  /// Texts of the notes, each once, without their NUL.
  std::vector<std::string> notes;
};

/// Errors: BH0201 no object file, truncated (what lies outside), a table that cannot be.
/// image: unless null, takes what runs, in order: each part described (address, flags, size) and its bytes, with what
/// stripping and signing rewrite zeroed.
[[nodiscard]] Result<ObjectFile> parse_object(std::string_view file, Sha256* image);
[[nodiscard]] Result<ObjectFile> parse_elf(std::string_view file, Sha256* image);
[[nodiscard]] Result<ObjectFile> parse_pe(std::string_view file, Sha256* image);
[[nodiscard]] Result<ObjectFile> parse_mach_o(std::string_view file, Sha256* image);

[[nodiscard]] Error bad_object(std::string what);
/// "truncated: WHAT ends at byte E of F".
[[nodiscard]] Error truncated(std::string_view what, std::uint64_t offset, std::uint64_t size, std::size_t file_size);
/// Adds a part to an image so that no two different lists of parts make the same bytes. The content may come in two
/// pieces.
void describe(Sha256& image, std::string_view name, std::initializer_list<std::uint64_t> numbers,
              std::string_view content, std::string_view more = {});

}  // namespace benchhost::protocol::detail
