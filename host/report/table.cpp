#include "report/table.h"

#include <algorithm>
#include <numeric>

namespace benchhost::report {

namespace {

constexpr std::size_t kLeastShrunk = 12;
constexpr std::size_t kGap = 2;

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

std::string trimmed_line(std::string line) {
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line + '\n';
}

}  // namespace

std::size_t display_width(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(utf8, [](char c) { return !is_continuation(c); }));
}

std::string shortened(std::string_view utf8, std::size_t width, bool ascii) {
  const std::size_t have = display_width(utf8);
  if (have <= width) return std::string(utf8);
  const std::string_view mark = ascii ? "~" : "\u2026";
  if (width == 0) return {};
  const std::size_t head = width / 2;
  const std::size_t tail = width - 1 - head;
  return std::string(utf8.substr(0, offset_of(utf8, head))) + std::string(mark) +
         std::string(utf8.substr(offset_of(utf8, have - tail)));
}

std::string draw_console(const Table& table, std::size_t width, bool ascii) {
  const std::vector<std::size_t> widths = fitted(table, width);
  std::string out;
  auto draw_row = [&](auto&& text_of) {
    std::string line;
    for (std::size_t c = 0; c < widths.size(); ++c) {
      if (c > 0) line += std::string(kGap, ' ');
      line += padded(shortened(text_of(c), widths[c], ascii), widths[c], table.columns[c].align);
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
  auto escaped = [](const std::string& text) {
    std::string out;
    for (char c : text) {
      if (c == '|') {
        out += "\\|";
      } else {
        out += c == '\n' || c == '\r' ? ' ' : c;
      }
    }
    return out;
  };
  std::string out = "|";
  for (const Column& c : table.columns) out += ' ' + escaped(c.title) + " |";
  out += "\n|";
  for (const Column& c : table.columns) out += c.align == Align::left ? " --- |" : " ---: |";
  out += '\n';
  for (const auto& row : table.rows) {
    out += '|';
    for (std::size_t c = 0; c < table.columns.size(); ++c) out += ' ' + escaped(cell(row, c)) + " |";
    out += '\n';
  }
  return out;
}

}  // namespace benchhost::report
