#include "common/protocol/value.h"

#include <doctest/doctest.h>

#include <limits>

using namespace benchhost;
using namespace benchhost::protocol;

namespace {

std::vector<Value> samples() {
  return {Value{},
          int_value(-7),
          int_value(std::numeric_limits<std::int64_t>::min()),
          uint_value(0),
          uint_value(std::numeric_limits<std::uint64_t>::max()),
          real_value(0.1),
          real_value(5e-324),
          real_value(1.7976931348623157e308),
          real_value(64),
          bool_value(true),
          string_value("a\nb \"quoted\" \xC2\xB5"),
          string_value(""),
          choice_value("fp64"),
          Value{ValueType::uint64, true, {std::uint64_t{64}, std::uint64_t{64}, std::uint64_t{1}}},
          Value{ValueType::string, true, {std::string("x"), std::string("y")}},
          Value{ValueType::real, true, {}}};
}

}  // namespace

TEST_CASE("canonical text is what params.h publishes") {
  CHECK(canonical_text(int_value(-7)) == "-7");
  CHECK(canonical_text(int_value(0)) == "0");
  CHECK(canonical_text(uint_value(18446744073709551615u)) == "18446744073709551615");
  CHECK(canonical_text(real_value(1)) == "1");
  CHECK(canonical_text(real_value(0.1)) == "0.1");
  CHECK(canonical_text(real_value(1e21)) == "1e+21");
  CHECK(canonical_text(real_value(1e-7)) == "1e-7");
  CHECK(canonical_text(real_value(123456789012345680000.0)) == "123456789012345680000");
  CHECK(canonical_text(real_value(-0.0)) == "0");
  CHECK(canonical_text(bool_value(true)) == "true");
  CHECK(canonical_text(bool_value(false)) == "false");
  CHECK(canonical_text(choice_value("fp64")) == "fp64");
  CHECK(canonical_text(string_value("a\nb")) == R"("a\nb")");
  CHECK(canonical_text(string_value("\xC2\xB5")) == "\"\xC2\xB5\"");
  CHECK(canonical_text(string_value("\"\\\b\f\r\t\x01\x1f\x7f")) == "\"\\\"\\\\\\b\\f\\r\\t\\u0001\\u001f\x7f\"");
  CHECK(canonical_text(Value{ValueType::uint64, true, {std::uint64_t{64}, std::uint64_t{64}, std::uint64_t{1}}}) ==
        "[64,64,1]");
  CHECK(canonical_text(Value{ValueType::string, true, {std::string("a"), std::string("b")}}) == R"(["a","b"])");
  CHECK(canonical_text(Value{ValueType::choice, true, {std::string("a"), std::string("b")}}) == "[a,b]");
  CHECK(canonical_text(Value{ValueType::int64, true, {}}) == "[]");
}

TEST_CASE("the canonical set is ascending by byte and empty braces without values") {
  CHECK(canonical_set({{"type", choice_value("fp64")}, {"m", uint_value(64)}}) == "{m=64,type=fp64}");
  CHECK(canonical_set({}) == "{}");
  CHECK(canonical_set({{"b_a", int_value(1)}, {"b", int_value(2)}, {"b0", int_value(3)}}) == "{b=2,b0=3,b_a=1}");
}

TEST_CASE("display text leaves quotes away") {
  CHECK(display_text(string_value("a b")) == "a b");
  CHECK(display_text(Value{ValueType::string, true, {std::string("a"), std::string("b")}}) == "[a,b]");
  CHECK(display_text(real_value(0.5)) == "0.5");
  CHECK(display_text(Value{}).empty());
}

TEST_CASE("every value comes back from JSON text as it was, type included") {
  for (const Value& value : samples()) {
    const auto json = parse_json(to_text(to_json(value)));
    REQUIRE(json.ok());
    const auto back = value_from_json(*json);
    REQUIRE(back.ok());
    CHECK(*back == value);
    CHECK(back->type == value.type);
    CHECK(back->list == value.list);
  }
}

TEST_CASE("a value that is not of its type is refused") {
  for (const char* text :
       {R"(5)", R"({})", R"({"type":"int"})", R"({"type":"int","value":1.5})", R"({"type":"uint","value":-1})",
        R"({"type":"int","value":9223372036854775808})", R"({"type":"bool","value":1})",
        R"({"type":"string","value":1})", R"({"type":"double","value":null})", R"({"type":"list of int","value":1})",
        R"({"type":"int","value":[1]})", R"({"type":"list of int","value":[1,"x"]})", R"({"type":"none","value":1})",
        R"({"type":"float","value":1})"}) {
    CAPTURE(text);
    const auto json = parse_json(text);
    REQUIRE(json.ok());
    CHECK(!value_from_json(*json).ok());
  }
}

TEST_CASE("type names are those of suites") {
  CHECK(type_name(ValueType::uint64, true) == "list of uint");
  CHECK(type_name(ValueType::choice, false) == "enum");
  CHECK(type_name(ValueType::real, false) == "double");
}
