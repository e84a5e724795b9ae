#include "common/base/utc_text.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

using benchhost::utc_text;

TEST_CASE("a point in time is told in UTC, to the minute") {
  // By `date -u -d @SECONDS`.
  CHECK(utc_text(0) == "1970-01-01 00:00");
  CHECK(utc_text(1'772'357'400'000'000'000) == "2026-03-01 09:30");
  CHECK(utc_text(1'709'207'999'999'999'999) == "2024-02-29 11:59");
  CHECK(utc_text(-1) == "1969-12-31 23:59");
  CHECK(utc_text(std::numeric_limits<std::int64_t>::max()) == "2262-04-11 23:47");
  CHECK(utc_text(std::numeric_limits<std::int64_t>::min()) == "1677-09-21 00:12");
}
