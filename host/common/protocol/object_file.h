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

/// Takes what runs, in order: each part described (address, flags, size) and its bytes, with what stripping and signing
/// rewrite zeroed. Counts the bytes whether they are hashed or not: a table may name one range of the file as often as
/// it likes, and all parts together are never larger than the file.
class Image {
 public:
  /// hash: null where only the file's facts are asked for. Requires: it outlives the object.
  Image(std::size_t file_size, Sha256* hash) : left_(file_size), hash_(hash) {}

  /// Adds a part so that no two different lists of parts make the same bytes. The content may come in two pieces.
  /// Errors: BH0201 if the parts are larger than the file.
  [[nodiscard]] Result<void> take(std::string_view name, std::initializer_list<std::uint64_t> numbers,
                                  std::string_view content, std::string_view more = {});

 private:
  std::size_t left_;
  Sha256* hash_;
};

/// Format of a file that begins so; never unknown. Errors: BH0201 no object file.
[[nodiscard]] Result<ObjectFormat> format_of(std::string_view head);
/// Errors: BH0201 no object file, truncated (what lies outside), a table that cannot be.
[[nodiscard]] Result<ObjectFile> parse_object(std::string_view file, Sha256* hash);
[[nodiscard]] Result<ObjectFile> parse_elf(std::string_view file, Image& image);
[[nodiscard]] Result<ObjectFile> parse_pe(std::string_view file, Image& image);
[[nodiscard]] Result<ObjectFile> parse_mach_o(std::string_view file, Image& image);

/// More bytes than a note may have, its NUL included.
inline constexpr std::size_t kNoteBytesMax = 4096;
/// More libraries, notes or like entries than any linker writes; bounds the time and memory a hostile file costs.
inline constexpr std::size_t kNeededMax = 1024;
inline constexpr std::size_t kNotesMax = 4096;

/// The text of a note that fills a section of its own, without its NUL. Errors: BH0202 it does not end there, or is too
/// long.
[[nodiscard]] Result<std::string> section_note(std::string_view section);

[[nodiscard]] Error bad_object(std::string what);
/// "truncated: WHAT ends at byte E of F".
[[nodiscard]] Error truncated(std::string_view what, std::uint64_t offset, std::uint64_t size, std::size_t file_size);
/// What Image::take adds to the hash.
void describe(Sha256& hash, std::string_view name, std::initializer_list<std::uint64_t> numbers,
              std::string_view content, std::string_view more = {});

}  // namespace benchhost::protocol::detail
