#include "common/platform/load.h"

#include <doctest/doctest.h>

#include "support/planted_tree.h"

using namespace benchhost;
using namespace benchhost::platform;
namespace fs = std::filesystem;

namespace {

using Root = test::PlantedTree;

}  // namespace

TEST_CASE("shares of busy and stolen time are those since the reading before") {
  Root root;
  LoadMeter meter(root.files, root.folder.path());
  root.put("proc/stat", "cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 1 1 1 1\n");
  const LoadFacts first = meter.read();
  CHECK_FALSE(first.busy_ratio);
  CHECK_FALSE(first.steal_ratio);
  // 60 ticks of user, 10 of system, 20 idle, 10 stolen
  root.put("proc/stat", "cpu  160 0 60 820 50 0 0 10 0 0\n");
  const LoadFacts second = meter.read();
  REQUIRE(second.busy_ratio);
  CHECK(*second.busy_ratio == doctest::Approx(0.7));
  CHECK(*second.steal_ratio == doctest::Approx(0.1));
  CHECK(*second.steal_ticks == 10);
  CHECK_FALSE(meter.read().busy_ratio);  // no tick has passed
  root.put("proc/stat", "cpu  0 0 0 0 0 0 0 0 0 0\n");
  CHECK_FALSE(meter.read().busy_ratio);  // counters went back
}

TEST_CASE("load, temperature and frequencies are read where they are") {
  Root root;
  root.put("proc/loadavg", "1.50 0.40 0.10 3/200 4711\n");
  root.put("sys/class/thermal/thermal_zone0/temp", "41500\n");
  root.put("sys/class/thermal/thermal_zone1/temp", "58000\n");
  root.put("sys/class/thermal/cooling_device0/temp", "99000\n");
  root.put("sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "2400000\n");
  root.put("sys/devices/system/cpu/cpu11/cpufreq/scaling_cur_freq", "3100000\n");
  root.put("sys/devices/system/cpu/cpufreq/scaling_cur_freq", "9900000\n");
  LoadMeter meter(root.files, root.folder.path());
  const LoadFacts facts = meter.read();
  CHECK(facts.load_1_minute == 1.5);
  CHECK(facts.runnable == 3u);
  CHECK(facts.temperature_celsius == 58.0);
  CHECK(facts.lowest_hz == 2.4e9);
  CHECK(facts.highest_hz == 3.1e9);
}

TEST_CASE("free memory is what could be had, and mains are there if any of them is online") {
  Root root;
  LoadMeter meter(root.files, root.folder.path());
  CHECK_FALSE(meter.read().free_memory_bytes);
  CHECK_FALSE(meter.read().ac_power);
  root.put("proc/meminfo", "MemTotal: 8000 kB\nMemFree: 100 kB\nMemAvailable:   2048 kB\n");
  root.put("sys/class/power_supply/BAT0/type", "Battery\n");
  root.put("sys/class/power_supply/BAT0/online", "1\n");
  CHECK(meter.read().free_memory_bytes == 2048u * 1024);
  CHECK_FALSE(meter.read().ac_power);
  root.put("sys/class/power_supply/AC/type", "Mains\n");
  root.put("sys/class/power_supply/AC/online", "0\n");
  CHECK(meter.read().ac_power == false);
  root.put("sys/class/power_supply/AC2/type", "Mains\n");
  root.put("sys/class/power_supply/AC2/online", "1\n");
  CHECK(meter.read().ac_power == true);
  root.put("proc/meminfo", "MemAvailable: lots\n");
  CHECK_FALSE(meter.read().free_memory_bytes);
}

TEST_CASE("what is not there or makes no sense is absent") {
  Root root;
  LoadMeter meter(root.files, root.folder.path());
  LoadFacts facts = meter.read();
  CHECK_FALSE(facts.load_1_minute);
  CHECK_FALSE(facts.runnable);
  CHECK_FALSE(facts.temperature_celsius);
  CHECK_FALSE(facts.lowest_hz);
  root.put("proc/stat", "cpu 1 2 three\n");
  root.put("proc/loadavg", "much\n");
  root.put("sys/class/thermal/thermal_zone0/temp", "hot\n");
  facts = meter.read();
  CHECK_FALSE(facts.busy_ratio);
  CHECK_FALSE(facts.load_1_minute);
  CHECK_FALSE(facts.temperature_celsius);
}

TEST_CASE("the load of this machine lies within its bounds") {
  SystemFiles files;
  LoadMeter meter(files);
  (void)meter.read();
  const LoadFacts facts = meter.read();
  if (facts.busy_ratio) {
    CHECK(*facts.busy_ratio >= 0);
    CHECK(*facts.busy_ratio <= 1);
  }
  REQUIRE(facts.load_1_minute);
  CHECK(*facts.load_1_minute >= 0);
  CHECK(facts.runnable.value_or(0) >= 1);
}
