// Between the two readings of the clock the worker allocates nothing, and a plugin's reports and records neither.
#include <doctest/doctest.h>

#include "simulation.h"
#include "support/counted_allocations.h"
#include "worker/measure/batch_timer.h"
#include "worker/measure/host_services.h"

namespace benchhost::measure::test {
namespace {

using benchhost::test::allocations;

/// A clock that notes how much had been allocated when it was read.
class CountingClock final : public platform::Clock {
 public:
  std::int64_t now_ns() noexcept override {
    seen[reads++ % 2] = allocations();
    return static_cast<std::int64_t>(reads);
  }
  std::int64_t wall_ns() noexcept override { return 0; }
  void sleep_until(std::int64_t) noexcept override {}
  std::string source() const override { return "counting"; }
  std::optional<std::int64_t> resolution_ns() const override { return 1; }
  std::uint64_t reads = 0;
  std::uint64_t seen[2] = {};
};

TEST_CASE("a timed run reads the clock twice and allocates nothing in between") {
  CountingClock clock;
  bh_lifecycle_t table{};
  table.run = [](void*, const bh_batch_t*) { return BH_OK; };
  bh_batch_t batch{};
  const TimedRun timed = time_run(clock, table, nullptr, batch);
  CHECK(clock.reads == 2);
  CHECK(clock.seen[1] == clock.seen[0]);
  CHECK(timed.status == BH_OK);
  // The counter is alive: an allocation inside would be seen.
  table.run = [](void*, const bh_batch_t*) {
    int* one = new int(1);
    bh_keep(one);  // unused, a pair of new and delete may be optimised away
    delete one;
    return BH_OK;
  };
  static_cast<void>(time_run(clock, table, nullptr, batch));
  CHECK(clock.seen[1] > clock.seen[0]);
}

TEST_CASE("reports, records and refusals' absence allocate nothing inside run") {
  Simulation sim(20);
  sim.benchmark.metrics = {metric("latency", protocol::Domain::self, protocol::MetricKind::time, true),
                           metric("rate", protocol::Domain::self, protocol::MetricKind::rate, false),
                           metric("layer", protocol::Domain::self, protocol::MetricKind::time, false)};
  sim.benchmark.metrics[2].labelled = true;
  sim.benchmark.batch_min = 1000;
  sim.job.plan.max_batches = 20;
  sim.body.batches.reserve(1000);
  sim.body.trace.reserve(10'000);
  bh_recorder_t* recorders[2] = {};
  sim.body.on = [&](const std::string& call, const bh_host_t* h) -> bh_status_t {
    for (std::uint32_t mode = 0; call == "prepare" && mode < 2; ++mode) {
      bh_recorder_request_t r{};
      r.struct_size = sizeof r;
      r.mode = mode;
      r.capacity = 2;
      if (const bh_status_t status = h->recorder_open(h, &r, &recorders[mode]); status != BH_OK) return status;
    }
    return BH_OK;
  };
  std::uint64_t allocated = 0;
  std::uint64_t values = 0;
  sim.body.in_run = [&](const bh_batch_t& batch, const bh_host_t* h) {
    const std::uint64_t before = allocations();
    for (std::uint64_t i = 0; i < batch.n; ++i) {
      h->report(h, 0, static_cast<double>(i));
      h->report_rate(h, 1, 1, 10);
      h->report_labelled(h, 2, "a label that is too long for any small-string optimisation", 1);
      // More than the room, so that the histogram of the raw recorder is met as well.
      for (int k = 0; k < 3; ++k) h->record(recorders[0], static_cast<std::int64_t>(i));
      h->record(recorders[1], static_cast<std::int64_t>(i * i));
      static_cast<void>(h->now_ns(h));
      static_cast<void>(h->cancelled(h));
      ++values;
    }
    allocated += allocations() - before;
  };
  CHECK(sim.run().outcome == protocol::Outcome::passed);
  CHECK(values > 20'000);
  CHECK(allocated == 0);
}

}  // namespace
}  // namespace benchhost::measure::test
