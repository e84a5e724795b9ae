// Batches that are run again, on a simulated clock.
#include "worker/measure/repeats.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "common/stats/disturbance.h"
#include "simulation.h"

namespace benchhost::measure::test {
namespace {

using protocol::Quantity;
using protocol::SegmentPhase;

TEST_CASE("as many are asked for as clean ones are missing, after a first look") {
  Repeats repeats(100, 1'000'000);
  CHECK(repeats.next(100, 40, 0) == kHopelessRepeats);
  CHECK(repeats.next(120, 48, 100) == 28);
  CHECK(repeats.next(148, 50, 200) == 2);
  CHECK(repeats.next(150, 50, 300) == 0);
}

TEST_CASE("nothing is run again where nothing was disturbed, nor without time") {
  CHECK(Repeats(10, 1'000).next(10, 0, 0) == 0);
  CHECK(Repeats(10, 0).next(10, 5, 0) == 0);
  CHECK(Repeats(0, 1'000).next(0, 0, 0) == 0);
  Repeats timed(10, 1'000);
  CHECK(timed.next(10, 5, 0) == 5);
  CHECK(timed.has_time(900, 100));
  CHECK_FALSE(timed.has_time(900, 101));
  CHECK(timed.next(12, 6, 1'000) == 0);
}

TEST_CASE("what disturbs every repeat is given up on, and there are never more than batches wanted") {
  Repeats vain(1'000, 1'000'000);
  CHECK(vain.next(1'000, 900, 0) == kHopelessRepeats);
  CHECK(vain.next(1'020, 920, 1) == 0);
  Repeats half(50, 1'000'000);
  std::size_t measured = 50;
  std::size_t disturbed = 45;
  std::size_t all = 0;
  for (std::size_t next = half.next(measured, disturbed, 0); next > 0; next = half.next(measured, disturbed, 0)) {
    measured += next;
    disturbed += next - 1;
    all += next;
  }
  CHECK(all == 50);
}

TEST_CASE("clean batches suffice from five and a tenth on") {
  CHECK(stats::clean_suffice(5, 0));
  CHECK_FALSE(stats::clean_suffice(5, 1));
  CHECK(stats::clean_suffice(50, 45));
  CHECK_FALSE(stats::clean_suffice(51, 46));
  CHECK_FALSE(stats::clean_suffice(0, 0));
  CHECK_FALSE(stats::clean_suffice(3, 4));
}

/// A body of 1 ms batches whose processor is taken away for `stolen_ns` in the measured batches that `hit` names, by
/// their number among the measured ones.
struct Hogged : Simulation {
  explicit Hogged(std::function<bool(std::uint64_t)> hit, double stolen_ns = 4e6) : Simulation(20) {
    body.cost_ns = 1e5;
    body.noise_ratio = 0.002;
    job.plan.time_budget_ns = 100'000'000;
    job.plan.warmup_budget_ns = 40'000'000;
    body.in_run = [this, hit = std::move(hit), stolen_ns](const bh_batch_t& batch, const bh_host_t*) {
      if ((batch.flags & BH_RUN_WARM_UP) != 0 || !hit(measured++)) return;
      clock.advance(stolen_ns);
      meter.off_cpu_ns += static_cast<std::int64_t>(stolen_ns);
      meter.switches += 1;
    };
  }
  [[nodiscard]] std::set<std::uint64_t> marked() const {
    std::set<std::uint64_t> all;
    for (const auto& flags : reporter.all<protocol::BatchFlags>())
      all.insert(flags.disturbed.begin(), flags.disturbed.end());
    return all;
  }
  std::uint64_t measured = 0;
};

TEST_CASE("disturbed batches are replaced until as many are clean as were measured, and stay stored and marked") {
  std::uint64_t hit = 0;
  Hogged sim([&hit](std::uint64_t i) {
    const bool is_hit = i % 4 == 1;
    hit += is_hit ? 1 : 0;
    return is_hit;
  });
  const auto end = sim.run();
  REQUIRE(end.outcome == protocol::Outcome::passed);
  const std::size_t stored = sim.samples(Quantity::wall, SegmentPhase::measure);
  CHECK(stored == sim.measured);
  CHECK(sim.marked().size() == hit);
  // The hog ate budget too, so the first round had fewer than 100; its number of clean ones is whole again.
  const std::size_t clean = stored - hit;
  const auto undisturbed = [] {
    Hogged quiet([](std::uint64_t) { return false; });
    quiet.run();
    return quiet.measured;
  }();
  CHECK(clean >= 40);
  CHECK(clean <= undisturbed);
  // What is marked is what was hit, by its time.
  for (const auto& segment : sim.segments(Quantity::wall, SegmentPhase::measure)) {
    for (std::size_t i = 0; i < segment.size(); ++i) {
      CHECK(sim.marked().contains(segment.first_batch + i) == (segment.integers[i] > 4'000'000));
    }
  }
  // Not flagged: the clean ones are enough.
  CHECK(std::ranges::find(end.flags, "disturbed") == end.flags.end());
  // The line goes through clean batches alone.
  CHECK(*sim.calibration().fit_cost_ns == doctest::Approx(1e5).epsilon(0.002));
}

TEST_CASE("a batch that is slow by itself is not run again: time is no evidence") {
  Simulation sim(20);
  sim.body.cost_ns = 1e5;
  sim.job.plan.time_budget_ns = 100'000'000;
  sim.job.plan.warmup_budget_ns = 40'000'000;
  std::uint64_t measured = 0;
  sim.body.in_run = [&](const bh_batch_t& batch, const bh_host_t*) {
    if ((batch.flags & BH_RUN_WARM_UP) != 0) return;
    if (measured++ % 5 == 2) sim.clock.advance(5e6);  // on the processor all the while
  };
  REQUIRE(sim.run().outcome == protocol::Outcome::passed);
  CHECK(sim.reporter.all<protocol::BatchFlags>().empty());
  double walls = 0;
  for (const auto& segment : sim.segments(Quantity::wall, SegmentPhase::measure)) {
    for (const std::int64_t wall : segment.integers) walls += static_cast<double>(wall);
  }
  // Not a batch beyond the budget, but for the last that was thought to fit.
  CHECK(walls <= 100e6 + 7e6);
}

TEST_CASE("a hog that never goes away leaves all batches in use, and the result flagged") {
  Hogged sim([](std::uint64_t) { return true; });
  const auto end = sim.run();
  REQUIRE(end.outcome == protocol::Outcome::passed);
  CHECK(sim.marked().size() == sim.measured);
  CHECK(std::ranges::find(end.flags, "disturbed") != end.flags.end());
  Hogged quiet([](std::uint64_t) { return false; });
  quiet.run();
  CHECK(sim.measured <= quiet.measured / 2 + kHopelessRepeats);
}

TEST_CASE("repeats end with the time they are given") {
  // Half of the batches last six times as long: what they cost is bounded by the budget, not by their number.
  Hogged sim([](std::uint64_t i) { return i % 2 == 0; }, 20e6);
  REQUIRE(sim.run().outcome == protocol::Outcome::passed);
  double walls = 0;
  for (const auto& segment : sim.segments(Quantity::wall, SegmentPhase::measure)) {
    for (const std::int64_t wall : segment.integers) walls += static_cast<double>(wall);
  }
  CHECK(walls <= 2 * 100e6 + 2 * 21e6);
}

TEST_CASE("cycles of ONCE are run again too") {
  Hogged sim([](std::uint64_t i) { return i % 3 == 1; });
  sim.benchmark.batch = protocol::BatchPolicy::once;
  sim.body.cost_ns = 1e6;
  sim.job.plan.min_batches = 12;
  sim.job.plan.max_batches = 12;
  sim.job.plan.time_budget_ns = 10'000'000'000;
  REQUIRE(sim.run().outcome == protocol::Outcome::passed);
  CHECK(sim.measured - sim.marked().size() == 12);
  CHECK(sim.samples(Quantity::wall, SegmentPhase::measure) == sim.measured);
}

}  // namespace
}  // namespace benchhost::measure::test
