#include "common/stats/percentile.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "unit/common/stats/series.h"

using namespace benchhost::stats;

TEST_CASE("the binomial distribution has its known values") {
  // Sums of binomial coefficients by hand: (1 + 10 + 45) / 1024, and 1 - 0.9^5 - 5 * 0.1 * 0.9^4.
  CHECK(*binomial_cdf(2, 10, 0.5) == doctest::Approx(56.0 / 1024).epsilon(1e-13));
  CHECK(1 - *binomial_cdf(1, 5, 0.1) == doctest::Approx(0.08146).epsilon(1e-12));
  CHECK(*binomial_cdf(0, 1000, 0.01) == doctest::Approx(std::pow(0.99, 1000)).epsilon(1e-11));
  CHECK(binomial_cdf(-1, 10, 0.5) == 0.0);
  CHECK(binomial_cdf(10, 10, 0.5) == 1.0);
  CHECK(binomial_cdf(3, 10, 0.0) == 1.0);
  CHECK(binomial_cdf(3, 10, 1.0) == 0.0);
  CHECK(!binomial_cdf(3, -1, 0.5));
  CHECK(!binomial_cdf(3, 10, -0.1));
  CHECK(!binomial_cdf(3, 10, kNan));
  // De Moivre and Laplace: half of ten million, with half a value for the continuity.
  CHECK(*binomial_cdf(4'999'999, 10'000'000, 0.5) == doctest::Approx(0.5 - 1.26156e-4).epsilon(1e-6));
}

TEST_CASE("the least number of samples is that of MLPerf") {
  struct Row {
    double p;
    std::int64_t none, one;  // beyond the percentile
  };
  for (const Row& row : {Row{0.90, 44, 64}, Row{0.99, 459, 662}, Row{0.999, 4'603, 6'636}}) {
    CAPTURE(row.p);
    CHECK(least_samples(row.p, 0.99) == row.none);
    CHECK(least_samples(row.p, 0.99, 1) == row.one);
  }
  CHECK(!least_samples(0.0, 0.99));
  CHECK(!least_samples(1.0, 0.99));
  CHECK(!least_samples(0.9, 1.0));
  CHECK(!least_samples(0.9, 0.99, -1));
  CHECK(!least_samples(kNan, 0.99));
  CHECK(!least_samples(1 - 1e-15, 0.99));
}

TEST_CASE("bounds on both sides need the samples that a tail of half a percent needs") {
  // ln 0.005 / ln p, rounded up.
  CHECK(least_samples_for(0.5) == 8);
  CHECK(least_samples_for(0.9) == 51);
  CHECK(least_samples_for(0.1) == 51);
  CHECK(least_samples_for(0.99) == 528);
  CHECK(least_samples_for(0.999) == 5'296);
  for (const double p : {0.01, 0.5, 0.9, 0.99, 0.999}) {
    CAPTURE(p);
    const std::int64_t least = *least_samples_for(p);
    CHECK(!percentile_bounds(least - 1, p));
    const auto bounds = percentile_bounds(least, p);
    REQUIRE(bounds);
    CHECK(bounds->low >= 1);
    CHECK(bounds->high <= least);
    CHECK((bounds->low == 1 || bounds->high == least));
  }
}

TEST_CASE("bounds of the median are those of printed tables") {
  // Conover, "Practical Nonparametric Statistics", table of the binomial distribution: n = 20, p = 0.5 has P(B <= 5) =
  // 0.0207 and P(B <= 3) = 0.0013, P(B <= 4) = 0.0059.
  CHECK(percentile_bounds(20, 0.5, 0.95) == RankBounds{6, 15});
  CHECK(percentile_bounds(20, 0.5, 0.99) == RankBounds{4, 17});
  CHECK(!percentile_bounds(20, 0.5, 1.0));
  CHECK(!percentile_bounds(20, 0.0, 0.9));
  CHECK(!percentile_bounds(0, 0.5, 0.9));
}

TEST_CASE("bounds of ten million samples lie where the normal distribution puts them") {
  const std::int64_t n = 10'000'000;
  for (const double p : {0.5, 0.99, 0.9999}) {
    CAPTURE(p);
    const auto bounds = percentile_bounds(n, p);
    REQUIRE(bounds);
    const double centre = static_cast<double>(n) * p;
    const double half = 2.5758293 * std::sqrt(centre * (1 - p));
    CHECK(static_cast<double>(bounds->low) == doctest::Approx(centre - half).epsilon(0.03 * half / centre));
    CHECK(static_cast<double>(bounds->high) == doctest::Approx(centre + half).epsilon(0.03 * half / centre));
  }
}

TEST_CASE("percentile bounds of 10,000 simulated sets hold in at least 99 %") {
  // Exponential values, and ones of four distinct sizes, where many are equal.
  struct Cell {
    double p;
    std::int64_t n;
    bool discrete;
    int held;
  };
  for (const Cell& cell :
       {Cell{0.5, 8, false, 9'921}, Cell{0.5, 100, false, 9'927}, Cell{0.9, 51, false, 9'914},
        Cell{0.99, 528, false, 9'927}, Cell{0.99, 2'000, false, 9'909}, Cell{0.9, 200, true, 10'000}}) {
    CAPTURE(cell.p);
    CAPTURE(cell.n);
    CAPTURE(cell.discrete);
    const auto bounds = percentile_bounds(cell.n, cell.p);
    REQUIRE(bounds);
    // The least value with at least p of the distribution at or below it; of four sizes 1 to 4 with shares 40 30 25 5.
    const double truth = cell.discrete ? 3.0 : -std::log(1 - cell.p);
    int held = 0;
    for (std::uint64_t set = 0; set < 10'000; ++set) {
      Random random(derive(derive(61, static_cast<std::uint64_t>(cell.n)), set));
      std::vector<double> values;
      for (std::int64_t i = 0; i < cell.n; ++i) {
        const double u = random.uniform();
        values.push_back(cell.discrete ? (u < 0.4 ? 1 : u < 0.7 ? 2 : u < 0.95 ? 3 : 4) : random.exponential(1.0));
      }
      const auto low = values.begin() + (bounds->low - 1);
      const auto high = values.begin() + (bounds->high - 1);
      std::ranges::nth_element(values, high);
      if (low != high) std::nth_element(values.begin(), low, high);
      held += *low <= truth && truth <= *high ? 1 : 0;
    }
    CHECK(held >= 9'900);
    CHECK(held == cell.held);
  }
}
