#include "worker/loader/value_reader.h"

#include <cmath>
#include <string>

#include <fmt/format.h>

#include "common/base/utf8.h"
#include "common/protocol/descriptor_rules.h"
#include "common/protocol/id.h"

namespace benchhost::loader {
namespace {

using protocol::Scalar;
using protocol::Value;
using protocol::ValueType;

constexpr std::uint32_t kElementMask = BH_TYPE_LIST - 1u;

Scalar read_scalar(FieldReader& reader, std::string_view member, const bh_value_t& value, std::uint32_t type) {
  switch (type) {
    case BH_TYPE_INT:
      return value.i;
    case BH_TYPE_UINT:
      return value.u;
    case BH_TYPE_DOUBLE:
      reader.require(std::isfinite(value.f), member, "is a double that is not finite");
      return value.f;
    case BH_TYPE_BOOL:
      reader.require(value.u <= 1, member, fmt::format("is a bool of {}, neither 0 nor 1", value.u));
      return value.u != 0;
    default:
      break;
  }
  if (!reader.require(value.s != nullptr, member, "is a string or enum and NULL")) return std::string();
  const std::string_view text = bounded_text(value.s, BH_MAX_VALUE);
  reader.require(text.size() <= BH_MAX_VALUE, member, fmt::format("is longer than {} bytes", BH_MAX_VALUE));
  reader.require(is_utf8(text), member, "is not UTF-8");
  reader.require(protocol::is_printable(text, true), member, "has a control character other than newline and tab");
  if (type == BH_TYPE_ENUM) reader.require(protocol::is_id(text), member, "is an enum whose choice is no id");
  return reader.ok() && reader.spend(member, text.size()) ? std::string(text) : std::string();
}

/// Fills the members that the type names; strings and lists come from the memory given.
bh_value_t to_abi(const Scalar& scalar, ValueType type, std::deque<std::string>& strings) {
  bh_value_t value = BH_NONE;
  value.type = static_cast<std::uint32_t>(type);
  if (const auto* i = std::get_if<std::int64_t>(&scalar)) value.i = *i;
  if (const auto* u = std::get_if<std::uint64_t>(&scalar)) value.u = *u;
  if (const auto* f = std::get_if<double>(&scalar)) value.f = *f;
  if (const auto* b = std::get_if<bool>(&scalar)) value.u = *b ? 1u : 0u;
  if (const auto* s = std::get_if<std::string>(&scalar)) value.s = strings.emplace_back(*s).c_str();
  return value;
}

}  // namespace

Value read_value(FieldReader& reader, std::string_view member, const bh_value_t& value) {
  if (!reader.ok() || value.type == BH_TYPE_NONE) return {};
  const std::uint32_t element = value.type & kElementMask;
  const bool list = (value.type & BH_TYPE_LIST) != 0;
  if (!reader.require(
          (value.type & ~(BH_TYPE_LIST | kElementMask)) == 0 && element >= BH_TYPE_INT && element <= BH_TYPE_ENUM,
          member, fmt::format("has the unknown type {}", value.type))) {
    return {};
  }
  Value read{static_cast<ValueType>(element), list, {}};
  if (!list) {
    read.scalars.push_back(read_scalar(reader, member, value, element));
    return read;
  }
  if (!reader.list(member, value.items, value.count, sizeof(bh_value_t), sizeof(bh_value_t), false)) return read;
  for (std::uint32_t i = 0; i < value.count && reader.ok(); ++i) {
    const std::string item = fmt::format("{}[{}]", member, i);
    if (!reader.require(value.items[i].type == element, item, "is not of the list's element type")) break;
    read.scalars.push_back(read_scalar(reader, item, value.items[i], element));
  }
  return read;
}

std::vector<Value> read_values(FieldReader& reader, std::string_view member, const bh_value_list_t& list) {
  std::vector<Value> read;
  if (!reader.list(member, list.items, list.count, list.stride, sizeof(bh_value_t), false)) return read;
  for (std::uint32_t i = 0; i < list.count && reader.ok(); ++i) {
    read.push_back(read_value(reader, fmt::format("{}[{}]", member, i), *BH_AT(bh_value_t, &list, i)));
  }
  return read;
}

ValueTable::ValueTable(const std::vector<Value>& values) {
  for (const Value& value : values) {
    if (!value.list) {
      values_.push_back(value.scalars.empty() ? bh_value_t BH_NONE
                                              : to_abi(value.scalars.front(), value.type, strings_));
      continue;
    }
    auto& items = lists_.emplace_back();
    for (const Scalar& scalar : value.scalars) items.push_back(to_abi(scalar, value.type, strings_));
    bh_value_t list = BH_NONE;
    list.type = BH_TYPE_LIST | static_cast<std::uint32_t>(value.type);
    list.count = static_cast<std::uint32_t>(items.size());
    list.items = items.empty() ? nullptr : items.data();
    values_.push_back(list);
  }
}

}  // namespace benchhost::loader
