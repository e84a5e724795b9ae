#include "common/protocol/descriptor_rules.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "common/base/utf8.h"
#include "common/protocol/id.h"

namespace benchhost::protocol {
namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// "{x}" with an annotation of id letters.
bool is_annotation(std::string_view text) {
  if (text.size() < 3 || text.front() != '{' || text.back() != '}') return false;
  const auto inner = text.substr(1, text.size() - 2);
  return std::ranges::all_of(inner, [](char c) { return is_lower(c) || is_digit(c) || c == '_' || c == '.'; });
}

template <std::size_t N>
bool one_of(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::ranges::find(words, text) != words.end();
}

}  // namespace

bool is_unit(std::string_view text) {
  constexpr std::array<std::string_view, 9> kPlain = {"1", "ns", "By", "By/s", "1/s", "J", "W", "Cel", "Hz"};
  if (one_of(text, kPlain) || is_annotation(text)) return true;
  if (text.ends_with("/s")) return is_annotation(text.substr(0, text.size() - 2));
  if (text.starts_with("By/")) return is_annotation(text.substr(3));
  return text.starts_with("J/") && is_annotation(text.substr(2));
}

bool is_rate_unit(std::string_view text) { return text.ends_with("/s") && is_unit(text); }

bool is_work_key(std::string_view text, bool sums) {
  constexpr std::array<std::string_view, 4> kPlain = {"items", "bytes.read", "bytes.written", "bytes.moved"};
  constexpr std::array<std::string_view, 2> kSums = {"bytes", "ops"};
  constexpr std::array<std::string_view, 12> kTypes = {"fp64",  "fp32",  "tf32",  "fp16", "bf16", "fp8",
                                                       "int64", "int32", "int16", "int8", "int4", "bool"};
  if (one_of(text, kPlain) || (sums && one_of(text, kSums))) return true;
  if (text.starts_with("items.")) return is_id(text.substr(6));
  return text.starts_with("ops.") && one_of(text.substr(4), kTypes);
}

bool is_statistic(std::string_view text) {
  constexpr std::array<std::string_view, 5> kPlain = {"mean", "median", "min", "max", "sum"};
  if (one_of(text, kPlain)) return true;
  if (text.size() < 2 || text.front() != 'p' || !is_digit(text[1])) return false;
  double percentile = 0;
  const auto [end, code] =
      std::from_chars(text.data() + 1, text.data() + text.size(), percentile, std::chars_format::fixed);
  return code == std::errc() && end == text.data() + text.size() && percentile > 0 && percentile <= 100;
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

bool is_text(std::string_view text, std::size_t cap, bool lines) {
  return text.size() <= cap && is_utf8(text) && is_printable(text, lines);
}

std::optional<std::string> value_problem(const ParamRecord& param, const Value& value) {
  if (value.type != param.type || value.list != param.list) {
    return "is of type " + type_name(value.type, value.list) + ", not " + type_name(param.type, param.list);
  }
  if (param.list) {
    const std::size_t most = param.max_count != 0 ? param.max_count : kMaxItems;
    if (value.scalars.size() < param.min_count || value.scalars.size() > most) {
      return "has " + std::to_string(value.scalars.size()) + " elements, not " + std::to_string(param.min_count) +
             " to " + std::to_string(most);
    }
  } else if (value.scalars.size() != 1) {
    return "has no value";
  }
  for (const Scalar& scalar : value.scalars) {
    const auto* real = std::get_if<double>(&scalar);
    if (real != nullptr && !std::isfinite(*real)) return "is no finite number";
    if (param.minimum.scalars.size() == 1 && scalar < param.minimum.scalars[0]) return "is below the minimum";
    if (param.maximum.scalars.size() == 1 && param.maximum.scalars[0] < scalar) return "is above the maximum";
    const auto chosen = [&](const Value& choice) { return choice.scalars.size() == 1 && choice.scalars[0] == scalar; };
    if (!param.choices.empty() && std::ranges::none_of(param.choices, chosen)) return "is none of the choices";
    const auto* text = std::get_if<std::string>(&scalar);
    if (text != nullptr && !is_text(*text, kMaxTextBytes, true)) return "is no text that a parameter may have";
  }
  return std::nullopt;
}

}  // namespace benchhost::protocol
