// Values of parameters: between the SDK's bh_value_t and the protocol's Value.
#pragma once

#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

#include <benchhost/params.h>

#include "common/protocol/value.h"
#include "worker/loader/field_reader.h"

namespace benchhost::loader {

/// Reads a value; BH_TYPE_NONE is the value without a type. Refuses unknown types, lists over BH_MAX_ITEMS or of mixed
/// types, strings that are NULL, too long or not UTF-8, and doubles that are not finite.
[[nodiscard]] protocol::Value read_value(FieldReader& reader, std::string_view member, const bh_value_t& value);

/// Reads a list of values.
[[nodiscard]] std::vector<protocol::Value> read_values(FieldReader& reader, std::string_view member,
                                                       const bh_value_list_t& list);

/// Values of the SDK made from records, with the memory behind them.
class ValueTable {
 public:
  explicit ValueTable(const std::vector<protocol::Value>& values);
  ValueTable(const ValueTable&) = delete;
  ValueTable& operator=(const ValueTable&) = delete;

  /// nullptr if there are none. Valid until: this table dies.
  [[nodiscard]] const bh_value_t* data() const { return values_.empty() ? nullptr : values_.data(); }
  [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(values_.size()); }

 private:
  std::deque<std::string> strings_;
  std::deque<std::vector<bh_value_t>> lists_;
  std::vector<bh_value_t> values_;
};

}  // namespace benchhost::loader
