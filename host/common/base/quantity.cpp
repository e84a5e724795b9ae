#include "common/base/quantity.h"

#include <array>
#include <charconv>
#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/base/units.h"

namespace benchhost {
namespace {

struct Prefix {
  std::string_view text;
  double factor;
};

constexpr std::array<Prefix, 4> kSmall = {{{"n", 1e-9}, {"\u00b5", 1e-6}, {"u", 1e-6}, {"m", 1e-3}}};
constexpr std::array<Prefix, 6> kLarge = {{{"", 1}, {"k", 1e3}, {"M", 1e6}, {"G", 1e9}, {"T", 1e12}, {"P", 1e15}}};
constexpr std::array<Prefix, 5> kBinary = {
    {{"Ki", 0x1p10}, {"Mi", 0x1p20}, {"Gi", 0x1p30}, {"Ti", 0x1p40}, {"Pi", 0x1p50}}};
constexpr std::array<Prefix, 10> kTimes = {{{"ns", 1},
                                            {"us", 1e3},
                                            {"\u00b5s", 1e3},
                                            {"\u03bcs", 1e3},
                                            {"ms", 1e6},
                                            {"s", 1e9},
                                            {"m", 6e10},
                                            {"min", 6e10},
                                            {"h", 3.6e12},
                                            {"d", 8.64e13}}};

/// How one unit may be written: texts without blanks, each with what a number before it is multiplied by.
using Spellings = std::vector<std::pair<std::string, double>>;

/// The name inside "{name}"; the text itself if there are no braces.
std::string_view bare(std::string_view unit) {
  const bool braced = unit.size() >= 2 && unit.front() == '{' && unit.back() == '}';
  return braced ? unit.substr(1, unit.size() - 2) : unit;
}

void add(Spellings& to, std::span<const Prefix> prefixes, std::string_view symbol) {
  for (const Prefix& prefix : prefixes) to.emplace_back(std::string(prefix.text) + std::string(symbol), prefix.factor);
}

Spellings spellings_of(std::string_view unit) {
  Spellings out;
  if (unit == "ns") {
    add(out, kTimes, "");
  } else if (unit == "1" || unit.empty()) {
    out = {{"", 1}, {"%", 0.01}};
  } else if (unit == "Cel") {
    out = {{"\u00b0C", 1}};
  } else if (unit == "By" || unit.starts_with("By/")) {
    const std::string symbol = unit == "By" ? "B" : "B/" + std::string(bare(unit.substr(3)));
    add(out, kLarge, symbol);
    add(out, kBinary, symbol);
    out.emplace_back('K' + symbol, 1e3);  // as parse_bytes reads it
  } else if (unit == "Hz" || unit == "J" || unit == "W" || unit == "s" || unit.starts_with("J/{")) {
    const std::string symbol = unit.starts_with("J/{") ? "J/" + std::string(bare(unit.substr(2))) : std::string(unit);
    add(out, kSmall, symbol);
    add(out, kLarge, symbol);
  } else {
    const bool rate = unit.ends_with("/s");
    const std::string_view counted = rate ? unit.substr(0, unit.size() - 2) : unit;
    if (counted == "1" || bare(counted) != counted) {
      const std::string name = counted == "1" ? "" : std::string(bare(counted));
      add(out, kLarge, name + (rate ? "/s" : ""));
      if (!rate) add(out, kLarge, "");
    }
  }
  out.emplace_back(unit, 1);
  return out;
}

std::string without_blanks(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ' && c != '\t') out += c;
  }
  return out;
}

}  // namespace

Result<double> parse_quantity(std::string_view text, std::string_view ucum_unit) {
  const std::string written = without_blanks(text);
  double value = 0;
  const auto [end, failed] =
      std::from_chars(written.data(), written.data() + written.size(), value, std::chars_format::fixed);
  // An example that is read the way it is written.
  const std::string example =
      "write it as " + format_quantity(ucum_unit == "1" || ucum_unit.empty() ? 0.5 : 25, ucum_unit);
  if (failed != std::errc{} || !std::isfinite(value)) {
    return make_error("BH0005", "'" + std::string(text) + "' is no value", example);
  }
  const std::string_view unit(end, static_cast<std::size_t>(written.data() + written.size() - end));
  for (const auto& [spelling, factor] : spellings_of(ucum_unit)) {
    if (spelling == unit) return value * factor;
  }
  if (unit.empty()) return make_error("BH0005", "'" + std::string(text) + "' has no unit", example);
  return make_error("BH0005",
                    "'" + std::string(unit) + "' is no unit of this metric, which is in " + std::string(ucum_unit),
                    example);
}

}  // namespace benchhost
