// Probes alone: their number, their growth, their cost.
#include <doctest/doctest.h>

#include <cmath>

#include "common/stats/random.h"
#include "worker/measure/calibrator.h"

namespace benchhost::measure::test {
namespace {

struct Probed {
  std::uint64_t n = 0;
  std::size_t probes = 0;
  double spent_ns = 0;
  bool grew_too_fast = false;
};

Probed calibrate(CalibrationLimits limits, double overhead, double cost, double noise, std::uint64_t seed) {
  Calibrator calibrator(limits);
  stats::Random random(seed);
  Probed probed;
  std::uint64_t before = 0;
  while (const auto n = calibrator.next()) {
    REQUIRE(probed.probes < 100);
    if (before != 0 && *n > 10 * before) probed.grew_too_fast = true;
    before = *n;
    const double time = (overhead + cost * static_cast<double>(*n)) * (1 + noise * random.normal());
    const auto ticks = static_cast<std::int64_t>(std::max(0.0, time)) / limits.tick_ns;
    calibrator.record(*n, ticks * limits.tick_ns);
    probed.spent_ns += time;
    ++probed.probes;
  }
  probed.n = calibrator.chosen();
  return probed;
}

TEST_CASE(
    "bodies from 0.3 ns to 10 s need at most twelve probes, growing at most tenfold, on quiet and noisy machines") {
  for (const double cost : {0.3, 3.0, 100.0, 1e4, 1e6, 5e8, 1e10}) {
    for (const double noise : {0.0, 0.01, 0.1}) {
      for (std::uint64_t seed = 0; seed < 50; ++seed) {
        CAPTURE(cost);
        CAPTURE(noise);
        CalibrationLimits limits;
        limits.tick_ns = 20;
        const Probed probed = calibrate(limits, 25, cost, noise, seed);
        CHECK(probed.probes <= kMaxProbes);
        CHECK_FALSE(probed.grew_too_fast);
        // The batch is as long as asked for, and for a body that is longer by itself the least n.
        CHECK(static_cast<double>(probed.n) * cost >= (noise > 0.05 ? 0.5e6 : 0.9e6));
        CHECK((probed.n == 1 || static_cast<double>(probed.n) * cost <= 2.5e6));
        CHECK(probed.spent_ns <= std::max(1.3 * cost + 100, 3.2e7));
      }
    }
  }
}

TEST_CASE("one probe that loses the processor for milliseconds does not leave batches short") {
  // A team that takes 60 us to start, around iterations of 87 ns, on a machine that does other work.
  for (std::size_t slow = 0; slow < 10; ++slow) {
    for (const double delay : {1e6, 5e6, 2e7}) {
      CAPTURE(slow);
      CAPTURE(delay);
      Calibrator calibrator({});
      std::size_t taken = 0;
      while (const auto n = calibrator.next()) {
        REQUIRE(taken < kMaxProbes);
        const double time = 60'000 + 87 * static_cast<double>(*n) + (taken == slow ? delay : 0);
        calibrator.record(*n, static_cast<std::int64_t>(time));
        ++taken;
      }
      // A delay as long as the batch itself may halve it; a longer one is seen.
      CHECK(87 * static_cast<double>(calibrator.chosen()) >= 0.4e6);
    }
  }
}

TEST_CASE("a body beyond the budget is probed once") {
  CalibrationLimits limits;
  limits.probe_budget_ns = 10'000'000;
  CHECK(calibrate(limits, 0, 6e6, 0, 1).probes == 1);
  CHECK(calibrate(limits, 0, 1e9, 0, 1).probes == 1);
}

TEST_CASE("n keeps to its limits") {
  CalibrationLimits limits;
  limits.batch_min = 64;
  limits.batch_max = 100;
  const Probed probed = calibrate(limits, 0, 1, 0, 1);
  CHECK(probed.n == 100);
  limits.batch_max = 64;
  CHECK(calibrate(limits, 0, 1, 0, 1).n == 64);
}

TEST_CASE("jitter adds at most a fifth and never a part of an iteration") {
  Calibrator calibrator({});
  calibrator.record(1000, 500'000);
  calibrator.record(2000, 1'000'000);
  CHECK(calibrator.chosen(0) == 2000);
  CHECK(calibrator.chosen(0.2) == 2400);
  CHECK(calibrator.chosen(5) == 2400);
  Calibrator slow({});
  slow.record(1, 2'000'000'000);
  CHECK(slow.chosen(0.2) == 1);
}

TEST_CASE("a clock that stands still ends the calibration with the last n") {
  CalibrationLimits limits;
  const Probed probed = calibrate(limits, 0, 0, 0, 1);
  CHECK(probed.probes == kMaxProbes);
  CHECK(probed.n == 100'000'000'000);
}

}  // namespace
}  // namespace benchhost::measure::test
