// Axes of plots: range, ticks and their labels, with the unit said once. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost::report {

enum class Scale { linear, log };

struct Tick {
  double at = 0;
  std::string label;
};

struct Axis {
  Scale scale = Scale::linear;
  double low = 0;  ///< of what is drawn; > 0 on a log axis, low < high
  double high = 1;
  std::string title;        ///< "Bandwidth, GB/s"
  std::vector<Tick> ticks;  ///< ascending, within the range

  /// 0 at `low`, 1 at `high`; values beyond are brought to the nearer end.
  [[nodiscard]] double place(double value) const;
};

/// What a number in a unit is shown as: "GB/s" for 41.3e9 By/s, with what it is divided by.
struct ShownUnit {
  double factor = 1;
  std::string name;  ///< "" without a unit
};
[[nodiscard]] ShownUnit shown_unit(double value, std::string_view unit);
/// "16 KiB", "2.5 µs": format_quantity without zeros that say nothing.
[[nodiscard]] std::string short_quantity(double value, std::string_view unit);

/// `values`: what is to be seen; those that are not finite are ignored, none at all gives 0 to 1. On a linear axis the
/// range begins at 0 with `from_zero`, and is widened to whole ticks; ticks are 1, 2 or 5 times a power of ten of the
/// shown unit. On a log axis they are powers of two for bytes and counts, else of ten, between which 2 and 5 stand
/// where the range is short.
[[nodiscard]] Axis make_axis(std::span<const double> values, std::string_view name, std::string_view unit, Scale scale,
                             bool from_zero = false, std::size_t most_ticks = 6);

/// Log where all values are positive and the greatest is at least twenty times the least.
[[nodiscard]] Scale fitting_scale(std::span<const double> values);

}  // namespace benchhost::report
