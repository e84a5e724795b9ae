// What life signs say of the primary metric.
#include <doctest/doctest.h>

#include "simulation.h"

namespace benchhost::measure::test {
namespace {

struct Row {
  const char* what;
  protocol::Domain domain;
  const char* source;
  const char* statistic;
  std::optional<double> shown;
};

TEST_CASE("an estimate is of the primary metric or is none") {
  using protocol::Domain;
  const std::vector<Row> rows = {
      {"host time", Domain::host, "", "", 1e6},
      {"host time, median", Domain::host, "", "median", 1e6},
      {"host time, percentile", Domain::host, "", "p99", std::nullopt},
      {"self", Domain::self, "", "", 30.0},
      {"self, mean of a source", Domain::self, "raw", "mean", 500.0},
      {"self, percentile of a source", Domain::self, "raw", "p99", std::nullopt},
      {"self that nobody reports", Domain::self, "silent", "mean", std::nullopt},
      {"none", Domain::none, "", "", std::nullopt},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    Simulation sim(20);
    sim.benchmark.metrics = {metric("primary", row.domain, protocol::MetricKind::time, true),
                             metric("raw", Domain::self, protocol::MetricKind::time, false),
                             metric("silent", Domain::self, protocol::MetricKind::time, false)};
    sim.benchmark.metrics[0].source = row.source;
    sim.benchmark.metrics[0].statistic = row.statistic;
    sim.body.cost_ns = 1e6;
    sim.job.plan.max_batches = 20;
    sim.job.plan.time_budget_ns = 100'000'000'000;
    std::vector<bh_recorder_t*> raw(2);
    sim.body.on = [&](const std::string& call, const bh_host_t* h) -> bh_status_t {
      bh_recorder_request_t r{};
      r.struct_size = sizeof r;
      r.metric = 1;
      r.capacity = 2;
      for (std::uint32_t i = 0; call == "prepare" && i < 2; ++i) {
        r.index = i;
        REQUIRE(h->recorder_open(h, &r, &raw[i]) == BH_OK);
      }
      // Life signs are half a second apart.
      if (call == "finish_batch") sim.clock.advance(1e9);
      return BH_OK;
    };
    sim.body.in_run = [&](const bh_batch_t&, const bh_host_t* h) {
      if (row.domain == Domain::self && *row.source == '\0') h->report(h, 0, 30);
      // A thread that records thrice as much weighs thrice as much.
      h->record(raw[0], 200);
      for (int i = 0; i < 3; ++i) h->record(raw[1], 600);
    };
    const auto end = sim.run();
    CHECK(end.outcome == protocol::Outcome::passed);
    std::optional<double> last;
    for (const auto& p : sim.reporter.all<protocol::Progress>()) {
      if (p.estimate) last = p.estimate;
    }
    CHECK(last.has_value() == row.shown.has_value());
    if (last && row.shown) CHECK(*last == doctest::Approx(*row.shown).epsilon(1e-3));
  }
}

}  // namespace
}  // namespace benchhost::measure::test
