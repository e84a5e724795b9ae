#include "report/markup_text.h"

#include <doctest/doctest.h>

#include "support/well_formed.h"
#include "unit/report/sample_view.h"

namespace r = benchhost::report;

TEST_CASE("markup is escaped in elements and in attributes between either quotes") {
  CHECK(r::markup_text("a<b>&\"'c") == "a&lt;b&gt;&amp;&quot;&#39;c");
  CHECK(r::markup_text("&amp;") == "&amp;amp;");
  CHECK(r::markup_text("µ ± 日本") == "µ ± 日本");
}

TEST_CASE("what XML cannot hold, and what deceives, is made visible") {
  CHECK(r::markup_text(std::string_view("a\0b\x1b[2J\x7f", 8)) == "a\\x00b\\x1b[2J\\x7f");
  CHECK(r::markup_text("\xef\xbf\xbe \xef\xbf\xbf \xef\xbf\xbd") == "\\u{fffe} \\u{ffff} \xef\xbf\xbd");
  CHECK(r::markup_text("\xe2\x80\xae") == "\\u{202e}");
  CHECK(r::markup_text("bad \xff\xc3") == "bad \\xff\\xc3");
  CHECK(r::markup_text("one\ntwo\r") == "one\ntwo\\r");
}

TEST_CASE("hostile text stays text in an element and in an attribute") {
  const std::string text = r::markup_text(r::test::kHostile);
  CHECK(benchhost::test::why_not_well_formed("<a b=\"" + text + "\">" + text + "</a>") == "");
}

TEST_CASE("the judge of these tests tells what is not well-formed") {
  using benchhost::test::why_not_well_formed;
  CHECK(why_not_well_formed("<!DOCTYPE html>\n<a b=\"1\"><c/>x &amp; y</a>\n") == "");
  for (const char* bad : {"", "text", "<a>", "<a></b>", "<a b=1/>", "<a b/>", "<a>&nbsp;</a>", "<a>&</a>", "<a/><b/>",
                          "<a b=\"1\" b=\"2\"/>", "<a b=\"<\"/>", "<a>\x01</a>", "<a><b id=\"1\"/><c id=\"1\"/></a>"}) {
    CAPTURE(bad);
    CHECK(why_not_well_formed(bad) != "");
  }
}
