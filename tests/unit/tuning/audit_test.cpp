#include "tuning/audit.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace benchhost;
using namespace benchhost::tuning;

namespace {

platform::HardwareThread thread(unsigned cpu, unsigned core) {
  platform::HardwareThread t;
  t.cpu = cpu;
  t.core = core;
  return t;
}

/// A machine of which all is known and nothing is wrong, but what belongs to every machine (isolation, layout).
struct Quiet {
  platform::MachineFacts machine;
  platform::LoadFacts load;
  platform::ConditionFacts conditions;
  platform::ClockFacts clock;
  std::vector<unsigned> allowed = {0, 1, 2, 3};

  Quiet() {
    for (unsigned cpu = 0; cpu < 4; ++cpu) machine.topology.threads.push_back(thread(cpu, cpu));
    machine.governor = "performance";
    machine.turbo = false;
    machine.smt = false;
    machine.virtual_machine = false;
    machine.address_randomisation = 2;
    machine.transparent_huge_pages = "madvise";
    machine.memory_bytes = std::uint64_t{16} << 30;
    load.busy_ratio = 0.0;
    load.steal_ratio = 0.0;
    load.steal_ticks = 0;
    load.load_1_minute = 0.01;
    load.free_memory_bytes = std::uint64_t{8} << 30;
    load.ac_power = true;
    load.temperature_celsius = 45;
    conditions.online = std::vector<unsigned>{0, 1, 2, 3};
    conditions.isolated = std::vector<unsigned>{2, 3};
    conditions.container = "";
    conditions.cpu_limited = false;
    conditions.swap_used_bytes = 0;
    conditions.clock_source = "tsc";
    conditions.window_ns = 100'000'000;
    conditions.swapped_pages = 0;
    conditions.own_cpus = 0.0;
    conditions.others = std::vector<platform::OtherProcess>{};
    clock.source = "fake";
    clock.cost_ns = 20;
    clock.smallest_delta_ns = 10;
  }
  [[nodiscard]] std::vector<Finding> findings() const { return audit({machine, load, conditions, clock, allowed}); }
  /// nullptr: nothing was found of it. Valid until the next call.
  const Finding* on(std::string_view subject) {
    last = findings();
    const auto found = std::ranges::find(last, subject, &Finding::subject);
    return found == last.end() ? nullptr : &*found;
  }
  std::vector<Finding> last;
};

bool holds(const Finding* finding, Severity severity, std::string_view text) {
  REQUIRE(finding != nullptr);
  INFO(finding->text);
  return finding->severity == severity && finding->text.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("a quiet machine is told nothing but that each process has a layout of its own") {
  const Quiet quiet;
  const std::vector<Finding> all = quiet.findings();
  REQUIRE(all.size() == 1);
  CHECK(all[0].code == "BH0711");
  CHECK(all[0].severity == Severity::note);
}

TEST_CASE("a machine that tells nothing passes nothing: every subject is unknown but the clock, which was measured") {
  Quiet q;
  q.machine = {};
  q.load = {};
  q.conditions = {};
  const std::vector<Finding> all = q.findings();
  CHECK(all.size() == 15);
  CHECK(std::ranges::all_of(all, [](const Finding& f) { return f.severity == Severity::unknown; }));
  CHECK(std::ranges::is_sorted(all, {}, &Finding::code));
}

TEST_CASE("settings that are not steady are warned of, with the command that changes them") {
  Quiet q;
  q.machine.governor = "powersave,performance";
  CHECK(holds(q.on("governor"), Severity::warning, "powersave,performance"));
  CHECK(q.on("governor")->help == "benchhost system tune");
  q.machine.governor = "userspace";
  CHECK(holds(q.on("governor"), Severity::note, "set by hand"));
  q.machine.governor = "powersave,performance";
  q.machine.turbo = true;
  CHECK(holds(q.on("turbo"), Severity::warning, "turbo is on"));
  q.machine.transparent_huge_pages = "always";
  CHECK(holds(q.on("huge_pages"), Severity::note, "always"));
  q.machine.address_randomisation = 0;
  CHECK(holds(q.on("address_randomisation"), Severity::warning, "off"));
  q.conditions.clock_source = "hpet";
  CHECK(holds(q.on("clock"), Severity::warning, "hpet"));
  q.load.ac_power = false;
  CHECK(holds(q.on("power"), Severity::warning, "battery"));
}

TEST_CASE("warnings come before notes, and notes before what is not known") {
  Quiet q;
  q.machine.governor.reset();
  q.machine.turbo = true;
  const std::vector<Finding> all = q.findings();
  REQUIRE(all.size() == 3);
  CHECK(all[0].subject == "turbo");
  CHECK(all[1].subject == "address_randomisation");
  CHECK(all[2].subject == "governor");
  CHECK(all[2].severity == Severity::unknown);
}

TEST_CASE("threads of one core are a note, and a warning where there is no other core") {
  Quiet q;
  q.machine.smt = true;
  q.machine.topology.threads = {thread(0, 0), thread(1, 0), thread(2, 1), thread(3, 1)};
  CHECK(holds(q.on("smt"), Severity::note, "other thread"));
  q.allowed = {2, 3};
  CHECK(holds(q.on("smt"), Severity::warning, "all 2 CPUs"));
  q.allowed = {2};
  CHECK(holds(q.on("smt"), Severity::note, "other thread"));
}

TEST_CASE("other work is what neither this command nor its workers did") {
  Quiet q;
  q.load.busy_ratio = 0.5;  // 2 of 4 CPUs
  q.conditions.own_cpus = 1.95;
  CHECK(others_cpus(q.load, q.conditions) == doctest::Approx(0.05));
  CHECK(q.on("busy") == nullptr);
  q.conditions.own_cpus = 1.5;
  q.conditions.others = std::vector<platform::OtherProcess>{{4711, "cc1plus", 0.47}, {7, "kworker/0:1", 0.01}};
  q.load.load_1_minute = 2.5;
  const Finding* busy = q.on("busy");
  CHECK(holds(busy, Severity::warning, "other work takes 12 % of 4 CPUs (load 2.5)"));
  CHECK(busy->text.find("cc1plus (4711) 47 %") != std::string::npos);
  CHECK(busy->text.find("kworker") == std::string::npos);
  q.conditions.processes_left_out = 37;
  CHECK(holds(q.on("busy"), Severity::warning, "; 37 processes were not looked at"));
  q.conditions.own_cpus = 5;  // more than what was seen as busy: ticks are coarse
  CHECK(others_cpus(q.load, q.conditions) == 0.0);
}

TEST_CASE("a CPU's worth of other work disturbs a large machine too") {
  Quiet q;
  q.conditions.online = std::vector<unsigned>(128);
  q.load.busy_ratio = 1.5 / 128;
  CHECK(holds(q.on("busy"), Severity::warning, "of 128 CPUs"));
  q.load.busy_ratio = 0.5 / 128;
  CHECK(q.on("busy") == nullptr);
}

TEST_CASE("a load that has just fallen is noted, and no load is known without a count of CPUs' time") {
  Quiet q;
  q.load.load_1_minute = 3;
  CHECK(holds(q.on("busy"), Severity::note, "load over the last minute was 3 on 4 CPUs"));
  q.load.load_1_minute = 0.1;
  q.load.busy_ratio.reset();
  CHECK(holds(q.on("busy"), Severity::unknown, "not known"));
  q.conditions.others = std::vector<platform::OtherProcess>{{9, "make", 0.3}};
  CHECK(holds(q.on("busy"), Severity::note, "make (9) 30 %"));
}

TEST_CASE("stolen time, memory, quotas, containers and CPUs are each said with their figures") {
  Quiet q;
  q.load.steal_ratio = 0.031;
  q.load.steal_ticks = 1;
  CHECK_FALSE(q.on("steal"));
  q.load.steal_ticks = 2;
  CHECK(holds(q.on("steal"), Severity::warning, "3.1 %"));
  q.machine.virtual_machine = true;
  q.machine.hypervisor = "KVMKVMKVM";
  CHECK(holds(q.on("virtual_machine"), Severity::note, "KVMKVMKVM"));
  q.conditions.cpu_limited = true;
  q.conditions.cpu_quota = 1.5;
  CHECK(holds(q.on("cpu_quota"), Severity::warning, "1.5 CPUs"));
  q.conditions.container = "docker";
  CHECK(holds(q.on("container"), Severity::note, "docker"));
  q.conditions.swap_used_bytes = std::uint64_t{64} << 20;
  CHECK(holds(q.on("memory"), Severity::note, "64.0 MiB"));
  q.load.free_memory_bytes = std::uint64_t{100} << 20;
  CHECK(holds(q.on("memory"), Severity::warning, "100 MiB of 16.0 GiB"));
  q.conditions.swapped_pages = 12;
  CHECK(holds(q.on("memory"), Severity::warning, "12 just now"));
  q.allowed = {0, 1};
  CHECK(holds(q.on("cpus"), Severity::note, "2 CPUs are isolated"));
  q.conditions.isolated = std::vector<unsigned>{};
  CHECK(holds(q.on("cpus"), Severity::note, "may use 2 of 4 CPUs"));
  q.allowed = {0, 1, 2, 3};
  CHECK(holds(q.on("cpus"), Severity::note, "none of 4 CPUs"));
}

TEST_CASE("heat matters in two steps, and a clock by what it costs and by its steps") {
  Quiet q;
  q.load.temperature_celsius = 74.9;
  CHECK(q.on("temperature") == nullptr);
  q.load.temperature_celsius = 75;
  CHECK(holds(q.on("temperature"), Severity::note, "75"));
  q.load.temperature_celsius = 85;
  CHECK(holds(q.on("temperature"), Severity::warning, "85"));
  q.clock.cost_ns = 400;
  CHECK(holds(q.on("clock"), Severity::warning, "400 ns"));
  q.clock.cost_ns = 20;
  q.clock.smallest_delta_ns = 4'000'000;
  CHECK(holds(q.on("clock"), Severity::warning, "4.00 ms"));
}

TEST_CASE("each subject is found once at most, and its code is its own") {
  Quiet q;
  q.machine = {};
  q.load = {};
  q.conditions = {};
  std::vector<std::string_view> codes;
  std::vector<std::string_view> subjects;
  for (const Finding& f : q.findings()) {
    codes.push_back(f.code);
    subjects.push_back(f.subject);
  }
  std::ranges::sort(codes);
  std::ranges::sort(subjects);
  CHECK(std::ranges::adjacent_find(codes) == codes.end());
  CHECK(std::ranges::adjacent_find(subjects) == subjects.end());
}
