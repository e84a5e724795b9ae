#include "cli/typed_line.h"

#include <algorithm>

#include "cli/shell_words.h"
#include "common/base/terminal_text.h"

namespace benchhost::cli {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

// Goes on from what is typed behind an open quote.
std::string within_quotes(std::string_view text, char quote) {
  if (quote == '\'') {
    const std::string whole = quoted_word(text);
    return whole.substr(1, whole.size() - 2);
  }
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '$' || c == '`' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

TypedLine read_typed_line(std::string_view text, std::string_view breaks) {
  TypedLine line;
  bool in_word = false;
  std::size_t before_quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (line.open_quote != 0) {
      const bool escapes = line.open_quote == '"' && c == '\\' && i + 1 < text.size() &&
                           std::string_view("\"$`\\").find(text[i + 1]) != std::string_view::npos;
      if (c == line.open_quote) {
        line.open_quote = 0;
      } else {
        line.current += escapes ? text[++i] : c;
      }
      continue;
    }
    if (is_blank(c)) {
      if (in_word) line.words.push_back(std::move(line.current));
      line.current.clear();
      line.kept = 0;
      in_word = false;
      continue;
    }
    in_word = true;
    if (c == '\'' || c == '"') {
      line.open_quote = c;
      before_quote = line.current.size();
      continue;
    }
    const bool escaped = c == '\\' && i + 1 < text.size();
    line.current += escaped ? text[++i] : c;
    if (!escaped && breaks.find(c) != std::string_view::npos) line.kept = line.current.size();
  }
  // Bash takes an open quote for the beginning of the word.
  if (line.open_quote != 0) line.kept = before_quote;
  return line;
}

bool is_insertable(std::string_view text) {
  return text.find('\t') == std::string_view::npos && escape_for_terminal(text) == text;
}

std::vector<std::string> bash_replies(const Completion& completion, const TypedLine& line) {
  std::vector<std::string> rests;
  for (const Candidate& candidate : completion.candidates) {
    if (!candidate.text.starts_with(line.current) || !is_insertable(candidate.text)) continue;
    std::string rest = candidate.text.substr(line.kept);
    if (!rest.empty()) rests.push_back(std::move(rest));
  }
  // All or none: bash inserts what they have in common, and a quote that only some begin with is nothing in common.
  const bool quoted = std::ranges::any_of(rests, [](const std::string& rest) { return shell_word(rest) != rest; });
  for (std::string& rest : rests) {
    const bool goes_on = rest.ends_with('=') || rest.ends_with('/');
    if (line.open_quote != 0) {
      rest = within_quotes(rest, line.open_quote);
      continue;
    }
    if (quoted) rest = quoted_word(rest);
    if (!goes_on) rest += ' ';
  }
  return rests;
}

}  // namespace benchhost::cli
