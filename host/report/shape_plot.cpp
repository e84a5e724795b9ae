// Pictures of the samples of one case.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "common/base/units.h"
#include "report/markup_text.h"
#include "report/plot.h"
#include "report/svg_frame.h"

namespace benchhost::report {

namespace {

// A range of values takes a little more room than itself, so that no point lies on the frame.
Axis value_axis(const CaseShape& shape, std::size_t most_ticks) {
  double margin = (shape.high - shape.low) * 0.02;
  if (!(margin > 0)) margin = shape.low == 0 ? 1 : std::fabs(shape.low) * 0.01;
  const std::vector<double> ends = {std::max(shape.low - margin, shape.low > 0 ? 0.0 : -INFINITY), shape.high + margin};
  Axis axis = make_axis(ends, shape.what, shape.unit, Scale::linear, false, most_ticks);
  axis.low = std::max(axis.low, ends.front());
  axis.high = ends.back();
  std::erase_if(axis.ticks, [&](const Tick& t) { return t.at < axis.low || t.at > axis.high; });
  return axis;
}

std::string middle_text(const CaseShape& shape) {
  std::string text;
  for (const InvocationShape& one : shape.invocations) {
    if (one.quantiles.empty()) continue;
    text += fmt::format("{}invocation {}: median {}", text.empty() ? "" : "; ", one.index,
                        format_quantity(one.quantiles[one.quantiles.size() / 2], shape.unit));
    if (text.size() > 400) return text + " …";
  }
  return text;
}

std::string notes_of(const CaseShape& shape, bool of_order) {
  std::string text;
  const auto add = [&text](const std::string& note) {
    text += fmt::format("<p class=\"note\">{}</p>\n", markup_text(note));
  };
  if (of_order && shape.thinned) add("A mark is the median of consecutive batches, its line their range.");
  if (shape.above > 0) {
    add(fmt::format("{} of {} beyond {} {} not drawn{}.", shape.above, shape.samples,
                    format_quantity(shape.high, shape.unit), shape.above == 1 ? "is" : "are",
                    of_order ? " to scale" : ""));
  }
  if (shape.unread > 0) add(fmt::format("{} samples more are stored: too many to be drawn.", shape.unread));
  if (shape.invocations_left_out > 0)
    add(fmt::format("{} more invocations are not drawn.", shape.invocations_left_out));
  return text;
}

}  // namespace

std::string draw_run_order(const CaseShape& shape, std::string_view id) {
  std::size_t points = 0;
  for (const InvocationShape& one : shape.invocations) points += one.order.size();
  if (points == 0) return {};
  const Axis y = value_axis(shape, 7);
  Axis x;
  x.low = -1;
  x.high = static_cast<double>(points + shape.invocations.size());
  x.title =
      shape.invocations.size() == 1 ? "batches of one invocation, as they ran" : "batches by invocation, as they ran";
  double at = 0;
  std::string ranges;
  std::string marks;
  std::string marked;
  std::string rules;
  for (const InvocationShape& one : shape.invocations) {
    if (one.order.empty()) continue;
    const double middle = at + static_cast<double>(one.order.size()) / 2;
    x.ticks.push_back({middle, fmt::format("{}", one.index)});
    at += static_cast<double>(one.order.size()) + 1;
  }
  const SvgFrame frame(x, y);
  std::string out = frame.begin(
      id, "Run order",
      fmt::format("{} of {} batches of {} invocations in the order in which they ran. {}.", shape.what, shape.samples,
                  shape.invocations.size() + shape.invocations_left_out, middle_text(shape)));
  at = 0;
  for (const InvocationShape& one : shape.invocations) {
    if (one.order.empty()) continue;
    if (at > 0)
      rules +=
          fmt::format("M{} {}V{}", coordinate(frame.x(at - 1)), coordinate(frame.top()), coordinate(frame.bottom()));
    for (const OrderPoint& p : one.order) {
      const double px = frame.x(at++);
      if (p.greatest > p.least) {
        ranges +=
            fmt::format("M{} {}V{}", coordinate(px), coordinate(frame.y(p.least)), coordinate(frame.y(p.greatest)));
      }
      (p.disturbed ? marked : marks) += fmt::format("M{} {}h0", coordinate(px), coordinate(frame.y(p.middle)));
    }
    ++at;
  }
  out += fmt::format(
      "<g class=\"c0\"><path class=\"rule\" d=\"{}\"/><path class=\"range\" d=\"{}\"/>"
      "<path class=\"dot\" d=\"{}\"/></g>\n",
      rules, ranges, marks);
  if (!marked.empty()) out += fmt::format("<g class=\"c1\"><path class=\"dot\" d=\"{}\"/></g>\n", marked);
  out += SvgFrame::end();
  if (!marked.empty()) out += "<p class=\"note\">Another colour: the machine did something else meanwhile.</p>\n";
  return out + notes_of(shape, true) + "</figure>\n";
}

std::string draw_histogram(const CaseShape& shape, std::string_view id) {
  if (shape.bins.empty()) return {};
  const Axis x = value_axis(shape, 8);
  std::vector<double> counts;
  for (const Bin& bin : shape.bins) counts.push_back(static_cast<double>(bin.count));
  const Axis y = make_axis(counts, "how often", "", Scale::linear, true, 5);
  const SvgFrame frame(x, y);
  std::string out = frame.begin(
      id, "Distribution",
      fmt::format("How often each value came among {} samples, from {} to {}. {}.", shape.samples,
                  format_quantity(shape.low, shape.unit), format_quantity(shape.high, shape.unit), middle_text(shape)));
  std::string bars;
  for (const Bin& bin : shape.bins) {
    if (bin.count == 0) continue;
    const double left = frame.x(bin.low);
    // A bin of one value has no width of its own.
    const double width = std::max(frame.x(bin.high) - left - 0.6, 3.0);
    bars += fmt::format("M{} {}H{}V{}H{}z", coordinate(left), coordinate(frame.bottom()), coordinate(left + width),
                        coordinate(frame.y(static_cast<double>(bin.count))), coordinate(left));
  }
  out += fmt::format("<g class=\"c0\"><path class=\"mark\" d=\"{}\"/></g>\n", bars);
  return out + SvgFrame::end() + notes_of(shape, false) + "</figure>\n";
}

std::string draw_shares(const CaseShape& shape, std::string_view id) {
  if (shape.invocations.empty()) return {};
  const Axis x = value_axis(shape, 8);
  const std::vector<double> whole = {0, 1};
  const Axis y = make_axis(whole, "share of batches at or below", "", Scale::linear, true, 6);
  const SvgFrame frame(x, y);
  std::string out = frame.begin(id, "Share at or below, by invocation",
                                fmt::format("Empirical distribution functions of {} invocations. {}.",
                                            shape.invocations.size(), middle_text(shape)));
  for (std::size_t i = 0; i < shape.invocations.size(); ++i) {
    const std::vector<double>& quantiles = shape.invocations[i].quantiles;
    std::string line;
    for (std::size_t q = 0; q < quantiles.size(); ++q) {
      const double share = static_cast<double>(q) / static_cast<double>(quantiles.size() - 1);
      const std::string px = coordinate(frame.x(quantiles[q]));
      line += line.empty() ? fmt::format("M{} {}", px, coordinate(frame.y(share)))
                           : fmt::format("H{}V{}", px, coordinate(frame.y(share)));
    }
    out += fmt::format("<g class=\"c{}{}\"><path class=\"line\" d=\"{}\"/></g>\n", i % kDistinctSeries,
                       i >= kDistinctSeries ? " dashed" : "", line);
  }
  return out + SvgFrame::end() + notes_of(shape, false) + "</figure>\n";
}

}  // namespace benchhost::report
