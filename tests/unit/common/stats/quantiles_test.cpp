#include "common/stats/quantiles.h"

#include <doctest/doctest.h>

#include <array>
#include <vector>

#include "unit/common/stats/series.h"

using namespace benchhost::stats;

TEST_CASE("type 7 quantiles equal those of R and NumPy") {
  // R: quantile(c(15, 20, 35, 40, 50), c(0, .05, .3, .4, .5, 1)) gives 15 16 23 29 35 50.
  const std::array values{35.0, 15.0, 50.0, 40.0, 20.0};
  CHECK(*quantile(values, 0.0) == 15.0);
  CHECK(*quantile(values, 0.05) == doctest::Approx(16.0).epsilon(1e-15));
  CHECK(*quantile(values, 0.3) == doctest::Approx(23.0).epsilon(1e-15));
  CHECK(*quantile(values, 0.4) == doctest::Approx(29.0).epsilon(1e-15));
  CHECK(*quantile(values, 0.5) == 35.0);
  CHECK(*quantile(values, 1.0) == 50.0);
  // numpy.percentile(range(10), 90) gives 8.1.
  CHECK(*quantile_sorted(std::array{0., 1., 2., 3., 4., 5., 6., 7., 8., 9.}, 0.9) ==
        doctest::Approx(8.1).epsilon(1e-15));
}

TEST_CASE("the median of odd, even and single counts") {
  CHECK(*median(std::array{3.0, 1.0, 2.0}) == 2.0);
  CHECK(*median(std::array{4.0, 1.0, 3.0, 2.0}) == 2.5);
  CHECK(*median(std::array{-7.0}) == -7.0);
  CHECK(*median(std::array{1.7e308, 1.7e308}) == 1.7e308);
  Random random(1);
  for (std::size_t n = 1; n < 60; ++n) {
    const std::vector<double> values = normals(random, n, 0.0, 1.0);
    CHECK(*median(values) == doctest::Approx(*quantile(values, 0.5)).epsilon(1e-14));
  }
}

TEST_CASE("the median absolute deviation of hand-computed values") {
  // 1 1 2 2 4 6 9: median 2, deviations 1 1 0 0 2 4 7, their median 1.
  CHECK(*median_absolute_deviation(std::array{1.0, 1.0, 2.0, 2.0, 4.0, 6.0, 9.0}) == 1.0);
  CHECK(*median_absolute_deviation(std::array{5.0}) == 0.0);
  CHECK(*median_absolute_deviation(std::array{5.0, 5.0, 5.0, 80.0}) == 0.0);
  Random random(2);
  CHECK(kMadToSd * *median_absolute_deviation(normals(random, 20'000, 3.0, 2.0)) == doctest::Approx(2.0).epsilon(0.03));
}

TEST_CASE("order statistics of nothing, of bad values and of bad shares are unknown") {
  CHECK(!quantile({}, 0.5));
  CHECK(!quantile_sorted({}, 0.5));
  CHECK(!median({}));
  CHECK(!median_absolute_deviation({}));
  CHECK(!smallest({}));
  CHECK(!largest({}));
  for (const double bad : {kNan, kInfinity, -kInfinity}) {
    const std::array values{1.0, bad, 2.0};
    CHECK(!quantile(values, 0.5));
    CHECK(!median(values));
    CHECK(!median_absolute_deviation(values));
    CHECK(!smallest(values));
    CHECK(!largest(values));
    CHECK(!quantile(std::array{1.0, 2.0}, bad));
  }
  CHECK(!quantile(std::array{1.0}, -0.01));
  CHECK(!quantile(std::array{1.0}, 1.01));
  CHECK(!quantile_sorted(std::array{1.0, 2.0, kInfinity}, 0.5));
}

TEST_CASE("one value is every quantile, and extremes are exact") {
  for (const double p : {0.0, 0.3, 1.0}) CHECK(*quantile(std::array{4.0}, p) == 4.0);
  CHECK(*smallest(std::array{3.0, -1.0, 2.0}) == -1.0);
  CHECK(*largest(std::array{3.0, -1.0, 2.0}) == 3.0);
}
