#include "common/base/units.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <optional>
#include <span>

namespace benchhost {
namespace {

struct Scale {
  double factor;
  std::string_view prefix;
};

constexpr std::array<Scale, 6> kBinary = {
    {{1, ""}, {1024, "Ki"}, {1048576, "Mi"}, {1073741824, "Gi"}, {1099511627776, "Ti"}, {1125899906842624, "Pi"}}};
constexpr std::array<Scale, 9> kDecimal = {{{1e-9, "n"},
                                            {1e-6, "\u00b5"},
                                            {1e-3, "m"},
                                            {1, ""},
                                            {1e3, "k"},
                                            {1e6, "M"},
                                            {1e9, "G"},
                                            {1e12, "T"},
                                            {1e15, "P"}}};
constexpr std::array<Scale, 4> kTime = {{{1, "n"}, {1e3, "\u00b5"}, {1e6, "m"}, {1e9, ""}}};

/// Decimals beyond which a double has no digits that mean anything.
constexpr double kMostDecimals = 15;

/// Three significant digits, all digits before the point, and those that a step of that size changes; 0: no step.
std::string three_digits(double value, double step) {
  const double size = std::fabs(value);
  int decimals = size < 9.995 ? 2 : size < 99.95 ? 1 : 0;
  if (step > 0)
    decimals = std::max(decimals, static_cast<int>(std::clamp(std::ceil(-std::log10(step)), 0.0, kMostDecimals)));
  std::array<char, 340> buffer{};  // the largest double has 309 digits before the point
  const int length = std::snprintf(buffer.data(), buffer.size(), "%.*f", decimals, value);
  return std::string(buffer.data(), static_cast<std::size_t>(length));
}

/// Whole numbers under 1000 as they are: a count of 3 is not "3.00".
std::string plain(double value, double step) {
  if (std::floor(value) == value && std::fabs(value) < 1000 && !(step > 0 && step < 1))
    return std::to_string(static_cast<int>(value));
  const double size = std::fabs(value);
  if (size >= 1e-3 && size < 1e6) return three_digits(value, step);
  std::array<char, 32> buffer{};
  const int length = std::snprintf(buffer.data(), buffer.size(), "%.3g", value);
  return std::string(buffer.data(), static_cast<std::size_t>(length));
}

/// The largest scale in which the rounded value is at least 1, or the smallest there is.
const Scale& choose(double value, std::span<const Scale> scales) {
  const double size = std::fabs(value);
  const Scale* chosen = &scales.front();
  for (const Scale& scale : scales) {
    // 999.6 would be written "1000": the next prefix is due as soon as rounding reaches the next factor.
    if (size >= scale.factor * 0.9995) chosen = &scale;
  }
  return *chosen;
}

std::string scaled(double value, std::span<const Scale> scales, std::string_view unit, double step) {
  if (value == 0) return "0 " + std::string(unit);
  const Scale& scale = choose(value, scales);
  return three_digits(value / scale.factor, step / scale.factor) + " " + std::string(scale.prefix) + std::string(unit);
}

/// The name inside "{name}", or nullopt.
std::optional<std::string> annotation(std::string_view unit) {
  if (unit.size() < 3 || unit.front() != '{' || unit.back() != '}') return std::nullopt;
  return std::string(unit.substr(1, unit.size() - 2));
}

struct Amount {
  double value;
  std::string_view unit;
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::optional<Amount> split_amount(std::string_view text) {
  text = trimmed(text);
  // from_chars would take "inf", "nan" and a sign.
  if (text.empty() || !((text.front() >= '0' && text.front() <= '9') || text.front() == '.')) return std::nullopt;
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (read.ec != std::errc{}) return std::nullopt;
  return Amount{value, trimmed(text.substr(static_cast<std::size_t>(read.ptr - text.data())))};
}

Error bad_amount(std::string_view what, std::string_view text, std::string help) {
  return make_error("BH0005", "'" + std::string(text) + "' is no " + std::string(what), std::move(help));
}

}  // namespace

std::string format_ns(double ns) {
  if (!std::isfinite(ns)) return "-";
  return scaled(ns, kTime, "s", 0);
}

std::string format_quantity(double value, std::string_view ucum_unit, double step) {
  if (!std::isfinite(value)) return "-";
  if (ucum_unit == "ns") return scaled(value, kTime, "s", step);
  if (ucum_unit.empty() || ucum_unit == "1") return plain(value, step);
  if (ucum_unit == "Cel") return plain(value, step) + " \u00b0C";
  if (ucum_unit == "By" || ucum_unit.starts_with("By/{")) {
    const std::string per = ucum_unit == "By" ? "" : "/" + annotation(ucum_unit.substr(3)).value_or("?");
    if (std::fabs(value) < 1024) return plain(value, step) + " B" + per;
    return scaled(value, kBinary, "B" + per, step);
  }
  const std::span<const Scale> small_and_large(kDecimal);
  const std::span<const Scale> large_only = small_and_large.subspan(3);
  if (ucum_unit == "By/s") return scaled(value, large_only, "B/s", step);
  if (ucum_unit == "Hz" || ucum_unit == "J" || ucum_unit == "W" || ucum_unit == "s") {
    return scaled(value, small_and_large, ucum_unit, step);
  }
  if (ucum_unit.starts_with("J/{")) {
    return scaled(value, small_and_large, "J/" + annotation(ucum_unit.substr(2)).value_or("?"), step);
  }
  // A count or a rate of something named: the prefix stands apart, since "Mtoken" is no word.
  const bool rate = ucum_unit.ends_with("/s");
  const std::string_view counted = rate ? ucum_unit.substr(0, ucum_unit.size() - 2) : ucum_unit;
  const std::optional<std::string> name = annotation(counted);
  if (!name && counted != "1") return plain(value, step) + " " + std::string(ucum_unit);
  const std::string unit = (name ? " " + *name : std::string()) + (rate ? "/s" : "");
  if (std::fabs(value) < 999.5) return plain(value, step) + unit;
  const Scale& scale = choose(value, large_only);
  return three_digits(value / scale.factor, step / scale.factor) + " " + std::string(scale.prefix) + unit;
}

std::string format_percent(double ratio) {
  const double p = ratio * 100;
  if (p >= 9999.5) return "9999+ %";
  std::array<char, 32> buffer{};
  const int length = std::snprintf(buffer.data(), buffer.size(), p >= 9.95 ? "%.0f" : p >= 0.995 ? "%.1f" : "%.2g", p);
  return std::string(buffer.data(), static_cast<std::size_t>(length)) + " %";
}

Result<Nanoseconds> parse_duration(std::string_view text) {
  constexpr std::array<Scale, 10> kUnits = {{{1, "ns"},
                                             {1e3, "us"},
                                             {1e3, "\u00b5s"},
                                             {1e6, "ms"},
                                             {1e9, "s"},
                                             {6e10, "m"},
                                             {6e10, "min"},
                                             {3.6e12, "h"},
                                             {8.64e13, "d"},
                                             {1e3, "\u03bcs"}}};
  const std::optional<Amount> amount = split_amount(text);
  if (!amount) return bad_amount("duration", text, "write it as 250ms, 30s, 1.5m or 2h");
  for (const Scale& unit : kUnits) {
    if (unit.prefix != amount->unit) continue;
    const double ns = std::round(amount->value * unit.factor);
    if (!(ns < 9.2e18)) return bad_amount("duration", text, "the longest is 292 years");
    return Nanoseconds{static_cast<std::int64_t>(ns)};
  }
  if (amount->unit.empty()) return bad_amount("duration", text, "add a unit: ns, us, ms, s, m, h or d");
  return bad_amount("duration", text, "units are ns, us, ms, s, m, h and d");
}

Result<Bytes> parse_bytes(std::string_view text) {
  struct Unit {
    std::string_view name;
    std::uint64_t factor;
  };
  constexpr std::array<Unit, 13> kUnits = {{{"", 1},
                                            {"B", 1},
                                            {"KiB", 1ull << 10},
                                            {"MiB", 1ull << 20},
                                            {"GiB", 1ull << 30},
                                            {"TiB", 1ull << 40},
                                            {"PiB", 1ull << 50},
                                            {"kB", 1000},
                                            {"KB", 1000},
                                            {"MB", 1000000},
                                            {"GB", 1000000000},
                                            {"TB", 1000000000000},
                                            {"PB", 1000000000000000}}};
  const std::optional<Amount> amount = split_amount(text);
  if (!amount) return bad_amount("size", text, "write it as 4096, 64 KiB or 1.5 GiB");
  for (const Unit& unit : kUnits) {
    if (unit.name != amount->unit) continue;
    // A whole number is read again as an integer: beyond 2^53 a double would lose its last digits.
    const std::string_view number = trimmed(text);
    std::uint64_t whole = 0;
    const auto read = std::from_chars(number.data(), number.data() + number.size(), whole);
    const bool is_whole = read.ptr == number.data() + number.size() || (*read.ptr != '.' && *read.ptr != 'e');
    if (is_whole && read.ec == std::errc{} && whole <= UINT64_MAX / unit.factor) return Bytes{whole * unit.factor};
    const double bytes = amount->value * static_cast<double>(unit.factor);
    if (is_whole || !(bytes < 18446744073709551616.0)) return bad_amount("size", text, "it does not fit 64 bits");
    if (std::floor(bytes) != bytes) return bad_amount("size", text, "it is no whole number of bytes");
    return Bytes{static_cast<std::uint64_t>(bytes)};
  }
  return bad_amount("size", text, "units are B, KiB, MiB, GiB, TiB (1024) and kB, MB, GB, TB (1000)");
}

}  // namespace benchhost
