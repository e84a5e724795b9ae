#include "report/axis.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "common/base/units.h"

namespace benchhost::report {

namespace {

constexpr double kLogRatio = 20;

struct Range {
  double low = 0;
  double high = 1;
};

Range range_of(std::span<const double> values) {
  Range range{INFINITY, -INFINITY};
  for (const double v : values) {
    if (!std::isfinite(v)) continue;
    range.low = std::min(range.low, v);
    range.high = std::max(range.high, v);
  }
  return range.low <= range.high ? range : Range{};
}

// A number as it is written on a tick: no exponent where it can be read without, no zeros at its end.
std::string tick_number(double value) {
  if (std::fabs(value) < 1e-12) return "0";
  std::string text =
      std::fabs(value) >= 1e6 || std::fabs(value) < 1e-4 ? fmt::format("{:.3g}", value) : fmt::format("{:.6f}", value);
  if (text.find('e') == std::string::npos && text.find('.') != std::string::npos) {
    while (text.ends_with('0')) text.pop_back();
    if (text.ends_with('.')) text.pop_back();
  }
  return text;
}

// The step of 1, 2 or 5 times a power of ten that gives at most `most` steps.
double nice_step(double span, std::size_t most) {
  const double rough = span / static_cast<double>(most);
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double nice : {1.0, 2.0, 5.0}) {
    if (nice * power >= rough * (1 - 1e-9)) return nice * power;
  }
  return 10 * power;
}

void linear_ticks(Axis& axis, Range range, std::string_view unit, bool from_zero, std::size_t most) {
  if (from_zero) range = {std::min(0.0, range.low), std::max(0.0, range.high)};
  if (!(range.high > range.low)) {
    const double some = range.low == 0 ? 1 : std::fabs(range.low) * 0.01;
    range = {range.low - some, range.high + some};
  }
  const ShownUnit shown = shown_unit(std::max(std::fabs(range.low), std::fabs(range.high)), unit);
  const double low = range.low / shown.factor;
  const double high = range.high / shown.factor;
  const double step = nice_step(high - low, most - 1);
  const double first = std::floor(low / step + 1e-9);
  const double last = std::ceil(high / step - 1e-9);
  axis.low = first * step * shown.factor;
  axis.high = last * step * shown.factor;
  for (double i = first; i <= last; ++i) axis.ticks.push_back({i * step * shown.factor, tick_number(i * step)});
  if (!shown.name.empty()) axis.title += ", " + shown.name;
}

bool counts_in_twos(std::string_view unit) { return unit == "By" || unit.empty() || unit.starts_with('{'); }

void log_ticks(Axis& axis, Range range, std::string_view unit, std::size_t most) {
  const bool twos = counts_in_twos(unit) && !unit.ends_with("/s");
  const double base = twos ? 2 : 10;
  const double low = std::floor(std::log(range.low) / std::log(base) + 1e-9);
  const double high = std::max(low + 1, std::ceil(std::log(range.high) / std::log(base) - 1e-9));
  const double decades = high - low;
  const double step = std::max(1.0, std::ceil(decades / static_cast<double>(most - 1)));
  axis.low = std::pow(base, low);
  axis.high = std::pow(base, high);
  // Each label with its own prefix: over six decades one prefix fits none.
  for (double e = low; e <= high + 1e-9; e += step) {
    const double at = std::pow(base, e);
    axis.ticks.push_back({at, short_quantity(at, unit)});
    if (twos || decades > 2 || e >= high) continue;
    for (const double between : {2.0, 5.0}) axis.ticks.push_back({between * at, short_quantity(between * at, unit)});
  }
}

}  // namespace

double Axis::place(double value) const {
  if (!std::isfinite(value)) return value > 0 ? 1 : 0;
  double share = 0;
  if (scale == Scale::log) {
    share = value > 0 ? (std::log(value) - std::log(low)) / (std::log(high) - std::log(low)) : 0;
  } else {
    share = (value - low) / (high - low);
  }
  return std::clamp(share, 0.0, 1.0);
}

ShownUnit shown_unit(double value, std::string_view unit) {
  const std::string text = format_quantity(value, unit);
  const std::size_t blank = text.find(' ');
  double number = 0;
  const char* end = text.data() + std::min(blank, text.size());
  const auto [stop, failed] = std::from_chars(text.data(), end, number);
  if (failed != std::errc{} || stop != end || number == 0)
    return {1, blank == std::string::npos ? "" : text.substr(blank + 1)};
  const std::string name = blank == std::string::npos ? "" : text.substr(blank + 1);
  // format_quantity rounds to three digits; the factor is the power that it comes nearest to.
  static constexpr std::array kFactors = {1e-9, 1e-6, 1e-3,   1.0,       1e3,          1e6,    1e9,
                                          1e12, 1e15, 1024.0, 1048576.0, 1073741824.0, 0x1p40, 0x1p50};
  for (const double factor : kFactors) {
    if (std::fabs(value / factor / number - 1) < 0.006) return {factor, name};
  }
  return {1, name};
}

std::string short_quantity(double value, std::string_view unit) {
  std::string text = format_quantity(value, unit);
  const std::size_t blank = std::min(text.find(' '), text.size());
  const std::size_t point = text.find('.');
  if (point == std::string::npos || point > blank || text.substr(0, blank).find('e') != std::string::npos) return text;
  std::size_t end = blank;
  while (text[end - 1] == '0') --end;
  if (text[end - 1] == '.') --end;
  return text.erase(end, blank - end);
}

Axis make_axis(std::span<const double> values, std::string_view name, std::string_view unit, Scale scale,
               bool from_zero, std::size_t most_ticks) {
  Axis axis;
  axis.title = name;
  const Range range = range_of(values);
  axis.scale = scale == Scale::log && range.low > 0 ? Scale::log : Scale::linear;
  if (axis.scale == Scale::log) {
    log_ticks(axis, range, unit, most_ticks);
  } else {
    linear_ticks(axis, range, unit, from_zero, most_ticks);
  }
  return axis;
}

Scale fitting_scale(std::span<const double> values) {
  const Range range = range_of(values);
  return !values.empty() && range.low > 0 && range.high >= kLogRatio * range.low ? Scale::log : Scale::linear;
}

}  // namespace benchhost::report
