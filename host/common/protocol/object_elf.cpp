// ELF64, little-endian: program headers (what is loaded, notes, dynamic section) and section headers (notes only).
// Layout after the System V ABI, chapters 4 and 5.
#include <algorithm>
#include <set>

#include "common/protocol/object_file.h"

namespace benchhost::protocol::detail {
namespace {

constexpr std::uint32_t kLoad = 1;
constexpr std::uint32_t kDynamic = 2;
constexpr std::uint32_t kNoteSegment = 4;
constexpr std::uint32_t kNoteSection = 7;
constexpr std::uint64_t kHeaderBytes = 64;
constexpr std::uint64_t kProgramHeaderBytes = 56;
constexpr std::uint64_t kSectionHeaderBytes = 64;
constexpr std::string_view kNoteName("benchhost\0", 10);
constexpr std::uint32_t kNoteType = 0x42480001;  // note.h: "BH", 1
/// More than any linker writes; bounds the time spent on a hostile file.
constexpr std::size_t kMaxDynamicEntries = 65'536;

struct Segment {
  std::uint32_t type, flags;
  std::uint64_t offset, address, file_size, memory_size, alignment;
};

std::string machine_name(std::uint16_t machine, bool is_64, bool is_little) {
  std::string name;
  switch (machine) {
    case 3:
      name = "i386";
      break;
    case 21:
      name = is_little ? "ppc64le" : "ppc64";
      break;
    case 40:
      name = "arm";
      break;
    case 62:
      name = is_64 ? "x86_64" : "x32";
      break;
    case 183:
      name = "aarch64";
      break;
    case 243:
      name = is_64 ? "riscv64" : "riscv32";
      break;
    case 258:
      name = is_64 ? "loongarch64" : "loongarch32";
      break;
    default:
      name = "machine " + std::to_string(machine);
  }
  if (!is_little && machine != 21) name += " (big-endian)";
  return name;
}

std::string os_name(unsigned char abi) {
  switch (abi) {
    case 3:
      return "linux";
    case 9:
      return "freebsd";
    default:
      return {};  // 0, "System V", is what every system but these writes
  }
}

class ElfParser {
 public:
  ElfParser(std::string_view file, Image& image) : bytes_(file), file_(file), image_(image) {}

  Result<ObjectFile> parse() {
    if (bytes_.size() < kHeaderBytes) return truncated("the ELF header", 0, kHeaderBytes, bytes_.size());
    const bool is_64 = file_[4] == 2;
    const bool is_little = file_[5] == 1;
    out_.facts.format = ObjectFormat::elf;
    const auto machine = static_cast<std::uint16_t>(is_little ? bytes_.little(18, 2) : bytes_.big(18, 2));
    out_.facts.arch = machine_name(machine, is_64, is_little);
    out_.facts.os = os_name(static_cast<unsigned char>(file_[7]));
    // Another word size or byte order is of no machine that the SDK is for; that it is one is all that must be said.
    if (!is_64 || !is_little) return std::move(out_);
    is_shared_type_ = bytes_.u16(16) == 3;
    BH_CHECK(read_segments());
    BH_CHECK(read_sections());
    for (const Segment& segment : segments_) {
      if (segment.type == kNoteSegment) BH_CHECK(read_notes(segment.offset, segment.file_size, segment.alignment));
    }
    BH_CHECK(read_dynamic());
    BH_CHECK(take_image());
    return std::move(out_);
  }

