#include "cli/shell_words.h"

#include <doctest/doctest.h>

using benchhost::cli::shell_word;
using benchhost::cli::split_shell_words;
using Words = std::vector<std::string>;

TEST_CASE("words come back from a line as they went into it") {
  const Words words = {"run",   "",        " ",          "it's",     "''",       "a b",  "\n", "$HOME", "`id`",
                       "a=b,c", "back\\x", "\"quoted\"", "[[1, 2]]", "*?{}~#!;", "\xff", "\t", "--x"};
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + shell_word(word);
  const auto read = split_shell_words(line);
  REQUIRE(read.ok());
  CHECK(*read == words);
}

TEST_CASE("what needs no quotes has none") {
  CHECK(shell_word("bytes=64KiB,1GiB") == "bytes=64KiB,1GiB");
  CHECK(shell_word("org.benchhost.null.empty") == "org.benchhost.null.empty");
  CHECK(shell_word("a b") == "'a b'");
  CHECK(shell_word("it's") == "'it'\\''s'");
}

TEST_CASE("quotes that do not end, and what a shell would expand, are refused") {
  CHECK_FALSE(split_shell_words("run 'a").ok());
  for (const char* line : {"run $HOME", "run *", "a | b", "a;b", "a\nb", "\"a\""})
    CHECK_FALSE(split_shell_words(line).ok());
}

TEST_CASE("blanks between words are as many as they like") {
  const auto read = split_shell_words("  a   'b'c\\ d  ");
  REQUIRE(read.ok());
  CHECK(*read == Words{"a", "bc d"});
}
