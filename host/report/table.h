// A table of text, drawn for a terminal or as Markdown. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost::report {

enum class Align { left, right };

struct Column {
  std::string title;
  Align align = Align::left;
  /// A column that may be cut to make a table fit; others keep their width. The last such column is cut first.
  bool may_shrink = false;
  /// A column that may be left out to make a table fit: those of the largest number first. 0: never.
  unsigned dispensable = 0;
  /// A column that shrinks gets no narrower: what is shorter tells little.
  std::size_t least = 16;
};

/// Rows of cells. A row shorter than the columns is filled with blanks; a longer one is a programmer's error.
struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;
};

/// Columns that a terminal needs for a text, one per code point; control characters must have been escaped before.
[[nodiscard]] std::size_t display_width(std::string_view utf8);
/// Cut to `width` columns, in the middle, with one mark where something is missing: "cpu.str…=4096".
[[nodiscard]] std::string shortened(std::string_view utf8, std::size_t width, bool ascii);

/// Broken at blanks so that no line is wider than `width`, and within a word only where the word alone is; every line
/// but the first begins with `indent` blanks, and the first is as long as if it did.
[[nodiscard]] std::string wrapped(std::string_view utf8, std::size_t indent, std::size_t width);

/// Lines without trailing blanks, none wider than `width`, two blanks between columns. A table that is wider has its
/// shrinkable columns cut as far as they allow; if that is not enough, dispensable columns are left out, and a line
/// below names them; if that is not enough either, it is written as records: for each row its first cell and below it
/// the other ones that say something, each behind its title, whole and wrapped. A number is never cut. `ascii` draws
/// without any byte above 0x7f.
[[nodiscard]] std::string draw_console(const Table& table, std::size_t width, bool ascii);
/// A GitHub-flavoured table; '|' and line breaks inside cells are escaped.
[[nodiscard]] std::string draw_markdown(const Table& table);

}  // namespace benchhost::report
