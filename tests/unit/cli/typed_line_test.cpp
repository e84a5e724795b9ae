#include "cli/typed_line.h"

#include <doctest/doctest.h>

using benchhost::cli::bash_replies;
using benchhost::cli::Completion;
using benchhost::cli::is_insertable;
using benchhost::cli::read_typed_line;
using benchhost::cli::TypedLine;
using Words = std::vector<std::string>;

namespace {

// What COMP_WORDBREAKS is unless somebody changes it.
constexpr std::string_view kBreaks = " \t\n\"'@><=;|&(:";

TypedLine typed(std::string_view text) { return read_typed_line(text, kBreaks); }

Words replies(std::string_view text, const Words& candidates) {
  Completion completion;
  for (const std::string& c : candidates) completion.candidates.push_back({c, "about"});
  return bash_replies(completion, typed(text));
}

}  // namespace

TEST_CASE("words end at blanks, quotes and backslashes keep blanks in them") {
  const TypedLine line = typed("benchhost  run 'a b' \"c \\\"d\\\" \\e\" f\\ g x");
  CHECK(line.words == Words{"benchhost", "run", "a b", "c \"d\" \\e", "f g"});
  CHECK(line.current == "x");
  CHECK(line.open_quote == 0);
  CHECK(line.kept == 0);
  CHECK(typed("benchhost run ").current.empty());
  CHECK(typed("benchhost '' ").words == Words{"benchhost", ""});
  CHECK(typed("").words.empty());
  CHECK(typed("benchhost a\\").current == "a\\");
}

TEST_CASE("bash keeps what is before the last break, unless it is quoted, and before an open quote") {
  CHECK(typed("b --color=al").kept == 8);
  CHECK(typed("b x:y=z").kept == 4);
  CHECK(typed("b x\\:y").kept == 0);
  CHECK(typed("b 'x:y'z").kept == 0);
  const TypedLine open = typed("b --suite='my fi");
  CHECK(open.current == "--suite=my fi");
  CHECK(open.open_quote == '\'');
  CHECK(open.kept == 8);
  CHECK(typed("b \"a \\\"b").kept == 0);
  CHECK(read_typed_line("b --color=al", " ").kept == 0);
}

TEST_CASE("replies go on from the word, with a blank unless more follows") {
  CHECK(replies("b --co", {"--color", "--config", "--db"}) == Words{"--color ", "--config "});
  CHECK(replies("b --color=a", {"--color=auto", "--color=always", "--color=never"}) == Words{"auto ", "always "});
  CHECK(replies("b lat", {"latest/"}) == Words{"latest/"});
  CHECK(replies("b x", {"xy="}) == Words{"xy="});
  CHECK(replies("b xyz", {"abc"}).empty());
  CHECK(replies("b a=", {"a="}).empty());
}

TEST_CASE("what a shell would read otherwise is quoted, and then all that can be chosen between is") {
  CHECK(replies("b t", {"t{bytes=16 KiB}@cpu:0"}) == Words{"'t{bytes=16 KiB}@cpu:0' "});
  CHECK(replies("b t", {"t one", "two"}) == Words{"'t one' ", "'two' "});
  CHECK(replies("b ", {"it's", "$(reboot)", "`reboot`"}) == Words{"'it'\\''s' ", "'$(reboot)' ", "'`reboot`' "});
  CHECK(replies("b t{bytes=", {"t{bytes=16 KiB}"}) == Words{"'16 KiB}' "});
}

TEST_CASE("within an open quote the reply is written for it, and bash closes it") {
  CHECK(replies("b 't one", {"t one two", "t two"}) == Words{"t one two"});
  CHECK(replies("b \"a", {"a $b `c` \"d\" \\e"}) == Words{"a \\$b \\`c\\` \\\"d\\\" \\\\e"});
  CHECK(replies("b 'it", {"it's"}) == Words{"it'\\''s"});
  CHECK(replies("b pre'fi", {"prefix one"}) == Words{"fix one"});
}

TEST_CASE("what no line editor shows faithfully is left out") {
  for (const char* text : {"a\nb", "a\tb", "a\x1b[31m", "a\xff", "a\u202e"}) {
    CAPTURE(text);
    CHECK_FALSE(is_insertable(text));
    CHECK(replies("b a", {text, "ab"}) == Words{"ab "});
  }
  CHECK(is_insertable("Größe ± 1 %"));
}
