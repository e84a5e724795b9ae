#include "common/stats/elision.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "unit/common/stats/series.h"

using namespace benchhost::stats;

namespace {

constexpr double kTick = 20.0;

// What a calibration sees: n times ten from 1 to 10^decades, noise of the clock and of the body.
std::vector<BatchTime> probe(Random& random, double a, double b, int decades) {
  std::vector<BatchTime> batches;
  std::int64_t n = 1;
  for (int i = 0; i <= decades; ++i, n *= 10) {
    const double truth = (a + b * static_cast<double>(n)) * (1.0 + random.normal(0.0, 0.01));
    batches.push_back({n, std::floor(truth / kTick + random.uniform()) * kTick});
  }
  return batches;
}

}  // namespace

TEST_CASE("bodies from a hundredth of a nanosecond to a second grow") {
  int grows = 0;
  int total = 0;
  for (std::uint64_t session = 0; session < 100; ++session) {
    for (const double b : {0.01, 0.3, 5.0, 1e3, 1e6, 1e9}) {
      Random random(derive(1, session));
      // As far as calibration goes: a millisecond, and at least three probes.
      const int decades = std::max(2, static_cast<int>(std::ceil(std::log10(1e6 / b))));
      grows += time_growth(probe(random, 40.0, b, decades), kTick) == Growth::grows;
      ++total;
    }
  }
  CHECK(grows == total);
}

TEST_CASE("a body that was removed is found out") {
  int elided = 0;
  for (std::uint64_t session = 0; session < 200; ++session) {
    Random random(derive(2, session));
    elided += time_growth(probe(random, 40.0, 0.0, 9), kTick) == Growth::elided;
  }
  CHECK(elided == 200);
}

TEST_CASE("a removed body is found out when a batch was preempted, once that batch is timed again") {
  for (std::size_t bad = 0; bad <= 9; ++bad) {
    CAPTURE(bad);
    Random random(derive(3, bad));
    auto batches = probe(random, 40.0, 0.0, 9);
    batches[bad].time_ns += 4e6;
    const Growth first = time_growth(batches, kTick);
    CHECK(first != Growth::grows);
    for (int again = 0; again < 2; ++again) batches.push_back({batches[9].iterations, 40.0});
    CHECK(time_growth(batches, kTick) == Growth::elided);
  }
}

TEST_CASE("identical readings of a coarse clock decide only where n is large enough") {
  const std::vector<BatchTime> few{{1, 20.0}, {10, 20.0}, {100, 20.0}, {1000, 20.0}};
  CHECK(time_growth(few, kTick) == Growth::unknown);
  std::vector<BatchTime> many = few;
  for (std::int64_t n = 10'000; n <= 1'000'000'000; n *= 10) many.push_back({n, 20.0});
  CHECK(time_growth(many, kTick) == Growth::elided);
}

TEST_CASE("a run that ignores n is elided even when it is long") {
  Random random(5);
  std::vector<BatchTime> batches;
  for (const std::int64_t n : {1, 10, 100, 1'000, 10'000, 100'000}) {
    batches.push_back({n, 5e6 * (1.0 + random.normal(0.0, 0.0005))});
  }
  CHECK(time_growth(batches, kTick) == Growth::elided);
}

TEST_CASE("a small body behind a large fixed cost is not called elided") {
  // 2 ms to start, 1 µs an iteration: from 1 to 100 iterations hardly anything shows.
  Random random(6);
  std::vector<BatchTime> batches;
  for (const std::int64_t n : {1, 10, 100}) {
    batches.push_back({n, (2e6 + 1e3 * static_cast<double>(n)) * (1.0 + random.normal(0.0, 0.01))});
  }
  CHECK(time_growth(batches, kTick) != Growth::elided);
  batches.push_back({1'000, 3e6});
  batches.push_back({10'000, 12e6});
  batches.push_back({100'000, 102e6});
  CHECK(time_growth(batches, kTick) == Growth::grows);
}

TEST_CASE("where n is limited, a body that costs nothing is found out and one that costs a little is not") {
  constexpr std::int64_t kLimit = 100;
  for (const double noise : {0.002, 0.02}) {
    for (const double overhead : {3e3, 1e5, 3e6}) {
      CAPTURE(noise);
      CAPTURE(overhead);
      int elided = 0;
      int honest = 0;
      int early = 0;
      constexpr int kSessions = 200;
      for (std::uint64_t session = 0; session < kSessions; ++session) {
        Random random(derive(9, session));
        std::vector<BatchTime> nothing, little;
        for (int round = 0; round < 10; ++round) {
          for (const std::int64_t n : {6, 12, 25, 50, 100}) {
            // A fifth of the longest batch is work.
            const double work = 0.25 * overhead * static_cast<double>(n) / static_cast<double>(kLimit);
            nothing.push_back({n, overhead * (1 + random.normal(0.0, noise))});
            little.push_back({n, (overhead + work) * (1 + random.normal(0.0, noise))});
          }
        }
        elided += time_growth(nothing, kTick, kLimit) == Growth::elided;
        honest += time_growth(little, kTick, kLimit) != Growth::elided;
        early += time_growth(nothing, kTick, kLimit + 1) == Growth::elided;
      }
      CHECK(elided >= kSessions - 2);
      CHECK(honest == kSessions);
      // Where n could still be raised the same batches decide nothing, but for a line that falls by chance.
      CHECK(early <= kSessions / 50);
    }
  }
}

TEST_CASE("two batches can show growth but never its absence") {
  CHECK(time_growth(std::vector<BatchTime>{{1, 1e10}, {2, 2e10}}, kTick) == Growth::grows);
  CHECK(time_growth(std::vector<BatchTime>{{1, 1e10}, {2, 1.05e10}}, kTick) == Growth::unknown);
  CHECK(time_growth(std::vector<BatchTime>{{1, 40.0}, {1'000'000'000, 40.0}}, kTick) == Growth::unknown);
}

TEST_CASE("growth in no, one, equal or bad batches is unknown") {
  CHECK(time_growth({}, kTick) == Growth::unknown);
  CHECK(time_growth(std::vector<BatchTime>{{1, 10.0}}, kTick) == Growth::unknown);
  CHECK(time_growth(std::vector<BatchTime>{{7, 10.0}, {7, 12.0}, {7, 11.0}}, kTick) == Growth::unknown);
  for (const double bad : {kNan, kInfinity, -1.0}) {
    CHECK(time_growth(std::vector<BatchTime>{{1, 10.0}, {10, bad}, {100, 1000.0}}, kTick) == Growth::unknown);
    CHECK(time_growth(std::vector<BatchTime>{{1, 1e4}, {10, 1e5}, {100, 1e6}}, bad) == Growth::unknown);
  }
  CHECK(time_growth(std::vector<BatchTime>{{1, 1e4}, {10, 1e5}, {100, 1e6}}, 0.0) == Growth::unknown);
}

TEST_CASE("growth has names") {
  CHECK(to_text(Growth::grows) == "grows");
  CHECK(to_text(Growth::elided) == "elided");
  CHECK(to_text(Growth::unknown) == "unknown");
}