 private:
  Result<void> read_segments() {
    table_ = bytes_.u64(32);
    const std::uint64_t entry = bytes_.u16(54);
    const std::uint64_t count = bytes_.u16(56);
    if (count == 0) return bad_object("it has no program headers: an object file that was not linked");
    if (entry != kProgramHeaderBytes || count == 0xffff) return bad_object("its program headers are of no known size");
    if (!bytes_.contains(table_, count * entry)) {
      return truncated("the table of program headers", table_, count * entry, bytes_.size());
    }
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t at = table_ + i * entry;
      const Segment segment{bytes_.u32(at),      bytes_.u32(at + 4),  bytes_.u64(at + 8), bytes_.u64(at + 16),
                            bytes_.u64(at + 32), bytes_.u64(at + 40), bytes_.u64(at + 48)};
      const bool read_later = segment.type == kLoad || segment.type == kNoteSegment || segment.type == kDynamic;
      if (read_later && !bytes_.contains(segment.offset, segment.file_size)) {
        return truncated("segment " + std::to_string(i), segment.offset, segment.file_size, bytes_.size());
      }
      if (segment.type == kLoad && segment.file_size > segment.memory_size) {
        return bad_object("segment " + std::to_string(i) + " is larger in the file than in memory");
      }
      segments_.push_back(segment);
    }
    return {};
  }

  /// Section headers are not needed to run; a file without them is fine, one whose table is cut is not.
  Result<void> read_sections() {
    const std::uint64_t table = bytes_.u64(40);
    const std::uint64_t entry = bytes_.u16(58);
    const std::uint64_t count = bytes_.u16(60);
    if (table == 0 || count == 0) return {};
    if (entry != kSectionHeaderBytes) return bad_object("its section headers are of no known size");
    if (!bytes_.contains(table, count * entry)) {
      return truncated("the table of section headers", table, count * entry, bytes_.size());
    }
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t at = table + i * entry;
      if (bytes_.u32(at + 4) != kNoteSection) continue;
      const std::uint64_t offset = bytes_.u64(at + 24);
      const std::uint64_t size = bytes_.u64(at + 32);
      if (!bytes_.contains(offset, size)) {
        return truncated("section " + std::to_string(i), offset, size, bytes_.size());
      }
      BH_CHECK(read_notes(offset, size, bytes_.u64(at + 48)));
    }
    return {};
  }

  /// Requires: the range lies in the file.
  Result<void> read_notes(std::uint64_t begin, std::uint64_t size, std::uint64_t alignment) {
    const std::uint64_t step = alignment == 8 ? 8 : 4;
    const auto padded = [step](std::uint64_t n) { return (n + step - 1) / step * step; };
    std::uint64_t at = 0;
    while (size - at >= 12) {
      const std::uint64_t offset = begin + at;
      const std::uint64_t name_size = bytes_.u32(offset);
      const std::uint64_t text_size = bytes_.u32(offset + 4);
      const std::uint64_t text_at = padded(12 + name_size);  // all under 2^34: no overflow
      if (text_at + text_size > size - at) return truncated("a note", offset, text_at + text_size, begin + size);
      const bool ours = name_size == kNoteName.size() && file_.substr(offset + 12, kNoteName.size()) == kNoteName &&
                        bytes_.u32(offset + 8) == kNoteType;
      if (ours && seen_.insert(offset).second) {
        if (text_size == 0 || text_size > kNoteBytesMax) {
          return make_error("BH0202", "the note has " + std::to_string(text_size) + " bytes; 1 to 4096 are allowed");
        }
        const std::string_view text = file_.substr(offset + text_at, text_size);
        if (text.find('\0') != text.size() - 1) return make_error("BH0202", "the note's text does not end at its end");
        out_.notes.emplace_back(text.substr(0, text.size() - 1));
      }
      if (++notes_read_ > kNotesMax) return bad_object("it has more notes than any linker writes");
      const std::uint64_t used = padded(text_at + text_size);
      if (used >= size - at) break;
      at += used;
    }
    return {};
  }

  /// File offset of an address in a loaded segment.
  [[nodiscard]] std::optional<std::uint64_t> offset_of(std::uint64_t address) const {
    for (const Segment& segment : segments_) {
      if (segment.type == kLoad && address >= segment.address && address - segment.address < segment.file_size) {
        return segment.offset + (address - segment.address);
      }
    }
    return std::nullopt;
  }

