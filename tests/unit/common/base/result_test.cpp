#include "common/base/result.h"

#include <doctest/doctest.h>

#include <memory>

using benchhost::Error;
using benchhost::make_error;
using benchhost::Result;

namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return make_error("BH0001", "odd", "take an even one");
  return value / 2;
}

Result<std::unique_ptr<int>> quarter(int value) {
  BH_TRY(const int first, half(value));
  BH_TRY(const int second, half(first));
  return std::make_unique<int>(second);
}

Result<void> must_be_quarter(int value) {
  BH_CHECK(quarter(value));
  return {};
}

}  // namespace

TEST_CASE("BH_TRY hands the value on and returns the error") {
  CHECK(**quarter(8) == 2);
  const auto failed = quarter(6);
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().code == "BH0001");
  CHECK(must_be_quarter(4).ok());
  CHECK_FALSE(must_be_quarter(3).ok());
}

TEST_CASE("context is added outermost first and printed with message and help") {
  const Error error = make_error("BH0001", "odd", "take an even one").in("14:3").in("nightly.yaml");
  CHECK(error.place == "nightly.yaml: 14:3");
  CHECK(to_text(error) == "nightly.yaml: 14:3: odd (take an even one)");
  CHECK(to_text(make_error("", "odd")) == "odd");
}
