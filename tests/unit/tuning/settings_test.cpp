#include "tuning/settings.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "unit/tuning/kernel_tree.h"

using namespace benchhost;
using namespace benchhost::tuning;
using benchhost::test::KernelTree;

namespace {

std::vector<std::string> names(const std::vector<Change>& changes) {
  std::vector<std::string> all;
  for (const Change& c : changes) all.push_back(c.name);
  return all;
}

std::string because(const TunePlan& plan, std::string_view name) {
  const auto found = std::ranges::find(plan.kept, name, &Kept::name);
  return found == plan.kept.end() ? "" : found->because;
}

}  // namespace

TEST_CASE("a machine at its defaults has five settings to change, each with what it is, should be, and why") {
  KernelTree tree;
  tree.put_defaults();
  const TunePlan plan = plan_tuning(tree.files, tree.root());
  CHECK(names(plan.changes) == std::vector<std::string>{"governor", "turbo", "huge_pages", "perf_event_paranoid",
                                                        "perf_event_max_sample_rate"});
  CHECK(plan.changes[0].files == std::vector<SettingFile>{{std::string(test::kGovernor0), "powersave"},
                                                          {std::string(test::kGovernor1), "powersave"}});
  CHECK(plan.changes[0].then == "performance");
  CHECK(plan.changes[1].files == std::vector<SettingFile>{{std::string(test::kNoTurboFile), "0"}});
  CHECK(plan.changes[1].then == "1");
  CHECK(plan.changes[2].files[0].now == "always");
  CHECK(plan.changes[2].then == "madvise");
  for (const Change& c : plan.changes) CHECK_FALSE(c.why.empty());
  REQUIRE(plan.advice.size() == 2);
  CHECK(plan.advice[0].name == "smt");
  CHECK(plan.advice[1].name == "cpus");
}

TEST_CASE("a system without such files has nothing to change, and says so of each") {
  KernelTree tree;
  const TunePlan plan = plan_tuning(tree.files, tree.root());
  CHECK(plan.changes.empty());
  CHECK(plan.kept.size() == 5);
  for (const Kept& k : plan.kept) CHECK(k.because.find("no such setting") != std::string::npos);
  CHECK(plan.advice.empty());
}

TEST_CASE("what is as it should be is kept, also where it is better than asked for") {
  KernelTree tree;
  tree.put_defaults();
  tree.put(test::kGovernor0, "performance\n");
  tree.put(test::kGovernor1, "performance\n");
  tree.put(test::kNoTurboFile, "1\n");
  tree.put("sys/kernel/mm/transparent_hugepage/enabled", "always madvise [never]\n");
  tree.put(test::kParanoidFile, "-1\n");
  tree.put("proc/sys/kernel/perf_event_max_sample_rate", "1\n");
  const TunePlan plan = plan_tuning(tree.files, tree.root());
  CHECK(plan.changes.empty());
  CHECK(because(plan, "governor") == "it is performance");
  CHECK(because(plan, "huge_pages") == "it is never");
  CHECK(because(plan, "perf_event_paranoid") == "it is -1");
}

TEST_CASE("a governor that the driver does not offer is not asked for, and boost stands where no_turbo is not") {
  KernelTree tree;
  tree.put(test::kGovernor0, "schedutil\n");
  tree.put("sys/devices/system/cpu/cpu0/cpufreq/scaling_available_governors", "schedutil performance_like\n");
  tree.put("sys/devices/system/cpu/cpufreq/boost", "1\n");
  const TunePlan plan = plan_tuning(tree.files, tree.root());
  CHECK(because(plan, "governor") == "1 CPU has no governor 'performance'");
  REQUIRE(plan.changes.size() == 1);
  CHECK(plan.changes[0].name == "turbo");
  CHECK(plan.changes[0].then == "0");
}

TEST_CASE("a clock that is set by hand stays as it is") {
  KernelTree tree;
  tree.put_defaults();
  tree.put(test::kGovernor0, "userspace\n");
  tree.put(test::kGovernor1, "userspace\n");
  const TunePlan plan = plan_tuning(tree.files, tree.root());
  CHECK(because(plan, "governor") == "the clock of 2 CPUs is set by hand (userspace)");
  CHECK(std::ranges::count(plan.changes, "governor", &Change::name) == 0);
}

TEST_CASE("governors are taken in the order of CPUs, not of their names") {
  KernelTree tree;
  for (const char* cpu : {"cpu10", "cpu2"}) {
    const std::string folder = std::string("sys/devices/system/cpu/") + cpu + "/cpufreq/";
    tree.put(folder + "scaling_governor", "powersave");
    tree.put(folder + "scaling_available_governors", "performance");
  }
  const TunePlan plan = plan_tuning(tree.files, tree.root());
  REQUIRE(plan.changes.size() == 1);
  REQUIRE(plan.changes[0].files.size() == 2);
  CHECK(plan.changes[0].files[0].file.find("cpu2/") != std::string::npos);
}

TEST_CASE("nothing but the files of these settings is ever one") {
  CHECK(is_setting_file(test::kGovernor1));
  CHECK(is_setting_file(test::kParanoidFile));
  for (const char* other :
       {"etc/passwd", "/sys/devices/system/cpu/intel_pstate/no_turbo", "",
        "sys/devices/system/cpu/cpu0/../../../../../etc/cpufreq/scaling_governor",
        "sys/devices/system/cpu/cpu/cpufreq/scaling_governor", "sys/devices/system/cpu/cpux/cpufreq/scaling_governor",
        "sys/devices/system/cpu/cpufreq/scaling_governor", "proc/sys/kernel/perf_event_paranoid/"}) {
    CAPTURE(other);
    CHECK_FALSE(is_setting_file(other));
  }
}

TEST_CASE("a value is one short word") {
  CHECK(is_setting_value("performance"));
  CHECK(is_setting_value("-1"));
  for (const std::string& other : {std::string(), std::string("a b"), std::string("1\n"), std::string("../x"),
                                   std::string(41, 'a'), std::string("\x1b[31m")}) {
    CHECK_FALSE(is_setting_value(other));
  }
}
