// Values of the expression grammar: bool, number, text, list.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace benchhost {

/// An exact integer from -2^63 to 2^64 - 1, or a finite double. Compares by mathematical value: 2^53 + 1 is not 2.0^53.
class ExprNumber {
 public:
  ExprNumber() = default;
  ExprNumber(std::int64_t value) : value_(value) {}       // NOLINT: implicit on purpose, as are those below
  ExprNumber(std::uint64_t value);                        // NOLINT
  ExprNumber(int value) : value_(std::int64_t{value}) {}  // NOLINT
  /// Requires: finite.
  ExprNumber(double value) : value_(value) {}  // NOLINT

  [[nodiscard]] bool is_integer() const { return value_.index() != 2; }
  [[nodiscard]] double to_double() const;
  /// The value if it is whole and in range, whether integer or double.
  [[nodiscard]] std::optional<std::int64_t> to_int64() const;
  [[nodiscard]] std::optional<std::uint64_t> to_uint64() const;

  friend std::strong_ordering operator<=>(const ExprNumber& a, const ExprNumber& b);
  friend bool operator==(const ExprNumber& a, const ExprNumber& b) { return (a <=> b) == 0; }

 private:
  std::variant<std::int64_t, std::uint64_t, double> value_;
};

/// A result, or why there is none.
struct ExprNumberResult {
  std::optional<ExprNumber> value;
  /// "division by 0", "number outside the range", …
  std::string_view reason;
};

/// Operator '+', '-', '*', '/' or '%'. Integers are exact but for '/', which gives a double.
[[nodiscard]] ExprNumberResult combine(char op, const ExprNumber& a, const ExprNumber& b);
[[nodiscard]] ExprNumberResult negate(const ExprNumber& a);
[[nodiscard]] ExprNumberResult absolute(const ExprNumber& a);
/// The integer below or above; a double that no integer can hold stays as it is, since it is whole.
[[nodiscard]] ExprNumber floor(const ExprNumber& a);
[[nodiscard]] ExprNumber ceil(const ExprNumber& a);
[[nodiscard]] ExprNumberResult log2(const ExprNumber& a);

class ExprValue;
using ExprList = std::vector<ExprValue>;

class ExprValue {
 public:
  ExprValue(bool v) : v_(v) {}                           // NOLINT: implicit on purpose, as are those below
  ExprValue(ExprNumber v) : v_(v) {}                     // NOLINT
  ExprValue(int v) : v_(ExprNumber(v)) {}                // NOLINT
  ExprValue(std::int64_t v) : v_(ExprNumber(v)) {}       // NOLINT
  ExprValue(std::uint64_t v) : v_(ExprNumber(v)) {}      // NOLINT
  ExprValue(double v) : v_(ExprNumber(v)) {}             // NOLINT: requires a finite value
  ExprValue(std::string v) : v_(std::move(v)) {}         // NOLINT
  ExprValue(std::string_view v) : v_(std::string(v)) {}  // NOLINT
  ExprValue(const char* v) : v_(std::string(v)) {}       // NOLINT
  ExprValue(ExprList v) : v_(std::move(v)) {}            // NOLINT

  /// The value if it is of that type, else nullptr. Valid until: this value changes.
  [[nodiscard]] const bool* boolean() const { return std::get_if<bool>(&v_); }
  [[nodiscard]] const ExprNumber* number() const { return std::get_if<ExprNumber>(&v_); }
  [[nodiscard]] const std::string* text() const { return std::get_if<std::string>(&v_); }
  [[nodiscard]] const ExprList* list() const { return std::get_if<ExprList>(&v_); }

  /// Values of different types are not equal.
  friend bool operator==(const ExprValue&, const ExprValue&) = default;

 private:
  std::variant<bool, ExprNumber, std::string, ExprList> v_;
};

/// As the grammar writes it: true, 8, 0.5, 'x86-64-v3', [1, 2].
[[nodiscard]] std::string to_text(const ExprValue& value);

}  // namespace benchhost
