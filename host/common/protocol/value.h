// Parameter values as they travel between processes, and the one text form of a value that enters identity.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "common/base/json.h"
#include "common/base/result.h"

namespace benchhost::protocol {

/// Types of the SDK's params.h (BH_TYPE_*), by the same numbers.
enum class ValueType : std::uint32_t { none = 0, int64 = 1, uint64 = 2, real = 3, boolean = 4, string = 5, choice = 6 };

using Scalar = std::variant<std::int64_t, std::uint64_t, double, bool, std::string>;

/// A typed value: one scalar, or a list of scalars of one type. `none` has no scalars and is no list.
/// A string and a choice both hold std::string.
struct Value {
  ValueType type = ValueType::none;
  bool list = false;
  std::vector<Scalar> scalars;  ///< exactly one unless list

  friend bool operator==(const Value&, const Value&) = default;
};

[[nodiscard]] Value int_value(std::int64_t v);
[[nodiscard]] Value uint_value(std::uint64_t v);
[[nodiscard]] Value real_value(double v);
[[nodiscard]] Value bool_value(bool v);
[[nodiscard]] Value string_value(std::string v);
[[nodiscard]] Value choice_value(std::string v);

/// "int", "uint", "double", "bool", "string", "enum", "list of uint", as suites and messages write them.
[[nodiscard]] std::string type_name(ValueType type, bool list);

/// Canonical text (sdk params.h, "Canonical text"): never changes. A path's digest is the caller's to put in.
[[nodiscard]] std::string canonical_text(const Value& value);

/// The canonical set `{a=1,b=2}`: names ascending by byte.
[[nodiscard]] std::string canonical_set(std::vector<std::pair<std::string, Value>> values);

/// Short text for people: sizes and numbers bare, strings unquoted.
[[nodiscard]] std::string display_text(const Value& value);

[[nodiscard]] Json to_json(const Value& value);
[[nodiscard]] Result<Value> value_from_json(const Json& json);

}  // namespace benchhost::protocol
