// Requests by a schedule (sdk arrivals.h), through the whole of measuring on a simulated clock.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include <benchhost/arrivals.h>

#include "analysis/location.h"
#include "simulation.h"

namespace benchhost::measure::test {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;
/// Waiting ends with a spin on the clock, which must move for that.
constexpr double kReadingNs = 500;

/// One batch of 10,000 requests at 1000 a second, each of which takes a microsecond but one, which takes a second.
struct Stall {
  Simulation sim;
  bh_recorder_t* open_loop = nullptr;
  bh_recorder_t* closed_loop = nullptr;
  std::vector<std::int64_t> intended;

  explicit Stall(std::uint64_t seed, std::uint64_t stalled_request) {
    auto of_p99 = [](const char* id, bool primary) {
      protocol::MetricRecord m = metric(id, protocol::Domain::self, protocol::MetricKind::time, primary);
      m.statistic = "p99";
      return m;
    };
    sim.benchmark.metrics = {of_p99("latency", true), of_p99("closed", false)};
    sim.clock.reading_ns = kReadingNs;
    sim.benchmark.batch_min = 10'000;
    sim.body.cost_ns = 0;
    sim.job.plan.warmup_budget_ns = 0;
    sim.job.plan.max_batches = 1;
    sim.body.on = [this](const std::string& call, const bh_host_t* host) -> bh_status_t {
      if (call != "prepare") return BH_OK;
      bh_recorder_request_t r{};
      r.struct_size = sizeof r;
      r.mode = BH_RECORD_HISTOGRAM;
      if (host->recorder_open(host, &r, &open_loop) != BH_OK) return BH_E_FAILED;
      r.metric = 1;
      return host->recorder_open(host, &r, &closed_loop);
    };
    sim.body.in_run = [this, seed, stalled_request](const bh_batch_t& batch, const bh_host_t* host) {
      bh_arrivals_t arrivals = bh_arrivals(host, 1000.0, seed);
      bh_arrivals_begin(&arrivals);
      for (std::uint64_t i = 0; i < batch.n; ++i) {
        intended.push_back(bh_arrivals_next(&arrivals));
        const std::int64_t sent = host->now_ns(host);
        sim.clock.advance(i == stalled_request ? kSecond : 1000);
        host->record(closed_loop, host->now_ns(host) - sent);
        bh_arrivals_done(&arrivals, open_loop, intended.back());
      }
    };
  }

  [[nodiscard]] double p99_ns(std::size_t of_metric) {
    analysis::Invocation invocation;
    for (const protocol::Message& message : sim.reporter.messages) invocation.add(message);
    const auto found = analysis::locate(sim.benchmark.metrics[of_metric], {}, invocation);
    REQUIRE_MESSAGE(found.location, found.reason);
    return found.location->value;
  }
};

TEST_CASE("a stall of a second in ten seconds of constant arrivals is 0.9 s at p99 from the intended start") {
  Stall stall(0, 2'000);
  REQUIRE(stall.sim.run().outcome == protocol::Outcome::passed);
  // A thousand requests came during the stall; of the hundred that waited longest, the last waited 0.9 s.
  CHECK(stall.p99_ns(0) == doctest::Approx(0.9e9).epsilon(0.01));
  // From the start that was possible, the stall is one slow request in ten thousand.
  CHECK(stall.p99_ns(1) < 3000);
}

TEST_CASE("equal distances are equal, do not drift, and are kept whatever is late") {
  Stall stall(0, 5'000);
  REQUIRE(stall.sim.run().outcome == protocol::Outcome::passed);
  REQUIRE(stall.intended.size() == 10'000);
  for (std::size_t i = 0; i < stall.intended.size(); ++i) {
    CHECK(stall.intended[i] == stall.intended[0] + static_cast<std::int64_t>(i) * kMillisecond);
  }
}

TEST_CASE("no request is sent before its time, and none is skipped") {
  Stall stall(3, 20'000);  // no stall
  REQUIRE(stall.sim.run().outcome == protocol::Outcome::passed);
  REQUIRE(stall.intended.size() == 10'000);
  CHECK(std::ranges::is_sorted(stall.intended));
  // 1000 a second with random distances: a request finds another one before it now and then, for a microsecond.
  CHECK(stall.p99_ns(0) >= 1000);
  CHECK(stall.p99_ns(0) < 10'000);
}

TEST_CASE("random distances are exponential, the same for a seed, and others for another") {
  Stall first(3, 20'000);
  Stall again(3, 20'000);
  Stall other(4, 20'000);
  for (Stall* stall : {&first, &again, &other}) REQUIRE(stall->sim.run().outcome == protocol::Outcome::passed);
  CHECK(first.intended == again.intended);
  CHECK(first.intended != other.intended);
  double sum = 0;
  double squares = 0;
  int longer_than_mean = 0;
  int longer_than_three = 0;
  for (std::size_t i = 1; i < first.intended.size(); ++i) {
    const double gap = static_cast<double>(first.intended[i] - first.intended[i - 1]) / kMillisecond;
    sum += gap;
    squares += gap * gap;
    longer_than_mean += gap > 1;
    longer_than_three += gap > 3;
  }
  // Mean 1, mean square 2, P(gap > x) = e^-x; bounds of four standard errors.
  CHECK(sum / 9999 == doctest::Approx(1).epsilon(0.04));
  CHECK(squares / 9999 == doctest::Approx(2).epsilon(0.09));
  CHECK(longer_than_mean / 9999.0 == doctest::Approx(std::exp(-1)).epsilon(0.055));
  CHECK(longer_than_three / 9999.0 == doctest::Approx(std::exp(-3)).epsilon(0.18));
}

TEST_CASE("a wish to stop ends the waiting") {
  Simulation sim;
  sim.benchmark.metrics = {metric("latency", protocol::Domain::self, protocol::MetricKind::time, true)};
  sim.clock.reading_ns = kReadingNs;
  sim.body.in_run = [&](const bh_batch_t&, const bh_host_t* host) {
    bh_arrivals_t arrivals = bh_arrivals(host, 1e-3, 0);
    bh_arrivals_begin(&arrivals);
    bh_arrivals_next(&arrivals);
    sim.cancelled = 1;
    const std::int64_t before = host->now_ns(host);
    CHECK(bh_arrivals_next(&arrivals) > before + kSecond);
    CHECK(host->now_ns(host) < before + kSecond);
  };
  static_cast<void>(sim.run());
  CHECK(sim.body.runs == 1);
}

}  // namespace
}  // namespace benchhost::measure::test
