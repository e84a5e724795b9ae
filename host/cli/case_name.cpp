#include "cli/case_name.h"

#include <fmt/format.h>

namespace benchhost::cli {

namespace {

Error broken(std::string_view name, std::string_view what) {
  return make_error("BH0001", fmt::format("'{}' is no name of a case: {}", name, what),
                    "as in cpu_stream.triad{bytes=64 KiB}@cpu:0, or an id as benchhost list benchmarks shows it");
}

// Pieces between commas that stand in no quotes. A quote opens after '=' and closes before a comma or the end: those
// within are text.
std::vector<std::string> pieces_of(std::string_view text) {
  std::vector<std::string> pieces(1);
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\'') {
      const bool opens = !quoted && i > 0 && text[i - 1] == '=';
      const bool closes = quoted && (i + 1 == text.size() || text[i + 1] == ',');
      if (opens || closes) quoted = opens;
    }
    if (c == ',' && !quoted) {
      pieces.emplace_back();
    } else {
      pieces.back() += c;
    }
  }
  return pieces;
}

suite::Literal literal(std::string text, const suite::Position& at) {
  suite::Literal one;
  one.text = std::move(text);
  one.at = at;
  return one;
}

}  // namespace

Result<CaseName> parse_case_name(std::string_view name) {
  CaseName parsed;
  std::string_view rest = name;
  const std::size_t open = rest.find_first_of("{[@");
  parsed.benchmark = rest.substr(0, open);
  rest.remove_prefix(std::min(open, rest.size()));
  if (rest.starts_with('[')) {
    // An input may hold brackets itself: the last one that parameters or a device follow closes it.
    std::size_t close = std::string_view::npos;
    for (const std::string_view after : {"]{", "]@"}) {
      const std::size_t at = rest.rfind(after);
      if (at != std::string_view::npos && (close == std::string_view::npos || at < close)) close = at;
    }
    if (close == std::string_view::npos && rest.ends_with(']')) close = rest.size() - 1;
    if (close == std::string_view::npos) return broken(name, "the bracket of its input does not close");
    parsed.input = rest.substr(1, close - 1);
    rest.remove_prefix(close + 1);
  }
  if (rest.starts_with('{')) {
    const std::size_t close = rest.rfind('}');
    if (close == std::string_view::npos) return broken(name, "the brace of its parameters does not close");
    for (std::string& piece : pieces_of(rest.substr(1, close - 1))) {
      const std::size_t equals = piece.find('=');
      if (equals == std::string::npos || equals == 0) {
        return broken(name, fmt::format("'{}' is no parameter with its value", piece));
      }
      std::string value = piece.substr(equals + 1);
      if (value.size() >= 2 && value.front() == '\'' && value.back() == '\'') value = value.substr(1, value.size() - 2);
      parsed.parameters.emplace_back(piece.substr(0, equals), std::move(value));
    }
    rest.remove_prefix(close + 1);
  }
  if (rest.starts_with('@')) {
    rest.remove_prefix(1);
    while (!rest.empty()) {
      const std::string_view one = rest.substr(0, rest.find_first_of("+,"));
      rest.remove_prefix(std::min(rest.size(), one.size() + 1));
      if (!one.empty()) parsed.devices.emplace_back(one);
    }
  }
  if (!rest.empty()) return broken(name, fmt::format("'{}' is too much", rest));
  return parsed;
}

suite::Axis axis_of(const std::pair<std::string, std::string>& parameter) {
  const auto& [name, text] = parameter;
  const suite::Position at{"the name of the case", 0, 0};
  suite::Axis axis;
  axis.name = name;
  axis.at = axis.sweep.at = at;
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') {
    axis.sweep.values.push_back(literal(text, at));
    return axis;
  }
  suite::Literal list = literal("", at);
  list.is_list = true;
  std::string_view rest = std::string_view(text).substr(1, text.size() - 2);
  while (!rest.empty()) {
    const std::string_view one = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    list.items.push_back(literal(std::string(one), at));
  }
  axis.sweep.values.push_back(std::move(list));
  return axis;
}

}  // namespace benchhost::cli
