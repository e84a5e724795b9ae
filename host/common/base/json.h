// A JSON value with a reader and a writer. Boost.JSON does the work in json.cpp and is seen nowhere else.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "common/base/result.h"

namespace benchhost {

class Json;
using JsonArray = std::vector<Json>;
/// Members in the order of the text; names unique (a duplicate refuses the text).
using JsonObject = std::vector<std::pair<std::string, Json>>;

/// Null, bool, integer (int64 or uint64 kept exactly), double, string, array or object. A plain value: copies are deep.
/// NaN and infinities have no JSON: they are written as null (unknown is null, never 0).
class Json {
 public:
  Json() = default;
  Json(std::nullptr_t) {}                           // NOLINT: implicit on purpose, as are all below
  Json(bool v) : v_(v) {}                           // NOLINT
  Json(std::int64_t v) : v_(v) {}                   // NOLINT
  Json(std::uint64_t v);                            // NOLINT: kept as int64 where it fits
  Json(int v) : v_(std::int64_t{v}) {}              // NOLINT
  Json(unsigned v) : v_(std::int64_t{v}) {}         // NOLINT
  Json(double v) : v_(v) {}                         // NOLINT
  Json(const char* v) : v_(std::string(v)) {}       // NOLINT
  Json(std::string v) : v_(std::move(v)) {}         // NOLINT
  Json(std::string_view v) : v_(std::string(v)) {}  // NOLINT
  Json(JsonArray v) : v_(std::move(v)) {}           // NOLINT
  Json(JsonObject v) : v_(std::move(v)) {}          // NOLINT

  [[nodiscard]] bool is_null() const { return v_.index() == 0; }
  [[nodiscard]] bool is_bool() const { return v_.index() == 1; }
  [[nodiscard]] bool is_integer() const { return v_.index() == 2 || v_.index() == 3; }
  [[nodiscard]] bool is_number() const { return is_integer() || v_.index() == 4; }
  [[nodiscard]] bool is_string() const { return v_.index() == 5; }
  [[nodiscard]] bool is_array() const { return v_.index() == 6; }
  [[nodiscard]] bool is_object() const { return v_.index() == 7; }

  /// The value if it is of that type (and, for integers, in range), else `otherwise`. as_double takes integers too.
  [[nodiscard]] bool as_bool(bool otherwise = false) const;
  [[nodiscard]] std::int64_t as_int(std::int64_t otherwise = 0) const;
  [[nodiscard]] std::uint64_t as_uint(std::uint64_t otherwise = 0) const;
  [[nodiscard]] double as_double(double otherwise) const;
  /// Valid until: this value changes. "" if it is no string.
  [[nodiscard]] const std::string& as_string() const;
  /// Empty if it is no array or object.
  [[nodiscard]] const JsonArray& items() const;
  [[nodiscard]] const JsonObject& members() const;

  /// Member by name; the null value if there is none or this is no object. Valid until: this value changes.
  [[nodiscard]] const Json& operator[](std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return !(*this)[name].is_null(); }
  /// Appends or replaces a member, turning null into an object first. Returns *this, so that calls chain.
  Json& set(std::string_view name, Json value);
  /// Appends an element, turning null into an array first.
  Json& push(Json value);

  friend bool operator==(const Json&, const Json&) = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, JsonArray, JsonObject> v_;
};

/// Reads exactly one JSON text (RFC 8259). Errors: position and cause; depth over 64; duplicate member; bad UTF-8.
[[nodiscard]] Result<Json> parse_json(std::string_view text);

/// Writes a value on one line, or indented by two blanks. Doubles in the shortest form that reads back the same.
[[nodiscard]] std::string to_text(const Json& value);
[[nodiscard]] std::string to_pretty_text(const Json& value);

}  // namespace benchhost
