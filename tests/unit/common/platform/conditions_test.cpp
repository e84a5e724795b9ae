#include "common/platform/conditions.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <string>

#include "common/platform/counter_access.h"
#include "common/platform/setting_file.h"
#include "support/fake_clock.h"
#include "support/planted_tree.h"

using namespace benchhost;
using namespace benchhost::platform;
namespace fs = std::filesystem;

namespace {

struct Root : test::PlantedTree {
  test::FakeClock clock;
  std::int64_t own_ns = 0;
  ConditionMeter meter{files, clock, folder.path(), [this] { return own_ns; }};

  void process(std::uint64_t pid, const std::string& name, std::uint64_t parent, std::uint64_t ticks,
               std::uint64_t start = 100) {
    put("proc/" + std::to_string(pid) + "/stat", std::to_string(pid) + " (" + name + ") S " + std::to_string(parent) +
                                                     " 1 1 0 -1 0 0 0 0 0 " + std::to_string(ticks) +
                                                     " 0 0 0 20 0 1 0 " + std::to_string(start) + " 0 0\n");
  }
};

}  // namespace

TEST_CASE("lists of CPUs are read as the kernel writes them") {
  CHECK(parse_cpu_list("0-2,5\n") == std::vector<unsigned>{0, 1, 2, 5});
  CHECK(parse_cpu_list("") == std::vector<unsigned>{});
  CHECK(parse_cpu_list("7,3") == std::vector<unsigned>{3, 7});
  CHECK_FALSE(parse_cpu_list("3-1"));
  CHECK_FALSE(parse_cpu_list("a"));
  CHECK_FALSE(parse_cpu_list("0-4294967295"));
  // The greatest number of all: a loop up to it would have no end.
  CHECK(parse_cpu_list("4294967294-4294967295") == std::vector<unsigned>{4294967294, 4294967295});
  CHECK_FALSE(parse_cpu_list("1,,2"));
}

TEST_CASE("a root in which nothing can be read tells nothing, twice as well as once") {
  Root root;
  for (int i = 0; i < 2; ++i) {
    const ConditionFacts facts = root.meter.read();
    root.clock.advance(1'000'000);
    CHECK_FALSE(facts.online);
    CHECK_FALSE(facts.isolated);
    CHECK_FALSE(facts.container);
    CHECK_FALSE(facts.cpu_limited);
    CHECK_FALSE(facts.swap_used_bytes);
    CHECK_FALSE(facts.clock_source);
    CHECK_FALSE(facts.others);
    CHECK_FALSE(facts.swapped_pages);
  }
}

