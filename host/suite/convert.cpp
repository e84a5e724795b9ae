#include "suite/convert.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "common/base/suggest.h"
#include "common/base/units.h"
#include "common/protocol/id.h"
#include "suite/node_reader.h"

namespace benchhost::suite {
namespace {

using protocol::ParamRecord;
using protocol::Scalar;
using protocol::Value;
using protocol::ValueType;

constexpr const char* kWrong = "BH0103";

Error wrong(const Position& at, std::string message, std::string help = {}) {
  return make_error(kWrong, std::move(message), std::move(help)).in(to_text(at));
}

std::string expected(const ParamRecord& p, const Literal& literal, std::string_view what) {
  return fmt::format("parameter '{}' is {}, not '{}'", p.name, what, cut_for_message(literal.text));
}

template <class T>
bool parse_all(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

bool looks_like_double(std::string_view text) {
  double value = 0;
  return parse_all(text, value) && std::isfinite(value);
}

template <class T>
Result<Scalar> integer(const Literal& literal, const ParamRecord& p, std::string_view what) {
  const std::string& text = literal.text;
  T value = 0;
  if (parse_all(text, value)) {
    if (literal.quoted) return wrong(literal.at, expected(p, literal, what) + " in quotes", "remove the quotes");
    return Scalar(value);
  }
  const std::string range = fmt::format("from {} to {}", std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
  if (text.find_first_not_of("+-0123456789") == std::string::npos && !text.empty())
    return wrong(literal.at, expected(p, literal, what), "whole numbers are " + range);
  if (looks_like_double(text))
    return wrong(literal.at, expected(p, literal, what), "write all digits, without point or exponent");
  std::uint64_t magnitude = 0;
  if (p.unit == "By") {
    auto size = parse_bytes(text);
    if (!size.ok()) return std::move(size).error().in(to_text(literal.at));
    magnitude = size->count;
  } else if (p.unit == "ns") {
    auto duration = parse_duration(text);
    if (!duration.ok()) return std::move(duration).error().in(to_text(literal.at));
    magnitude = static_cast<std::uint64_t>(duration->count);
  } else {
    return wrong(literal.at, expected(p, literal, what), p.unit.empty() ? "" : "its unit is " + p.unit);
  }
  if (magnitude > static_cast<std::uint64_t>(std::numeric_limits<T>::max()))
    return wrong(literal.at, expected(p, literal, what), "whole numbers are " + range);
  return Scalar(static_cast<T>(magnitude));
}

Result<Scalar> real(const Literal& literal, const ParamRecord& p) {
  double value = 0;
  if (!parse_all(literal.text, value) || !std::isfinite(value))
    return wrong(literal.at, expected(p, literal, "a finite number"));
  if (literal.quoted) return wrong(literal.at, expected(p, literal, "a number") + " in quotes", "remove the quotes");
  return Scalar(value);
}

Result<Scalar> boolean(const Literal& literal, const ParamRecord& p) {
  if (!literal.quoted) {
    if (literal.text == "true" || literal.text == "True" || literal.text == "TRUE") return Scalar(true);
    if (literal.text == "false" || literal.text == "False" || literal.text == "FALSE") return Scalar(false);
  }
  return wrong(literal.at, expected(p, literal, "true or false"), literal.quoted ? "remove the quotes" : "");
}

std::string choices_text(const ParamRecord& p) {
  std::vector<std::string> names;
  for (const Value& choice : p.choices) names.push_back(short_text(choice, p.unit));
  return fmt::format("choices: {}", fmt::join(names, ", "));
}

Result<void> check_scalar(const Scalar& scalar, const ParamRecord& p, const Position& at) {
  const Value value{p.type, false, {scalar}};
  if (!p.choices.empty() && std::ranges::find(p.choices, value) == p.choices.end()) {
    std::vector<std::string> names;
    for (const Value& choice : p.choices) names.push_back(protocol::display_text(choice));
    const std::string near = did_you_mean(protocol::display_text(value), names);
    return wrong(
        at, fmt::format("parameter '{}' has no choice '{}'", p.name, cut_for_message(protocol::display_text(value))),
        near.empty() ? choices_text(p) : near + " " + choices_text(p));
  }
  if (p.minimum.type != ValueType::none && less(scalar, p.minimum.scalars.front()))
    return wrong(at, fmt::format("{} is less than the least value of parameter '{}', {}", short_text(value, p.unit),
                                 p.name, short_text(p.minimum, p.unit)));
  if (p.maximum.type != ValueType::none && less(p.maximum.scalars.front(), scalar))
    return wrong(at, fmt::format("{} is more than the greatest value of parameter '{}', {}", short_text(value, p.unit),
                                 p.name, short_text(p.maximum, p.unit)));
  return {};
}

}  // namespace

bool less(const Scalar& a, const Scalar& b) { return a < b; }

Result<Scalar> convert_scalar(const Literal& literal, const ParamRecord& p) {
  if (literal.is_list)
    return wrong(literal.at,
                 fmt::format("parameter '{}' is {}, not a list", p.name, protocol::type_name(p.type, false)),
                 "several values to run stand in one list: [1, 2, 4]");
  switch (p.type) {
    case ValueType::int64:
      return integer<std::int64_t>(literal, p, "a whole number");
    case ValueType::uint64:
      return integer<std::uint64_t>(literal, p, "a whole number that is not negative");
    case ValueType::real:
      return real(literal, p);
    case ValueType::boolean:
      return boolean(literal, p);
    case ValueType::string:
    case ValueType::choice:
      if (literal.text.size() > protocol::kMaxTextBytes)
        return wrong(literal.at, fmt::format("parameter '{}' has more than {} bytes", p.name, protocol::kMaxTextBytes));
      return Scalar(literal.text);
    case ValueType::none:
      break;
  }
  return wrong(literal.at, fmt::format("parameter '{}' takes no value", p.name));
}

Result<void> check_range(const Value& value, const ParamRecord& p, const Position& at) {
  if (value.list) {
    const std::size_t most = p.max_count == 0 ? protocol::kMaxItems : p.max_count;
    if (value.scalars.size() < p.min_count || value.scalars.size() > most)
      return wrong(at, fmt::format("parameter '{}' is a list of {} to {} values, not of {}", p.name, p.min_count, most,
                                   value.scalars.size()));
  }
  for (const Scalar& scalar : value.scalars) BH_CHECK(check_scalar(scalar, p, at));
  return {};
}

Result<Value> convert(const Literal& literal, const ParamRecord& p) {
  Value value{p.type, p.list, {}};
  if (p.list) {
    if (!literal.is_list)
      return wrong(literal.at,
                   fmt::format("parameter '{}' is a {}, not a single value", p.name, protocol::type_name(p.type, true)),
                   "a list of values to run holds such lists: [[64, 64, 1], [128, 128, 1]]");
    for (const Literal& item : literal.items) {
      BH_TRY(Scalar scalar, convert_scalar(item, p));
      BH_CHECK(check_scalar(scalar, p, item.at));
      value.scalars.push_back(std::move(scalar));
    }
  } else {
    BH_TRY(Scalar scalar, convert_scalar(literal, p));
    value.scalars.push_back(std::move(scalar));
  }
  BH_CHECK(check_range(value, p, literal.at));
  return value;
}

std::string short_text(const Value& value, const std::string& unit) {
  if (unit == "By" && !value.list && value.type == ValueType::uint64 && !value.scalars.empty()) {
    const std::uint64_t bytes = std::get<std::uint64_t>(value.scalars.front());
    static constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    std::size_t power = 0;
    std::uint64_t scaled = bytes;
    while (scaled >= 1024 && scaled % 1024 == 0 && power + 1 < std::size(kUnits)) {
      scaled /= 1024;
      ++power;
    }
    return fmt::format("{} {}", scaled, kUnits[power]);
  }
  return protocol::display_text(value);
}

}  // namespace benchhost::suite
