// Times and sizes as types of their own, and their text for people.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace benchhost {

/// A span of time. A type of its own where a plain integer could be taken for milliseconds or a count.
struct Nanoseconds {
  std::int64_t count = 0;
  friend auto operator<=>(const Nanoseconds&, const Nanoseconds&) = default;
  [[nodiscard]] constexpr double seconds() const { return static_cast<double>(count) / 1e9; }
};

/// A size in memory or on disk.
struct Bytes {
  std::uint64_t count = 0;
  friend auto operator<=>(const Bytes&, const Bytes&) = default;
};

/// "12.3 ns", "1.50 µs", "250 ms", "90.0 s": three significant digits, more where the value has more before the point.
/// Not a number or infinite: "-".
[[nodiscard]] std::string format_ns(double ns);

/// A value in a unit of the SDK's registry (UCUM) with a prefix that suits it, three significant digits:
/// times as format_ns; "By" and "By/{x}" by powers of 1024 (KiB, MiB …); rates and all else by powers of 1000 ("GB/s"
/// from "By/s", "12.3 M token/s" from "{token}/s", "1.20 GHz", "45.0 mW"); ratios, counts under 1000 and Cel without a
/// prefix. An unknown unit is written after the plain number. Not a number or infinite: "-".
/// step: of values that stand in one list, what they differ by at least; they get as many digits as tell them apart.
[[nodiscard]] std::string format_quantity(double value, std::string_view ucum_unit, double step = 0);

/// A share as "12 %", "2.5 %", "0.031 %": two significant digits, more would be noise in what is a share of a time or a
/// spread; all digits before the point, up to "9999+ %": two invocations have intervals of any width.
[[nodiscard]] std::string format_percent(double ratio);

/// Reads "250ms", "1.5 m", "2h", "30s", "10us", "7 ns": a decimal >= 0 and a unit (ns us µs ms s m min h d), a blank
/// allowed between. Errors: BH0005, also for a plain number (which unit?) and for more than 292 years.
[[nodiscard]] Result<Nanoseconds> parse_duration(std::string_view text);

/// Reads "4096", "64 KiB", "1.5GiB", "10 MB", "7B": a decimal >= 0 and a unit, none meaning bytes. KiB … PiB are powers
/// of 1024, kB (KB) … PB powers of 1000. Errors: BH0005, also where the result is no whole number of bytes.
[[nodiscard]] Result<Bytes> parse_bytes(std::string_view text);

}  // namespace benchhost
