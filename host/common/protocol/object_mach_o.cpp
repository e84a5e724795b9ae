// Mach-O, 64 bits, alone or as slices of a universal file. Layout after Apple's <mach-o/loader.h> and <mach-o/fat.h>.
#include <algorithm>

#include "common/protocol/object_file.h"

namespace benchhost::protocol::detail {
namespace {

constexpr std::uint64_t kHeaderBytes = 32;
constexpr std::uint64_t kSegmentBytes = 72;
constexpr std::uint64_t kSectionBytes = 80;
constexpr std::uint32_t kSegment = 0x19;
constexpr std::uint32_t kLoadLibrary = 0x0c;
constexpr std::uint32_t kLibraryId = 0x0d;
constexpr std::uint32_t kDyldInfo = 0x80000022;
constexpr std::uint32_t kChainedFixups = 0x80000034;
/// A Java class file begins like a universal file; its version number, which stands where the count is, is larger.
constexpr std::uint64_t kMaxSlices = 32;

#if defined(__aarch64__) || defined(_M_ARM64)
constexpr std::string_view kPreferred = "aarch64";
#else
constexpr std::string_view kPreferred = "x86_64";
#endif

std::string machine_name(std::uint32_t cpu) {
  switch (cpu) {
    case 0x00000007:
      return "i386";
    case 0x0000000c:
      return "arm";
    case 0x01000007:
      return "x86_64";
    case 0x0100000c:
      return "aarch64";
    default:
      return "machine " + std::to_string(cpu);
  }
}

bool is_zero_filled(std::uint32_t flags) {
  const std::uint32_t type = flags & 0xff;
  return type == 0x1 || type == 0xc || type == 0x12;
}

Result<void> read_segment(const ByteReader& bytes, std::uint64_t at, std::uint64_t size, Image& image,
                          ObjectFile& out) {
  if (size < kSegmentBytes) return bad_object("a segment command is too short");
  const std::string segment = bytes.padded(at + 8, 16);
  const std::uint64_t offset = bytes.u64(at + 40);
  const std::uint64_t file_size = bytes.u64(at + 48);
  const std::uint64_t count = bytes.u32(at + 64);
  if (!bytes.contains(offset, file_size)) return truncated("segment " + segment, offset, file_size, bytes.size());
  if (count > (size - kSegmentBytes) / kSectionBytes)
    return bad_object("segment " + segment + " is too short for its sections");
  if (segment != "__LINKEDIT") {
    BH_CHECK(image.take(segment, {bytes.u64(at + 24), bytes.u64(at + 32), bytes.u32(at + 60)}, ""));
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t head = at + kSegmentBytes + i * kSectionBytes;
    const std::string name = bytes.padded(head, 16);
    const std::uint32_t flags = bytes.u32(head + 64);
    std::string_view content;
    if (!is_zero_filled(flags)) {
      const auto slice = bytes.slice(bytes.u32(head + 48), bytes.u64(head + 40));
      if (!slice) return truncated("section " + name, bytes.u32(head + 48), bytes.u64(head + 40), bytes.size());
      content = *slice;
    }
    if (segment == "__TEXT" && name == "__bhnote") {
      BH_TRY(std::string note, section_note(content));
      if (out.notes.size() == kNotesMax) return bad_object("it has more notes than any linker writes");
      out.notes.push_back(std::move(note));
    }
    BH_CHECK(image.take(segment + ',' + name, {bytes.u64(head + 32), flags}, content));
  }
  return {};
}

/// Fix-ups run too; symbols and the signature, which share their segment, do not.
Result<void> read_fixups(const ByteReader& bytes, std::uint64_t at, std::uint64_t pairs, Image& image) {
  for (std::uint64_t i = 0; i < pairs; ++i) {
    const auto slice = bytes.slice(bytes.u32(at + 8 + i * 8), bytes.u32(at + 12 + i * 8));
    if (!slice) return truncated("the fix-ups", bytes.u32(at + 8 + i * 8), bytes.u32(at + 12 + i * 8), bytes.size());
    BH_CHECK(image.take("fixups", {i}, *slice));
  }
  return {};
}

Result<ObjectFile> parse_slice(std::string_view file, Image& image) {
  const ByteReader bytes(file);
  if (file.size() < kHeaderBytes) return truncated("the Mach-O header", 0, kHeaderBytes, file.size());
  if (bytes.u32(0) != 0xfeedfacf) return bad_object("a slice is no 64-bit Mach-O file");
  ObjectFile out;
  out.facts.format = ObjectFormat::mach_o;
  out.facts.os = "macos";
  out.facts.arch = machine_name(bytes.u32(4));
  const std::uint32_t type = bytes.u32(12);
  out.facts.is_shared = type == 6 || type == 8;
  const std::uint64_t count = bytes.u32(16);
  const std::uint64_t size = bytes.u32(20);
  if (!bytes.contains(kHeaderBytes, size)) return truncated("the load commands", kHeaderBytes, size, file.size());
  BH_CHECK(image.take("mach-o", {bytes.u32(4), bytes.u32(8), type}, ""));
  std::uint64_t at = kHeaderBytes;
  const std::uint64_t end = kHeaderBytes + size;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (end - at < 8) return bad_object("load command " + std::to_string(i) + " lies outside the table");
    const std::uint32_t command = bytes.u32(at);
    const std::uint64_t length = bytes.u32(at + 4);
    if (length < 8 || length > end - at)
      return bad_object("load command " + std::to_string(i) + " has no possible size");
    if (command == kSegment) BH_CHECK(read_segment(bytes, at, length, image, out));
    if (command == kLoadLibrary || command == kLibraryId) {
      const std::uint64_t name_at = bytes.u32(at + 8);
      const std::string name = name_at < length ? bytes.padded(at + name_at, length - name_at) : std::string();
      if (command == kLibraryId) {
        out.facts.soname = name;
      } else {
        if (out.facts.needed.size() < kNeededMax) out.facts.needed.push_back(name);
        BH_CHECK(image.take("library", {}, name));
      }
    }
    if (command == kDyldInfo && length >= 48) BH_CHECK(read_fixups(bytes, at, 4, image));
    if (command == kChainedFixups && length >= 16) BH_CHECK(read_fixups(bytes, at, 1, image));
    at += length;
  }
  return out;
}

}  // namespace

Result<ObjectFile> parse_mach_o(std::string_view file, Image& image) {
  const ByteReader bytes(file);
  const std::uint64_t magic = bytes.big(0, 4);
  if (magic == 0xcffaedfe) return parse_slice(file, image);
  const bool wide = magic == 0xcafebabf;
  const std::uint64_t entry = wide ? 32 : 20;
  const std::uint64_t count = bytes.big(4, 4);
  if (count == 0 || count > kMaxSlices)
    return bad_object("it is no shared library: no universal file has so many slices");
  if (!bytes.contains(8, count * entry)) return truncated("the table of slices", 8, count * entry, file.size());
  std::optional<ObjectFile> chosen;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t at = 8 + i * entry;
    const std::uint64_t offset = bytes.big(at + 8, wide ? 8 : 4);
    const std::uint64_t size = bytes.big(at + (wide ? 16 : 12), wide ? 8 : 4);
    const auto slice = bytes.slice(offset, size);
    if (!slice) return truncated("slice " + std::to_string(i), offset, size, file.size());
    BH_CHECK(image.take("slice", {bytes.big(at, 4)}, ""));
    BH_TRY(auto object, parse_slice(*slice, image));
    if (!chosen || object.facts.arch == kPreferred) chosen = std::move(object);
  }
  return *std::move(chosen);
}

}  // namespace benchhost::protocol::detail
