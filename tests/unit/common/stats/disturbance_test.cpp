#include "common/stats/disturbance.h"

#include <doctest/doctest.h>

#include <vector>

#include "unit/common/stats/series.h"

using namespace benchhost::stats;

namespace {

BatchUsage batch(double wall_ms, double cpu_ms, std::int64_t switches = 0, std::int64_t waits = 0) {
  return {wall_ms * 1e6, cpu_ms * 1e6, 0.0, switches, waits};
}

}  // namespace

TEST_CASE("a batch that lost the CPU to another process is disturbed, its neighbours are not") {
  std::vector<BatchUsage> batches(20, batch(1.0, 0.999));
  batches[7] = batch(5.0, 1.0, 1);
  const auto found = find_disturbed(batches);
  REQUIRE(found.size() == 20);
  for (std::size_t i = 0; i < found.size(); ++i) {
    CAPTURE(i);
    CHECK(found[i].known);
    CHECK(found[i].disturbed() == (i == 7));
  }
  CHECK(found[7].off_cpu);
  CHECK(found[7].preempted);
  CHECK_FALSE(found[7].stolen);
  CHECK(*disturbed_ratio(found) == doctest::Approx(0.05));
}

TEST_CASE("a lost CPU is seen without a count of switches") {
  std::vector<BatchUsage> batches(10, {1e6, 0.99e6, std::nullopt, std::nullopt, std::nullopt});
  batches[2].cpu_ns = 0.7e6;
  const auto found = find_disturbed(batches);
  CHECK(found[2].off_cpu);
  CHECK_FALSE(found[2].preempted);
  CHECK_FALSE(found[3].disturbed());
}

TEST_CASE("a hog that stays through every batch is still seen by the switches") {
  const std::vector<BatchUsage> batches(10, batch(10.0, 5.0, 2));
  for (const Disturbance& d : find_disturbed(batches)) {
    CHECK(d.preempted);
    CHECK_FALSE(d.off_cpu);
  }
}

TEST_CASE("a body that sleeps by nature is not disturbed by it, but by being preempted beyond that") {
  for (const std::int64_t switches : {0, 3}) {
    CAPTURE(switches);
    std::vector<BatchUsage> batches(10, batch(10.0, 3.0, switches, 5));
    batches[4] = batch(16.0, 3.0, switches + 1, 5);
    const auto found = find_disturbed(batches);
    CHECK_FALSE(found[0].disturbed());
    CHECK(found[4].off_cpu);
    // Where nothing tells whether it waits, being preempted is no evidence beyond the usual share either.
    for (BatchUsage& b : batches) b.voluntary_switches.reset();
    CHECK_FALSE(find_disturbed(batches)[0].disturbed());
    CHECK(find_disturbed(batches)[4].disturbed());
  }
}

TEST_CASE("of a body that waits no batch is chosen by its time") {
  // The device behind it answers late in one batch of ten: that tail is the body's own.
  for (const bool told : {true, false}) {
    CAPTURE(told);
    std::vector<BatchUsage> batches;
    for (int i = 0; i < 100; ++i) batches.push_back(batch(i % 10 == 3 ? 40.0 : 10.0, 3.0, 0, 5));
    if (!told) {
      for (BatchUsage& b : batches) b.voluntary_switches.reset();
    }
    for (const Disturbance& d : find_disturbed(batches)) CHECK_FALSE(d.disturbed());
  }
  // Neither is one of a body that seldom waits: a flush of its log in every tenth batch.
  std::vector<BatchUsage> batches;
  for (int i = 0; i < 100; ++i) batches.push_back(i % 10 == 3 ? batch(15.0, 10.0, 0, 1) : batch(10.0, 10.0));
  for (const Disturbance& d : find_disturbed(batches)) CHECK_FALSE(d.disturbed());
}

TEST_CASE("a body that waits now longer, now shorter is not disturbed by its own variation") {
  Random random(5);
  std::vector<BatchUsage> batches;
  for (int i = 0; i < 200; ++i) batches.push_back(batch(10.0 + random.normal(0.0, 0.5), 3.0, i % 3, 2));
  CHECK(*disturbed_ratio(find_disturbed(batches)) <= 0.02);
  batches[7].wall_ns = 30e6;
  CHECK_FALSE(find_disturbed(batches)[7].disturbed());
  batches[7].involuntary_switches = 4;
  CHECK(find_disturbed(batches)[7].off_cpu);
}

TEST_CASE("threads of the plugin's own are measured against what they usually use") {
  std::vector<BatchUsage> batches(20, batch(10.0, 79.5));
  // One thread of eight lost its CPU for 5 ms, and the others waited for it.
  batches[3] = batch(15.0, 79.5, 1, 7);
  const auto found = find_disturbed(batches);
  for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i].disturbed() == (i == 3));
  // Work shared by whoever is free varies by nature.
  Random random(3);
  for (BatchUsage& b : batches) b = batch(10.0, 79.5 * (1 + random.normal(0.0, 0.03)), 1, 1);
  CHECK(*disturbed_ratio(find_disturbed(batches)) <= 0.1);
}

