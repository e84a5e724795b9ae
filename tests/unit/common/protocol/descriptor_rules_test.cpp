#include "common/protocol/descriptor_rules.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>

#include "common/protocol/id.h"

using namespace benchhost::protocol;

namespace {

ParamRecord number(ValueType type) {
  ParamRecord p;
  p.name = "n";
  p.type = type;
  return p;
}

Value one(ValueType type, Scalar scalar) { return {type, false, {std::move(scalar)}}; }
Value whole(std::uint64_t n) { return one(ValueType::uint64, n); }

}  // namespace

TEST_CASE("units are those of the registry") {
  for (const char* unit : {"1", "ns", "By", "By/s", "1/s", "J", "W", "Cel", "Hz", "{token}", "{token}/s", "By/{op}",
                           "J/{item}", "{cache.line}", "{0}"}) {
    CAPTURE(unit);
    CHECK(is_unit(unit));
  }
  for (const char* unit : {"", "s", "ms", "GB/s", "{}", "{}/s", "{To}", "{a}/m", "By/", "By/By", "{a}{b}", "1/{x}",
                           "{a", "ns/s", "%", "{a b}"}) {
    CAPTURE(unit);
    CHECK_FALSE(is_unit(unit));
  }
}

TEST_CASE("a rate is a unit of something per second") {
  for (const char* unit : {"By/s", "1/s", "{token}/s"}) CHECK(is_rate_unit(unit));
  for (const char* unit : {"", "/s", "ns", "J/s", "By/{op}", "{}/s", "s"}) CHECK_FALSE(is_rate_unit(unit));
}

TEST_CASE("work keys are those of the work model, and the sums are for metrics alone") {
  for (const char* key : {"items", "items.tokens", "items.org.tokens", "bytes.read", "bytes.written", "bytes.moved",
                          "ops.fp64", "ops.fp8", "ops.int4", "ops.bool"}) {
    CAPTURE(key);
    CHECK(is_work_key(key, false));
    CHECK(is_work_key(key, true));
  }
  for (const char* key : {"bytes", "ops"}) {
    CHECK(is_work_key(key, true));
    CHECK_FALSE(is_work_key(key, false));
  }
  for (const char* key : {"", "item", "items.", "items.Tokens", "bytes.sent", "ops.", "ops.fp128", "flops"}) {
    CAPTURE(key);
    CHECK_FALSE(is_work_key(key, true));
  }
}

TEST_CASE("statistics are five words and percentiles above 0 and up to 100") {
  for (const char* word : {"mean", "median", "min", "max", "sum", "p50", "p99.9", "p100"}) CHECK(is_statistic(word));
  for (const char* word :
       {"", "p", "p0", "p-1", "p+1", "p101", "pabc", "p1e1", "p50 ", "p99,9", "pinf", "pnan", "p.5", "mode"}) {
    CAPTURE(word);
    CHECK_FALSE(is_statistic(word));
  }
}

TEST_CASE("texts are UTF-8 within a cap and without control characters") {
  CHECK(is_text("", 0, false));
  CHECK(is_text("Größe in µs", 100, false));
  CHECK(is_text("abc", 3, false));
  CHECK_FALSE(is_text("abcd", 3, false));
  CHECK_FALSE(is_text("\xff", 10, false));
  CHECK(is_text("a\tb\nc", 10, true));
  CHECK_FALSE(is_text("a\nb", 10, false));
  for (const char* bad : {"\x01", "\x1b[31m", "\x7f", "\xc2\x80", "\xc2\x9f", "a\rb"}) {
    CHECK_FALSE(is_text(bad, 10, true));
    CHECK_FALSE(is_printable(bad, true));
  }
  CHECK(is_printable("\xc2\xa0", false));  // the first above them
}

TEST_CASE("a value has the parameter's type and one scalar, or as many as its counts allow") {
  ParamRecord p = number(ValueType::uint64);
  CHECK_FALSE(value_problem(p, whole(1)).has_value());
  CHECK(value_problem(p, one(ValueType::int64, std::int64_t{1})) == "is of type int, not uint");
  CHECK(value_problem(p, Value{ValueType::uint64, false, {}}) == "has no value");
  p.list = true;
  CHECK(value_problem(p, whole(1)).has_value());
  p.min_count = 2;
  p.max_count = 3;
  Value list{ValueType::uint64, true, {std::uint64_t{1}}};
  CHECK(value_problem(p, list) == "has 1 elements, not 2 to 3");
  list.scalars.resize(3, std::uint64_t{1});
  CHECK_FALSE(value_problem(p, list).has_value());
  list.scalars.resize(4, std::uint64_t{1});
  CHECK(value_problem(p, list).has_value());
  p.max_count = 0;
  list.scalars.resize(kMaxItems, std::uint64_t{1});
  CHECK_FALSE(value_problem(p, list).has_value());
  list.scalars.resize(kMaxItems + 1, std::uint64_t{1});
  CHECK(value_problem(p, list).has_value());
}

TEST_CASE("a value lies within bounds, both included, and is finite") {
  ParamRecord p = number(ValueType::uint64);
  p.minimum = whole(2);
  p.maximum = whole(4);
  CHECK(value_problem(p, whole(1)) == "is below the minimum");
  CHECK_FALSE(value_problem(p, whole(2)).has_value());
  CHECK_FALSE(value_problem(p, whole(4)).has_value());
  CHECK(value_problem(p, whole(5)) == "is above the maximum");
  const ParamRecord real = number(ValueType::real);
  CHECK_FALSE(value_problem(real, one(ValueType::real, -0.5)).has_value());
  CHECK(value_problem(real, one(ValueType::real, std::nan(""))) == "is no finite number");
  CHECK(value_problem(real, one(ValueType::real, std::numeric_limits<double>::infinity())).has_value());
}

TEST_CASE("a value is one of the choices, and each element of a list is") {
  ParamRecord p = number(ValueType::choice);
  p.choices = {one(ValueType::choice, std::string("a")), one(ValueType::choice, std::string("b"))};
  CHECK_FALSE(value_problem(p, one(ValueType::choice, std::string("b"))).has_value());
  CHECK(value_problem(p, one(ValueType::choice, std::string("c"))) == "is none of the choices");
  p.list = true;
  CHECK(value_problem(p, Value{ValueType::choice, true, {std::string("a"), std::string("c")}}).has_value());
}

TEST_CASE("a string is a text, and bounds or choices of a wrong shape are read as absent") {
  ParamRecord p = number(ValueType::string);
  CHECK_FALSE(value_problem(p, one(ValueType::string, std::string("two\nlines"))).has_value());
  CHECK(value_problem(p, one(ValueType::string, std::string("\x1b[2J"))).has_value());
  CHECK(value_problem(p, one(ValueType::string, std::string(kMaxTextBytes + 1, 'a'))).has_value());
  ParamRecord n = number(ValueType::uint64);
  n.minimum = Value{ValueType::uint64, true, {}};
  CHECK_FALSE(value_problem(n, whole(0)).has_value());
  n.choices = {Value{ValueType::uint64, true, {}}};
  CHECK(value_problem(n, whole(0)) == "is none of the choices");
}
