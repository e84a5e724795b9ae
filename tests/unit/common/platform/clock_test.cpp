#include "common/platform/clock.h"

#include <doctest/doctest.h>

#include "support/fake_clock.h"

using namespace benchhost::platform;
using benchhost::test::FakeClock;

TEST_CASE("the system's clock never goes back and ticks") {
  SystemClock clock;
  std::int64_t before = clock.now_ns();
  for (int i = 0; i < 10000; ++i) {
    const std::int64_t now = clock.now_ns();
    REQUIRE(now >= before);
    before = now;
  }
  CHECK(clock.wall_ns() > 1'700'000'000'000'000'000);
}

TEST_CASE("sleeping ends at or after the deadline, and a past deadline is no sleep") {
  SystemClock clock;
  const std::int64_t deadline = clock.now_ns() + 2'000'000;
  clock.sleep_until(deadline);
  CHECK(clock.now_ns() >= deadline);
  clock.sleep_until(0);
  clock.sleep_until(-5);
  clock.sleep_until(deadline);
}

TEST_CASE("the facts of the system's clock are plausible") {
  SystemClock clock;
  const ClockFacts facts = measure_clock(clock);
  CHECK(facts.source.starts_with("CLOCK_MONOTONIC"));
  REQUIRE(facts.resolution_ns);
  CHECK(*facts.resolution_ns > 0);
  CHECK(facts.cost_ns > 0);
  CHECK(facts.smallest_delta_ns > 0);
}

TEST_CASE("cost and smallest difference of a clock with known steps are found exactly") {
  FakeClock clock(0, 25);
  const ClockFacts facts = measure_clock(clock);
  CHECK(facts.cost_ns == 25.0);
  CHECK(facts.smallest_delta_ns == 25);
  CHECK(facts.source == "fake");
  CHECK_FALSE(facts.resolution_ns);
}

TEST_CASE("a clock that stands still for longer than it takes to measure it is measured all the same") {
  /// Ticks of a timer interrupt, each as long as so many readings.
  class CoarseClock final : public Clock {
   public:
    explicit CoarseClock(std::int64_t readings_per_tick) : readings_per_tick_(readings_per_tick) {}
    std::int64_t now_ns() noexcept override { return readings_++ / readings_per_tick_ * 15'625'000; }
    std::int64_t wall_ns() noexcept override { return now_ns(); }
    void sleep_until(std::int64_t) noexcept override {}
    std::string source() const override { return "coarse"; }
    std::optional<std::int64_t> resolution_ns() const override { return 16'000'000; }

   private:
    std::int64_t readings_per_tick_;
    std::int64_t readings_ = 0;
  };
  CoarseClock ticking(100'000);
  CHECK(measure_clock(ticking).smallest_delta_ns == 15'625'000);
  CoarseClock standing(1'000'000'000);
  CHECK(measure_clock(standing).smallest_delta_ns == 16'000'000);
}

TEST_CASE("a fake clock moves only as it is told") {
  FakeClock clock(100);
  CHECK(clock.now_ns() == 100);
  CHECK(clock.now_ns() == 100);
  clock.advance(5);
  CHECK(clock.now_ns() == 105);
  clock.sleep_until(50);
  CHECK(clock.now_ns() == 105);
  clock.sleep_until(500);
  CHECK(clock.now_ns() == 500);
  const std::int64_t wall = clock.wall_ns();
  clock.advance(7);
  CHECK(clock.wall_ns() == wall + 7);
}
