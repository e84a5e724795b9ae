// cpu_sustained's series of windows and what it comes to.
#include <doctest/doctest.h>

#include <numeric>
#include <vector>

#include "cpu_sustained/series.h"

using namespace sustained;

TEST_CASE("a steady rate is the same in every tenth, however the windows fall") {
  for (const int count : {1, 3, 10, 29, 1000}) {
    const std::vector<double> rates = rates_by_part(std::vector<Window>(static_cast<std::size_t>(count), {50, 100}));
    REQUIRE(rates.size() == kParts);
    for (const double rate : rates) CHECK(rate == doctest::Approx(0.5e9));
  }
}

TEST_CASE("a rate that falls shows where it fell") {
  std::vector<Window> windows(60, {100, 1'000'000});
  windows.resize(100, {80, 1'000'000});
  const std::vector<double> rates = rates_by_part(windows);
  for (int i = 0; i < 6; ++i) CHECK(rates[static_cast<std::size_t>(i)] == doctest::Approx(100e3));
  for (int i = 6; i < 10; ++i) CHECK(rates[static_cast<std::size_t>(i)] == doctest::Approx(80e3));
}

TEST_CASE("a window over an edge counts to both sides, and nothing is lost") {
  const std::vector<Window> windows = {{10, 150}, {30, 50}, {7, 800}};
  const std::vector<double> rates = rates_by_part(windows);
  CHECK(rates[0] == doctest::Approx(10 * 100.0 / 150 / 100 * 1e9));
  CHECK(rates[1] == doctest::Approx((10 * 50.0 / 150 + 30) / 100 * 1e9));
  CHECK(std::accumulate(rates.begin(), rates.end(), 0.0) * 100 / 1e9 == doctest::Approx(47));
}

TEST_CASE("no window has no rates") { CHECK(rates_by_part({}).empty()); }

TEST_CASE("the next window is as long as wanted if the rate goes on, and never empty") {
  CHECK(next_iterations(100, 50, 100) == 200);
  CHECK(next_iterations(100, 400, 100) == 25);
  CHECK(next_iterations(1, 1'000'000, 100) == 1);
  CHECK(next_iterations(10, 0, 5) == 50);
}
