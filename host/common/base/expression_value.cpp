#include "common/base/expression_value.h"

#include <cmath>
#include <limits>

#include "common/base/canonical_number.h"

namespace benchhost {
namespace {

// Holds every sum, and most products, of two 64-bit integers of either kind; the rest is told by the overflow builtins.
__extension__ typedef __int128 Wide;

constexpr Wide kLowest = std::numeric_limits<std::int64_t>::min();
constexpr Wide kHighest = std::numeric_limits<std::uint64_t>::max();
constexpr double kTwoTo63 = 9223372036854775808.0;
constexpr double kTwoTo64 = 18446744073709551616.0;
constexpr std::string_view kOutside = "number outside the range";

/// Requires: number.is_integer(). Integers are read back through the two exact conversions.
Wide wide(const ExprNumber& number) {
  if (const auto small = number.to_int64()) return *small;
  return static_cast<Wide>(*number.to_uint64());
}

ExprNumberResult from_wide(Wide value) {
  if (value < kLowest || value > kHighest) return {std::nullopt, kOutside};
  if (value < 0) return {ExprNumber(static_cast<std::int64_t>(value)), {}};
  return {ExprNumber(static_cast<std::uint64_t>(value)), {}};
}

ExprNumberResult from_double(double value) {
  if (!std::isfinite(value)) return {std::nullopt, kOutside};
  return {ExprNumber(value), {}};
}

std::strong_ordering order(Wide a, Wide b) {
  return a < b ? std::strong_ordering::less : a > b ? std::strong_ordering::greater : std::strong_ordering::equal;
}

std::strong_ordering order(double a, double b) {
  return a < b ? std::strong_ordering::less : a > b ? std::strong_ordering::greater : std::strong_ordering::equal;
}

std::strong_ordering order(Wide a, double b) {
  if (b >= kTwoTo64) return std::strong_ordering::less;
  if (b < -kTwoTo63) return std::strong_ordering::greater;
  const double whole = std::trunc(b);  // fits Wide, exactly
  const std::strong_ordering by_whole = order(a, static_cast<Wide>(whole));
  return by_whole != 0 ? by_whole : order(whole, b);
}

ExprNumber whole_number(double value) {
  if (value >= -kTwoTo63 && value < kTwoTo64) return *from_wide(static_cast<Wide>(value)).value;
  return ExprNumber(value);
}

}  // namespace

ExprNumber::ExprNumber(std::uint64_t value) {
  if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    value_ = static_cast<std::int64_t>(value);
  } else {
    value_ = value;
  }
}

double ExprNumber::to_double() const {
  return std::visit([](auto value) { return static_cast<double>(value); }, value_);
}

std::optional<std::int64_t> ExprNumber::to_int64() const {
  if (const std::int64_t* value = std::get_if<std::int64_t>(&value_)) return *value;
  const double* value = std::get_if<double>(&value_);
  if (value == nullptr || std::trunc(*value) != *value || *value < -kTwoTo63 || *value >= kTwoTo63) return std::nullopt;
  return static_cast<std::int64_t>(*value);
}

std::optional<std::uint64_t> ExprNumber::to_uint64() const {
  if (const std::uint64_t* value = std::get_if<std::uint64_t>(&value_)) return *value;
  if (const std::int64_t* value = std::get_if<std::int64_t>(&value_)) {
    return *value >= 0 ? std::optional(static_cast<std::uint64_t>(*value)) : std::nullopt;
  }
  const double value = std::get<double>(value_);
  if (std::trunc(value) != value || value < 0 || value >= kTwoTo64) return std::nullopt;
  return static_cast<std::uint64_t>(value);
}

std::strong_ordering operator<=>(const ExprNumber& a, const ExprNumber& b) {
  if (a.is_integer() && b.is_integer()) return order(wide(a), wide(b));
  if (a.is_integer()) return order(wide(a), b.to_double());
  if (b.is_integer()) return 0 <=> order(wide(b), a.to_double());
  return order(a.to_double(), b.to_double());
}

ExprNumberResult combine(char op, const ExprNumber& a, const ExprNumber& b) {
  const bool exact = a.is_integer() && b.is_integer();
  const double x = a.to_double();
  const double y = b.to_double();
  switch (op) {
    case '+':
      return exact ? from_wide(wide(a) + wide(b)) : from_double(x + y);
    case '-':
      return exact ? from_wide(wide(a) - wide(b)) : from_double(x - y);
    case '*': {
      if (!exact) return from_double(x * y);
      Wide product = 0;
      if (__builtin_mul_overflow(wide(a), wide(b), &product)) return {std::nullopt, kOutside};
      return from_wide(product);
    }
    case '/':
      return y == 0 ? ExprNumberResult{std::nullopt, "division by 0"} : from_double(x / y);
    default:
      if (y == 0) return {std::nullopt, "division by 0"};
      return exact ? from_wide(wide(a) % wide(b)) : from_double(std::fmod(x, y));
  }
}

ExprNumberResult negate(const ExprNumber& a) {
  return a.is_integer() ? from_wide(-wide(a)) : ExprNumberResult{ExprNumber(-a.to_double()), {}};
}

ExprNumberResult absolute(const ExprNumber& a) { return a < ExprNumber(0) ? negate(a) : ExprNumberResult{a, {}}; }

ExprNumber floor(const ExprNumber& a) { return a.is_integer() ? a : whole_number(std::floor(a.to_double())); }
ExprNumber ceil(const ExprNumber& a) { return a.is_integer() ? a : whole_number(std::ceil(a.to_double())); }

ExprNumberResult log2(const ExprNumber& a) {
  if (a <= ExprNumber(0)) return {std::nullopt, "log2 of a number that is not positive"};
  return from_double(std::log2(a.to_double()));
}

std::string to_text(const ExprValue& value) {
  if (const bool* boolean = value.boolean()) return *boolean ? "true" : "false";
  if (const ExprNumber* number = value.number()) {
    if (!number->is_integer()) return canonical_number(number->to_double());
    const auto small = number->to_int64();
    return small ? std::to_string(*small) : std::to_string(*number->to_uint64());
  }
  if (const std::string* text = value.text()) {
    const char quote = text->find('\'') == std::string::npos ? '\'' : '"';
    return quote + *text + quote;
  }
  std::string out = "[";
  for (const ExprValue& item : *value.list()) out += (out.size() > 1 ? ", " : "") + to_text(item);
  return out + "]";
}

}  // namespace benchhost
