#include "suite/written_value.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "suite/convert.h"
#include "suite/selection.h"
#include "suite/sweep_values.h"

namespace p = benchhost::protocol;
using benchhost::suite::parse_parameter;
using benchhost::suite::sweep_values;
using benchhost::suite::written_value;

namespace {

// Texts that a shell, YAML or a sweep could take for something else.
const std::vector<std::string> kHostile = {
    "",
    " ",
    "plain",
    "/usr/share/a_b-c.txt",
    "with blank",
    " leading and trailing ",
    "a,b",
    "a, b",
    "[64, 64, 1]",
    "[[1]]",
    "{log2: [1, 8]}",
    "sweep",
    "null",
    "~",
    "true",
    "False",
    "yes",
    "on",
    "Off",
    "N",
    "010",
    "1_000",
    "1:30",
    "1e3",
    "0x10",
    "12",
    "-1",
    ".5",
    ".inf",
    ".NaN",
    "64 KiB",
    "it's",
    "say \"hi\"",
    "back\\slash",
    "a\nb",
    "a\r\nb",
    "\ttab",
    "\x1b[31mred\x1b[0m",
    std::string("null\0byte", 9),
    "# no comment",
    "key: value",
    "- item",
    "? key",
    "&anchor",
    "*alias",
    "!tag",
    "%directive",
    "@at",
    "`tick`",
    "$HOME $(id) ;|&<>",
    "=",
    "a=b",
    "|",
    ">",
    "---",
    "...",
    "\xc3\xa9t\xc3\xa9",
    "\xe2\x80\xae right to left",
    "\xef\xbb\xbf mark",
    "\xf0\x9f\x98\x80",
    "\xc2\x85 next line \xe2\x80\xa8",
    "\x7f",
};

p::ParamRecord parameter(p::ValueType type, bool list) {
  p::ParamRecord record;
  record.name = "q";
  record.type = type;
  record.list = list;
  return record;
}

// Written, read back from the command line, converted.
void check_round_trip(const p::Value& value) {
  const std::string text = written_value(value);
  CAPTURE(text);
  const auto axis = parse_parameter("q=" + text);
  REQUIRE_MESSAGE(axis.ok(), (axis.ok() ? "" : to_text(axis.error())));
  const auto read = sweep_values(axis->sweep, parameter(value.type, value.list));
  REQUIRE_MESSAGE(read.ok(), (read.ok() ? "" : to_text(read.error())));
  REQUIRE(read->size() == 1);
  CHECK(read->front() == value);
}

}  // namespace

TEST_CASE("every text comes back as it was") {
  for (const std::string& text : kHostile) check_round_trip(p::string_value(text));
}

TEST_CASE("every list comes back as one list, the empty one too") {
  p::Value texts = p::string_value("");
  texts.list = true;
  texts.scalars.assign(kHostile.begin(), kHostile.end());
  check_round_trip(texts);
  for (const auto& scalars : {std::vector<p::Scalar>{}, {std::uint64_t{64}}, {std::uint64_t{64}, std::uint64_t{64}}}) {
    p::Value sizes = p::uint_value(0);
    sizes.list = true;
    sizes.scalars = scalars;
    check_round_trip(sizes);
  }
}

TEST_CASE("numbers come back to the last bit") {
  for (const double number : {0.0, 0.1, -2.5, 1e20, 1e-300, 1.0 / 3.0, 123456789012345678.0,
                              std::numeric_limits<double>::max(), std::numeric_limits<double>::denorm_min()}) {
    check_round_trip(p::real_value(number));
  }
  const auto negative_zero = parse_parameter("q=" + written_value(p::real_value(-0.0)));
  REQUIRE(negative_zero.ok());
  CHECK(negative_zero->sweep.values.front().text == "-0");
  for (const std::int64_t number : {std::int64_t{0}, std::int64_t{-1}, std::numeric_limits<std::int64_t>::min(),
                                    std::numeric_limits<std::int64_t>::max()}) {
    check_round_trip(p::int_value(number));
  }
  check_round_trip(p::uint_value(std::numeric_limits<std::uint64_t>::max()));
  check_round_trip(p::bool_value(true));
  check_round_trip(p::bool_value(false));
}

TEST_CASE("choices that look like truth values are texts") {
  for (const char* choice : {"plain", "yes", "null", "sweep", "fp64"}) {
    const auto axis = parse_parameter("q=" + written_value(p::choice_value(choice)));
    REQUIRE(axis.ok());
    REQUIRE(axis->sweep.values.size() == 1);
    CHECK(axis->sweep.values.front().text == choice);
  }
  CHECK(written_value(p::choice_value("fp64")) == "fp64");
  CHECK(written_value(p::string_value("/tmp/a-b_c.so")) == "/tmp/a-b_c.so");
}
