// Numbers as text, the same text for the same value on every machine.
#pragma once

#include <string>

namespace benchhost {

/// A double as ECMAScript writes it, which RFC 8785 makes canonical: the shortest digits that read back the same value,
/// "1", "0.1", "1e+21", "5e-324"; -0 is "0".
/// Requires: value is finite (a caller decides how unknown is written); otherwise "null".
/// Source: ECMA-262, Number::toString; values of RFC 8785, appendix B, in canonical_number_test.cpp.
[[nodiscard]] std::string canonical_number(double value);

}  // namespace benchhost
