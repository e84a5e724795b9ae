#include "common/base/error_codes.h"

#include <doctest/doctest.h>

#include <string>

using namespace benchhost;

TEST_CASE("every code has the form BHxxxx, a title without a full stop and an explanation with one") {
  for (const ErrorCode& row : error_codes()) {
    CAPTURE(std::string(row.code));
    REQUIRE(row.code.size() == 6);
    CHECK(row.code.starts_with("BH0"));
    CHECK(row.code.find_first_not_of("0123456789", 2) == std::string_view::npos);
    CHECK_FALSE(row.title.empty());
    CHECK(row.title.back() != '.');
    CHECK(row.explanation.size() > 20);
    CHECK(row.explanation.back() == '.');
  }
}

TEST_CASE("a code is found in either case and an unknown one is not") {
  REQUIRE(find_error_code("BH0004") != nullptr);
  CHECK(find_error_code("bh0004") == find_error_code("BH0004"));
  CHECK(find_error_code("BH9999") == nullptr);
  CHECK(find_error_code("") == nullptr);
  CHECK(find_error_code("BH00040") == nullptr);
}
