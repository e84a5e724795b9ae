#include "suite/environment.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "suite/keys.h"

using namespace benchhost;
using namespace benchhost::suite;

namespace {

/// Why a demand is not met; "": it is.
std::string because(const std::string& name, const std::string& value, const EnvironmentFacts& facts) {
  const Demand demand{name, value, {"s.yaml", 3, 5}};
  const auto unmet = evaluate({&demand, 1}, facts);
  REQUIRE(unmet.size() <= 1);
  if (unmet.empty()) return {};
  CHECK(unmet[0].demand == demand);
  return unmet[0].because;
}

EnvironmentFacts a_machine() {
  EnvironmentFacts facts;
  facts.governor = "powersave";
  facts.turbo = true;
  facts.smt = true;
  facts.aslr = true;
  facts.load_1_minute = 3;
  facts.steal_ratio = 0.04;
  facts.cores = 4;
  facts.memory_bytes = std::uint64_t{8} << 30;
  facts.free_memory_bytes = std::uint64_t{2} << 30;
  facts.ac_power = false;
  facts.resolution_ratio = 0.05;
  return facts;
}

}  // namespace

TEST_CASE("each demand is met by what it asks for and says what it found instead") {
  const EnvironmentFacts facts = a_machine();
  struct Row {
    const char* name;
    const char* met;
    const char* unmet;
    const char* because;
  };
  for (const Row& row :
       {Row{"governor", "powersave", "performance", "the governor is powersave"},
        Row{"turbo", "true", "false", "turbo is on"}, Row{"smt", "true", "False", "simultaneous multithreading is on"},
        Row{"aslr", "TRUE", "false", "address randomisation is on"},
        Row{"max_load", "0.75", "0.7", "the load over one minute is 0.75 per core"},
        Row{"min_free_memory", "2 GiB", "3 GiB", "free memory is 2.00 GiB"},
        Row{"max_steal", "4 %", "0", "stolen time is 4.0 %"}, Row{"min_cores", "4", "5", "4 cores may be used"},
        Row{"min_memory", "8 GiB", "8.5 GiB", "memory is 8.00 GiB"},
        Row{"max_resolution", "0.05", "4.9 %", "what this machine resolves is 5.0 %"},
        Row{"ac_power", "false", "true", "mains power is not there"}}) {
    CAPTURE(row.name);
    CHECK(because(row.name, row.met, facts).empty());
    CHECK(because(row.name, row.unmet, facts) == row.because);
  }
}

TEST_CASE("what is not known meets no demand") {
  for (const Key& key : environment_keys().keys) {
    if (key.shape == Shape::unmet) continue;
    CAPTURE(key.name);
    const std::string value = key.shape == Shape::boolean ? "true" : key.shape == Shape::governor ? "performance" : "1";
    CHECK(because(std::string(key.name), value, {}).ends_with("is not known here"));
  }
}

TEST_CASE("cores that differ in their governor have none") {
  EnvironmentFacts facts;
  facts.governor = "performance,powersave";
  CHECK(because("governor", "performance", facts) == "the governor is performance,powersave");
}

TEST_CASE("demands that are not met keep their order and place") {
  const std::vector<Demand> demands = {
      {"turbo", "false", {"s.yaml", 4, 7}}, {"smt", "true", {"s.yaml", 5, 7}}, {"aslr", "false", {"s.yaml", 6, 7}}};
  const auto unmet = evaluate(demands, a_machine());
  REQUIRE(unmet.size() == 2);
  CHECK(unmet[0].demand == demands[0]);
  CHECK(unmet[1].demand == demands[2]);
  CHECK(to_text(unmet[0]) == "the environment is not as demanded (turbo: false): turbo is on");
}

TEST_CASE("facts come from the machine and its load, and stay unknown where these are") {
  platform::MachineFacts machine;
  platform::LoadFacts load;
  const EnvironmentFacts none = environment_facts(machine, load);
  CHECK_FALSE(none.governor);
  CHECK_FALSE(none.aslr);
  CHECK_FALSE(none.cores);
  CHECK_FALSE(none.free_memory_bytes);
  machine.governor = "schedutil";
  machine.address_randomisation = 2;
  machine.cores_available = 6;
  load.load_1_minute = 0.5;
  load.steal_ratio = 0.01;
  load.free_memory_bytes = 4096;
  load.ac_power = true;
  const EnvironmentFacts facts = environment_facts(machine, load);
  CHECK(facts.governor == "schedutil");
  CHECK(facts.aslr == true);
  CHECK(facts.cores == 6u);
  CHECK(facts.load_1_minute == 0.5);
  CHECK(facts.steal_ratio == 0.01);
  CHECK(facts.free_memory_bytes == 4096u);
  CHECK(facts.ac_power == true);
  machine.address_randomisation = 0;
  CHECK(environment_facts(machine, load).aslr == false);
}
