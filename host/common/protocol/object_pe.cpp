// PE32+ as Windows loads it. Layout after Microsoft's "PE Format".
#include <algorithm>

#include "common/protocol/object_file.h"

namespace benchhost::protocol::detail {
namespace {

constexpr std::uint64_t kCoffHeaderBytes = 20;
constexpr std::uint64_t kSectionBytes = 40;
constexpr std::uint32_t kDiscardable = 0x02000000;
constexpr std::uint16_t kIsLibrary = 0x2000;
/// Line numbers, local symbols, debug data stripped: what a strip tool sets.
constexpr std::uint16_t kStrippedBits = 0x0004 | 0x0008 | 0x0200;
/// Data directories that do not run: certificates (signing) and debug data.
constexpr std::uint64_t kCertificates = 4;
constexpr std::uint64_t kDebug = 6;

std::string machine_name(std::uint16_t machine) {
  switch (machine) {
    case 0x014c:
      return "i386";
    case 0x01c4:
      return "arm";
    case 0x8664:
      return "x86_64";
    case 0xaa64:
      return "aarch64";
    default:
      return "machine " + std::to_string(machine);
  }
}

/// Names over eight bytes stand in a string table as "/123"; only debug sections of MinGW have them.
bool is_debug_section(const std::string& name, std::uint32_t flags) {
  return (flags & kDiscardable) != 0 && (name.starts_with(".debug") || name.starts_with("/"));
}

}  // namespace

Result<ObjectFile> parse_pe(std::string_view file, Image& image) {
  const ByteReader bytes(file);
  if (file.size() < 64) return truncated("the DOS header", 0, 64, file.size());
  const std::uint64_t header = bytes.u32(60);
  if (!bytes.contains(header, 4 + kCoffHeaderBytes)) {
    return truncated("the PE header", header, 4 + kCoffHeaderBytes, file.size());
  }
  if (file.substr(header, 4) != std::string_view("PE\0\0", 4)) return bad_object("a DOS program, no PE file");
  const std::uint64_t coff = header + 4;
  ObjectFile out;
  out.facts.format = ObjectFormat::pe;
  out.facts.os = "windows";
  out.facts.arch = machine_name(bytes.u16(coff));
  const std::uint16_t flags = bytes.u16(coff + 18);
  out.facts.is_shared = (flags & kIsLibrary) != 0;
  const std::uint64_t section_count = bytes.u16(coff + 2);
  const std::uint64_t optional = coff + kCoffHeaderBytes;
  const std::uint64_t optional_bytes = bytes.u16(coff + 16);
  if (!bytes.contains(optional, optional_bytes)) {
    return truncated("the optional header", optional, optional_bytes, file.size());
  }
  if (optional_bytes < 112 || bytes.u16(optional) != 0x020b) return out;  // 32 bits: no machine of the SDK

  BH_CHECK(image.take("pe",
                      {bytes.u16(coff), static_cast<std::uint64_t>(flags & ~kStrippedBits), bytes.u32(optional + 16),
                       bytes.u64(optional + 24), bytes.u16(optional + 68), bytes.u16(optional + 70)},
                      ""));
  const std::uint64_t directories = std::min<std::uint64_t>(bytes.u32(optional + 108), (optional_bytes - 112) / 8);
  for (std::uint64_t i = 0; i < directories; ++i) {
    if (i == kCertificates || i == kDebug) continue;
    BH_CHECK(image.take("directory", {i, bytes.u64(optional + 112 + i * 8)}, ""));
  }
  const std::uint64_t table = optional + optional_bytes;
  if (!bytes.contains(table, section_count * kSectionBytes)) {
    return truncated("the table of sections", table, section_count * kSectionBytes, file.size());
  }
  for (std::uint64_t i = 0; i < section_count; ++i) {
    const std::uint64_t at = table + i * kSectionBytes;
    const std::string name = bytes.padded(at, 8);
    const std::uint64_t memory_size = bytes.u32(at + 8);
    const std::uint64_t raw_size = bytes.u32(at + 16);
    const std::uint64_t raw = bytes.u32(at + 20);
    const std::uint32_t section_flags = bytes.u32(at + 36);
    if (raw != 0 && !bytes.contains(raw, raw_size)) return truncated("section " + name, raw, raw_size, file.size());
    const std::string_view content = raw != 0 ? file.substr(raw, raw_size) : std::string_view();
    if (name == ".bhnote") {
      const std::string_view text = content.substr(0, std::min<std::uint64_t>(memory_size, content.size()));
      BH_TRY(std::string note, section_note(text));
      if (out.notes.size() == kNotesMax) return bad_object("it has more notes than any linker writes");
      out.notes.push_back(std::move(note));
    }
    if (!is_debug_section(name, section_flags)) {
      BH_CHECK(image.take(name, {bytes.u32(at + 12), memory_size, section_flags}, content));
    }
  }
  return out;
}

}  // namespace benchhost::protocol::detail
