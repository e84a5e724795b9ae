#include "report/markdown_text.h"

#include <doctest/doctest.h>

using benchhost::report::markdown_text;

TEST_CASE("ordinary names stay readable") {
  CHECK(markdown_text("cpu_stream.triad{bytes=64 KiB,threads=1}@cpu:0") ==
        "cpu_stream.triad{bytes=64 KiB,threads=1}@cpu:0");
  CHECK(markdown_text("41.3 GB/s \xc2\xb1"
                      "0.4 %") ==
        "41.3 GB/s \xc2\xb1"
        "0.4 %");
}

TEST_CASE("nothing that Markdown knows begins in a text") {
  CHECK(markdown_text("![x](http://y)") == "\\!\\[x\\](http://y)");
  CHECK(markdown_text("<img src=x>") == "\\<img src=x\\>");
  CHECK(markdown_text("**b** _i_ `c` ~~s~~") == "\\*\\*b\\*\\* \\_i\\_ \\`c\\` \\~\\~s\\~\\~");
  CHECK(markdown_text("a|b &amp; #1") == "a\\|b \\&amp; #1");
  CHECK(markdown_text("two\nlines\x1b[2J") == "two\\\\nlines\\\\x1b\\[2J");
}
