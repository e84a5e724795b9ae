#include "common/stats/linear_fit.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "unit/common/stats/series.h"

using namespace benchhost::stats;

namespace {

std::vector<BatchTime> decades(double a, double b, int count) {
  std::vector<BatchTime> batches;
  std::int64_t n = 1;
  for (int i = 0; i < count; ++i, n *= 10) batches.push_back({n, a + b * static_cast<double>(n)});
  return batches;
}

}  // namespace

TEST_CASE("an exact line is found exactly, from 0.3 ns to 10 s per iteration") {
  for (const double b : {0.3, 1.0, 57.0, 1e6, 1e10}) {
    for (const double a : {0.0, 25.0, 1e5}) {
      CAPTURE(b);
      CAPTURE(a);
      const auto fit = fit_line(decades(a, b, 6));
      REQUIRE(fit);
      CHECK(fit->b_ns == doctest::Approx(b).epsilon(1e-9));
      CHECK(std::abs(fit->a_ns - a) <= 1e-9 * (a + b));
      CHECK(fit->kept == 6);
      CHECK(fit->outliers == 0);
      CHECK(*fit->residual_relative_sd < 1e-9);
    }
  }
}

TEST_CASE("a slope of 0 is found as well") {
  const auto fit = fit_line(decades(40.0, 0.0, 6));
  REQUIRE(fit);
  CHECK(fit->a_ns == doctest::Approx(40.0));
  CHECK(std::abs(fit->b_ns) < 1e-12);
}

TEST_CASE("planted overhead and cost are found to 0.1 % under 0.1 % noise, and errors are told honestly") {
  // 60 batches each; counted over 500 sessions.
  int a_found = 0;
  int b_found = 0;
  int a_covered = 0;
  int b_covered = 0;
  for (std::uint64_t session = 0; session < 500; ++session) {
    Random random(derive(5, session));
    std::vector<BatchTime> batches;
    for (int i = 0; i < 60; ++i) {
      const std::int64_t n = std::int64_t{1} << (2 * (i % 6));
      const double truth = 200.0 + 50.0 * static_cast<double>(n);
      batches.push_back({n, truth * (1.0 + random.normal(0.0, 0.001))});
    }
    const auto fit = fit_line(batches);
    REQUIRE(fit);
    if (std::abs(fit->a_ns - 200.0) <= 0.001 * 200.0) ++a_found;
    if (std::abs(fit->b_ns - 50.0) <= 0.001 * 50.0) ++b_found;
    if (std::abs(fit->a_ns - 200.0) <= 2.0 * *fit->a_se_ns) ++a_covered;
    if (std::abs(fit->b_ns - 50.0) <= 2.0 * *fit->b_se_ns) ++b_covered;
  }
  CHECK(b_found == 500);
  CHECK(a_found == 498);
  // 2 standard errors hold about 95 %.
  CHECK(a_covered == 477);
  CHECK(b_covered == 472);
}

