#include "contract/sdk/driver/note_file.h"

#include <benchhost/note.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <vector>

namespace benchhost::contract {
namespace {

using Bytes = std::vector<char>;

/// Little-endian integer at offset; 0 beyond the end, which no valid size is.
template <class T>
T at(const Bytes& file, std::uint64_t offset) {
  T value{};
  if (offset + sizeof(T) <= file.size()) std::memcpy(&value, file.data() + offset, sizeof(T));
  return value;
}

std::string checked_text(const Bytes& file, std::uint64_t offset, std::uint64_t size) {
  const std::string magic = BH_NOTE_MAGIC;
  if (size > BH_NOTE_MAX_BYTES || size <= magic.size() || offset + size > file.size()) return {};
  if (std::memcmp(file.data() + offset, magic.data(), magic.size()) != 0) return {};
  const std::string_view window(file.data() + offset, static_cast<std::size_t>(size));
  const std::size_t end = window.find('\0');
  return end == std::string_view::npos ? std::string() : std::string(window.substr(0, end));
}

std::string elf_note(const Bytes& file) {
  std::optional<std::string> found;
  const auto headers = at<std::uint64_t>(file, 32);
  const auto entry_size = at<std::uint16_t>(file, 54);
  const auto count = at<std::uint16_t>(file, 56);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t header = headers + i * entry_size;
    if (at<std::uint32_t>(file, header) != 4) continue;  // PT_NOTE
    std::uint64_t offset = at<std::uint64_t>(file, header + 8);
    const std::uint64_t end = offset + at<std::uint64_t>(file, header + 32);
    if (end > file.size()) return {};
    while (offset + 12 <= end) {
      const std::uint64_t name_size = at<std::uint32_t>(file, offset), text_size = at<std::uint32_t>(file, offset + 4);
      const std::uint64_t name = offset + 12, text = name + ((name_size + 3) & ~std::uint64_t{3});
      if (text + text_size > end) break;
      if (name_size == sizeof BH_NOTE_ELF_NAME && at<std::uint32_t>(file, offset + 8) == BH_NOTE_ELF_TYPE &&
          std::memcmp(file.data() + name, BH_NOTE_ELF_NAME, sizeof BH_NOTE_ELF_NAME) == 0) {
        if (found) return {};
        found = checked_text(file, text, text_size);
      }
      offset = text + ((text_size + 3) & ~std::uint64_t{3});
    }
  }
  return found.value_or("");
}

std::string pe_note(const Bytes& file) {
  const std::uint64_t pe = at<std::uint32_t>(file, 0x3c);
  if (at<std::uint32_t>(file, pe) != 0x4550) return {};  // "PE\0\0"
  const std::uint64_t sections = pe + 24 + at<std::uint16_t>(file, pe + 20);
  const auto count = at<std::uint16_t>(file, pe + 6);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t header = sections + 40 * i;
    if (header + 40 > file.size() || std::strncmp(file.data() + header, BH_NOTE_PE_SECTION, 8) != 0) continue;
    return checked_text(file, at<std::uint32_t>(file, header + 20), at<std::uint32_t>(file, header + 8));
  }
  return {};
}

}  // namespace

std::string note_of_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const Bytes file((std::istreambuf_iterator<char>(in)), {});
  if (file.size() > 4 && std::memcmp(file.data(), "\177ELF", 4) == 0) return elf_note(file);
  if (file.size() > 2 && std::memcmp(file.data(), "MZ", 2) == 0) return pe_note(file);
  return {};
}

}  // namespace benchhost::contract
