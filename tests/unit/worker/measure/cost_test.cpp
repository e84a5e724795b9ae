// The cost of an iteration as it is found, against the cost that was planted.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "simulation.h"

namespace benchhost::measure::test {
namespace {

using protocol::Quantity;
using protocol::SegmentPhase;

struct Planted {
  double cost_ns;
  double overhead_ns;
};

// Overheads as they are met: an empty call, a team, a launch; each body long against its own.
const std::vector<Planted> kBodies = {{0.3, 25},  {3, 25},       {100, 1500},   {10'000, 1500},
                                      {1e6, 900}, {5e8, 20'000}, {1e10, 20'000}};

TEST_CASE("the cost of a noise-free body is found to a tenth of a percent from 0.3 ns to 10 s") {
  for (const auto& [cost, overhead] : kBodies) {
    CAPTURE(cost);
    Simulation sim(20);
    sim.body.cost_ns = cost;
    sim.body.overhead_ns = overhead;
    const auto end = sim.run();
    CHECK(end.outcome == protocol::Outcome::passed);
    CHECK(end.reason == "");
    CHECK(std::abs(sim.cost() / cost - 1) <= 0.001);
    CHECK(sim.samples(Quantity::wall, SegmentPhase::calibration) <= 12);
    // Ten batches where the budget has room for them, one of a body that fills it alone.
    CHECK(sim.samples(Quantity::wall, SegmentPhase::measure) >= (cost < 5e7 ? 10 : 1));
  }
}

TEST_CASE("one percent of batch noise averages out to a tenth of a percent over fixed seeds") {
  for (const auto& [cost, overhead] : kBodies) {
    CAPTURE(cost);
    double sum = 0;
    constexpr int kSeeds = 60;
    for (int seed = 0; seed < kSeeds; ++seed) {
      Simulation sim(20);
      sim.body.cost_ns = cost;
      sim.body.overhead_ns = overhead;
      sim.body.noise_ratio = 0.01;
      sim.body.random = stats::Random(1000 + static_cast<std::uint64_t>(seed));
      sim.job.seed = static_cast<std::uint64_t>(seed);
      // Ten batches of a slow body carry 0.3 % each time: more of them, so that 60 sessions decide a tenth of a
      // percent.
      sim.job.plan.min_batches = 100;
      sim.job.plan.time_budget_ns = std::max<std::int64_t>(sim.job.plan.time_budget_ns, std::llround(cost * 110));
      CHECK(sim.run().outcome == protocol::Outcome::passed);
      CHECK(sim.samples(Quantity::wall, SegmentPhase::calibration) <= 12);
      sum += sim.cost();
    }
    CHECK(std::abs(sum / kSeeds / cost - 1) <= 0.001);
  }
}

TEST_CASE("an overhead that is larger than a batch is not taken for work") {
  // A team that takes 3 ms to start, around iterations of 100 ns.
  Simulation sim(20);
  sim.body.cost_ns = 100;
  sim.body.overhead_ns = 3e6;
  CHECK(sim.run().outcome == protocol::Outcome::passed);
  CHECK(sim.calibration().fit_overhead_ns.has_value());
  CHECK(std::abs(*sim.calibration().fit_overhead_ns / 3e6 - 1) < 0.001);
  CHECK(std::abs(sim.cost() / 100 - 1) <= 0.001);
}

TEST_CASE("planted overhead and cost are both found by the fit") {
  Simulation sim(20);
  sim.body.cost_ns = 50;
  sim.body.overhead_ns = 40'000;
  CHECK(sim.run().outcome == protocol::Outcome::passed);
  const auto calibration = sim.calibration();
  REQUIRE(calibration.fit_cost_ns);
  REQUIRE(calibration.fit_overhead_ns);
  CHECK(std::abs(*calibration.fit_cost_ns / 50 - 1) <= 0.001);
  CHECK(std::abs(*calibration.fit_overhead_ns / 40'000 - 1) <= 0.001);
  CHECK(calibration.clock == "simulated");
  CHECK(calibration.clock_step_ns == 20);
}

TEST_CASE("a body of ten seconds is probed once and not fitted") {
  Simulation sim(20);
  sim.body.cost_ns = 1e10;
  sim.job.plan.time_budget_ns = 30'500'000'000;
  CHECK(sim.run().outcome == protocol::Outcome::passed);
  CHECK(sim.samples(Quantity::wall, SegmentPhase::calibration) == 1);
  CHECK(sim.samples(Quantity::wall, SegmentPhase::warmup) == 0);
  CHECK(sim.samples(Quantity::wall, SegmentPhase::fit) == 0);
  CHECK(sim.samples(Quantity::wall, SegmentPhase::measure) == 3);
  CHECK(sim.body.runs == 4);
}

TEST_CASE("a batch lasts a millisecond and a thousand ticks of the clock") {
  for (const std::int64_t tick : {1, 100, 15'625}) {
    CAPTURE(tick);
    Simulation sim(tick);
    sim.body.cost_ns = 7;
    CHECK(sim.run().outcome == protocol::Outcome::passed);
    const double least = std::max(1e6, 1000.0 * static_cast<double>(tick));
    CHECK(7.0 * static_cast<double>(sim.calibration().n) >= 0.99 * least);
    CHECK(7.0 * static_cast<double>(sim.calibration().n) <= 1.5 * least);
  }
}

TEST_CASE("n differs between invocations by at most a fifth, also where the first one found it") {
  std::uint64_t least = ~0ull;
  std::uint64_t most = 0;
  std::set<std::uint64_t> given;
  for (std::uint32_t invocation = 0; invocation < 20; ++invocation) {
    Simulation sim(20);
    sim.body.cost_ns = 7;
    sim.job.invocation = invocation;
    sim.run();
    least = std::min(least, sim.calibration().n);
    most = std::max(most, sim.calibration().n);
    Simulation fixed(20);
    fixed.body.cost_ns = 7;
    fixed.job.invocation = invocation;
    fixed.job.plan.fixed_n = 12'345;
    fixed.run();
    CHECK(fixed.calibration().n >= 12'345 / 1.21);
    CHECK(fixed.calibration().n <= 12'345 * 1.21);
    if (invocation == 0) CHECK(fixed.calibration().n == 12'345);
    given.insert(fixed.calibration().n);
    CHECK(fixed.samples(Quantity::wall, SegmentPhase::calibration) == 0);
  }
  CHECK(least < most);
  CHECK(given.size() > 10);
  CHECK(static_cast<double>(most) <= 1.21 * static_cast<double>(least));
}

TEST_CASE("n stays between batch_min and batch_max") {
  Simulation high(20);
  high.body.cost_ns = 7;
  high.benchmark.batch_max = 1000;
  high.run();
  CHECK(high.calibration().n == 1000);
  for (const auto& batch : high.body.batches) CHECK(batch.n <= 1000);
  Simulation low(20);
  low.body.cost_ns = 1e6;
  low.benchmark.batch_min = 50;
  low.run();
  CHECK(low.calibration().n >= 50);
  for (const auto& batch : low.body.batches) CHECK(batch.n >= 50);
}

TEST_CASE("a body whose time does not grow with n fails as elided") {
  for (const double time : {20.0, 900.0, 40'000.0, 2e6}) {
    CAPTURE(time);
    Simulation sim(20);
    sim.body.cost_ns = 0;
    sim.body.overhead_ns = time;
    const auto end = sim.run();
    CHECK(end.outcome == protocol::Outcome::failed);
    CHECK(end.code == "BH0601");
    REQUIRE(end.flags.size() >= 1);
    CHECK(end.flags[0] == "elided");
    CHECK(sim.samples(Quantity::wall, SegmentPhase::measure) == 0);
    CHECK(sim.samples(Quantity::wall, SegmentPhase::calibration) <= 12);
  }
}

TEST_CASE("threads that wait for processors longer than they work are not taken for a body that was removed") {
  for (const bool works : {true, false}) {
    CAPTURE(works);
    Simulation sim(20);
    sim.body.cost_ns = 0;
    sim.body.overhead_ns = 2e6;
    sim.body.in_run = [&](const bh_batch_t& batch, const bh_host_t*) {
      sim.meter.off_cpu_ns += 2'000'000 - (works ? 50 * static_cast<std::int64_t>(batch.n) : 1000);
    };
    const auto end = sim.run();
    CHECK(end.outcome == protocol::Outcome::failed);
    CHECK(end.code == (works ? "" : "BH0601"));
    CHECK(std::ranges::count(end.flags, "elided") == (works ? 0 : 1));
    CHECK(std::ranges::count(end.flags, "disturbed") == (works ? 1 : 0));
    CHECK((end.reason.find("waited for processors") != std::string::npos) == works);
  }
}

TEST_CASE("a body that ignores n fails as elided also where n is limited, and stores no cost near 0 if it does not") {
  int elided = 0;
  int sessions = 0;
  for (const std::uint64_t most : {8u, 100u, 1000u}) {
    for (const double time_ns : {3e3, 1e5, 3e6}) {
      for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        CAPTURE(most);
        CAPTURE(time_ns);
        Simulation sim(20);
        sim.benchmark.batch_max = most;
        sim.body.cost_ns = 0;
        sim.body.overhead_ns = time_ns;
        sim.body.noise_ratio = 0.02;
        sim.body.random = stats::Random(seed);
        sim.job.seed = seed;
        const auto end = sim.run();
        ++sessions;
        elided += std::ranges::count(end.flags, "elided") == 1;
        if (end.outcome == protocol::Outcome::passed) {
          CHECK(sim.cost() > 0.5 * time_ns / static_cast<double>(most));
        }
      }
    }
  }
  CHECK(elided >= sessions * 95 / 100);
}

TEST_CASE("iterations that are lost in the overhead's noise are said to be") {
  Simulation sim(20);
  sim.benchmark.batch_max = 2;
  sim.body.cost_ns = 300;
  sim.body.overhead_ns = 100'000;
  sim.body.noise_ratio = 0.2;
  CHECK(sim.run().outcome == protocol::Outcome::passed);
  CHECK_FALSE(sim.calibration().fit_overhead_ns.has_value());
  const auto lines = sim.reporter.all<protocol::Log>();
  CHECK(std::ranges::any_of(lines, [](const protocol::Log& line) {
    return line.text.find("cannot be told from its fixed overhead") != std::string::npos;
  }));
}

TEST_CASE("a null benchmark is measured like any other and never fails as elided") {
  Simulation sim(20);
  sim.body.cost_ns = 0;
  sim.body.overhead_ns = 20;
  sim.benchmark.is_null = true;
  sim.job.plan.max_batches = 50;
  CHECK(sim.run().outcome == protocol::Outcome::passed);
  CHECK(sim.samples(Quantity::wall, SegmentPhase::measure) == 50);
}

// Time of the measured batches.
double measured_ns(const Simulation& sim) {
  double sum = 0;
  for (const auto& s : sim.segments(Quantity::wall, SegmentPhase::measure)) {
    for (const std::int64_t wall : s.integers) sum += static_cast<double>(wall);
  }
  return sum;
}

TEST_CASE("a slow body is measured as often as the time budget has room for, and once at least") {
  for (const bool calibrated : {false, true}) {
    for (const auto& [budget_ms, batches] : {std::pair{1, 1u}, {3'750, 1u}, {25'000, 2u}, {99'000, 9u}}) {
      CAPTURE(calibrated);
      CAPTURE(budget_ms);
      Simulation sim(20);
      sim.body.cost_ns = 1e10;
      sim.job.plan.time_budget_ns = std::int64_t{1'000'000} * budget_ms;
      if (calibrated) sim.job.plan.fixed_n = 1;
      CHECK(sim.run().outcome == protocol::Outcome::passed);
      CHECK(sim.samples(Quantity::wall, SegmentPhase::measure) == batches);
      // One batch brings in code and pages, whatever the budget.
      CHECK(sim.body.runs == batches + 1);
    }
  }
}

TEST_CASE("the number of batches of a slow body does not hang on what they turn out to last") {
  // Room for two and a half: if a slow first batch could end the measuring, means would lean to the slow side.
  double sum = 0;
  constexpr int kSeeds = 400;
  for (int seed = 0; seed < kSeeds; ++seed) {
    Simulation sim(20);
    sim.body.cost_ns = 1e9;
    sim.body.noise_ratio = 0.05;
    sim.body.random = stats::Random(7000 + static_cast<std::uint64_t>(seed));
    sim.job.plan.time_budget_ns = 2'000'000'000;
    CHECK(sim.run().outcome == protocol::Outcome::passed);
    sum += sim.cost();
  }
  // Four standard errors of the mean over the seeds: 4 * 0.05 / sqrt(2 * 400), less than the 1 % that such a rule would
  // add.
  CHECK(std::abs(sum / kSeeds / 1e9 - 1) <= 0.0075);
}

TEST_CASE("measured batches fit the time budget at every cost") {
  for (const double cost : {3.0, 100.0, 1e4, 1e6, 2e7, 9e7, 2e8}) {
    CAPTURE(cost);
    Simulation sim(20);
    sim.body.cost_ns = cost;
    sim.body.overhead_ns = 25;
    sim.job.plan.time_budget_ns = 300'000'000;
    CHECK(sim.run().outcome == protocol::Outcome::passed);
    CHECK(measured_ns(sim) <= 300.01e6);
    CHECK(measured_ns(sim) >= 195e6);
  }
}

TEST_CASE("measuring ends with the time budget or the greatest number of batches") {
  Simulation time(20);
  time.body.cost_ns = 100;
  time.job.plan.time_budget_ns = 50'000'000;
  time.run();
  const auto taken = time.samples(Quantity::wall, SegmentPhase::measure);
  CHECK(taken >= 40);
  CHECK(taken <= 51);
  Simulation count(20);
  count.body.cost_ns = 100;
  count.job.plan.max_batches = 17;
  count.run();
  CHECK(count.samples(Quantity::wall, SegmentPhase::measure) == 17);
}

TEST_CASE("slow first batches are labelled as warm-up and measured ones are steady") {
  Simulation sim(20);
  sim.body.cost_ns = 100;
  sim.body.noise_ratio = 0.002;
  // Steady after 60 runs, calibration included.
  sim.body.shape = [](std::uint64_t run) { return run < 60 ? 1.5 : 1.0; };
  CHECK(sim.run().outcome == protocol::Outcome::passed);
  CHECK(sim.samples(Quantity::wall, SegmentPhase::warmup) >= 10);
  CHECK(std::abs(sim.cost() / 100 - 1) < 0.005);
}

TEST_CASE("a level that changes after measuring began moves the cut there") {
  Simulation sim(20);
  sim.body.cost_ns = 100;
  sim.body.noise_ratio = 0.002;
  sim.body.shape = [](std::uint64_t run) { return run < 150 ? 1.3 : 1.0; };
  CHECK(sim.run().outcome == protocol::Outcome::passed);
  CHECK(std::abs(sim.cost() / 100 - 1) < 0.005);
  CHECK(sim.calibration().warmup_class == "warm_up");
}

}  // namespace
}  // namespace benchhost::measure::test
