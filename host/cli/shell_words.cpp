#include "cli/shell_words.h"

#include <fmt/format.h>

namespace benchhost::cli {

namespace {

constexpr std::string_view kBare =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "0123456789_-./:=,@+";
constexpr std::string_view kExpanded = "\"$`|&;<>()*?[]{}~#!";

}  // namespace

std::string shell_word(std::string_view word) {
  const bool bare = !word.empty() && word.find_first_not_of(kBare) == std::string_view::npos;
  return bare ? std::string(word) : quoted_word(word);
}

std::string quoted_word(std::string_view word) {
  std::string out = "'";
  for (const char c : word) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

Result<std::vector<std::string>> split_shell_words(std::string_view line) {
  std::vector<std::string> words;
  bool in_word = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == ' ') {
      in_word = false;
      continue;
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    if (c == '\'') {
      const std::size_t end = line.find('\'', i + 1);
      if (end == std::string_view::npos) return make_error("BH0001", "a quote in the command line does not end");
      words.back() += line.substr(i + 1, end - i - 1);
      i = end;
    } else if (c == '\\' && i + 1 < line.size()) {
      words.back() += line[++i];
    } else if (kExpanded.find(c) != std::string_view::npos || static_cast<unsigned char>(c) < 0x20) {
      return make_error("BH0001", fmt::format("the command line has a bare '{}', which a shell would expand", c));
    } else {
      words.back() += c;
    }
  }
  return words;
}

}  // namespace benchhost::cli
