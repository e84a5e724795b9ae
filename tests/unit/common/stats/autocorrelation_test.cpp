#include "common/stats/autocorrelation.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include "unit/common/stats/series.h"

using namespace benchhost::stats;

TEST_CASE("autocorrelations of hand-computed values") {
  // 1 2 3 4 5: deviations -2 -1 0 1 2, squares 10; lag 1: 2+0+0+2 = 4; lag 2: 0-1+0 = -1; lag 4: -4.
  const std::array values{1.0, 2.0, 3.0, 4.0, 5.0};
  CHECK(*autocorrelation(values, 0) == 1.0);
  CHECK(*autocorrelation(values, 1) == doctest::Approx(0.4).epsilon(1e-15));
  CHECK(*autocorrelation(values, 2) == doctest::Approx(-0.1).epsilon(1e-15));
  CHECK(*autocorrelation(values, 4) == doctest::Approx(-0.4).epsilon(1e-15));
  CHECK(!autocorrelation(values, 5));
}

TEST_CASE("autocorrelation and effective size of a planted series") {
  Random random(1);
  for (const double rho : {0.0, 0.3, 0.6, 0.9}) {
    CAPTURE(rho);
    const std::vector<double> values = autoregressive(random, 50'000, rho);
    CHECK(std::abs(*autocorrelation(values, 1) - rho) < 0.02);
    CHECK(std::abs(*autocorrelation(values, 3) - rho * rho * rho) < 0.03);
    // n (1-rho)/(1+rho) in theory.
    const double theory = 50'000 * (1.0 - rho) / (1.0 + rho);
    CHECK(*effective_sample_size(values) == doctest::Approx(theory).epsilon(0.1));
  }
}

TEST_CASE("an alternating series is worth no more than its length") {
  std::vector<double> values;
  for (int i = 0; i < 100; ++i) values.push_back(i % 2 == 0 ? 1.0 : -1.0);
  CHECK(*effective_sample_size(values) == 100.0);
}

TEST_CASE("a million batches with a trend are judged as well, in bounded time") {
  std::vector<double> values(1'000'000);
  std::iota(values.begin(), values.end(), 0.0);
  CHECK(*effective_sample_size(values) < 5.0);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = i % 2 == 0 ? 1.0 : -1.0;
  CHECK(*effective_sample_size(values) == doctest::Approx(1e6));
}

TEST_CASE("a trend is worth few independent values") {
  std::vector<double> values(100);
  std::iota(values.begin(), values.end(), 0.0);
  CHECK(*effective_sample_size(values) < 5.0);
  CHECK(*effective_sample_size(values) >= 1.0);
}

TEST_CASE("dependence in too few, constant or bad values is unknown") {
  CHECK(!autocorrelation({}, 0));
  CHECK(!autocorrelation(std::array{1.0}, 0));
  CHECK(!autocorrelation(std::array{2.0, 2.0, 2.0}, 1));
  CHECK(!effective_sample_size({}));
  CHECK(!effective_sample_size(std::array{1.0, 2.0, 3.0}));
  CHECK(!effective_sample_size(std::array{1.0, 1.0, 1.0, 1.0, 1.0}));
  for (const double bad : {kNan, kInfinity, -kInfinity}) {
    const std::array values{1.0, 2.0, bad, 4.0, 5.0};
    CHECK(!autocorrelation(values, 1));
    CHECK(!effective_sample_size(values));
    CHECK(batch_means(values).empty());
    CHECK(!batch_means_interval(values));
  }
}

TEST_CASE("batch means drop left-over values at the start") {
  // 11 values: 3 groups of 3, the first two values dropped.
  const std::vector<double> means = batch_means(std::array{90.0, 91.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0});
  CHECK(means == std::vector<double>{2.0, 5.0, 8.0});
  CHECK(batch_means({}).empty());
  CHECK(batch_means(std::array{4.0}) == std::vector<double>{4.0});
  CHECK(batch_means(std::array{-4.0, -6.0, -8.0}) == std::vector<double>{-6.0});
}

TEST_CASE("the interval of batch means counts groups") {
  CHECK(!batch_means_interval({}));
  CHECK(!batch_means_interval(std::array{1.0, 2.0, 3.0}));
  const auto interval = batch_means_interval(std::array{1.0, 3.0, 5.0, 7.0});
  REQUIRE(interval);
  CHECK(interval->n == 2);
  CHECK(interval->estimate == 4.0);
  CHECK(batch_means_interval(std::array{5.0, 5.0, 5.0, 5.0})->high == 5.0);
}

namespace {

struct Coverage {
  int naive = 0;
  int grouped = 0;
};

Coverage coverage(double rho, std::size_t n, int sessions) {
  Coverage covered;
  for (int session = 0; session < sessions; ++session) {
    Random random(derive(derive(31, n), static_cast<std::uint64_t>(session)));
    const std::vector<double> values = autoregressive(random, n, rho);
    const auto naive = mean_interval(values);
    const auto grouped = batch_means_interval(values);
    if (naive->low <= 0.0 && 0.0 <= naive->high) ++covered.naive;
    if (grouped->low <= 0.0 && 0.0 <= grouped->high) ++covered.grouped;
  }
  return covered;
}

}  // namespace

TEST_CASE("coverage of naive and batch-means intervals on autocorrelated batches") {
  // 2,000 sessions a cell, so that a share is known to about 0.8 points. In theory a naive interval covers
  // 2Φ(1.96·√((1-rho)/(1+rho))) - 1 = 85, 67 and 35 % for long series; groups of √n values lose most of the dependence,
  // and more of it the longer the series: 94-95, 92-94 and 73-90 % over these n.
  struct Cell {
    double rho;
    std::size_t n;
    int naive, grouped;
    double naive_share, grouped_low, grouped_high;
  };
  for (const Cell& cell : {Cell{0.3, 50, 1720, 1879, 0.85, 0.93, 0.96}, Cell{0.3, 200, 1701, 1899, 0.85, 0.93, 0.96},
                           Cell{0.3, 1000, 1693, 1897, 0.85, 0.93, 0.96}, Cell{0.6, 50, 1369, 1827, 0.67, 0.91, 0.95},
                           Cell{0.6, 200, 1322, 1863, 0.67, 0.91, 0.95}, Cell{0.6, 1000, 1368, 1882, 0.67, 0.91, 0.95},
                           Cell{0.9, 50, 659, 1466, 0.35, 0.72, 0.91}, Cell{0.9, 200, 667, 1657, 0.35, 0.72, 0.91},
                           Cell{0.9, 1000, 703, 1794, 0.35, 0.72, 0.91}}) {
    CAPTURE(cell.rho);
    CAPTURE(cell.n);
    const Coverage covered = coverage(cell.rho, cell.n, 2'000);
    CHECK(covered.naive == cell.naive);
    CHECK(covered.grouped == cell.grouped);
    CHECK(std::abs(covered.naive / 2'000.0 - cell.naive_share) <= 0.025);
    CHECK(covered.grouped / 2'000.0 >= cell.grouped_low);
    CHECK(covered.grouped / 2'000.0 <= cell.grouped_high);
  }
}
