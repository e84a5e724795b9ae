#include "common/base/json.h"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

using namespace benchhost;

namespace {

Json read(std::string_view text) {
  auto result = parse_json(text);
  REQUIRE_MESSAGE(result.ok(), to_text(result.error()));
  return std::move(result).value();
}

std::string refusal(std::string_view text) {
  const auto result = parse_json(text);
  REQUIRE_FALSE(result.ok());
  return to_text(result.error());
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("every kind of value is read and written back unchanged") {
  const std::string text = R"({"null":null,"yes":true,"int":-9223372036854775808,"uint":18446744073709551615,)"
                           R"("double":0.1,"whole":3.0,"text":"a\"b\\c\n\u0001\u00e9","list":[1,[],{}]})";
  const Json value = read(text);
  CHECK(value["yes"].as_bool());
  CHECK(value["int"].as_int() == std::numeric_limits<std::int64_t>::min());
  CHECK(value["uint"].as_uint() == std::numeric_limits<std::uint64_t>::max());
  CHECK(value["double"].as_double(0) == 0.1);
  CHECK(value["text"].as_string() == "a\"b\\c\n\x01\u00e9");
  CHECK(value["list"].items().size() == 3);
  CHECK(read(to_text(value)) == value);
  CHECK(read(to_pretty_text(value)) == value);
}

TEST_CASE("doubles survive writing and reading bit by bit, and stay doubles") {
  std::mt19937_64 random(20260101);
  for (int i = 0; i < 20000; ++i) {
    const double value = std::bit_cast<double>(random());
    if (!std::isfinite(value)) continue;
    const Json back = read(to_text(Json(value)));
    REQUIRE_FALSE(back.is_integer());
    CHECK(std::bit_cast<std::uint64_t>(back.as_double(1)) == std::bit_cast<std::uint64_t>(value));
  }
  CHECK(to_text(Json(1.0)) == "1.0");
  CHECK(to_text(Json(0.1)) == "0.1");
  CHECK(std::signbit(read("-0.0").as_double(1)));
  CHECK(read("1e-400").as_double(1) == 0.0);
}

TEST_CASE("decimals are converted exactly") {
  CHECK(read("9007199254740993.0").as_double(0) == 9007199254740992.0);
  CHECK(read("2.2250738585072011e-308").as_double(0) == 2.2250738585072011e-308);
  CHECK(read("179769313486231570000000000000000000000e270").as_double(0) == 1.7976931348623157e308);
  CHECK(read("123456789012345678901234567890").as_double(0) == 123456789012345678901234567890.0);
}

TEST_CASE("integers are equal whatever type they came from") {
  CHECK(Json(std::uint64_t{7}) == Json(7));
  CHECK(Json(7u) == read("7"));
  CHECK(to_text(Json(std::uint64_t{1} << 63)) == "9223372036854775808");
  CHECK(to_text(Json(0)) == "0");
}

TEST_CASE("what is not finite is written as null") {
  CHECK(to_text(Json(std::nan(""))) == "null");
  CHECK(to_text(JsonArray{Json(std::numeric_limits<double>::infinity())}) == "[null]");
}

TEST_CASE("a getter of another type answers what the caller said") {
  const Json value = read(R"({"s":"x","i":-1,"d":1.5})");
  CHECK(value["s"].as_int(7) == 7);
  CHECK(value["i"].as_uint(7) == 7);
  CHECK(value["i"].as_double(7) == -1.0);
  CHECK(value["d"].as_int(7) == 7);
  CHECK(value["i"].as_string().empty());
  CHECK(value["i"].items().empty());
  CHECK(value["none"].is_null());
  CHECK(value["none"]["deeper"].is_null());
  CHECK_FALSE(value.has("none"));
}

TEST_CASE("set and push build values, and set replaces") {
  Json value;
  value.set("a", 1).set("b", "x").set("a", 2);
  value.set("list", Json().push(1).push(nullptr));
  CHECK(to_text(value) == R"({"a":2,"b":"x","list":[1,null]})");
  CHECK(to_pretty_text(value) == "{\n  \"a\": 2,\n  \"b\": \"x\",\n  \"list\": [\n    1,\n    null\n  ]\n}");
  CHECK(to_pretty_text(JsonObject{}) == "{}");
}

TEST_CASE("a duplicate member refuses the text, in small and in large objects") {
  CHECK(contains(refusal("{\"a\":1,\n \"b\":2, \"a\":3}"), "\"a\" stands twice"));
  CHECK(contains(refusal("{\"a\":1,\n \"b\":2, \"a\":3}"), "2:"));
  std::string large = "{";
  for (int i = 0; i < 100; ++i) large += "\"m" + std::to_string(i) + "\":0,";
  CHECK(contains(refusal(large + "\"m3\":0}"), "\"m3\" stands twice"));
  CHECK(contains(refusal(large + "\"m98\":0}"), "\"m98\" stands twice"));
  CHECK(read(large + "\"new\":0}").members().size() == 101);
  CHECK(read(R"({"a":{"x":1},"b":{"x":1}})")["b"]["x"].as_int() == 1);
}

TEST_CASE("64 levels are read, 65 are refused") {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(parse_json(nested(64)).ok());
  CHECK(contains(refusal(nested(65)), "64"));
  CHECK(contains(refusal(std::string(1000000, '[')), "64"));
}

TEST_CASE("texts that are no JSON are refused with their place") {
  for (const char* bad : {"",
                          " ",
                          "{",
                          "[1,]",
                          "{\"a\":1,}",
                          "{a:1}",
                          "'a'",
                          "nul",
                          "01",
                          "1.",
                          ".5",
                          "+1",
                          "1 2",
                          "[1] x",
                          "\"a",
                          "\"\\x\"",
                          "\"\n\"",
                          "\"\\ud800\"",
                          "NaN",
                          "Infinity",
                          "// c\n1",
                          "1e999",
                          "-1e999",
                          "\xEF\xBB\xBF{}",
                          "\"\xC3\x28\"",
                          "\"\xED\xA0\x80\"",
                          "{\"\xFF\":1}"}) {
    CAPTURE(bad);
    const auto result = parse_json(bad);
    CHECK_FALSE(result.ok());
  }
  CHECK(contains(refusal("{\n  \"a\": x\n}"), "2:8"));
  CHECK(parse_json(" [1] \n").ok());
}

TEST_CASE("strings that are no UTF-8 are written so that they can be read") {
  CHECK(read(to_text(Json("a\xFFz"))).as_string() == "a\uFFFDz");
}
