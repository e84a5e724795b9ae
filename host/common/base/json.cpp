// The value and its writer. Reading, which needs Boost.JSON, stands in json_read.cpp.
#include "common/base/json.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "common/base/utf8.h"

namespace benchhost {
namespace {

const Json kNull;
const std::string kNoText;
const JsonArray kNoItems;
const JsonObject kNoMembers;

void write_string(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  while (!text.empty()) {
    const CodePoint next = decode_utf8(text);
    text.remove_prefix(next.bytes);
    switch (next.value) {
      case U'"':
        out += "\\\"";
        break;
      case U'\\':
        out += "\\\\";
        break;
      case U'\b':
        out += "\\b";
        break;
      case U'\f':
        out += "\\f";
        break;
      case U'\n':
        out += "\\n";
        break;
      case U'\r':
        out += "\\r";
        break;
      case U'\t':
        out += "\\t";
        break;
      default:
        if (next.value < 0x20 || next.value == 0x7F) {
          out += "\\u00";
          out += kHex[next.value >> 4];
          out += kHex[next.value & 0xF];
        } else {
          append_utf8(out, next.value);
        }
    }
  }
  out += '"';
}

void write_double(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  const std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  out += text;
  // Without a point or an exponent it would read back as an integer.
  if (text.find_first_of(".e") == std::string_view::npos) out += ".0";
}

/// indent < 0: on one line.
void write(std::string& out, const Json& value, int indent) {
  const auto line = [&](int depth) {
    if (indent < 0) return;
    out += '\n';
    out.append(static_cast<std::size_t>(depth) * 2, ' ');
  };
  const int inner = indent < 0 ? indent : indent + 1;
  if (value.is_null()) {
    out += "null";
  } else if (value.is_bool()) {
    out += value.as_bool() ? "true" : "false";
  } else if (value.is_integer()) {
    const std::int64_t as_signed = value.as_int();
    out += as_signed != 0 ? std::to_string(as_signed) : std::to_string(value.as_uint());
  } else if (value.is_number()) {
    write_double(out, value.as_double(0));
  } else if (value.is_string()) {
    write_string(out, value.as_string());
  } else if (value.is_array()) {
    out += '[';
    const char* separator = "";
    for (const Json& item : value.items()) {
      out += separator;
      line(inner);
      write(out, item, inner);
      separator = ",";
    }
    if (!value.items().empty()) line(indent);
    out += ']';
  } else {
    out += '{';
    const char* separator = "";
    for (const auto& [name, member] : value.members()) {
      out += separator;
      line(inner);
      write_string(out, name);
      out += indent < 0 ? ":" : ": ";
      write(out, member, inner);
      separator = ",";
    }
    if (!value.members().empty()) line(indent);
    out += '}';
  }
}

}  // namespace

Json::Json(std::uint64_t v) {
  if (v <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    v_ = static_cast<std::int64_t>(v);
  } else {
    v_ = v;
  }
}

bool Json::as_bool(bool otherwise) const {
  const bool* value = std::get_if<bool>(&v_);
  return value != nullptr ? *value : otherwise;
}

std::int64_t Json::as_int(std::int64_t otherwise) const {
  const std::int64_t* value = std::get_if<std::int64_t>(&v_);
  return value != nullptr ? *value : otherwise;
}

std::uint64_t Json::as_uint(std::uint64_t otherwise) const {
  if (const std::uint64_t* value = std::get_if<std::uint64_t>(&v_)) return *value;
  const std::int64_t* value = std::get_if<std::int64_t>(&v_);
  return value != nullptr && *value >= 0 ? static_cast<std::uint64_t>(*value) : otherwise;
}

double Json::as_double(double otherwise) const {
  if (const double* value = std::get_if<double>(&v_)) return *value;
  if (const std::int64_t* value = std::get_if<std::int64_t>(&v_)) return static_cast<double>(*value);
  if (const std::uint64_t* value = std::get_if<std::uint64_t>(&v_)) return static_cast<double>(*value);
  return otherwise;
}

const std::string& Json::as_string() const {
  const std::string* value = std::get_if<std::string>(&v_);
  return value != nullptr ? *value : kNoText;
}

const JsonArray& Json::items() const {
  const JsonArray* value = std::get_if<JsonArray>(&v_);
  return value != nullptr ? *value : kNoItems;
}

const JsonObject& Json::members() const {
  const JsonObject* value = std::get_if<JsonObject>(&v_);
  return value != nullptr ? *value : kNoMembers;
}

const Json& Json::operator[](std::string_view name) const {
  for (const auto& [key, value] : members()) {
    if (key == name) return value;
  }
  return kNull;
}

Json& Json::set(std::string_view name, Json value) {
  if (is_null()) v_ = JsonObject{};
  JsonObject& object = std::get<JsonObject>(v_);
  for (auto& [key, member] : object) {
    if (key == name) {
      member = std::move(value);
      return *this;
    }
  }
  object.emplace_back(std::string(name), std::move(value));
  return *this;
}

Json& Json::push(Json value) {
  if (is_null()) v_ = JsonArray{};
  std::get<JsonArray>(v_).push_back(std::move(value));
  return *this;
}

std::string to_text(const Json& value) {
  std::string out;
  write(out, value, -1);
  return out;
}

std::string to_pretty_text(const Json& value) {
  std::string out;
  write(out, value, 0);
  return out;
}

}  // namespace benchhost
