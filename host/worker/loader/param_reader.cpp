#include "worker/loader/param_reader.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "common/protocol/descriptor_rules.h"
#include "worker/loader/value_reader.h"

namespace benchhost::loader {
namespace {

using protocol::ParamRecord;
using protocol::Scalar;
using protocol::Value;
using protocol::ValueType;

constexpr std::uint32_t kKnownFlags = BH_PARAM_ADDED | BH_PARAM_PATH | BH_PARAM_APART;

bool is_number(ValueType type) {
  return type == ValueType::int64 || type == ValueType::uint64 || type == ValueType::real;
}

bool positive(const Value& value) {
  if (value.scalars.empty()) return false;
  const Scalar& s = value.scalars.front();
  if (const auto* i = std::get_if<std::int64_t>(&s)) return *i > 0;
  if (const auto* u = std::get_if<std::uint64_t>(&s)) return *u > 0;
  const auto* f = std::get_if<double>(&s);
  return f != nullptr && *f > 0;
}

bool absent(const Value& value) { return value.type == ValueType::none; }

/// Of two values of one numeric type.
bool not_above(const Value& low, const Value& high) { return low.scalars.front() <= high.scalars.front(); }

void check_bound(FieldReader& reader, const ParamRecord& param, std::string_view member, const Value& bound) {
  if (absent(bound)) return;
  reader.require(is_number(param.type), member, "bounds are for numbers only");
  reader.require(!bound.list && bound.type == param.type, member,
                 fmt::format("is of type {}, the parameter's elements are {}", type_name(bound.type, bound.list),
                             type_name(param.type, false)));
}

void check_type(FieldReader& reader, const ParamRecord& param, std::string_view member, const Value& value) {
  reader.require(value.type == param.type && value.list == param.list, member,
                 fmt::format("is of type {}, the parameter is {}", type_name(value.type, value.list),
                             type_name(param.type, param.list)));
}

void check_sweep(FieldReader& reader, const ParamRecord& param) {
  if (param.sweep == BH_SWEEP_NONE) return;
  reader.require(!param.is_apart(), "sweep", "a parameter that is not identity (BH_PARAM_APART) cannot be swept");
  if (param.sweep == BH_SWEEP_LIST) {
    reader.require(!param.sweep_values.empty(), "sweep_values", "is empty, and the sweep is a list");
    for (std::size_t i = 0; i < param.sweep_values.size() && reader.ok(); ++i) {
      const auto problem = protocol::value_problem(param, param.sweep_values[i]);
      if (problem) reader.refuse(fmt::format("sweep_values[{}]", i), *problem);
    }
    return;
  }
  if (!reader.require(is_number(param.type) && !param.list, "sweep", "a sweep from first to last needs one number"))
    return;
  check_type(reader, param, "sweep_first", param.sweep_first);
  check_type(reader, param, "sweep_last", param.sweep_last);
  if (!reader.ok()) return;
  reader.require(not_above(param.sweep_first, param.sweep_last), "sweep_first", "is above sweep_last");
  for (const auto& [member, end] : {std::pair{"sweep_first", &param.sweep_first}, {"sweep_last", &param.sweep_last}}) {
    if (!absent(param.minimum)) reader.require(not_above(param.minimum, *end), member, "is below the minimum");
    if (!absent(param.maximum)) reader.require(not_above(*end, param.maximum), member, "is above the maximum");
  }
  if (param.sweep == BH_SWEEP_LOG2) {
    reader.require(positive(param.sweep_first), "sweep_first", "must be above 0 in a sweep by octaves");
    reader.require(absent(param.sweep_step) || (param.sweep_step.type == ValueType::uint64 && !param.sweep_step.list &&
                                                positive(param.sweep_step)),
                   "sweep_step", "must be a uint above 0: octaves");
    if (!reader.require(param.sweep_per_octave <= protocol::kMostPerOctave, "sweep_per_octave",
                        fmt::format("must be at most {}", protocol::kMostPerOctave)) ||
        absent(param.sweep_step) || !reader.ok()) {
      return;
    }
    reader.require(
        std::get<std::uint64_t>(param.sweep_step.scalars.front()) <= protocol::kMostOctaves * param.sweep_per_octave,
        "sweep_step", fmt::format("must be at most {} octaves", protocol::kMostOctaves));
    return;
  }
  // A search over whole numbers goes down to 1 by itself.
  const bool may_be_absent = param.sweep == BH_SWEEP_SEARCH && param.type != ValueType::real;
  if (absent(param.sweep_step)) {
    reader.require(may_be_absent, "sweep_step", "is mandatory in this sweep and absent");
    return;
  }
  check_type(reader, param, "sweep_step", param.sweep_step);
  reader.require(positive(param.sweep_step), "sweep_step", "must be above 0");
}

void check_choices(FieldReader& reader, const ParamRecord& param) {
  reader.require(param.type != ValueType::choice || !param.choices.empty(), "choices", "are mandatory for an enum");
  for (std::size_t i = 0; i < param.choices.size() && reader.ok(); ++i) {
    const Value& choice = param.choices[i];
    reader.require(choice.type == param.type && !choice.list, fmt::format("choices[{}]", i),
                   fmt::format("is not of type {}", type_name(param.type, false)));
    const auto end = param.choices.begin() + static_cast<std::ptrdiff_t>(i);
    reader.require(std::find(param.choices.begin(), end, choice) == end, fmt::format("choices[{}]", i),
                   "is there twice");
  }
}

ParamRecord read_param(FieldReader& reader, const bh_param_t& param) {
  ParamRecord r;
  r.name = reader.id("name", param.name, true, true);
  reader.require(r.name != "param" && r.name != "device" && r.name != "machine" && r.name != "benchmark", "name",
                 fmt::format("'{}' is a scope of the expression grammar", r.name));
  const std::uint32_t element = param.type & (BH_TYPE_LIST - 1u);
  reader.require((param.type & ~(2 * BH_TYPE_LIST - 1u)) == 0 && element >= BH_TYPE_INT && element <= BH_TYPE_ENUM,
                 "type", fmt::format("{} is no type", param.type));
  if (!reader.ok()) return r;
  r.type = static_cast<ValueType>(element);
  r.list = (param.type & BH_TYPE_LIST) != 0;
  r.flags = param.flags;
  reader.require((r.flags & ~kKnownFlags) == 0, "flags", fmt::format("has unknown bits: {}", r.flags));
  reader.require(!r.is_path() || (r.type == ValueType::string && !r.list), "flags", "a path is a string");
  r.sweep = param.sweep;
  reader.require(r.sweep <= BH_SWEEP_SEARCH, "sweep", fmt::format("{} is no way to sweep", r.sweep));
  r.unit = reader.text("unit", param.unit, kIdRule);
  reader.require(r.unit.empty() || protocol::is_unit(r.unit), "unit",
                 fmt::format("'{}' is not in the registry of units", r.unit));
  r.description = reader.text("description", param.description, kMandatoryText);
  r.constraint = reader.text("constraint", param.constraint, kText);
  r.default_value = read_value(reader, "default_value", param.default_value);
  r.minimum = read_value(reader, "minimum", param.minimum);
  r.maximum = read_value(reader, "maximum", param.maximum);
  r.choices = read_values(reader, "choices", param.choices);
  r.sweep_values = read_values(reader, "sweep_values", param.sweep_values);
  r.sweep_first = read_value(reader, "sweep_first", param.sweep_first);
  r.sweep_last = read_value(reader, "sweep_last", param.sweep_last);
  r.sweep_step = read_value(reader, "sweep_step", param.sweep_step);
  r.sweep_per_octave = std::max(param.sweep_per_octave, 1u);
  r.min_count = param.min_count;
  r.max_count = param.max_count;
  if (!reader.ok()) return r;

  reader.require(r.list || (r.min_count == 0 && r.max_count == 0), "min_count", "counts are for lists only");
  reader.require(r.max_count <= BH_MAX_ITEMS && (r.max_count == 0 || r.min_count <= r.max_count), "max_count",
                 fmt::format("must be from min_count to {}, or 0", BH_MAX_ITEMS));
  check_bound(reader, r, "minimum", r.minimum);
  check_bound(reader, r, "maximum", r.maximum);
  if (reader.ok() && !absent(r.minimum) && !absent(r.maximum)) {
    reader.require(not_above(r.minimum, r.maximum), "minimum", "is above the maximum");
  }
  check_choices(reader, r);
  if (!reader.ok()) return r;
  if (const auto problem = protocol::value_problem(r, r.default_value)) reader.refuse("default_value", *problem);
  if (reader.ok()) check_sweep(reader, r);
  return r;
}

}  // namespace

std::vector<ParamRecord> read_params(FieldReader& reader, std::string_view member, const bh_param_list_t& list) {
  std::vector<ParamRecord> read;
  if (!reader.list(member, list.items, list.count, list.stride, BH_SIZE_TO(bh_param_t, reserved))) return read;
  for (std::uint32_t i = 0; i < list.count && reader.ok(); ++i) {
    FieldReader::Item item(reader, fmt::format("{} {}", member, i));
    const bh_param_t& param = *BH_AT(bh_param_t, &list, i);
    item.rename(member, param.name);
    ParamRecord record = read_param(reader, param);
    reader.require(std::ranges::none_of(read, [&](const ParamRecord& r) { return r.name == record.name; }), "name",
                   fmt::format("'{}' is there twice", record.name));
    read.push_back(std::move(record));
  }
  return read;
}

}  // namespace benchhost::loader
