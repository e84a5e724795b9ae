#include "report/table.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "report/markdown_text.h"

namespace benchhost::report {

namespace {

constexpr std::size_t kLeastShrunk = 12;
constexpr std::size_t kGap = 2;
// Cells of a column that are compared to find where to cut: the first ones show what they have in common.
constexpr std::size_t kComparedCells = 500;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0u) == 0x80u; }

// Byte offset of code point `index`.
std::size_t offset_of(std::string_view text, std::size_t index) {
  std::size_t at = 0;
  while (index > 0 && at < text.size()) {
    ++at;
    while (at < text.size() && is_continuation(text[at])) ++at;
    --index;
  }
  return at;
}

std::string padded(const std::string& text, std::size_t width, Align align) {
  const std::size_t have = display_width(text);
  const std::string blanks(width > have ? width - have : 0, ' ');
  return align == Align::left ? text + blanks : blanks + text;
}

const std::string& cell(const std::vector<std::string>& row, std::size_t column) {
  static const std::string kNone;
  return column < row.size() ? row[column] : kNone;
}

// Width of each column such that the table fits, as far as shrinkable columns allow.
std::vector<std::size_t> fitted(const Table& table, std::size_t width) {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    std::size_t w = display_width(table.columns[c].title);
    for (const auto& row : table.rows) w = std::max(w, display_width(cell(row, c)));
    widths.push_back(w);
  }
  const std::size_t gaps = widths.empty() ? 0 : kGap * (widths.size() - 1);
  std::size_t total = std::accumulate(widths.begin(), widths.end(), gaps);
  for (std::size_t c = widths.size(); c-- > 0 && total > width;) {
    if (!table.columns[c].may_shrink || widths[c] <= kLeastShrunk) continue;
    const std::size_t less = std::min(total - width, widths[c] - kLeastShrunk);
    widths[c] -= less;
    total -= less;
  }
  return widths;
}

// A text cut to `width` code points, `head` of them from its beginning.
std::string cut(std::string_view utf8, std::size_t width, std::size_t head, bool ascii) {
  const std::size_t have = display_width(utf8);
  if (have <= width) return std::string(utf8);
  if (width == 0) return {};
  const std::size_t tail = width - 1 - head;
  return std::string(utf8.substr(0, offset_of(utf8, head))) + std::string(ascii ? "~" : "\u2026") +
         std::string(utf8.substr(offset_of(utf8, have - tail)));
}

// How much of the beginning is kept in a column, so that as many different cells as can be look different: names of a
// sweep have much in common, and it is not always in the middle. Of equals the one nearest to the middle.
std::size_t best_head(const Table& table, std::size_t column, std::size_t width, bool ascii) {
  const std::size_t middle = width / 2;
  std::set<std::string> different;
  for (const auto& row : table.rows) {
    if (different.size() == kComparedCells) break;
    different.insert(cell(row, column));
  }
  std::size_t best = middle;
  std::size_t most = 0;
  for (std::size_t step = 0; step <= middle && width > 0 && most < different.size(); ++step) {
    for (const std::size_t head : {middle - step, std::min(middle + step, width - 1)}) {
      std::set<std::string> seen;
      for (const std::string& text : different) seen.insert(cut(text, width, head, ascii));
      if (seen.size() <= most) continue;
      most = seen.size();
      best = head;
    }
  }
  return best;
}

std::string trimmed_line(std::string line) {
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line + '\n';
}

}  // namespace

std::size_t display_width(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(utf8, [](char c) { return !is_continuation(c); }));
}

std::string shortened(std::string_view utf8, std::size_t width, bool ascii) {
  return cut(utf8, width, width / 2, ascii);
}

std::string draw_console(const Table& table, std::size_t width, bool ascii) {
  const std::vector<std::size_t> widths = fitted(table, width);
  std::vector<std::size_t> heads;
  for (std::size_t c = 0; c < widths.size(); ++c) heads.push_back(best_head(table, c, widths[c], ascii));
  std::string out;
  auto draw_row = [&](auto&& text_of) {
    std::string line;
    for (std::size_t c = 0; c < widths.size(); ++c) {
      if (c > 0) line += std::string(kGap, ' ');
      line += padded(cut(text_of(c), widths[c], heads[c], ascii), widths[c], table.columns[c].align);
    }
    out += trimmed_line(std::move(line));
  };
  draw_row([&](std::size_t c) -> const std::string& { return table.columns[c].title; });
  std::string rule;
  for (std::size_t c = 0; c < widths.size(); ++c) {
    if (c > 0) rule += std::string(kGap, ' ');
    for (std::size_t i = 0; i < widths[c]; ++i) rule += ascii ? "-" : "\u2500";
  }
  out += rule + '\n';
  for (const auto& row : table.rows) {
    draw_row([&](std::size_t c) -> const std::string& { return cell(row, c); });
  }
  return out;
}

std::string draw_markdown(const Table& table) {
  std::string out = "|";
  for (const Column& c : table.columns) out += ' ' + markdown_text(c.title) + " |";
  out += "\n|";
  for (const Column& c : table.columns) out += c.align == Align::left ? " --- |" : " ---: |";
  out += '\n';
  for (const auto& row : table.rows) {
    out += '|';
    for (std::size_t c = 0; c < table.columns.size(); ++c) out += ' ' + markdown_text(cell(row, c)) + " |";
    out += '\n';
  }
  return out;
}

}  // namespace benchhost::report
