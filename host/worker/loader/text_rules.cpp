#include "worker/loader/text_rules.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "common/base/utf8.h"
#include "common/protocol/id.h"

namespace benchhost::loader {
namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// "{x}" with an annotation of id letters.
bool is_annotation(std::string_view text) {
  if (text.size() < 3 || text.front() != '{' || text.back() != '}') return false;
  const auto inner = text.substr(1, text.size() - 2);
  return std::ranges::all_of(inner, [](char c) { return is_lower(c) || is_digit(c) || c == '_' || c == '.'; });
}

constexpr std::array<std::string_view, 12> kOperationTypes = {"fp64",  "fp32",  "tf32",  "fp16", "bf16", "fp8",
                                                              "int64", "int32", "int16", "int8", "int4", "bool"};

}  // namespace

bool is_unit(std::string_view text) {
  static constexpr std::array<std::string_view, 9> kPlain = {"1", "ns", "By", "By/s", "1/s", "J", "W", "Cel", "Hz"};
  if (std::ranges::find(kPlain, text) != kPlain.end() || is_annotation(text)) return true;
  if (text.ends_with("/s")) return is_annotation(text.substr(0, text.size() - 2));
  if (text.starts_with("By/")) return is_annotation(text.substr(3));
  return text.starts_with("J/") && is_annotation(text.substr(2));
}

bool is_rate_unit(std::string_view text) { return text.ends_with("/s") && is_unit(text); }

bool is_work_key(std::string_view text, bool sums) {
  if (text == "items" || text == "bytes.read" || text == "bytes.written" || text == "bytes.moved") return true;
  if (sums && (text == "bytes" || text == "ops")) return true;
  if (text.starts_with("items.")) return protocol::is_id_part(text.substr(6));
  return text.starts_with("ops.") && std::ranges::find(kOperationTypes, text.substr(4)) != kOperationTypes.end();
}

bool is_statistic(std::string_view text) {
  if (text == "mean" || text == "median" || text == "min" || text == "max" || text == "sum") return true;
  if (text.size() < 2 || text.front() != 'p' || !is_digit(text[1])) return false;
  double percent = 0;
  const auto [end, code] =
      std::from_chars(text.data() + 1, text.data() + text.size(), percent, std::chars_format::fixed);
  return code == std::errc() && end == text.data() + text.size() && percent > 0 && percent <= 100;
}

bool is_printable(std::string_view utf8, bool lines) {
  while (!utf8.empty()) {
    const CodePoint point = decode_utf8(utf8);
    const bool control = point.value < 0x20 || (point.value >= 0x7f && point.value < 0xa0);
    if (control && !(lines && (point.value == U'\n' || point.value == U'\t'))) return false;
    utf8.remove_prefix(point.bytes);
  }
  return true;
}

}  // namespace benchhost::loader
