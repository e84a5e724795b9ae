#include "common/protocol/value.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include "common/base/canonical_number.h"

namespace benchhost::protocol {
namespace {

constexpr std::array<const char*, 7> kTypeNames = {"none", "int", "uint", "double", "bool", "string", "enum"};
constexpr const char* kBadValue = "BH0302";

Value single(ValueType type, Scalar scalar) { return Value{type, false, {std::move(scalar)}}; }

/// RFC 8785, section 3.2.2.2: what must be escaped is, nothing else. 0x7F stands raw.
std::string quoted(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (byte < 0x20) {
          out += "\\u00";
          out += kHex[byte >> 4];
          out += kHex[byte & 0xF];
        } else {
          out += c;
        }
    }
  }
  return out + '"';
}

struct ScalarText {
  bool quote;
  std::string operator()(std::int64_t v) const { return std::to_string(v); }
  std::string operator()(std::uint64_t v) const { return std::to_string(v); }
  std::string operator()(double v) const { return canonical_number(v); }
  std::string operator()(bool v) const { return v ? "true" : "false"; }
  std::string operator()(const std::string& v) const { return quote ? quoted(v) : v; }
};

std::string text_of(const Value& value, bool quote_strings) {
  const ScalarText one{quote_strings && value.type == ValueType::string};
  if (!value.list) return value.scalars.empty() ? std::string() : std::visit(one, value.scalars.front());
  std::string out = "[";
  const char* separator = "";
  for (const Scalar& scalar : value.scalars) {
    out += separator + std::visit(one, scalar);
    separator = ",";
  }
  return out + ']';
}

Json scalar_json(const Scalar& scalar) {
  return std::visit([](const auto& v) { return Json(v); }, scalar);
}

Result<Scalar> scalar_from_json(ValueType type, const Json& json) {
  // Two fallbacks tell "not of that type or out of range" from a value.
  switch (type) {
    case ValueType::int64:
      if (json.is_integer() && json.as_int(0) == json.as_int(1)) return Scalar(json.as_int());
      break;
    case ValueType::uint64:
      if (json.is_integer() && json.as_uint(0) == json.as_uint(1)) return Scalar(json.as_uint());
      break;
    case ValueType::real:
      if (json.is_number() && std::isfinite(json.as_double(0))) return Scalar(json.as_double(0));
      break;
    case ValueType::boolean:
      if (json.is_bool()) return Scalar(json.as_bool());
      break;
    case ValueType::string:
    case ValueType::choice:
      if (json.is_string()) return Scalar(json.as_string());
      break;
    case ValueType::none:
      break;
  }
  return make_error(kBadValue, "expected one of type " + type_name(type, false));
}

}  // namespace

Value int_value(std::int64_t v) { return single(ValueType::int64, v); }
Value uint_value(std::uint64_t v) { return single(ValueType::uint64, v); }
Value real_value(double v) { return single(ValueType::real, v); }
Value bool_value(bool v) { return single(ValueType::boolean, v); }
Value string_value(std::string v) { return single(ValueType::string, std::move(v)); }
Value choice_value(std::string v) { return single(ValueType::choice, std::move(v)); }

std::string type_name(ValueType type, bool list) {
  const auto index = static_cast<std::size_t>(type);
  assert(index < kTypeNames.size());
  return std::string(list ? "list of " : "") + kTypeNames[index];
}

std::string canonical_text(const Value& value) { return text_of(value, true); }

std::string canonical_set(std::vector<std::pair<std::string, Value>> values) {
  std::sort(values.begin(), values.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string out = "{";
  const char* separator = "";
  for (const auto& [name, value] : values) {
    out += separator + name + '=' + canonical_text(value);
    separator = ",";
  }
  return out + '}';
}

std::string display_text(const Value& value) { return text_of(value, false); }

Json to_json(const Value& value) {
  if (value.type == ValueType::none) return {};
  Json json;
  json.set("type", type_name(value.type, value.list));
  if (value.list) {
    JsonArray items;
    for (const Scalar& scalar : value.scalars) items.push_back(scalar_json(scalar));
    json.set("value", std::move(items));
  } else {
    assert(value.scalars.size() == 1);
    json.set("value", value.scalars.empty() ? Json() : scalar_json(value.scalars.front()));
  }
  return json;
}

Result<Value> value_from_json(const Json& json) {
  if (json.is_null()) return Value{};
  const std::string& name = json["type"].as_string();
  for (std::uint32_t number = 1; number < kTypeNames.size(); ++number) {
    for (const bool list : {false, true}) {
      Value value{static_cast<ValueType>(number), list, {}};
      if (name != type_name(value.type, list)) continue;
      const Json& content = json["value"];
      if (!list) {
        BH_TRY(auto scalar, scalar_from_json(value.type, content));
        value.scalars.push_back(std::move(scalar));
        return value;
      }
      if (!content.is_array()) return make_error(kBadValue, "expected a list of values of type " + name);
      for (const Json& item : content.items()) {
        BH_TRY(auto scalar, scalar_from_json(value.type, item));
        value.scalars.push_back(std::move(scalar));
      }
      return value;
    }
  }
  return make_error(kBadValue,
                    "expected an object with 'type' and 'value', the type one of int, uint, double, bool, "
                    "string, enum or a list of these");
}

}  // namespace benchhost::protocol
