#include "report/table.h"

#include <doctest/doctest.h>

#include <set>

namespace r = benchhost::report;

namespace {

r::Table small() {
  return {{{"case", r::Align::left, true}, {"value", r::Align::right, false}},
          {{"a", "1"}, {"a-rather-long-name-of-a-case", "12 GB/s"}}};
}

}  // namespace

TEST_CASE("columns are as wide as their widest cell and lines have no trailing blanks") {
  CHECK(r::draw_console(small(), 80, true) ==
        "case                            value\n"
        "----------------------------  -------\n"
        "a                                   1\n"
        "a-rather-long-name-of-a-case  12 GB/s\n");
}

TEST_CASE("a column that may shrink gives way, a number never does") {
  const std::string drawn = r::draw_console(small(), 25, true);
  CHECK(drawn.find("12 GB/s") != std::string::npos);
  CHECK(drawn.find("a-rather~-a-case") != std::string::npos);
  for (std::size_t at = 0; at < drawn.size();) {
    const std::size_t end = drawn.find('\n', at);
    CHECK(end - at <= 25);
    at = end + 1;
  }
}

TEST_CASE("a column that can be spared is left out and named where cutting is not enough") {
  r::Table t{{{"case", r::Align::left, true},
              {"value", r::Align::right, false},
              {"spread", r::Align::right, false, 1},
              {"faults", r::Align::right, false, 2}},
             {{"copy{bytes=65 KB}", "12 GB/s", "1.2 %", "123"}}};
  CHECK(r::draw_console(t, 41, true) ==
        "case                value  spread  faults\n"
        "----------------  -------  ------  ------\n"
        "copy{byt~=65 KB}  12 GB/s   1.2 %     123\n");
  CHECK(r::draw_console(t, 40, true) ==
        "case                 value  spread\n"
        "-----------------  -------  ------\n"
        "copy{bytes=65 KB}  12 GB/s   1.2 %\n"
        "for want of width without: faults\n");
}

TEST_CASE("a table that fits in no way is written as records, whole and within the width") {
  r::Table t{{{"case", r::Align::left, true}, {"value", r::Align::right, false}, {"remarks", r::Align::left, true}},
             {{"copy{bytes=64 KiB,threads=2}@cpu:0", "12 GB/s", "disturbed, imprecise, and more"}, {"x", "1 B/s", ""}}};
  CHECK(r::draw_console(t, 24, true) ==
        "copy{bytes=64\n"
        "  KiB,threads=2}@cpu:0\n"
        "  value    12 GB/s\n"
        "  remarks  disturbed,\n"
        "           imprecise,\n"
        "           and more\n"
        "\n"
        "x\n"
        "  value    1 B/s\n");
}

TEST_CASE("text is broken at blanks, and within a word only where the word alone is too long") {
  CHECK(r::wrapped("one two three", 2, 9) == "one two\n  three");
  CHECK(r::wrapped("a-word-that-is-long b", 1, 9) == "a-word-t\n hat-is-l\n ong b");
  CHECK(r::wrapped("\u00b5\u00b5\u00b5\u00b5 \u00b5", 0, 3) == "\u00b5\u00b5\u00b5\n\u00b5 \u00b5");
  CHECK(r::wrapped("", 4, 10).empty());
}

TEST_CASE("texts are measured and cut by code points") {
  CHECK(r::display_width("µs±") == 3);
  CHECK(r::shortened("µµµµµµ", 5, false) == "µµ…µµ");
  CHECK(r::shortened("abcdef", 5, true) == "ab~ef");
  CHECK(r::shortened("abc", 5, true) == "abc");
  CHECK(r::shortened("abc", 0, true).empty());
}

TEST_CASE("cells that differ look different as far as the width allows") {
  r::Table t{{{"case", r::Align::left, true}}, {}};
  for (const char* name : {"triad{bytes=64 KiB,threads=1}", "triad{type=fp32,bytes=64 KiB,threads=1}",
                           "triad{bytes=64 KiB,threads=2}", "triad{type=fp32,bytes=64 KiB,threads=2}"}) {
    t.rows.push_back({name});
  }
  for (const std::size_t width : {16, 20, 24, 30, 36}) {
    const std::string drawn = r::draw_console(t, width, true);
    CAPTURE(drawn);
    std::set<std::string> lines;
    for (std::size_t at = 0; at < drawn.size();) {
      const std::size_t end = drawn.find('\n', at);
      CHECK(end - at <= width);
      lines.insert(drawn.substr(at, end - at));
      at = end + 1;
    }
    CHECK(lines.size() == 6);
  }
}

TEST_CASE("a short row is filled up") {
  r::Table t{{{"a", r::Align::left, false}, {"b", r::Align::left, false}}, {{"x"}}};
  CHECK(r::draw_console(t, 80, true) == "a  b\n-  -\nx\n");
}

TEST_CASE("Markdown escapes what would break a row") {
  r::Table t{{{"a|b", r::Align::left, false}, {"n", r::Align::right, false}}, {{"x\ny|z", "1"}}};
  CHECK(r::draw_markdown(t) == "| a\\|b | n |\n| --- | ---: |\n| x\\\\ny\\|z | 1 |\n");
}
