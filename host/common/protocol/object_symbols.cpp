// Layout after the System V ABI, chapters 4 and 5. Section headers survive strip; the table of all symbols does not.
#include "common/protocol/object_symbols.h"

#include <algorithm>
#include <map>

#include "common/protocol/object_file.h"

namespace benchhost::protocol {
namespace {

constexpr std::uint32_t kAllSymbols = 2;
constexpr std::uint32_t kRelocations = 4;
constexpr std::uint32_t kDynamicSymbols = 11;
constexpr std::uint32_t kInitArray = 14;
constexpr std::uint64_t kHeaderBytes = 64;
constexpr std::uint64_t kSymbolBytes = 24;
constexpr std::uint64_t kRelocationBytes = 24;
constexpr std::uint64_t kMostName = 4096;

struct Section {
  std::uint32_t type = 0;
  std::uint64_t address = 0, offset = 0, size = 0;
  std::uint32_t link = 0;
};

class SymbolReader {
 public:
  explicit SymbolReader(std::string_view file) : bytes_(file), file_(file) {}

  ObjectSymbols read() {
    ObjectSymbols found;
    if (!read_sections()) return found;
    for (const Section& s : sections_) {
      if (s.type == kDynamicSymbols && !found.exports) found.exports = exports(s);
    }
    // A file with section headers and without such arrays has none.
    found.initialisers = initialisers();
    return found;
  }

 private:
  bool read_sections() {
    if (file_.size() < kHeaderBytes ||
        file_.substr(0, 4) !=
            "\x7f"
            "ELF" ||
        file_[4] != 2 || file_[5] != 1) {
      return false;
    }
    const std::uint64_t table = bytes_.u64(40);
    const std::uint64_t count = bytes_.u16(60);
    if (count == 0 || bytes_.u16(58) != kHeaderBytes || !bytes_.contains(table, count * kHeaderBytes)) return false;
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t at = table + i * kHeaderBytes;
      Section s{bytes_.u32(at + 4), bytes_.u64(at + 16), bytes_.u64(at + 24), bytes_.u64(at + 32), bytes_.u32(at + 40)};
      const bool read_later =
          s.type == kAllSymbols || s.type == kRelocations || s.type == kDynamicSymbols || s.type == kInitArray;
      if (read_later && !bytes_.contains(s.offset, s.size)) return false;
      sections_.push_back(s);
    }
    return true;
  }

  [[nodiscard]] std::string name_of(const Section& table, std::uint64_t at) const {
    if (table.link >= sections_.size()) return {};
    const Section& strings = sections_[table.link];
    const std::uint64_t index = bytes_.u32(at);
    if (index >= strings.size || !bytes_.contains(strings.offset, strings.size)) return {};
    return bytes_.text(strings.offset + index, kMostName).value_or("");
  }

  [[nodiscard]] std::vector<std::string> exports(const Section& table) const {
    std::vector<std::string> names;
    for (std::uint64_t at = 0; at + kSymbolBytes <= table.size && names.size() < kMostExports; at += kSymbolBytes) {
      const std::uint64_t symbol = table.offset + at;
      const std::uint64_t binding = bytes_.little(symbol + 4, 1) >> 4;
      const std::uint64_t visibility = bytes_.little(symbol + 5, 1) & 3;
      const bool global = binding == 1 || binding == 2 || binding == 10;  // global, weak, unique
      const bool visible = visibility == 0 || visibility == 3;            // default, protected
      if (global && visible && bytes_.u16(symbol + 6) != 0) names.push_back(name_of(table, symbol));
    }
    return names;
  }

  /// What entries of the arrays point to, in order; at most kMostInitialisers in all. An entry is filled by its
  /// relocation, or, where that is written another way, holds the address itself.
  [[nodiscard]] std::vector<std::uint64_t> initialiser_addresses() const {
    std::vector<std::uint64_t> addresses;
    std::map<std::uint64_t, std::size_t> places;
    for (const Section& array : sections_) {
      if (array.type != kInitArray) continue;
      for (std::uint64_t at = 0; at + 8 <= array.size && addresses.size() < kMostInitialisers; at += 8) {
        places.emplace(array.address + at, addresses.size());
        addresses.push_back(bytes_.u64(array.offset + at));
      }
    }
    for (const Section& table : sections_) {
      if (table.type != kRelocations) continue;
      for (std::uint64_t at = 0; at + kRelocationBytes <= table.size; at += kRelocationBytes) {
        const auto place = places.find(bytes_.u64(table.offset + at));
        const std::uint64_t addend = bytes_.u64(table.offset + at + 16);
        if (place != places.end() && addend != 0) addresses[place->second] = addend;
      }
    }
    return addresses;
  }

  /// By name where the file still has it, "" where not.
  [[nodiscard]] std::vector<std::string> initialisers() const {
    const std::vector<std::uint64_t> addresses = initialiser_addresses();
    std::map<std::uint64_t, std::string> names;
    for (const std::uint64_t address : addresses) names[address];
    for (const Section& table : sections_) {
      if (table.type != kAllSymbols || names.empty()) continue;
      for (std::uint64_t at = 0; at + kSymbolBytes <= table.size; at += kSymbolBytes) {
        const std::uint64_t symbol = table.offset + at;
        const bool function = (bytes_.little(symbol + 4, 1) & 15) == 2;
        if (!function || bytes_.u16(symbol + 6) == 0) continue;
        const auto wanted = names.find(bytes_.u64(symbol + 8));
        if (wanted != names.end() && wanted->second.empty()) wanted->second = name_of(table, symbol);
      }
    }
    std::vector<std::string> all;
    for (const std::uint64_t address : addresses) all.push_back(names[address]);
    return all;
  }

  detail::ByteReader bytes_;
  std::string_view file_;
  std::vector<Section> sections_;
};

}  // namespace

ObjectSymbols read_object_symbols(std::string_view file) { return SymbolReader(file).read(); }

}  // namespace benchhost::protocol
