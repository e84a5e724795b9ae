#include "suite/text_check.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include <fmt/format.h>

#include "common/base/utf8.h"

namespace benchhost::suite {
namespace {

constexpr const char* kUnreadable = "BH0101";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Characters that a reader does not see, or that let a line look different from what it says.
bool is_deceptive(char32_t c) {
  return (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x2069) || c == 0x061C ||
         c == 0xFEFF || c == 0x2028 || c == 0x2029;
}

std::string encoding_of_mark(std::string_view raw) {
  if (raw.starts_with("\xFF\xFE")) return "UTF-16 or UTF-32 (little-endian)";
  if (raw.starts_with("\xFE\xFF")) return "UTF-16 (big-endian)";
  if (raw.starts_with(std::string_view("\0\0\xFE\xFF", 4))) return "UTF-32 (big-endian)";
  return {};
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

/// "8" for octal digits "010"; "" if there is an 8 or 9, or too many.
std::string as_octal(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 8);
  if (error != std::errc() || end != digits.data() + digits.size()) return {};
  return std::to_string(value);
}

std::string without_zeros(std::string_view digits) {
  const auto first = digits.find_first_not_of('0');
  return std::string(first == std::string_view::npos ? "0" : digits.substr(first));
}

/// 1:30 and 1:30:00 are numbers to base 60 in YAML 1.1.
bool is_sexagesimal(std::string_view body) {
  const auto colon = body.find(':');
  if (colon == 0 || colon == std::string_view::npos) return false;
  if (!std::ranges::all_of(body.substr(0, colon), is_digit)) return false;
  std::size_t digits = 0;
  for (const char c : body.substr(colon + 1)) {
    if (c == ':') {
      if (digits == 0) return false;
      digits = 0;
    } else if (is_digit(c) && digits < 2) {
      ++digits;
    } else {
      return false;
    }
  }
  return digits > 0;
}

}  // namespace

std::string checked_text(std::string_view raw, const std::string& file, Diagnostics& diagnostics) {
  if (const std::string encoding = encoding_of_mark(raw); !encoding.empty()) {
    diagnostics.error(kUnreadable, "the file is encoded as " + encoding + "; suites are UTF-8", {file, 1, 1},
                      "save it as UTF-8");
    return {};
  }
  if (raw.starts_with("\xEF\xBB\xBF")) raw.remove_prefix(3);
  std::string out;
  out.reserve(raw.size());
  bool content = false;
  bool indentation = true;
  Position at{file, 1, 1};
  const auto refuse = [&](std::string message, std::string help) {
    diagnostics.error(kUnreadable, std::move(message), at, std::move(help));
  };
  while (!raw.empty()) {
    const CodePoint c = decode_utf8(raw);
    if (!c.valid) {
      refuse(fmt::format("byte 0x{:02X} is no UTF-8", static_cast<unsigned char>(raw.front())),
             "save the file as UTF-8");
      return {};  // what follows may be binary: one error says it
    }
    if (c.value == U'\r' && raw.size() > 1 && raw[1] == '\n') {
      raw.remove_prefix(1);
      continue;
    }
    if (c.value == U'\r') {
      refuse("a carriage return stands alone", "end lines with LF or CRLF");
      return {};
    }
    if (c.value == U'\t' && indentation) refuse("a tab in the indentation", "indent with blanks");
    if ((c.value < 0x20 && c.value != U'\n' && c.value != U'\t') || (c.value >= 0x7F && c.value < 0xA0))
      refuse(fmt::format("control character U+{:04X}", static_cast<std::uint32_t>(c.value)),
             "remove it, or write it as \\x.. in double quotes");
    if (is_deceptive(c.value))
      refuse(fmt::format("invisible or direction-changing character U+{:04X}", static_cast<std::uint32_t>(c.value)),
             "remove it: the line does not say what it seems to say");
    content = content || (c.value != U'\n' && c.value != U' ');
    out.append(raw.substr(0, c.bytes));
    raw.remove_prefix(c.bytes);
    if (c.value == U'\n') {
      ++at.line;
      at.column = 1;
      indentation = true;
    } else {
      ++at.column;
      indentation = indentation && (c.value == U' ' || c.value == U'\t');
    }
    if (diagnostics.errors().size() >= Diagnostics::kMost) return {};
  }
  if (!content) {
    at = {file, 1, 1};
    refuse("the file is empty", "a suite needs at least 'name' and 'entries'; `benchhost suite schema` lists its keys");
  }
  return out;
}

std::string ambiguity(std::string_view plain) {
  static constexpr std::array<std::string_view, 4> kWords = {"yes", "no", "on", "off"};
  const std::string word = lower(plain);
  if (std::ranges::find(kWords, word) != kWords.end()) {
    const bool truth = word == "yes" || word == "on";
    return fmt::format("'{0}' is a text to YAML 1.2 and {1} to YAML 1.1: write {1}, or \"{0}\" in quotes for the text",
                       plain, truth ? "true" : "false");
  }
  std::string_view body = plain;
  if (!body.empty() && (body.front() == '-' || body.front() == '+')) body.remove_prefix(1);
  if (body.size() < 2 || !is_digit(body.front())) return {};
  const std::string sign = plain.front() == '-' ? "-" : "";
  if (body.starts_with("0o")) {
    const std::string decimal = as_octal(body.substr(2));
    return fmt::format(
        "'{0}' is {1} to YAML 1.2 and a text to YAML 1.1: {2}", plain, decimal.empty() ? "no number" : "a number",
        decimal.empty() ? "quote it" : fmt::format("write {}{}, or \"{}\" in quotes", sign, decimal, plain));
  }
  if (std::ranges::all_of(body, [](char c) { return is_digit(c) || c == '_'; })) {
    if (body.find('_') != std::string_view::npos) {
      std::string digits(body);
      std::erase(digits, '_');
      return fmt::format("'{0}' is a number to YAML 1.1 and a text to YAML 1.2: write {1}{2}, or \"{0}\" in quotes",
                         plain, sign, without_zeros(digits));
    }
    if (body.front() == '0') {
      const std::string octal = as_octal(body);
      return fmt::format("'{0}' is {1}{2} to YAML 1.2 and {3} to YAML 1.1: write {1}{2}, or \"{0}\" in quotes", plain,
                         sign, without_zeros(body), octal.empty() ? "a text" : sign + octal);
    }
  }
  if (is_sexagesimal(body))
    return fmt::format(
        "'{0}' is a number to base 60 to YAML 1.1 and a text to YAML 1.2: write \"{0}\" in quotes, or a "
        "duration with its unit, as 90s",
        plain);
  return {};
}

}  // namespace benchhost::suite
