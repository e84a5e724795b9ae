#include "report/svg_frame.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/markup_text.h"
#include "report/table.h"

namespace benchhost::report {

namespace {

// Of a letter of the size that labels have, on average.
constexpr double kLetterWidth = 6.2;

}  // namespace

std::string coordinate(double value) {
  std::string text = fmt::format("{:.1f}", value);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text == "-0" ? "0" : text;
}

SvgFrame::SvgFrame(const Axis& x, const Axis& y) : x_axis_(x), y_axis_(y) {
  constexpr double kLeastLeft = 30;
  constexpr double kGap = 9;
  for (const Tick& tick : y.ticks) {
    left_ = std::max(left_, static_cast<double>(display_width(tick.label)) * kLetterWidth + kGap);
  }
  left_ = std::clamp(left_, kLeastLeft, kWidth / 3);
}

std::string SvgFrame::begin(std::string_view id, std::string_view title, std::string_view description,
                            bool x_labels) const {
  std::string out = fmt::format(
      "<figure>\n<figcaption>{0}</figcaption>\n<svg viewBox=\"0 0 {1} {2}\" role=\"img\" aria-labelledby=\"{3}-t "
      "{3}-d\">\n"
      "<title id=\"{3}-t\">{0}</title>\n<desc id=\"{3}-d\">{4}</desc>\n",
      markup_text(title), kWidth, kHeight, id, markup_text(description));
  std::string grid;
  std::string labels;
  for (const Tick& tick : y_axis_.ticks) {
    const double at = y(tick.at);
    grid += fmt::format("M{} {}H{}", coordinate(left_), coordinate(at), coordinate(right()));
    labels += fmt::format("<text x=\"{}\" y=\"{}\" class=\"end\">{}</text>\n", coordinate(left_ - 5),
                          coordinate(at + 4), markup_text(tick.label));
  }
  // A label that would touch the one before it is left out; its line stays.
  double free_from = 0;
  for (const Tick& tick : x_axis_.ticks) {
    const double at = x(tick.at);
    grid += fmt::format("M{} {}V{}", coordinate(at), coordinate(top()), coordinate(bottom()));
    if (!x_labels) continue;
    const double half = static_cast<double>(display_width(tick.label)) * kLetterWidth / 2;
    const double centre = std::min(at, kWidth - half - 1);
    if (centre - half < free_from) continue;
    free_from = centre + half + 5;
    labels += fmt::format("<text x=\"{}\" y=\"{}\" class=\"mid\">{}</text>\n", coordinate(centre),
                          coordinate(bottom() + 15), markup_text(tick.label));
  }
  out += fmt::format("<path class=\"grid\" d=\"{}\"/>\n", grid) + labels;
  out += fmt::format("<text x=\"{}\" y=\"{}\" class=\"mid\">{}</text>\n", coordinate((left_ + right()) / 2),
                     coordinate(kHeight - 6), markup_text(x_axis_.title));
  out += fmt::format("<text x=\"4\" y=\"13\">{}</text>\n", markup_text(y_axis_.title));
  return out;
}

std::string SvgFrame::end() { return "</svg>\n"; }

}  // namespace benchhost::report
