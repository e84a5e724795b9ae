#include "report/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "report/markup_text.h"
#include "report/svg_frame.h"

namespace benchhost::report {

namespace {

// A mark of its own for each series beside its colour, 7 wide around a point: not everybody sees colours, nor do
// printers.
std::string mark(std::size_t series, double x, double y) {
  static constexpr std::array<std::string_view, kDistinctSeries> kMarks = {
      "m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0",
      "m-3 -3h6v6h-6z",
      "m0 -4l4 7h-8z",
      "m0 -4.5l4.5 4.5l-4.5 4.5l-4.5 -4.5z",
      "m0 4l4 -7h-8z",
      "m-4 -1h3v-3h2v3h3v2h-3v3h-2v-3h-3z",
      "m-4 -3l1 -1l3 3l3 -3l1 1l-3 3l3 3l-1 1l-3 -3l-3 3l-1 -1l3 -3z",
      "m-4 -1.5h8v3h-8z"};
  return fmt::format("M{} {}{}", coordinate(x), coordinate(y), kMarks[series % kDistinctSeries]);
}

bool is_drawn(const PlotPoint& p) { return std::isfinite(p.x) && std::isfinite(p.y); }

std::string draw_series(const SvgFrame& frame, const PlotSeries& series, std::size_t number) {
  std::string line;
  std::string marks;
  std::string intervals;
  for (const PlotPoint& p : series.points) {
    if (!is_drawn(p)) continue;
    const double x = frame.x(p.x);
    const double y = frame.y(p.y);
    line += fmt::format("{}{} {}", line.empty() ? "M" : "L", coordinate(x), coordinate(y));
    marks += mark(number, x, y);
    if (p.low && p.high) {
      intervals += fmt::format("M{} {}V{}", coordinate(x), coordinate(frame.y(*p.low)), coordinate(frame.y(*p.high)));
    }
  }
  if (marks.empty()) return {};
  const std::string_view dashed = series.stroke == Stroke::dashed ? " dashed" : "";
  std::string out = fmt::format("<g class=\"c{}{}\">", number % kDistinctSeries, dashed);
  if (series.stroke != Stroke::marks) out += fmt::format("<path class=\"line\" d=\"{}\"/>", line);
  if (!intervals.empty()) out += fmt::format("<path class=\"interval\" d=\"{}\"/>", intervals);
  if (series.stroke == Stroke::marks || series.stroke == Stroke::line_and_marks) {
    out += fmt::format("<path class=\"mark\" d=\"{}\"/>", marks);
  }
  return out + "</g>\n";
}

std::string legend(const std::vector<PlotSeries>& all) {
  std::string out = "<ul class=\"legend\">\n";
  for (std::size_t i = 0; i < all.size(); ++i) {
    const PlotSeries& series = all[i];
    std::string sample;
    if (series.stroke != Stroke::marks) sample += "<path class=\"line\" d=\"M1 6H23\"/>";
    if (series.stroke == Stroke::marks || series.stroke == Stroke::line_and_marks) {
      sample += fmt::format("<path class=\"mark\" d=\"{}\"/>", mark(i, 12, 6));
    }
    out += fmt::format("<li><svg viewBox=\"0 0 24 12\" class=\"key c{}{}\" aria-hidden=\"true\">{}</svg> {}</li>\n",
                       i % kDistinctSeries, series.stroke == Stroke::dashed ? " dashed" : "", sample,
                       markup_text(series.name));
  }
  return out + "</ul>\n";
}

std::string notes_of(const std::vector<std::string>& notes) {
  std::string out;
  for (const std::string& note : notes) out += fmt::format("<p class=\"note\">{}</p>\n", markup_text(note));
  return out;
}

}  // namespace

std::string draw_plot(const Plot& plot) {
  const SvgFrame frame(plot.x, plot.y);
  std::string out = frame.begin(plot.id, plot.title, plot.description);
  for (std::size_t i = 0; i < plot.series.size(); ++i) out += draw_series(frame, plot.series[i], i);
  out += SvgFrame::end();
  if (plot.series.size() > 1) out += legend(plot.series);
  return out + notes_of(plot.notes) + "</figure>\n";
}

}  // namespace benchhost::report
