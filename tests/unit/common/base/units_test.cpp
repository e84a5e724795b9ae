#include "common/base/units.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace benchhost;

TEST_CASE("times carry the unit that suits them and three digits") {
  CHECK(format_ns(12.34) == "12.3 ns");
  CHECK(format_ns(0.5) == "0.50 ns");
  CHECK(format_ns(1500) == "1.50 \u00b5s");
  CHECK(format_ns(2.5e8) == "250 ms");
  CHECK(format_ns(9e10) == "90.0 s");
  CHECK(format_ns(1.2345e12) == "1234 s");
  CHECK(format_ns(-1500) == "-1.50 \u00b5s");
  CHECK(format_ns(0) == "0 s");
}

TEST_CASE("rounding up to the next prefix takes that prefix") {
  CHECK(format_ns(999.4) == "999 ns");
  CHECK(format_ns(999.6) == "1.00 \u00b5s");
  CHECK(format_ns(9.996) == "10.0 ns");
  CHECK(format_ns(99.96) == "100 ns");
}

TEST_CASE("what is unknown is written as a dash and never as a number") {
  CHECK(format_ns(std::nan("")) == "-");
  CHECK(format_quantity(std::numeric_limits<double>::infinity(), "By/s") == "-");
}

TEST_CASE("quantities of the registry's units") {
  CHECK(format_quantity(12.3e9, "By/s") == "12.3 GB/s");
  CHECK(format_quantity(65536, "By") == "64.0 KiB");
  CHECK(format_quantity(1.5 * 1048576, "By") == "1.50 MiB");
  CHECK(format_quantity(512, "By") == "512 B");
  CHECK(format_percent(0) == "0 %");
  CHECK(format_percent(0.00031) == "0.031 %");
  CHECK(format_percent(0.025) == "2.5 %");
  CHECK(format_percent(0.0996) == "10 %");
  CHECK(format_percent(1) == "100 %");
  CHECK(format_percent(1.333) == "133 %");
  CHECK(format_percent(99.99) == "9999 %");
  CHECK(format_percent(99.996) == "9999+ %");
  CHECK(format_percent(1e300) == "9999+ %");
  CHECK(format_quantity(244.0, "ns", 0.25) == "244.0 ns");
  CHECK(format_quantity(244.3, "ns", 0.25) == "244.3 ns");
  CHECK(format_quantity(1'234'500, "ns", 500) == "1.2345 ms");
  CHECK(format_quantity(12.3e9, "By/s", 2e9) == "12.3 GB/s");
  CHECK(format_quantity(3, "1", 0.01) == "3.00");
  CHECK(format_quantity(3, "1", 1) == "3");
  CHECK(format_quantity(1.5, "1", 1e-300) == "1.500000000000000");
  CHECK(format_quantity(2048, "By/{item}") == "2.00 KiB/item");
  CHECK(format_quantity(1500, "ns") == "1.50 \u00b5s");
  CHECK(format_quantity(0.25, "1") == "0.25");
  CHECK(format_quantity(3, "1") == "3");
  CHECK(format_quantity(3, "{token}") == "3 token");
  CHECK(format_quantity(12.3e6, "{token}/s") == "12.3 M token/s");
  CHECK(format_quantity(4.5e3, "1/s") == "4.50 k/s");
  CHECK(format_quantity(1.2e9, "Hz") == "1.20 GHz");
  CHECK(format_quantity(0.045, "W") == "45.0 mW");
  CHECK(format_quantity(0.002, "J/{item}") == "2.00 mJ/item");
  CHECK(format_quantity(45.5, "Cel") == "45.5 \u00b0C");
  CHECK(format_quantity(7, "furlong") == "7 furlong");
}

TEST_CASE("durations are read with their unit") {
  CHECK(parse_duration("30s")->count == 30'000'000'000);
  CHECK(parse_duration("1.5m")->count == 90'000'000'000);
  CHECK(parse_duration("250ms")->count == 250'000'000);
  CHECK(parse_duration(" 2 h ")->count == 7'200'000'000'000);
  CHECK(parse_duration("10us")->count == 10'000);
  CHECK(parse_duration("7ns")->count == 7);
  CHECK(parse_duration("1d")->count == 86'400'000'000'000);
  CHECK(parse_duration("0s")->count == 0);
}

TEST_CASE("durations without a unit, with a sign, a word or too many years are refused") {
  for (const char* bad :
       {"", "30", "-1s", "+1s", "s", "1 fortnight", "inf s", "nan", "1s2", "1..5s", "1000000d", "1e3s"}) {
    CAPTURE(bad);
    const auto result = parse_duration(bad);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().code == "BH0005");
  }
  CHECK(parse_duration("30").error().help.find("unit") != std::string::npos);
}

TEST_CASE("sizes are read exactly") {
  CHECK(parse_bytes("4096")->count == 4096);
  CHECK(parse_bytes("64 KiB")->count == 65536);
  CHECK(parse_bytes("1.5GiB")->count == 1610612736);
  CHECK(parse_bytes("10 MB")->count == 10000000);
  CHECK(parse_bytes("18446744073709551615")->count == UINT64_MAX);
  CHECK(parse_bytes("9007199254740993")->count == 9007199254740993u);
}

TEST_CASE("sizes that are no whole number of bytes or do not fit are refused") {
  for (const char* bad :
       {"", "-1", "0.3", "1.0001 kB x", "18446744073709551616", "18000000000 GiB", "64 kib", "K", "1e3"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_bytes(bad).ok());
  }
}