  Result<void> read_dynamic() {
    const auto dynamic = std::find_if(segments_.begin(), segments_.end(),
                                      [](const Segment& segment) { return segment.type == kDynamic; });
    if (dynamic == segments_.end()) return {};
    std::vector<std::uint64_t> needed;
    std::optional<std::uint64_t> soname;
    std::optional<std::uint64_t> strings;
    std::optional<std::uint64_t> rpath;
    std::optional<std::uint64_t> runpath;
    std::uint64_t flags_1 = 0;
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(dynamic->file_size / 16, kMaxDynamicEntries); ++i) {
      const std::uint64_t tag = bytes_.u64(dynamic->offset + i * 16);
      const std::uint64_t value = bytes_.u64(dynamic->offset + i * 16 + 8);
      if (tag == 0) break;
      if (tag == 1 && needed.size() < kNeededMax) needed.push_back(value);
      if (tag == 5) strings = value;
      if (tag == 14) soname = value;
      if (tag == 15) rpath = value;
      if (tag == 29) runpath = value;
      if (tag == 0x6ffffffb) flags_1 = value;
    }
    constexpr std::uint64_t kPositionIndependentProgram = 0x08000000;
    out_.facts.is_shared = is_shared_type_ && (flags_1 & kPositionIndependentProgram) == 0;
    const std::optional<std::uint64_t> table = strings ? offset_of(*strings) : std::nullopt;
    const auto text_at = [&](std::uint64_t index) -> std::optional<std::string> {
      if (!table || index > bytes_.size()) return std::nullopt;
      return bytes_.text(*table + index, 4096);
    };
    for (const std::uint64_t index : needed) {
      const std::optional<std::string> name = text_at(index);
      if (!name) return bad_object("the name of a library that it needs lies outside the file");
      out_.facts.needed.push_back(*name);
    }
    if (soname) out_.facts.soname = text_at(*soname).value_or("");
    if (!runpath) runpath = rpath;
    if (runpath) out_.facts.runpath = text_at(*runpath).value_or("");
    return {};
  }

  Result<void> take_image() {
    // Stripping moves the section headers and may move segments within the file; none of it is seen by what runs.
    std::string head(file_.substr(0, std::max(kHeaderBytes, table_ + segments_.size() * kProgramHeaderBytes)));
    const auto zero = [&head](std::uint64_t offset, std::size_t size) {
      std::fill_n(head.begin() + static_cast<std::ptrdiff_t>(offset), size, '\0');
    };
    zero(40, 8);  // e_shoff
    zero(58, 6);  // e_shentsize, e_shnum, e_shstrndx
    for (std::size_t i = 0; i < segments_.size(); ++i) {
      zero(table_ + i * kProgramHeaderBytes + 8, 8);   // p_offset
      zero(table_ + i * kProgramHeaderBytes + 24, 8);  // p_paddr: no meaning on the systems we run on
    }
    for (const Segment& segment : segments_) {
      const std::uint64_t size = segment.type == kLoad ? segment.file_size : 0;
      const std::uint64_t end = segment.offset + size;
      const std::string_view masked =
          size > 0 && segment.offset < head.size()
              ? std::string_view(head).substr(segment.offset,
                                              std::min<std::uint64_t>(size, head.size() - segment.offset))
              : std::string_view();
      const std::string_view rest =
          size > masked.size() ? file_.substr(segment.offset + masked.size(), end - segment.offset - masked.size())
                               : std::string_view();
      BH_CHECK(
          image_.take("segment", {segment.type, segment.flags, segment.address, segment.memory_size}, masked, rest));
    }
    return {};
  }

  ByteReader bytes_;
  std::string_view file_;
  Image& image_;
  ObjectFile out_;
  bool is_shared_type_ = false;
  std::uint64_t table_ = 0;
  std::vector<Segment> segments_;
  std::set<std::uint64_t> seen_;
  std::size_t notes_read_ = 0;
};

}  // namespace

Result<ObjectFile> parse_elf(std::string_view file, Image& image) { return ElfParser(file, image).parse(); }

}  // namespace benchhost::protocol::detail
