#include "common/base/canonical_number.h"

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace benchhost {

std::string canonical_number(double value) {
  if (!std::isfinite(value)) return "null";
  if (value == 0.0) return "0";
  // std::to_chars gives the shortest digits; only their layout differs from ECMAScript's. 32 bytes hold the longest
  // form,
  // "-d.dddddddddddddddde-ddd".
  std::array<char, 32> buffer{};
  const auto written =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::fabs(value), std::chars_format::scientific);
  const std::string_view text(buffer.data(), static_cast<std::size_t>(written.ptr - buffer.data()));
  const std::size_t e = text.find('e');
  std::string digits;
  for (const char c : text.substr(0, e)) {
    if (c != '.') digits += c;
  }
  const char* exponent_begin = text.data() + e + 1;
  if (*exponent_begin == '+') ++exponent_begin;  // from_chars takes no plus sign
  int exponent = 0;
  std::from_chars(exponent_begin, text.data() + text.size(), exponent);

  std::string out = value < 0 ? "-" : "";
  const int k = static_cast<int>(digits.size());
  const int n = exponent + 1;  // the decimal point stands after n digits
  if (k <= n && n <= 21) {
    out += digits + std::string(static_cast<std::size_t>(n - k), '0');
  } else if (0 < n && n <= 21) {
    out += digits.substr(0, static_cast<std::size_t>(n)) + '.' + digits.substr(static_cast<std::size_t>(n));
  } else if (-6 < n && n <= 0) {
    out += "0." + std::string(static_cast<std::size_t>(-n), '0') + digits;
  } else {
    out += digits[0];
    if (k > 1) out += '.' + digits.substr(1);
    out += 'e';
    out += n - 1 < 0 ? '-' : '+';
    out += std::to_string(std::abs(n - 1));
  }
  return out;
}

}  // namespace benchhost
