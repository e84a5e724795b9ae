#include "schedule/demands.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace benchhost;
using schedule::apply_demands;
using schedule::Plan;
using suite::WhenUnmet;

namespace {

const suite::Demand kGovernor{"governor", "performance", {"s.yaml", 3, 5}};
const suite::Demand kMemory{"min_memory", "1 GiB", {"s.yaml", 4, 5}};
constexpr const char* kWhy = "the environment is not as demanded (governor: performance): the governor is powersave";

suite::EnvironmentFacts facts() {
  suite::EnvironmentFacts out;
  out.governor = "powersave";
  out.memory_bytes = std::uint64_t{8} << 30;
  return out;
}

Plan plan_of(std::size_t cases, std::vector<suite::Demand> demands, WhenUnmet then) {
  Plan plan;
  for (std::size_t i = 0; i < cases; ++i) {
    schedule::PlanCase c;
    c.spec.environment = demands;
    c.spec.when_unmet = then;
    plan.cases.push_back(c);
  }
  return plan;
}

}  // namespace

TEST_CASE("demands that are met change nothing") {
  Plan plan = plan_of(2, {kMemory}, WhenUnmet::fail);
  apply_demands(plan, facts());
  CHECK(plan.warnings.empty());
  CHECK(plan.cases[0].runs());
  CHECK_FALSE(plan.start.environment.has("unmet"));
}

TEST_CASE("where the suite warns its cases run, and each demand is said once with its number of cases") {
  Plan plan = plan_of(3, {kGovernor, kMemory}, WhenUnmet::warn);
  apply_demands(plan, facts());
  CHECK(plan.warnings == std::vector<std::string>{std::string(kWhy) + " (3 cases run so)"});
  CHECK(plan.cases[0].runs());
  const Json& unmet = plan.start.environment["unmet"];
  REQUIRE(unmet.items().size() == 1);
  CHECK(to_text(unmet.items()[0]) ==
        R"({"demand":"governor","value":"performance","because":"the governor is powersave","cases":3,"then":"warn"})");
}

TEST_CASE("where the suite skips or fails its cases carry the reason, and nothing is warned of") {
  Plan skipped = plan_of(1, {kGovernor}, WhenUnmet::skip);
  apply_demands(skipped, facts());
  CHECK(skipped.cases[0].spec.skip_reason == kWhy);
  CHECK(skipped.cases[0].refused_because.empty());
  Plan failed = plan_of(1, {kGovernor}, WhenUnmet::fail);
  apply_demands(failed, facts());
  CHECK(failed.cases[0].refused_because == kWhy);
  CHECK(failed.cases[0].spec.skip_reason.empty());
  CHECK_FALSE(failed.cases[0].runs());
  CHECK(skipped.warnings.empty());
  CHECK(failed.warnings.empty());
  CHECK(failed.start.environment["unmet"].items()[0]["then"].as_string() == "fail");
}

TEST_CASE("a case that would not run anyway keeps its own reason") {
  Plan plan = plan_of(1, {kGovernor}, WhenUnmet::skip);
  plan.cases[0].spec.skip_reason = "there is no such device";
  apply_demands(plan, facts());
  CHECK(plan.cases[0].spec.skip_reason == "there is no such device");
  CHECK_FALSE(plan.start.environment.has("unmet"));
}