TEST_CASE("other processes are named by what they took of the time between, own ones and idle ones are not") {
  Root root;
  const auto self = static_cast<std::uint64_t>(getpid());
  root.process(1, "init", 0, 500);
  root.process(self, "benchhost", 1, 10);
  root.process(900001, "worker", self, 10);
  root.process(900002, "a) (b c", 1, 100);
  root.process(900003, "gone", 1, 5);
  root.process(900004, "reused", 1, 1000, 100);
  root.own_ns = 7;
  CHECK_FALSE(root.meter.read().others);

  root.clock.advance(1'000'000'000);
  root.own_ns = 250'000'007;
  root.process(self, "benchhost", 1, 90);
  root.process(900001, "worker", self, 90);
  root.process(900002, "a) (b c", 1, 140);
  root.process(900004, "reused", 1, 6, 200);  // the number went to a new process
  root.process(900005, "new", 1, 20);
  REQUIRE(root.files.remove(root.folder.path() / "proc/900003/stat").ok());
  const ConditionFacts facts = root.meter.read();
  CHECK(facts.window_ns == 1'000'000'000);
  CHECK(facts.own_cpus == doctest::Approx(0.25));
  REQUIRE(facts.others);
  // A tick is a hundredth of a second wherever Linux shows it.
  REQUIRE(sysconf(_SC_CLK_TCK) == 100);
  CHECK(*facts.others ==
        std::vector<OtherProcess>{{900002, "a) (b c", 0.4}, {900005, "new", 0.2}, {900004, "reused", 0.06}});
  CHECK(facts.processes_left_out == 0);
}

TEST_CASE("no more than the busiest are named") {
  Root root;
  for (std::uint64_t pid = 1; pid <= 9; ++pid) root.process(900000 + pid, "p", 1, 0);
  static_cast<void>(root.meter.read());
  root.clock.advance(100'000'000);
  for (std::uint64_t pid = 1; pid <= 9; ++pid) root.process(900000 + pid, "p", 1, pid);
  const ConditionFacts facts = root.meter.read();
  REQUIRE(facts.others);
  CHECK(facts.others->size() == ConditionFacts::kMostProcesses);
  CHECK(facts.others->front().pid == 900009);
}

TEST_CASE("a process whose line is damaged is left out, and the others are not") {
  Root root;
  root.put("proc/900001/stat", "900001 (broken");
  root.put("proc/900002/stat", "900002 (short) S 1 2 3\n");
  root.process(900003, "fine", 1, 1);
  static_cast<void>(root.meter.read());
  root.clock.advance(100'000'000);
  root.process(900003, "fine", 1, 5);
  const ConditionFacts facts = root.meter.read();
  REQUIRE(facts.others);
  REQUIRE(facts.others->size() == 1);
  CHECK(facts.others->front().name == "fine");
}

TEST_CASE("the tightest quota on the way to the root bounds, in both versions of control groups") {
  Root root;
  SUBCASE("version 2") {
    root.put("proc/self/cgroup", "0::/pods/one\n");
    root.put("sys/fs/cgroup/pods/cpu.max", "150000 100000\n");
    root.put("sys/fs/cgroup/pods/one/cpu.max", "400000 100000\n");
    const ConditionFacts facts = root.meter.read();
    CHECK(facts.cpu_limited == true);
    CHECK(facts.cpu_quota == doctest::Approx(1.5));
  }
  SUBCASE("version 2 without a quota") {
    root.put("proc/self/cgroup", "0::/pods\n");
    root.put("sys/fs/cgroup/pods/cpu.max", "max 100000\n");
    const ConditionFacts facts = root.meter.read();
    CHECK(facts.cpu_limited == false);
    CHECK_FALSE(facts.cpu_quota);
  }
  SUBCASE("the top group of version 2 has no file for one") {
    root.put("proc/self/cgroup", "0::/\n");
    CHECK_FALSE(root.meter.read().cpu_limited);
    root.put("sys/fs/cgroup/cgroup.controllers", "cpu memory\n");
    CHECK(root.meter.read().cpu_limited == false);
  }
  SUBCASE("version 1") {
    root.put("proc/self/cgroup", "9:memory:/x\n4:cpu,cpuacct:/box\n");
    root.put("sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "50000\n");
    root.put("sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us", "100000\n");
    root.put("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
    root.put("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    CHECK(root.meter.read().cpu_quota == doctest::Approx(0.5));
  }
  SUBCASE("what is damaged is not known") {
    root.put("proc/self/cgroup", "0::/pods\n");
    root.put("sys/fs/cgroup/pods/cpu.max", "lots 0\n");
    CHECK_FALSE(root.meter.read().cpu_limited);
  }
}

TEST_CASE("containers, isolated CPUs, swap and the clock source are read where they are") {
  Root root;
  root.put("proc/1/cgroup", "0::/kubepods/burstable/pod1\n");
  root.put("sys/devices/system/cpu/online", "0-3\n");
  root.put("sys/devices/system/cpu/isolated", "\n");
  root.put("proc/meminfo", "MemTotal: 1 kB\nSwapTotal:  2048 kB\nSwapFree:  1024 kB\n");
  root.put("proc/vmstat", "nr_free_pages 7\npswpin 100\npswpout 50\n");
  root.put("sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet\n");
  ConditionFacts facts = root.meter.read();
  CHECK(facts.container == "kubepods");
  CHECK(facts.online == std::vector<unsigned>{0, 1, 2, 3});
  CHECK(facts.isolated == std::vector<unsigned>{});
  CHECK(facts.swap_used_bytes == 1024u * 1024u);
  CHECK(facts.clock_source == "hpet");
  CHECK_FALSE(facts.swapped_pages);
  root.clock.advance(1);
  root.put("proc/vmstat", "pswpin 101\npswpout 52\n");
  root.put("proc/1/cgroup", "0::/init.scope\n");
  facts = root.meter.read();
  CHECK(facts.swapped_pages == 3u);
  CHECK(facts.container == "");
  root.put(".dockerenv", "");
  CHECK(root.meter.read().container == "docker");
}

TEST_CASE("own CPU time grows with work and is that of the process") {
  const std::int64_t before = own_cpu_time_ns();
  CHECK(before >= 0);
  CHECK(own_cpu_time_ns() >= before);
}

TEST_CASE("a setting is written in place, and no file is made by it") {
  Root root;
  root.put("setting", "powersave\n");
  const fs::path file = root.folder.path() / "setting";
  const auto inode = root.files.status(file).value().inode;
  REQUIRE(may_write_setting(file).ok());
  REQUIRE(write_setting(file, "performance").ok());
  CHECK(root.files.read(file, Bytes{100}).value() == "performance");
  CHECK(root.files.status(file).value().inode == inode);
  const auto absent = write_setting(root.folder.path() / "absent", "1");
  REQUIRE_FALSE(absent.ok());
  CHECK(absent.error().code == "BH0003");
  CHECK_FALSE(may_write_setting(root.folder.path() / "absent").ok());
  CHECK_FALSE(exists(root.files, root.folder.path() / "absent"));
  fs::create_symlink(file, root.folder.path() / "link");
  CHECK_FALSE(write_setting(root.folder.path() / "link", "1").ok());
}

TEST_CASE("energy zones are those that a worker meters, and whether they may be read") {
  Root root;
  CHECK(energy_access(root.files, root.folder.path()).empty());
  root.put("sys/class/powercap/intel-rapl:0/name", "package-0\n");
  root.put("sys/class/powercap/intel-rapl:0/energy_uj", "12345\n");
  root.put("sys/class/powercap/intel-rapl:0:0/name", "dram\n");
  root.put("sys/class/powercap/intel-rapl:0:0/energy_uj", "1\n");
  // Readable, and metered by nobody: a part of the package.
  root.put("sys/class/powercap/intel-rapl:0:1/name", "core\n");
  root.put("sys/class/powercap/intel-rapl:0:1/energy_uj", "1\n");
  root.put("sys/class/powercap/intel-rapl:1/name", "package-1\n");
  const auto zones = energy_access(root.files, root.folder.path());
  REQUIRE(zones.size() == 3);
  CHECK(zones[0] == SourceAccess{"package-0", ""});
  CHECK(zones[1] == SourceAccess{"package-0/dram", ""});
  CHECK(zones[2].name == "package-1");
  CHECK_FALSE(zones[2].available());
}