TEST_CASE("the price of reading clocks is no disturbance, however short the batch") {
  // 10 of 100 microseconds off the CPU: 10 %, but below the floor.
  std::vector<BatchUsage> batches(9, {100e3, 100e3, 0.0, 0, 0});
  batches[0].cpu_ns = 90e3;
  batches[1] = {100e3, 85e3, 0.0, 3, 0};
  for (const Disturbance& d : find_disturbed(batches)) CHECK_FALSE(d.disturbed());
}

TEST_CASE("a switch that cost less than 2 % is no disturbance") {
  std::vector<BatchUsage> batches(9, batch(10.0, 9.99));
  batches[3] = batch(10.0, 9.85, 1);
  batches[4] = batch(10.0, 9.75, 1);
  const auto found = find_disturbed(batches);
  CHECK_FALSE(found[3].disturbed());
  CHECK(found[4].disturbed());
}

TEST_CASE("more CPU than wall time is no disturbance") {
  const auto found = find_disturbed(std::vector<BatchUsage>(3, batch(1.0, 1.05, 4)));
  for (const Disturbance& d : found) CHECK_FALSE(d.disturbed());
}

TEST_CASE("stolen time counts from 1 % of the wall time of all threads") {
  std::vector<BatchUsage> batches(4, batch(100.0, 100.0));
  batches[1].steal_ns = 0.9e6;
  batches[2].steal_ns = 10e6;
  auto found = find_disturbed(batches);
  CHECK_FALSE(found[1].stolen);
  CHECK(found[2].stolen);
  for (auto& b : batches) b.cpu_ns = 400e6;
  batches[1].steal_ns = 3.5e6;
  found = find_disturbed(batches, 4);
  CHECK_FALSE(found[1].stolen);
  CHECK(found[2].stolen);
}

TEST_CASE("several threads are measured against their number") {
  std::vector<BatchUsage> batches(6, batch(10.0, 39.9));
  batches[5] = batch(12.0, 39.9, 1);
  const auto found = find_disturbed(batches, 4);
  CHECK_FALSE(found[0].disturbed());
  CHECK(found[5].disturbed());
  CHECK(find_disturbed(batches, 0) == find_disturbed(batches, 1));
  CHECK(find_disturbed(batches, -3) == find_disturbed(batches, 1));
}

TEST_CASE("a single batch is judged by itself") {
  CHECK(find_disturbed(std::vector{batch(10.0, 5.0)})[0].off_cpu);
  CHECK_FALSE(find_disturbed(std::vector{batch(10.0, 10.0)})[0].disturbed());
}

TEST_CASE("what is not known is neither clean nor disturbed") {
  CHECK(find_disturbed({}).empty());
  CHECK(!disturbed_ratio({}));
  std::vector<BatchUsage> batches(3, {1e6, std::nullopt, std::nullopt, std::nullopt, std::nullopt});
  batches[1].involuntary_switches = 5;
  auto found = find_disturbed(batches);
  for (const Disturbance& d : found) {
    CHECK_FALSE(d.known);
    CHECK_FALSE(d.disturbed());
  }
  CHECK(!disturbed_ratio(found));
}

TEST_CASE("bad figures count as unknown and spoil no other batch") {
  for (const double bad : {kNan, kInfinity, -kInfinity, -1.0}) {
    std::vector<BatchUsage> batches(5, batch(1.0, 1.0));
    batches[0].wall_ns = bad;
    batches[1].cpu_ns = bad;
    batches[1].steal_ns = bad;
    const auto found = find_disturbed(batches);
    CHECK_FALSE(found[0].known);
    CHECK_FALSE(found[1].known);
    CHECK(found[2].known);
    CHECK_FALSE(found[2].disturbed());
  }
  std::vector<BatchUsage> zero(2, batch(0.0, 0.0));
  CHECK_FALSE(find_disturbed(zero)[0].known);
}

TEST_CASE("a simulated hog is flagged in at least 95 % of its batches, at most 1 % of clean ones are") {
  // Clean batches of 1 ms lose up to 3 µs to ticks; one in 200 meets a kernel thread for 5 to 15 µs. The hog takes
  // slices of 1 to 4 ms.
  Random random(11);
  int clean = 0;
  int clean_flagged = 0;
  int dirty = 0;
  int dirty_flagged = 0;
  for (int process = 0; process < 100; ++process) {
    std::vector<BatchUsage> batches;
    std::vector<bool> is_dirty;
    for (int i = 0; i < 100; ++i) {
      const bool hog = random.uniform() < 0.1;
      const bool kernel = random.uniform() < 0.005;
      const double cpu = 1e6 * (1.0 + random.normal(0.0, 0.01));
      double wall = cpu + 3e3 * random.uniform();
      if (kernel) wall += 5e3 + 1e4 * random.uniform();
      if (hog) wall += 1e6 + 3e6 * random.uniform();
      batches.push_back({wall, cpu, 0.0, (hog ? 1 : 0) + (kernel ? 1 : 0), 0});
      is_dirty.push_back(hog);
    }
    const auto found = find_disturbed(batches);
    for (std::size_t i = 0; i < found.size(); ++i) {
      (is_dirty[i] ? dirty : clean) += 1;
      if (found[i].disturbed()) (is_dirty[i] ? dirty_flagged : clean_flagged) += 1;
    }
  }
  CHECK(dirty_flagged * 100 >= dirty * 95);
  CHECK(clean_flagged * 100 <= clean);
}
