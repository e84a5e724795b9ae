#include "common/base/terminal_text.h"

#include <doctest/doctest.h>

using namespace benchhost;
using namespace std::string_view_literals;

TEST_CASE("printable text of every script is left alone") {
  CHECK(escape_for_terminal("gr\u00fc\u00df \u4f60\u597d \u0645\t\U0001f600 \\x") ==
        "gr\u00fc\u00df \u4f60\u597d \u0645\t\U0001f600 \\x");
}

TEST_CASE("nothing that acts on a terminal gets through") {
  CHECK(escape_for_terminal("\x1b[2Jx\x07") == "\\x1b[2Jx\\x07");
  CHECK(escape_for_terminal("\u009b31m") == "\\x9b31m");
  CHECK(escape_for_terminal("a\rb\x7f") == "a\\rb\\x7f");
  CHECK(escape_for_terminal("a\0b"sv) == "a\\x00b");
}

TEST_CASE("line breaks are kept or escaped as asked") {
  CHECK(escape_for_terminal("a\nb") == "a\\nb");
  CHECK(escape_for_terminal("a\nb", LineBreaks::keep) == "a\nb");
  CHECK(escape_for_terminal("a\u2028b", LineBreaks::keep) == "a\\u{2028}b");
}

TEST_CASE("bidirectional controls, invisible characters and tags are made visible") {
  CHECK(escape_for_terminal("a\u202eb\u2066c\u200bd\ufeffe\U000e0041") ==
        "a\\u{202e}b\\u{2066}c\\u{200b}d\\u{feff}e\\u{e0041}");
}

TEST_CASE("bytes that are no UTF-8 are shown as bytes") {
  CHECK(escape_for_terminal("a\xff\xe2\x82z") == "a\\xff\\xe2\\x82z");
}

TEST_CASE("text for a terminal without UTF-8 spells the signs that are written and marks the rest") {
  CHECK(benchhost::ascii_only("plain \x1b[2K\r text\n") == "plain \x1b[2K\r text\n");
  CHECK(benchhost::ascii_only("±2 % of 3 µs… a–b ‘c’ → 4×5") == "+-2 % of 3 us... a-b 'c' -> 4x5");
  CHECK(benchhost::ascii_only("é漢😀") == "???");
  CHECK(benchhost::ascii_only("").empty());
}
