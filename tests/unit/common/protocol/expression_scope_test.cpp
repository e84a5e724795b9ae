#include "common/protocol/expression_scope.h"

#include <benchhost/capabilities.h>
#include <doctest/doctest.h>

#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace benchhost;
using namespace benchhost::protocol;

namespace {

#define BH_TEST_ROW(name, type) std::pair<std::string_view, std::uint32_t>{name, BH_CAP_TYPE_##type},
constexpr std::pair<std::string_view, std::uint32_t> kPublished[] = {BH_CAP_TABLE(BH_TEST_ROW)};
#undef BH_TEST_ROW

std::vector<ParamRecord> parameters() {
  ParamRecord n;
  n.name = "n";
  n.type = ValueType::uint64;
  ParamRecord kinds;
  kinds.name = "kinds";
  kinds.type = ValueType::choice;
  kinds.list = true;
  return {n, kinds};
}

bool reads(const char* text, const ExprScope& scope, ExprType wanted) {
  const auto parsed = Expression::parse(text);
  REQUIRE(parsed.ok());
  return parsed->check(scope, wanted).ok();
}

}  // namespace

TEST_CASE("the device facts of expressions are those of the published header, in its order") {
  REQUIRE(device_facts().size() == std::size(kPublished));
  for (std::size_t i = 0; i < std::size(kPublished); ++i) {
    CAPTURE(std::string(kPublished[i].first));
    CHECK(device_facts()[i].name == kPublished[i].first);
    CHECK(static_cast<std::uint32_t>(device_facts()[i].type) == kPublished[i].second);
  }
}

TEST_CASE("a constraint sees parameters alone, by their types") {
  const ExprScope scope = constraint_scope(parameters());
  CHECK(reads("n % 2 == 0 && 'a' in kinds", scope, kExprBoolean));
  CHECK_FALSE(reads("n == 'a'", scope, kExprBoolean));
  CHECK_FALSE(reads("kinds > 1", scope, kExprBoolean));
  CHECK_FALSE(reads("machine.cores > 1", scope, kExprBoolean));
  CHECK_FALSE(reads("device.units > 1", scope, kExprBoolean));
  CHECK_FALSE(reads("m > 1", scope, kExprBoolean));
}

TEST_CASE("a claim sees parameters and the machine") {
  const ExprScope scope = claim_scope(parameters());
  CHECK(reads("min(n, machine.cores)", scope, kExprNumber));
  CHECK_FALSE(reads("device.units", scope, kExprNumber));
}

TEST_CASE("a requirement sees the machine by short names, and parameters") {
  const ExprScope scope = requirement_scope(parameters());
  CHECK(reads("cores >= param.n && 'avx2' in isa && arch == 'x86_64'", scope, kExprBoolean));
  CHECK_FALSE(reads("cores >= n", scope, kExprBoolean));
  CHECK_FALSE(reads("device.units > 1", scope, kExprBoolean));
}

TEST_CASE("a slot's requirement sees its device by short names and facts of vendors, parameters and the machine") {
  const ExprScope scope = slot_scope(parameters());
  CHECK(reads("kind == 'opencl' && mem.bytes >= param.n * 8", scope, kExprBoolean));
  CHECK(reads("'fp64' in types && software == false && machine.cores > 1", scope, kExprBoolean));
  CHECK(reads("nvidia.cc >= 800", scope, kExprBoolean));
  CHECK_FALSE(reads("knid == 'opencl'", scope, kExprBoolean));
  CHECK_FALSE(reads("types > 1", scope, kExprBoolean));
}
