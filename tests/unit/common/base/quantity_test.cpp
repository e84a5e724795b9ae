#include "common/base/quantity.h"

#include <doctest/doctest.h>

#include <string>

#include "common/base/units.h"

using namespace benchhost;

namespace {

double good(std::string_view text, std::string_view unit) {
  const auto read = parse_quantity(text, unit);
  CAPTURE(text);
  CAPTURE(unit);
  REQUIRE_MESSAGE(read.ok(), to_text(read.ok() ? Error{} : read.error()));
  return *read;
}

}  // namespace

TEST_CASE("a value is read in the unit of its metric, with the prefixes that the unit takes") {
  CHECK(good("10 GB/s", "By/s") == 10e9);
  CHECK(good("1.5GiB/s", "By/s") == 1.5 * 1024 * 1024 * 1024);
  CHECK(good("64 KiB", "By") == 65536);
  CHECK(good("64 KB", "By") == 64000);
  CHECK(good("2 KiB/item", "By/{item}") == 2048);
  CHECK(good("5 ms", "ns") == 5e6);
  CHECK(good("1.5 \u00b5s", "ns") == 1500);
  CHECK(good("2 min", "ns") == 1.2e11);
  CHECK(good("0.9", "1") == 0.9);
  CHECK(good("90 %", "1") == doctest::Approx(0.9));
  CHECK(good("-0.5", "1") == -0.5);
  CHECK(good("2.4 GHz", "Hz") == 2.4e9);
  CHECK(good("40 mW", "W") == doctest::Approx(0.04));
  CHECK(good("3 uJ", "J") == doctest::Approx(3e-6));
  CHECK(good("7 mJ/token", "J/{token}") == doctest::Approx(7e-3));
  CHECK(good("12.3 M token/s", "{token}/s") == 12.3e6);
  CHECK(good("12.3 Mtoken/s", "{token}/s") == 12.3e6);
  CHECK(good("5 k/s", "1/s") == 5000);
  CHECK(good("12", "{fault}") == 12);
  CHECK(good("3 M", "{fault}") == 3e6);
  CHECK(good("80 \u00b0C", "Cel") == 80);
  CHECK(good("80 Cel", "Cel") == 80);
  CHECK(good("7 {flop}/s", "{flop}/s") == 7);
  CHECK(good("3 lx", "lx") == 3);
}

TEST_CASE("what format_quantity writes is read back") {
  for (const char* unit :
       {"ns", "By", "By/s", "By/{item}", "1", "Hz", "J", "W", "s", "J/{item}", "{item}", "{item}/s", "1/s", "Cel"}) {
    for (const double value : {0.25, 1.0, 42.0, 3000.0, 1.25e7, 6.5e10}) {
      const std::string text = format_quantity(value, unit);
      // "6.5e+10": a plain number with an exponent is for reading only.
      if (text.find("e+") != std::string::npos) continue;
      CHECK(good(text, unit) == doctest::Approx(value).epsilon(0.006));
    }
  }
}

TEST_CASE("a value without its unit, with another or with none is refused with an example that would do") {
  const auto error = [](std::string_view text, std::string_view unit) {
    const auto read = parse_quantity(text, unit);
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().code == "BH0005");
    return to_text(read.error());
  };
  CHECK(error("10", "By/s") == "'10' has no unit (write it as 25.0 B/s)");
  CHECK(error("10 GB", "By/s") == "'GB' is no unit of this metric, which is in By/s (write it as 25.0 B/s)");
  CHECK(error("10 ms", "1") == "'ms' is no unit of this metric, which is in 1 (write it as 0.50)");
  CHECK(error("fast", "By/s") == "'fast' is no value (write it as 25.0 B/s)");
  CHECK(error("", "1").starts_with("'' is no value"));
  CHECK(error("inf", "1").starts_with("'inf' is no value"));
  CHECK(error("1e3", "ns").starts_with("'e3' is no unit"));
  CHECK(error("5 M", "ns").starts_with("'M' is no unit"));
}
