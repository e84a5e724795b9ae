#include "suite/expressions.h"

#include <benchhost/device.h>
#include <doctest/doctest.h>

#include <array>
#include <string_view>
#include <utility>

namespace benchhost::suite {
namespace {

#define BH_TEST_ROW(name, type) std::pair<std::string_view, std::uint32_t>{name, BH_CAP_TYPE_##type},
constexpr std::pair<std::string_view, std::uint32_t> kPublished[] = {BH_CAP_TABLE(BH_TEST_ROW)};
#undef BH_TEST_ROW

TEST_CASE("the device facts of expressions are those of the published header") {
  REQUIRE(device_facts().size() == std::size(kPublished));
  for (std::size_t i = 0; i < std::size(kPublished); ++i) {
    CHECK(device_facts()[i].name == kPublished[i].first);
    CHECK(static_cast<std::uint32_t>(device_facts()[i].type) == kPublished[i].second);
  }
}

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
