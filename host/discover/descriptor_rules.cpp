#include "discover/descriptor_rules.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "common/base/utf8.h"
#include "common/protocol/id.h"

namespace benchhost::discover {
namespace {

/// "{token}": braces around id letters.
bool is_annotation(std::string_view text) {
  return text.size() > 2 && text.front() == '{' && text.back() == '}' &&
         protocol::is_id_part(text.substr(1, text.size() - 2));
}

template <std::size_t N>
bool one_of(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

/// Orders two scalars of one type; doubles that are no numbers are below nothing.
bool less(const protocol::Scalar& a, const protocol::Scalar& b) { return a < b; }

}  // namespace

bool is_unit(std::string_view text) {
  constexpr std::array<std::string_view, 9> kPlain = {"1", "ns", "By", "By/s", "1/s", "J", "W", "Cel", "Hz"};
  if (one_of(text, kPlain) || is_annotation(text)) return true;
  if (text.ends_with("/s")) return is_annotation(text.substr(0, text.size() - 2));
  if (text.starts_with("By/")) return is_annotation(text.substr(3));
  return text.starts_with("J/") && is_annotation(text.substr(2));
}

bool is_work_key(std::string_view text) {
  constexpr std::array<std::string_view, 6> kPlain = {"items",       "bytes.read", "bytes.written",
                                                      "bytes.moved", "bytes",      "ops"};
  constexpr std::array<std::string_view, 12> kTypes = {"fp64",  "fp32",  "tf32",  "fp16", "bf16", "fp8",
                                                       "int64", "int32", "int16", "int8", "int4", "bool"};
  if (one_of(text, kPlain)) return true;
  if (text.starts_with("items.")) return protocol::is_id(text.substr(6));
  return text.starts_with("ops.") && one_of(text.substr(4), kTypes);
}

bool is_statistic(std::string_view text) {
  constexpr std::array<std::string_view, 5> kPlain = {"mean", "median", "min", "max", "sum"};
  if (one_of(text, kPlain)) return true;
  if (!text.starts_with('p')) return false;
  double percentile = 0;
  const auto read = std::from_chars(text.data() + 1, text.data() + text.size(), percentile, std::chars_format::fixed);
  return read.ec == std::errc() && read.ptr == text.data() + text.size() && percentile > 0 && percentile <= 100;
}

bool is_text(std::string_view text, std::size_t cap, bool lines) {
  if (text.size() > cap || !is_utf8(text)) return false;
  return std::none_of(text.begin(), text.end(), [lines](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && !(lines && (c == '\n' || c == '\t'))) || c == 0x7f;
  });
}

std::optional<std::string> value_problem(const protocol::ParamRecord& param, const protocol::Value& value) {
  if (value.type != param.type || value.list != param.list) {
    return "is of type " + type_name(value.type, value.list) + ", not " + type_name(param.type, param.list);
  }
  if (param.list) {
    const std::size_t most = param.max_count != 0 ? param.max_count : protocol::kMaxItems;
    if (value.scalars.size() < param.min_count || value.scalars.size() > most) {
      return "has " + std::to_string(value.scalars.size()) + " elements, not " + std::to_string(param.min_count) +
             " to " + std::to_string(most);
    }
  } else if (value.scalars.size() != 1) {
    return "has no value";
  }
  for (const protocol::Scalar& scalar : value.scalars) {
    const auto* real = std::get_if<double>(&scalar);
    if (real != nullptr && !std::isfinite(*real)) return "is no finite number";
    if (param.minimum.scalars.size() == 1 && less(scalar, param.minimum.scalars[0])) return "is below the minimum";
    if (param.maximum.scalars.size() == 1 && less(param.maximum.scalars[0], scalar)) return "is above the maximum";
    const auto chosen = [&](const protocol::Value& choice) {
      return choice.scalars.size() == 1 && choice.scalars[0] == scalar;
    };
    if (!param.choices.empty() && std::none_of(param.choices.begin(), param.choices.end(), chosen)) {
      return "is none of the choices";
    }
    const auto* text = std::get_if<std::string>(&scalar);
    if (text != nullptr && !is_text(*text, protocol::kMaxTextBytes, true))
      return "is no text that a parameter may have";
  }
  return std::nullopt;
}

}  // namespace benchhost::discover
