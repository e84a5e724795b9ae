#include "suite/expressions.h"

#include <doctest/doctest.h>

namespace benchhost::suite {
namespace {

TEST_CASE("a device selector sees devices and the machine, and nothing of a benchmark") {
  const Position at{"s.yaml", 1, 2};
  CHECK(check_device_expression("mem.bytes >= 4 GiB && machine.cores > 1", at).ok());
  CHECK(check_device_expression("nvidia.cc >= 800", at).ok());
  CHECK_FALSE(check_device_expression("param.n > 1", at).ok());
  CHECK_FALSE(check_device_expression("mem.bytes", at).ok());
  const auto wrong = check_device_expression("knd == 'cpu'", at);
  REQUIRE_FALSE(wrong.ok());
  CHECK(wrong.error().place.starts_with("s.yaml:1:2"));
}

}  // namespace
}  // namespace benchhost::suite
