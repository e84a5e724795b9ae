// Speeds of invocations and of their batches.
#include "analysis/modes.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "analysis/estimate.h"
#include "common/stats/random.h"
#include "support/sample_benchmark.h"

namespace benchhost::analysis {
namespace {

using test::invocation_of;
using test::metric;
using test::sample_benchmark;

/// Ten invocations, three of them slower by a twentieth; `split`: half of the batches of each are slower by a tenth.
std::vector<Invocation> planted(bool slow_ones, bool split) {
  stats::Random random(3);
  std::vector<Invocation> all;
  for (std::uint32_t i = 0; i < 10; ++i) {
    std::vector<double> costs;
    for (int b = 0; b < 40; ++b) {
      const double pace = slow_ones && i % 3 == 1 ? 1.05 : 1.0;
      costs.push_back(1000.0 * pace * (split && b % 4 == 0 ? 1.1 : 1.0) * (1 + 0.001 * random.normal()));
    }
    all.push_back(invocation_of(i, 1000, 0, costs));
  }
  return all;
}

protocol::MetricRecord time_metric() {
  return metric("time", protocol::MetricKind::time, protocol::Domain::host, "ns");
}

TEST_CASE("processes of two speeds are told apart, in the unit of the metric") {
  const auto sets = modes_of(time_metric(), planted(true, false));
  REQUIRE(sets.size() == 1);
  CHECK_FALSE(sets[0].invocation);
  CHECK(sets[0].unit == "ns");
  REQUIRE(sets[0].modes.size() == 2);
  CHECK(sets[0].modes[0].count == 7);
  CHECK(sets[0].modes[1].count == 3);
  CHECK(sets[0].modes[1].location == doctest::Approx(1050).epsilon(0.002));
  // A rate of the same invocations: 1000 bytes an iteration.
  const auto rates = modes_of(sample_benchmark().metrics[0], planted(true, false));
  REQUIRE(rates.size() == 1);
  CHECK(rates[0].unit == "By/s");
  CHECK(rates[0].modes[0].count == 3);
  CHECK(rates[0].modes[1].location == doctest::Approx(1e9).epsilon(0.002));
}

TEST_CASE("batches of two speeds are told invocation by invocation, those of a rate as times") {
  const auto sets = modes_of(sample_benchmark().metrics[0], planted(false, true));
  REQUIRE(sets.size() == 10);
  for (std::uint32_t i = 0; i < 10; ++i) {
    CHECK(sets[i].invocation == i);
    CHECK(sets[i].unit == "ns");
    REQUIRE(sets[i].modes.size() == 2);
    CHECK(sets[i].modes[0].count == 30);
    CHECK(sets[i].modes[1].count == 10);
    CHECK(sets[i].modes[1].location == doctest::Approx(1100).epsilon(0.002));
  }
}

TEST_CASE("steps of a coarse clock are no speeds") {
  // Cold batches of one iteration that take some 1,000 ns, by a clock that steps by 42 and 100 ns.
  for (const std::int64_t step : {42, 100}) {
    for (const double slow : {0.0, 400.0}) {
      CAPTURE(step);
      CAPTURE(slow);
      stats::Random random(7);
      std::vector<Invocation> all;
      for (std::uint32_t i = 0; i < 10; ++i) {
        std::vector<double> costs;
        for (int b = 0; b < 40; ++b) {
          const double whole = 1000 + (b % 2 == 0 ? slow : 0.0) + 10.0 * random.normal();
          costs.push_back(static_cast<double>(step) * std::round(whole / static_cast<double>(step)));
        }
        all.push_back(invocation_of(i, 1, 0, costs));
        all.back().record.calibration->clock_step_ns = step;
      }
      const auto sets = modes_of(time_metric(), all);
      CHECK(sets.size() == (slow > 0 ? 10 : 0));
    }
  }
}

TEST_CASE("disturbed batches are no second speed") {
  auto invocations = planted(false, true);
  for (Invocation& i : invocations) {
    for (std::uint64_t b = 0; b < 40; b += 4) i.record.disturbed_batches.push_back(4 + b);
  }
  CHECK(modes_of(time_metric(), invocations).empty());
}

TEST_CASE("one speed, and metrics that have none, have no modes") {
  CHECK(modes_of(time_metric(), planted(false, false)).empty());
  CHECK(modes_of(time_metric(), {}).empty());
  const auto bytes = metric("peak", protocol::MetricKind::bytes, protocol::Domain::host, "By");
  CHECK(modes_of(bytes, planted(true, true)).empty());
  auto invocations = planted(true, true);
  for (Invocation& i : invocations) i.withheld.push_back({"time", "because"});
  CHECK(modes_of(time_metric(), invocations).empty());
}

TEST_CASE("the estimate of a case tells them of its primary metric") {
  const auto estimate = estimate_case(sample_benchmark(), planted(true, false), std::nullopt);
  REQUIRE(estimate.modes.size() == 1);
  CHECK(estimate.modes[0].metric == "bandwidth");
}

TEST_CASE("rates that a plugin reports are told a second") {
  auto rate = metric("rate", protocol::MetricKind::rate, protocol::Domain::self, "{item}/s");
  Invocation i = invocation_of(0, 1, 0, std::vector<double>(40, 5.0));
  protocol::Segment amounts;
  amounts.quantity = protocol::Quantity::amount;
  amounts.metric = "rate";
  amounts.first_batch = 4;
  protocol::Segment durations = amounts;
  durations.quantity = protocol::Quantity::recorded;
  for (int b = 0; b < 40; ++b) {
    amounts.reals.push_back(b % 2 == 0 ? 100 : 150);
    durations.integers.push_back(1'000'000'000);
  }
  i.record.segments.push_back(amounts);
  i.record.segments.push_back(durations);
  const auto sets = modes_of(rate, std::vector{i});
  REQUIRE(sets.size() == 1);
  CHECK(sets[0].unit == "{item}/s");
  CHECK(sets[0].modes[0].location == doctest::Approx(100));
  CHECK(sets[0].modes[1].location == doctest::Approx(150));
}

}  // namespace
}  // namespace benchhost::analysis