TEST_CASE("residuals are told relative to the time") {
  Random random(8);
  std::vector<BatchTime> batches;
  for (int i = 0; i < 2'000; ++i) {
    const std::int64_t n = 1 + static_cast<std::int64_t>(random.below(100'000));
    batches.push_back({n, (30.0 + 2.0 * static_cast<double>(n)) * (1.0 + random.normal(0.0, 0.02))});
  }
  const auto fit = fit_line(batches);
  CHECK(*fit->residual_relative_sd == doctest::Approx(0.02).epsilon(0.05));
  CHECK(fit->b_ns == doctest::Approx(2.0).epsilon(0.002));
}

TEST_CASE("one outlying batch at any place does not move the line") {
  for (std::size_t bad = 0; bad < 7; ++bad) {
    for (const double factor : {0.2, 1.5, 50.0}) {
      CAPTURE(bad);
      CAPTURE(factor);
      auto batches = decades(25.0, 3.0, 7);
      batches[bad].time_ns *= factor;
      const auto fit = fit_line(batches);
      REQUIRE(fit);
      CHECK(fit->outliers == 1);
      CHECK(fit->kept == 6);
      CHECK(fit->b_ns == doctest::Approx(3.0).epsilon(1e-6));
      CHECK(fit->a_ns == doctest::Approx(25.0).epsilon(1e-6));
    }
  }
}

TEST_CASE("preempted batches among many of one n are left out") {
  auto batches = decades(25.0, 3.0, 6);
  Random random(3);
  for (int i = 0; i < 100; ++i) {
    const double slow = i % 10 == 0 ? 4e6 : 0.0;
    batches.push_back({300'000, (25.0 + 9e5) * (1.0 + random.normal(0.0, 0.002)) + slow});
  }
  const auto fit = fit_line(batches);
  REQUIRE(fit);
  CHECK(fit->outliers >= 10);
  CHECK(fit->b_ns == doctest::Approx(3.0).epsilon(0.001));
}

TEST_CASE("short probes are not believed to a share of a tick") {
  // A clock that steps by 1 ms: seven probes read 0, the line lies on the rest.
  std::vector<BatchTime> batches;
  for (const std::int64_t n : {1L, 10L, 100L, 1'000L, 10'000L, 100'000L, 1'000'000L, 10'000'000L, 100'000'000L,
                               1'000'000'000L, 3'000'000'000L}) {
    batches.push_back({n, std::floor(0.3 * static_cast<double>(n) / 1e6) * 1e6});
  }
  const auto fit = fit_line(batches, 1e6);
  REQUIRE(fit);
  CHECK(fit->b_ns == doctest::Approx(0.3).epsilon(0.01));
  CHECK(fit->outliers == 0);
}

TEST_CASE("two batches draw the line without errors, repeated ones of two n with them") {
  const auto exact = fit_line(std::vector<BatchTime>{{1, 30.0}, {11, 50.0}});
  REQUIRE(exact);
  CHECK(exact->b_ns == doctest::Approx(2.0));
  CHECK(exact->a_ns == doctest::Approx(28.0));
  CHECK(!exact->b_se_ns);
  CHECK(!exact->a_se_ns);
  CHECK(!exact->residual_relative_sd);
  const auto repeated = fit_line(std::vector<BatchTime>{{1, 30.0}, {1, 30.3}, {11, 50.0}, {11, 49.5}});
  REQUIRE(repeated);
  CHECK(repeated->b_se_ns);
}

TEST_CASE("more distinct n than lines are tried through still give the line") {
  std::vector<BatchTime> batches;
  for (std::int64_t n = 1; n <= 500; ++n) batches.push_back({n, 10.0 + 4.0 * static_cast<double>(n)});
  batches[100].time_ns *= 9.0;
  const auto fit = fit_line(batches);
  REQUIRE(fit);
  CHECK(fit->b_ns == doctest::Approx(4.0).epsilon(1e-9));
  CHECK(fit->outliers == 1);
}

TEST_CASE("the order of batches does not matter") {
  Random random(4);
  auto batches = decades(25.0, 3.0, 7);
  for (auto& batch : batches) batch.time_ns *= 1.0 + random.normal(0.0, 0.005);
  const auto forward = fit_line(batches);
  const auto backward = fit_line(std::vector<BatchTime>(batches.rbegin(), batches.rend()));
  CHECK(forward->b_ns == doctest::Approx(backward->b_ns).epsilon(1e-12));
}

TEST_CASE("no line is drawn through too few, equal or bad batches") {
  CHECK(!fit_line({}));
  CHECK(!fit_line(std::vector<BatchTime>{{5, 10.0}}));
  CHECK(!fit_line(std::vector<BatchTime>{{5, 10.0}, {5, 11.0}, {5, 10.5}}));
  CHECK(!fit_line(std::vector<BatchTime>{{1, 0.0}, {10, 0.0}}));
  for (const double bad : {kNan, kInfinity, -kInfinity, -1.0}) {
    CHECK(!fit_line(std::vector<BatchTime>{{1, 10.0}, {2, bad}, {3, 30.0}}));
    CHECK(!fit_line(decades(1.0, 1.0, 4), bad));
  }
  CHECK(!fit_line(std::vector<BatchTime>{{0, 10.0}, {2, 20.0}}));
  CHECK(!fit_line(std::vector<BatchTime>{{-3, 10.0}, {2, 20.0}}));
}
