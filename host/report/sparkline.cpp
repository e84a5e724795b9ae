#include "report/sparkline.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "common/base/terminal_text.h"
#include "common/base/units.h"
#include "report/table.h"

namespace benchhost::report {

namespace {

constexpr std::array<std::string_view, 8> kBlocks = {"\u2581", "\u2582", "\u2583", "\u2584",
                                                     "\u2585", "\u2586", "\u2587", "\u2588"};
constexpr std::array<std::string_view, 8> kLetters = {"_", ".", "-", ":", "=", "+", "*", "#"};
// Eighths of a column, for bars.
constexpr std::array<std::string_view, 8> kEighths = {"",       "\u258f", "\u258e", "\u258d",
                                                      "\u258c", "\u258b", "\u258a", "\u2589"};
constexpr std::size_t kMostRows = 12;

std::string bar(double share, std::size_t width, bool ascii) {
  std::string out;
  if (ascii) {
    const auto marks = static_cast<std::size_t>(std::lround(share * static_cast<double>(width)));
    return std::string(share > 0 ? std::max<std::size_t>(1, marks) : 0, '#');
  }
  auto eighths = static_cast<std::size_t>(std::lround(share * static_cast<double>(width) * 8));
  if (share > 0) eighths = std::max<std::size_t>(1, eighths);
  for (std::size_t i = 0; i < eighths / 8; ++i) out += "\u2588";
  return out + std::string(kEighths[eighths % 8]);
}

// Neighbouring bins put together, so that they fit a screen.
std::vector<Bin> rows_of(const std::vector<Bin>& bins) {
  const std::size_t step = (bins.size() + kMostRows - 1) / kMostRows;
  std::vector<Bin> rows;
  for (std::size_t i = 0; i < bins.size(); ++i) {
    if (i % step == 0) {
      rows.push_back(bins[i]);
    } else {
      rows.back().high = bins[i].high;
      rows.back().count += bins[i].count;
    }
  }
  return rows;
}

}  // namespace

std::string sparkline(std::span<const double> values, bool ascii, double flat_ratio) {
  double least = INFINITY;
  double greatest = -INFINITY;
  for (const double v : values) {
    if (!std::isfinite(v)) continue;
    least = std::min(least, v);
    greatest = std::max(greatest, v);
  }
  const double span = greatest - least;
  const bool flat = !(span > flat_ratio * std::max(std::fabs(least), std::fabs(greatest)));
  const auto& marks = ascii ? kLetters : kBlocks;
  std::string line;
  for (const double v : values) {
    if (!std::isfinite(v)) {
      line += ' ';
      continue;
    }
    const double height = flat ? 0.3 : (v - least) / span;
    line += marks[std::min<std::size_t>(7, static_cast<std::size_t>(height * 8))];
  }
  return line;
}

std::string shape_text(const CaseShape& shape, const Style& style) {
  if (shape.samples == 0) {
    return shape.unread > 0 ? fmt::format("{} samples are stored: too many to be drawn\n", shape.unread) : "";
  }
  std::string out;
  const std::size_t width = std::max<std::size_t>(20, std::min<std::size_t>(style.width, 100));
  const std::string what = escape_for_terminal(shape.what);
  if (const std::vector<double> order = run_order(shape, width - 4); order.size() > 1) {
    out += fmt::format("{}, in run order ({} sample{} of {} invocation{})\n", what, shape.samples,
                       shape.samples == 1 ? "" : "s", shape.invocations.size() + shape.invocations_left_out,
                       shape.invocations.size() == 1 ? "" : "s");
    out += "  " + sparkline(order, style.ascii) + "\n\n";
  }
  out += fmt::format("{}, how often\n", what);
  const std::vector<Bin> rows = rows_of(shape.bins);
  std::uint64_t most = 1;
  for (const Bin& row : rows) most = std::max(most, row.count);
  Table table;
  table.columns = {{"from", Align::right, false}, {"count", Align::right, false}, {"", Align::left, false}};
  const double step = rows.size() > 1 ? rows[1].low - rows[0].low : 0;
  const std::size_t room = width > 34 ? width - 34 : 8;
  for (const Bin& row : rows) {
    table.rows.push_back({format_quantity(row.low, shape.unit, step), fmt::format("{}", row.count),
                          bar(static_cast<double>(row.count) / static_cast<double>(most), room, style.ascii)});
  }
  if (shape.above > 0) {
    table.rows.push_back(
        {fmt::format("over {}", format_quantity(shape.high, shape.unit, step)), fmt::format("{}", shape.above), ""});
  }
  out += draw_console(table, style.width, style.ascii);
  if (shape.unread > 0) out += fmt::format("{} more samples are stored: too many to be drawn\n", shape.unread);
  return out;
}

}  // namespace benchhost::report
