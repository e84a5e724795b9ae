// Warm-up that is found to have ended after measuring began, and batches that a failure spoilt.
#include <doctest/doctest.h>

#include "simulation.h"

namespace benchhost::measure::test {
namespace {

using protocol::Quantity;
using protocol::SegmentPhase;

/// Slower by a third up to run 150, which is found when all is measured; every metric that a plugin can give values to.
struct LateCut : Simulation {
  LateCut() : Simulation(20) {
    benchmark.metrics = {metric("time", protocol::Domain::host, protocol::MetricKind::time, true),
                         metric("said", protocol::Domain::self, protocol::MetricKind::time, false),
                         metric("rate", protocol::Domain::self, protocol::MetricKind::rate, false),
                         metric("kept", protocol::Domain::self, protocol::MetricKind::time, false),
                         metric("counted", protocol::Domain::self, protocol::MetricKind::time, false)};
    body.cost_ns = 100;
    body.noise_ratio = 0.002;
    body.shape = [](std::uint64_t run) { return run < 150 ? 1.3 : 1.0; };
    body.on = [this](const std::string& call, const bh_host_t* h) -> bh_status_t {
      if (call != "prepare") return BH_OK;
      bh_recorder_request_t r{};
      r.struct_size = sizeof r;
      r.mode = BH_RECORD_RAW;
      r.metric = 3;
      r.capacity = 1;
      REQUIRE(h->recorder_open(h, &r, &raw) == BH_OK);
      r.mode = BH_RECORD_HISTOGRAM;
      r.metric = 4;
      return h->recorder_open(h, &r, &counts);
    };
    body.in_run = [this](const bh_batch_t& batch, const bh_host_t* h) {
      const double value = body.runs <= 150 ? 13 : 10;
      h->report(h, 1, value);
      h->report_rate(h, 2, value, 1e9);
      h->record(raw, static_cast<std::int64_t>(value));
      h->record(counts, static_cast<std::int64_t>(value));
      if (spoil_every != 0 && (batch.flags & BH_RUN_WARM_UP) == 0 && ++measured % spoil_every == 0)
        h->fail(h, BH_E_IO, "hiccup");
    };
  }
  bh_recorder_t* raw = nullptr;
  bh_recorder_t* counts = nullptr;
  std::uint64_t spoil_every = 0;
  std::uint64_t measured = 0;
};

/// Batches of the segments of a metric.
std::vector<std::uint64_t> batches(const std::vector<protocol::Segment>& segments, const std::string& metric) {
  std::vector<std::uint64_t> all;
  for (const auto& s : segments) {
    for (std::size_t i = 0; s.metric == metric && i < s.size(); ++i) all.push_back(s.first_batch + i * s.batch_step);
  }
  return all;
}

TEST_CASE("a cut that is found late holds for what was reported, recorded and counted too") {
  for (const std::uint64_t spoil_every : {0, 3}) {
    CAPTURE(spoil_every);
    LateCut sim;
    sim.spoil_every = spoil_every;
    CHECK(sim.run().outcome == protocol::Outcome::passed);
    REQUIRE(sim.calibration().steady_from);
    const std::uint64_t from = *sim.calibration().steady_from;
    CHECK(from >= 150);
    // Not one slow batch is left among the measured ones.
    const auto wall = batches(sim.segments(Quantity::wall, SegmentPhase::measure), "");
    REQUIRE(wall.size() > 10);
    CHECK(wall.front() >= 150);
    CHECK(from >= wall.front());
    for (const auto& [metric, quantity] : {std::pair{"said", Quantity::reported}, {"rate", Quantity::amount}}) {
      CAPTURE(metric);
      const auto all = batches(sim.segments(quantity, SegmentPhase::measure), metric);
      REQUIRE_FALSE(all.empty());
      CHECK(all.front() >= from);
      CHECK(all.front() <= from + 1);  // a spoilt one may lie between
      for (const auto& s : sim.segments(quantity, SegmentPhase::measure)) {
        for (std::size_t i = 0; s.metric == metric && i < s.size(); ++i) CHECK(s.reals[i] == 10);
      }
      // What is cut is kept as warm-up, for those who doubt.
      CHECK_FALSE(batches(sim.segments(quantity, SegmentPhase::warmup), metric).empty());
    }
    const auto histograms = sim.reporter.all<protocol::RecorderHistogram>();
    REQUIRE(histograms.size() == 1);
    CHECK(histograms[0].greatest == 10);
    // Every metric of the plugin stands on the same batches.
    CHECK(histograms[0].count == batches(sim.segments(Quantity::reported, SegmentPhase::measure), "said").size());
    CHECK(histograms[0].count + 1 >= wall.size() - wall.size() / 16);
  }
}

TEST_CASE("without a late cut nothing of the plugin's is cut") {
  LateCut sim;
  sim.body.shape = nullptr;
  CHECK(sim.run().outcome == protocol::Outcome::passed);
  CHECK_FALSE(sim.calibration().steady_from);
  CHECK(sim.samples(Quantity::reported, SegmentPhase::warmup) == 0);
  const auto histograms = sim.reporter.all<protocol::RecorderHistogram>();
  REQUIRE(histograms.size() == 1);
  CHECK(histograms[0].count == sim.samples(Quantity::wall, SegmentPhase::measure));
}

TEST_CASE("a spoilt batch is in no estimate and no share of the greatest number of batches") {
  Simulation sim(20);
  sim.body.cost_ns = 1e6;
  sim.job.plan.max_batches = 20;
  std::uint64_t measured = 0;
  sim.body.in_run = [&](const bh_batch_t& batch, const bh_host_t* h) {
    if ((batch.flags & BH_RUN_WARM_UP) != 0 || ++measured % 2 == 0) return;
    sim.clock.advance(3e9);
    h->fail(h, BH_E_IO, "hiccup");
  };
  sim.job.plan.time_budget_ns = 1'000'000'000'000;
  CHECK(sim.run().outcome == protocol::Outcome::passed);
  CHECK(sim.samples(Quantity::wall, SegmentPhase::measure) == 20);
  std::size_t estimates = 0;
  for (const auto& p : sim.reporter.all<protocol::Progress>()) {
    if (!p.estimate) continue;
    ++estimates;
    CHECK(*p.estimate == doctest::Approx(1e6).epsilon(0.01));
  }
  CHECK(estimates > 0);
}

TEST_CASE("a body that spoils every batch ends") {
  for (const std::int64_t budget_ns : {std::int64_t{1}, std::int64_t{1'000'000'000'000}}) {
    CAPTURE(budget_ns);
    Simulation sim(20);
    sim.body.cost_ns = 1e6;
    sim.job.plan.max_batches = 20;
    sim.job.plan.time_budget_ns = budget_ns;
    sim.body.in_run = [](const bh_batch_t&, const bh_host_t* h) { h->fail(h, BH_E_IO, "hiccup"); };
    sim.run();
    CHECK(sim.samples(Quantity::wall, SegmentPhase::measure) == 0);
  }
}

}  // namespace
}  // namespace benchhost::measure::test
