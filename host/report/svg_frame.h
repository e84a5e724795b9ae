// The frame of a plot: axes, grid and labels, and where a value lies in it. Private to the module.
#pragma once

#include <string>
#include <string_view>

#include "report/axis.h"

namespace benchhost::report {

/// A coordinate or a size in the picture.
[[nodiscard]] std::string coordinate(double value);

/// One picture, 360 wide: narrow enough that its letters stay legible on a telephone, where it is shown unscaled.
class SvgFrame {
 public:
  static constexpr double kWidth = 360;
  static constexpr double kHeight = 230;

  /// The axes live as long as the frame. The labels of y get the room that they need.
  SvgFrame(const Axis& x, const Axis& y);

  [[nodiscard]] double x(double value) const { return left_ + x_axis_.place(value) * (kWidth - left_ - kRight); }
  [[nodiscard]] double y(double value) const {
    return kHeight - kBottom - y_axis_.place(value) * (kHeight - kTop - kBottom);
  }
  [[nodiscard]] double bottom() const { return kHeight - kBottom; }
  [[nodiscard]] double top() const { return kTop; }
  [[nodiscard]] double right() const { return kWidth - kRight; }

  /// The beginning of a figure: heading, <svg>, title and description, grid and axes. `x_labels`: of the ticks.
  [[nodiscard]] std::string begin(std::string_view id, std::string_view title, std::string_view description,
                                  bool x_labels = true) const;
  /// The end of the <svg>; the caller closes the figure.
  [[nodiscard]] static std::string end();

 private:
  static constexpr double kRight = 14;
  static constexpr double kTop = 24;
  static constexpr double kBottom = 40;
  const Axis& x_axis_;
  const Axis& y_axis_;
  double left_ = 0;
};

}  // namespace benchhost::report
