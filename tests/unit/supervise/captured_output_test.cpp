#include "supervise/captured_output.h"

#include <doctest/doctest.h>

using namespace benchhost::supervise;

namespace {

CapturedOutput captured(std::uint64_t head, std::uint64_t tail, std::string_view text) {
  OutputCapture capture(head, tail);
  for (const char& c : text) capture.add(std::string_view(&c, 1));
  return capture.take();
}

}  // namespace

TEST_CASE("head and tail of a stream are kept, and what lay between is counted") {
  const CapturedOutput all = captured(3, 4, "abcdefghij");
  CHECK(all.head == "abc");
  CHECK(all.tail == "ghij");
  CHECK(all.total_bytes == 10);
  CHECK(all.dropped_bytes() == 3);
  CHECK(captured(3, 4, "").dropped_bytes() == 0);
}

TEST_CASE("the last words are the last two lines that say anything") {
  CHECK(last_words(captured(100, 100, "")).empty());
  CHECK(last_words(captured(100, 100, "\n \n\t\r\n")).empty());
  CHECK(last_words(captured(100, 100, "one")) == "one");
  CHECK(last_words(captured(100, 100, "one\ntwo\r\n\nthree\n\n")) == "two | three");
  // The text is one whether it lies in the head, in the tail, or across both.
  CHECK(last_words(captured(5, 100, "one\ntwo\n")) == "one | two");
  CHECK(last_words(captured(5, 0, "one\ntwo\n")) == "one | t");
  // What was dropped is not skipped over in silence: only the tail is of one piece.
  CHECK(last_words(captured(4, 6, "one\ntwo\nthree\nfour\n")) == "four");
}

TEST_CASE("the last words are safe to show and short") {
  CHECK(last_words(captured(100, 100, "\x1b[2J\xff text")) == "\\x1b[2J\\xff text");
  // Two long lines: the first is cut after whole letters, the second has control characters alone.
  const std::string words =
      last_words(captured(10'000, 10'000, std::string(5'000, 'm') + "\n" + std::string(999, '\x01')));
  CHECK(words.size() < 420);
  CHECK(words.find("mmm... | \\x01") != std::string::npos);
}
