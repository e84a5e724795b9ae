#include "common/protocol/object_file.h"

namespace benchhost::protocol::detail {
namespace {

constexpr const char* kBadObject = "BH0201";

}  // namespace

std::optional<std::string> ByteReader::text(std::uint64_t offset, std::uint64_t cap) const {
  if (offset >= bytes_.size()) return std::nullopt;
  const std::string_view reach = bytes_.substr(offset, cap);
  const std::size_t end = reach.find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  return std::string(reach.substr(0, end));
}

std::string ByteReader::padded(std::uint64_t offset, std::size_t bytes) const {
  const std::string_view field = slice(offset, bytes).value_or("");
  return std::string(field.substr(0, field.find('\0')));
}

Error bad_object(std::string what) { return make_error(kBadObject, std::move(what)); }

Error truncated(std::string_view what, std::uint64_t offset, std::uint64_t size, std::size_t file_size) {
  return make_error(kBadObject,
                    "truncated: " + std::string(what) + " needs " + std::to_string(size) + " bytes from byte " +
                        std::to_string(offset) + " on, and the file has " + std::to_string(file_size),
                    "copy or build the file again");
}

Result<void> Image::take(std::string_view name, std::initializer_list<std::uint64_t> numbers, std::string_view content,
                         std::string_view more) {
  const std::size_t size = content.size() + more.size();
  if (size > left_) return bad_object("the parts that it loads overlap: together they are larger than the file");
  left_ -= size;
  if (hash_ != nullptr) describe(*hash_, name, numbers, content, more);
  return {};
}

Result<std::string> section_note(std::string_view section) {
  const std::string_view reach = section.substr(0, kNoteBytesMax);
  const std::size_t end = reach.find('\0');
  if (end == std::string_view::npos) {
    return make_error("BH0202", section.size() > kNoteBytesMax
                                    ? "the note is longer than " + std::to_string(kNoteBytesMax) + " bytes"
                                    : std::string("the note's text does not end in its section"));
  }
  return std::string(reach.substr(0, end));
}

void describe(Sha256& hash, std::string_view name, std::initializer_list<std::uint64_t> numbers,
              std::string_view content, std::string_view more) {
  std::string head = std::to_string(name.size()) + ':';
  head += name;
  for (const std::uint64_t number : numbers) head += ',' + std::to_string(number);
  head += ';' + std::to_string(content.size() + more.size()) + ':';
  hash.update(head);
  if (!content.empty()) hash.update(content);
  if (!more.empty()) hash.update(more);
}

Result<ObjectFormat> format_of(std::string_view head) {
  if (head.empty()) return bad_object("the file is empty");
  if (head.starts_with("\x7f"
                       "ELF"))
    return ObjectFormat::elf;
  if (head.starts_with("MZ")) return ObjectFormat::pe;
  const std::uint64_t magic = ByteReader(head).big(0, 4);
  if (magic == 0xcffaedfe || magic == 0xcafebabe || magic == 0xcafebabf) return ObjectFormat::mach_o;
  return bad_object("it is no shared library: its first bytes are those of no ELF, PE or Mach-O file");
}

Result<ObjectFile> parse_object(std::string_view file, Sha256* hash) {
  BH_TRY(const ObjectFormat format, format_of(file));
  Image image(file.size(), hash);
  if (format == ObjectFormat::elf) return parse_elf(file, image);
  return format == ObjectFormat::pe ? parse_pe(file, image) : parse_mach_o(file, image);
}

}  // namespace benchhost::protocol::detail
