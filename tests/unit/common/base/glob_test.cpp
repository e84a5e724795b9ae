#include "common/base/glob.h"

#include <doctest/doctest.h>

#include <string>

using namespace benchhost;

namespace {

bool matches(std::string_view pattern, std::string_view text) {
  const auto glob = Glob::parse(pattern);
  REQUIRE_MESSAGE(glob.ok(), to_text(glob.error()));
  return glob->matches(text);
}

}  // namespace

TEST_CASE("stars, question marks and plain bytes match as in a shell") {
  CHECK(matches("*", ""));
  CHECK(matches("cpu.*", "cpu.cache.read"));
  CHECK(matches("*.read", "cpu.cache.read"));
  CHECK(matches("c*c*e.*d", "cpu.cache.read"));
  CHECK_FALSE(matches("c*c*e.*x", "cpu.cache.read"));
  CHECK(matches("fp??", "fp16"));
  CHECK_FALSE(matches("fp??", "fp8"));
  CHECK_FALSE(matches("cpu", "cpu.x"));
  CHECK_FALSE(matches("", "x"));
  CHECK(matches("", ""));
  CHECK(matches("a**b", "ab"));
}

TEST_CASE("sets, ranges, negation and escapes match one byte") {
  CHECK(matches("x[0-9]", "x7"));
  CHECK_FALSE(matches("x[!0-9]", "x7"));
  CHECK(matches("x[^0-9]", "xa"));
  CHECK(matches("[]a]", "]"));
  CHECK(matches("[a-]", "-"));
  CHECK(matches("[]-a]", "^"));
  CHECK_FALSE(matches("[abc]", ""));
  CHECK(matches("\\*", "*"));
  CHECK_FALSE(matches("\\*", "x"));
  CHECK(matches("*[5-7]*", "abc6def"));
}

TEST_CASE("malformed patterns are refused") {
  for (const char* bad : {"[", "[a", "[!", "[]", "[!]", "a\\", "[z-a]"}) {
    CAPTURE(bad);
    CHECK_FALSE(Glob::parse(bad).ok());
  }
  CHECK_FALSE(Glob::parse(std::string(4096, 'a')).ok());
  CHECK(Glob::parse(std::string(4095, 'a')).ok());
}

TEST_CASE("a pattern made of stars does not take exponential time") {
  std::string pattern;
  for (int i = 0; i < 1000; ++i) pattern += "*a";
  CHECK_FALSE(matches(pattern + "b", std::string(4000, 'a')));
}

TEST_CASE("a literal pattern is told from one with special bytes") {
  CHECK(Glob::parse("cpu.cache")->is_literal());
  CHECK_FALSE(Glob::parse("cpu.*")->is_literal());
}
