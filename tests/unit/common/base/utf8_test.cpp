#include "common/base/utf8.h"

#include <doctest/doctest.h>

using namespace benchhost;
using namespace std::string_view_literals;

TEST_CASE("well-formed UTF-8 of every length is decoded and encoded back") {
  for (const char32_t c : {U'a', U'\u007f', U'\u0080', U'\u07ff', U'\u0800', U'\ud7ff', U'\ue000', U'\uffff',
                           U'\U00010000', U'\U0010ffff'}) {
    std::string text;
    append_utf8(text, c);
    CHECK(is_utf8(text));
    CHECK(decode_utf8(text).value == c);
    CHECK(decode_utf8(text).bytes == text.size());
  }
}

TEST_CASE("overlong forms, surrogates, values beyond Unicode and cut sequences are invalid") {
  for (const auto bad : {"\x80"sv, "\xC0\x80"sv, "\xC1\xBF"sv, "\xE0\x9F\xBF"sv, "\xED\xA0\x80"sv, "\xF0\x8F\xBF\xBF"sv,
                         "\xF4\x90\x80\x80"sv, "\xF5\x80\x80\x80"sv, "\xFF"sv, "\xE2\x82"sv, "\xC3"sv, "\xC3("sv}) {
    CHECK_FALSE(is_utf8(bad));
  }
}

TEST_CASE("an invalid sequence becomes one replacement character and the rest stays") {
  CHECK(to_valid_utf8("a\xE2\x82z") == "a\uFFFDz");
  CHECK(to_valid_utf8("\xC0\x80") == "\uFFFD\uFFFD");
  CHECK(to_valid_utf8("gr\u00fc\u00df") == "gr\u00fc\u00df");
}

TEST_CASE("a cut never splits a code point") {
  CHECK(cut_utf8("ab\u00e9", 3) == "ab");
  CHECK(cut_utf8("ab\u00e9", 4) == "ab\u00e9");
  CHECK(cut_utf8("", 0).empty());
}

TEST_CASE("code points are counted, not bytes") {
  CHECK(count_code_points("") == 0);
  CHECK(count_code_points("a\u00e9\u20ac\U0001f600") == 4);
}

TEST_CASE("a surrogate is never encoded") {
  std::string text;
  append_utf8(text, static_cast<char32_t>(0xD800));
  append_utf8(text, static_cast<char32_t>(0x110000));
  CHECK(text == "\uFFFD\uFFFD");
}
