#include "suite/written_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <variant>

namespace benchhost::suite {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Words that some YAML takes for a truth value or for nothing, and the one that means the author's sweep.
constexpr auto kReserved = std::to_array<std::string_view>(
    {"true", "false", "yes", "no", "on", "off", "y", "n", "null", "sweep", "nan", "inf"});

// A text that needs no quotes anywhere: a word of letters, digits and the marks of names and paths.
bool is_plain(std::string_view text) {
  if (text.empty() || !(is_letter(text.front()) || text.front() == '/' || text.front() == '_')) return false;
  if (!std::ranges::all_of(
          text, [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.' || c == '/'; })) {
    return false;
  }
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  return std::ranges::find(kReserved, lower) == kReserved.end();
}

// The code point that begins at `at`, which moves past it.
std::uint32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  if (first < 0x80) return first;
  const std::size_t more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  std::uint32_t point = first & (0x3fu >> more);
  for (std::size_t i = 0; i < more && at < text.size(); ++i) {
    point = point << 6 | (static_cast<unsigned char>(text[at++]) & 0x3fu);
  }
  return point;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const std::uint32_t point = next_code_point(text, at);
    if (point == '"' || point == '\\') {
      out += '\\';
      out += static_cast<char>(point);
    } else if (point >= 0x20 && point < 0x7f) {
      out += static_cast<char>(point);
    } else if (point < 0x100) {
      out += fmt::format("\\x{:02x}", point);
    } else if (point < 0x10000) {
      out += fmt::format("\\u{:04x}", point);
    } else {
      out += fmt::format("\\U{:08x}", point);
    }
  }
  return out + '"';
}

std::string written(const protocol::Scalar& scalar) {
  if (const auto* text = std::get_if<std::string>(&scalar)) return is_plain(*text) ? *text : quoted(*text);
  if (const bool* flag = std::get_if<bool>(&scalar)) return *flag ? "true" : "false";
  if (const auto* i = std::get_if<std::int64_t>(&scalar)) return fmt::format("{}", *i);
  if (const auto* u = std::get_if<std::uint64_t>(&scalar)) return fmt::format("{}", *u);
  // The shortest digits that read as the same number.
  return fmt::format("{}", std::get<double>(scalar));
}

}  // namespace

std::string written_value(const protocol::Value& value) {
  if (!value.list) return value.scalars.empty() ? "\"\"" : written(value.scalars.front());
  std::string items;
  for (const protocol::Scalar& scalar : value.scalars) items += (items.empty() ? "" : ", ") + written(scalar);
  // A list alone would be a sweep of its items.
  return "[[" + items + "]]";
}

}  // namespace benchhost::suite
