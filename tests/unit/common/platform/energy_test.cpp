// A planted tree of the kernel's power capping.
#include "common/platform/energy.h"

#include <doctest/doctest.h>

#include <string>

#include "support/planted_tree.h"

namespace benchhost::platform {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kSecond = 1'000'000'000;

struct Tree : test::PlantedTree {
  void put(const std::string& path, const std::string& content) {
    PlantedTree::put("sys/class/powercap/" + path, content);
  }
  void zone(const std::string& folder_name, const std::string& name, const std::string& range) {
    put(folder_name + "/name", name + "\n");
    put(folder_name + "/max_energy_range_uj", range + "\n");
  }
  void energy(const std::string& folder_name, std::uint64_t uj) { put(folder_name + "/energy_uj", std::to_string(uj)); }
};

TEST_CASE("packages and their memory are zones, other parts and the same package by another way are not") {
  Tree tree;
  tree.put("intel-rapl/enabled", "1");
  tree.zone("intel-rapl:0", "package-0", "262143328850");
  tree.zone("intel-rapl:0:0", "core", "262143328850");
  tree.zone("intel-rapl:0:1", "dram", "65712999613");
  tree.zone("intel-rapl:1", "psys", "262143328850");
  tree.zone("intel-rapl-mmio:0", "package-0", "262143328850");
  for (const char* zone : {"intel-rapl:0", "intel-rapl:0:0", "intel-rapl:0:1", "intel-rapl:1", "intel-rapl-mmio:0"}) {
    tree.energy(zone, 1'000'000);
  }
  EnergyMeter meter(tree.files, tree.folder.path());
  meter.begin(0);
  tree.energy("intel-rapl:0", 21'500'000);
  tree.energy("intel-rapl:0:1", 3'000'000);
  meter.end(kSecond);
  const auto used = meter.used();
  REQUIRE(used.size() == 2);
  CHECK(used[0].zone == "package-0");
  CHECK(*used[0].joules == doctest::Approx(20.5));
  CHECK(used[1].zone == "package-0/dram");
  CHECK(*used[1].joules == doctest::Approx(2.0));
  CHECK(meter.window_ns() == kSecond);
}

TEST_CASE("several windows add up, and what lies between them does not count") {
  Tree tree;
  tree.zone("intel-rapl:0", "package-0", "262143328850");
  tree.energy("intel-rapl:0", 0);
  EnergyMeter meter(tree.files, tree.folder.path());
  meter.end(5);  // none is open
  meter.begin(0);
  meter.begin(1);  // it is open already
  tree.energy("intel-rapl:0", 5'000'000);
  meter.end(kSecond);
  tree.energy("intel-rapl:0", 50'000'000);
  meter.keep_up(20 * kSecond);
  meter.begin(30 * kSecond);
  tree.energy("intel-rapl:0", 53'000'000);
  meter.end(31 * kSecond);
  CHECK(*meter.used().at(0).joules == doctest::Approx(8.0));
  CHECK(meter.window_ns() == 2 * kSecond);
}

TEST_CASE("a counter that begins anew is followed, more than once if it is read often enough") {
  Tree tree;
  tree.zone("intel-rapl:0", "package-0", "199999999");  // two hundred joules
  tree.energy("intel-rapl:0", 190'000'000);
  EnergyMeter meter(tree.files, tree.folder.path());
  meter.begin(0);
  tree.energy("intel-rapl:0", 10'000'000);
  meter.end(kSecond / 10);
  CHECK(*meter.used().at(0).joules == doctest::Approx(20.0));
  // With a range that lasts: three rounds, each seen.
  tree.zone("intel-rapl:0", "package-0", "19999999999");
  tree.energy("intel-rapl:0", 15'000'000'000);
  EnergyMeter followed(tree.files, tree.folder.path());
  followed.begin(0);
  followed.keep_up(kSecond);  // not due: nothing is read
  for (int i = 1; i <= 6; ++i) {
    tree.energy("intel-rapl:0", i % 2 == 1 ? 5'000'000'000 : 15'000'000'000);
    followed.keep_up(11 * i * kSecond);
  }
  followed.end(67 * kSecond);
  CHECK(*followed.used().at(0).joules == doctest::Approx(60'000.0));
}

TEST_CASE("a counter that may have begun anew twice unseen says so, and one without a known end") {
  Tree tree;
  tree.zone("intel-rapl:0", "package-0", "99999999");
  tree.energy("intel-rapl:0", 10);
  EnergyMeter meter(tree.files, tree.folder.path());
  meter.begin(0);
  tree.energy("intel-rapl:0", 20);
  meter.end(kSecond);
  CHECK_FALSE(meter.used().at(0).joules);
  CHECK(meter.used().at(0).null_reason.find("more than once") != std::string::npos);
  for (const char* range : {"none", "5"}) {
    CAPTURE(range);
    tree.zone("intel-rapl:0", "package-0", range);
    tree.energy("intel-rapl:0", 1000);
    EnergyMeter blind(tree.files, tree.folder.path());
    blind.begin(0);
    tree.energy("intel-rapl:0", 20);
    blind.end(kSecond);
    CHECK_FALSE(blind.used().at(0).joules);
    CHECK_FALSE(blind.used().at(0).null_reason.empty());
  }
}

TEST_CASE("too short a time, an unreadable counter and a machine without zones have a reason each") {
  Tree tree;
  EnergyMeter none(tree.files, tree.folder.path());
  none.begin(0);
  none.end(kSecond);
  REQUIRE(none.used().size() == 1);
  CHECK(none.used()[0].null_reason.find("powercap") != std::string::npos);
  CHECK_FALSE(none.used()[0].joules);
  tree.zone("dtpm", "soc", "1");
  CHECK(EnergyMeter(tree.files, tree.folder.path()).used().at(0).null_reason.find("no package") != std::string::npos);

  tree.zone("intel-rapl:0", "package-0", "262143328850");
  tree.energy("intel-rapl:0", 0);
  EnergyMeter brief(tree.files, tree.folder.path());
  CHECK(brief.used().at(0).null_reason == "nothing was measured");
  brief.begin(0);
  tree.energy("intel-rapl:0", 10'000);
  brief.end(kLeastEnergyWindowNs - 1);
  CHECK_FALSE(brief.used().at(0).joules);
  CHECK(brief.used().at(0).null_reason.find("100 ms") != std::string::npos);

  tree.zone("intel-rapl:1", "package-1", "262143328850");  // no energy_uj at all: as good as one that may not be read
  tree.energy("intel-rapl:0", 0);
  EnergyMeter meter(tree.files, tree.folder.path());
  meter.begin(0);
  tree.energy("intel-rapl:0", 7'000'000);
  meter.end(kSecond);
  REQUIRE(meter.used().size() == 2);
  CHECK(*meter.used()[0].joules == doctest::Approx(7.0));
  CHECK(meter.used()[1].null_reason.find("may not be read") != std::string::npos);
  tree.put("intel-rapl:1/energy_uj", "many");
  EnergyMeter garbage(tree.files, tree.folder.path());
  garbage.begin(0);
  garbage.end(kSecond);
  CHECK(garbage.used()[1].null_reason == "energy_uj holds no number");
}

}  // namespace
}  // namespace benchhost::platform
