#include "report/table.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "report/markdown_text.h"

namespace benchhost::report {

namespace {

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

// The columns that are drawn and how wide.
struct Layout {
  std::vector<std::size_t> columns;
  std::vector<std::size_t> widths;  // parallel to columns
  std::size_t total = 0;
};

// As wide as the cells are, with shrinkable columns cut as far as it takes and they allow.
Layout fitted(const std::vector<std::size_t>& columns, const std::vector<std::size_t>& natural, const Table& table,
              std::size_t width) {
  Layout out{columns, {}, 0};
  for (const std::size_t c : columns) out.widths.push_back(natural[c]);
  const std::size_t gaps = columns.empty() ? 0 : kGap * (columns.size() - 1);
  out.total = std::accumulate(out.widths.begin(), out.widths.end(), gaps);
  for (std::size_t i = columns.size(); i-- > 0 && out.total > width;) {
    const Column& column = table.columns[columns[i]];
    if (!column.may_shrink || out.widths[i] <= column.least) continue;
    const std::size_t less = std::min(out.total - width, out.widths[i] - column.least);
    out.widths[i] -= less;
    out.total -= less;
  }
  return out;
}

std::vector<std::size_t> natural_widths(const Table& table) {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    std::size_t w = display_width(table.columns[c].title);
    for (const auto& row : table.rows) w = std::max(w, display_width(cell(row, c)));
    widths.push_back(w);
  }
  return widths;
}

Layout layout_of(const Table& table, std::size_t width) {
  const std::vector<std::size_t> natural = natural_widths(table);
  std::vector<std::size_t> columns(table.columns.size());
  std::iota(columns.begin(), columns.end(), std::size_t{0});
  for (;;) {
    Layout layout = fitted(columns, natural, table, width);
    if (layout.total <= width || columns.empty()) return layout;
    const auto least =
        std::ranges::max_element(columns, {}, [&](std::size_t c) { return table.columns[c].dispensable; });
    if (table.columns[*least].dispensable == 0) return layout;
    columns.erase(least);
  }
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

std::string wrapped(std::string_view utf8, std::size_t indent, std::size_t width) {
  std::string out;
  const std::size_t room = width > indent ? width - indent : 1;
  const std::string line_break = '\n' + std::string(indent, ' ');
  std::size_t used = 0;
  while (!utf8.empty()) {
    const std::size_t blank = utf8.find(' ');
    std::string_view word = utf8.substr(0, blank);
    utf8 = blank == std::string_view::npos ? std::string_view{} : utf8.substr(blank + 1);
    if (used > 0 && used + 1 + display_width(word) > room) {
      out += line_break;
      used = 0;
    } else if (used > 0) {
      out += ' ';
      ++used;
    }
    for (; display_width(word) > room; word = word.substr(offset_of(word, room))) {
      out += std::string(word.substr(0, offset_of(word, room))) + line_break;
    }
    out += word;
    used += display_width(word);
  }
  return out;
}

namespace {

std::string draw_records(const Table& table, std::size_t width) {
  std::size_t titles = 0;
  for (std::size_t c = 1; c < table.columns.size(); ++c)
    titles = std::max(titles, display_width(table.columns[c].title));
  const std::size_t indent = std::min(kGap + titles + kGap, width / 2);
  std::string out;
  for (const auto& row : table.rows) {
    if (!out.empty()) out += '\n';
    out += wrapped(cell(row, 0), kGap, width + kGap) + '\n';
    for (std::size_t c = 1; c < table.columns.size(); ++c) {
      if (cell(row, c).empty() || cell(row, c) == "-") continue;
      std::string head = std::string(kGap, ' ') + table.columns[c].title;
      head += std::string(indent > display_width(head) ? indent - display_width(head) : 1, ' ');
      out += trimmed_line(head + wrapped(cell(row, c), indent, width));
    }
  }
  return out;
}

}  // namespace

std::string draw_console(const Table& table, std::size_t width, bool ascii) {
  const Layout layout = layout_of(table, width);
  if (layout.total > width) return draw_records(table, width);
  std::vector<std::size_t> heads;
  for (std::size_t i = 0; i < layout.columns.size(); ++i)
    heads.push_back(best_head(table, layout.columns[i], layout.widths[i], ascii));
  std::string out;
  auto draw_row = [&](auto&& text_of) {
    std::string line;
    for (std::size_t i = 0; i < layout.columns.size(); ++i) {
      const std::size_t c = layout.columns[i];
      if (i > 0) line += std::string(kGap, ' ');
      line += padded(cut(text_of(c), layout.widths[i], heads[i], ascii), layout.widths[i], table.columns[c].align);
    }
    out += trimmed_line(std::move(line));
  };
  draw_row([&](std::size_t c) -> const std::string& { return table.columns[c].title; });
  std::string rule;
  for (std::size_t i = 0; i < layout.widths.size(); ++i) {
    if (i > 0) rule += std::string(kGap, ' ');
    for (std::size_t k = 0; k < layout.widths[i]; ++k) rule += ascii ? "-" : "\u2500";
  }
  out += rule + '\n';
  for (const auto& row : table.rows) {
    draw_row([&](std::size_t c) -> const std::string& { return cell(row, c); });
  }
  std::string left_out;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (std::ranges::find(layout.columns, c) != layout.columns.end()) continue;
    left_out += (left_out.empty() ? "" : ", ") + table.columns[c].title;
  }
  if (!left_out.empty()) out += wrapped("for want of width without: " + left_out, 0, width) + '\n';
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
