#include "common/stats/special.h"

#include <doctest/doctest.h>

#include <cmath>

#include "unit/common/stats/series.h"

using namespace benchhost::stats;

TEST_CASE("log gamma equals logarithms of factorials and of gamma at halves") {
  double log_factorial = 0.0;
  for (int n = 1; n <= 170; ++n) {
    CHECK(*log_gamma(n) == doctest::Approx(log_factorial).epsilon(1e-14));
    log_factorial += std::log(n);
  }
  CHECK(*log_gamma(0.5) == doctest::Approx(0.57236494292470008707).epsilon(1e-14));  // ln √π
  CHECK(*log_gamma(1.5) == doctest::Approx(-0.12078223763524522).epsilon(1e-12));    // ln(√π / 2)
  CHECK(*log_gamma(1e-10) == doctest::Approx(23.025850929882735).epsilon(1e-14));    // -ln x - 0.5772 x
}

TEST_CASE("log gamma is unknown where gamma has no logarithm") {
  for (const double bad : {0.0, -1.0, -0.5, kNan, kInfinity, -kInfinity}) CHECK(!log_gamma(bad));
}

TEST_CASE("the incomplete beta function equals binomial sums and long double references") {
  // I_0.4(2, 3) = P(Bin(4, 0.4) >= 2) = 0.5248 exactly; the others by Boost.Math 1.74 in long double.
  CHECK(*incomplete_beta(2.0, 3.0, 0.4, 0.6) == doctest::Approx(0.5248).epsilon(1e-14));
  CHECK(*incomplete_beta(30.0, 0.5, 0.9, 0.1) == doctest::Approx(0.01228244849985275).epsilon(1e-12));
  CHECK(*incomplete_beta(0.5, 5e5, 1e-6, 1.0 - 1e-6) == doctest::Approx(0.68268949213714639).epsilon(1e-12));
  // I_x(1, b) = 1 - (1-x)^b, also where 1 - x has lost every digit of x.
  CHECK(*incomplete_beta(1.0, 2.0, 1e-20, 1.0) == doctest::Approx(2e-20).epsilon(1e-13));
  CHECK(*incomplete_beta(0.5, 0.5, 0.5, 0.5) == doctest::Approx(0.5).epsilon(1e-14));
}

TEST_CASE("the incomplete beta function is symmetric and ends at 0 and 1") {
  for (const double a : {0.5, 1.0, 3.7, 40.0, 1000.0}) {
    for (const double b : {0.5, 2.0, 11.0, 300.0}) {
      for (const double x : {0.01, 0.25, 0.5, 0.9}) {
        CHECK(*incomplete_beta(a, b, x, 1.0 - x) + *incomplete_beta(b, a, 1.0 - x, x) ==
              doctest::Approx(1.0).epsilon(1e-12));
      }
      CHECK(*incomplete_beta(a, b, 0.0, 1.0) == 0.0);
      CHECK(*incomplete_beta(a, b, 1.0, 0.0) == 1.0);
    }
  }
  for (const double bad : {0.0, -1.0, kNan, kInfinity}) {
    CHECK(!incomplete_beta(bad, 1.0, 0.5, 0.5));
    CHECK(!incomplete_beta(1.0, bad, 0.5, 0.5));
  }
  CHECK(!incomplete_beta(1.0, 1.0, -0.1, 1.1));
  CHECK(!incomplete_beta(1.0, 1.0, kNan, 0.5));
}

TEST_CASE("the normal distribution function equals references down to far tails") {
  // Boost.Math 1.74, long double.
  struct Row {
    double x, p;
  };
  for (const Row& row :
       {Row{-20.0, 2.7536241186062337e-89}, Row{-5.0, 2.8665157187919391e-07}, Row{-2.0, 0.022750131948179207},
        Row{-1.0, 0.15865525393145705}, Row{-0.1, 0.46017216272297102}, Row{0.0, 0.5}, Row{0.5, 0.6914624612740131},
        Row{1.96, 0.97500210485177957}, Row{3.0, 0.99865010196836991}}) {
    CHECK(*normal_cdf(row.x) == doctest::Approx(row.p).epsilon(1e-13));
  }
  CHECK(*normal_cdf(-kInfinity) == 0.0);
  CHECK(*normal_cdf(kInfinity) == 1.0);
  CHECK(!normal_cdf(kNan));
}

TEST_CASE("normal quantiles equal references and invert the distribution function") {
  struct Row {
    double p, x;
  };
  // Boost.Math 1.74, long double.
  for (const Row& row :
       {Row{1e-300, -37.047096299361199}, Row{1e-20, -9.2623400897984076}, Row{1e-10, -6.3613409024040562},
        Row{0.001, -3.0902323061678135}, Row{0.025, -1.9599639845400542}, Row{0.3, -0.52440051270804078},
        Row{0.6, 0.2533471031357998}, Row{0.975, 1.9599639845400542}, Row{0.999, 3.0902323061678135}}) {
    CHECK(*normal_quantile(row.p) == doctest::Approx(row.x).epsilon(1e-12));
  }
  CHECK(*normal_quantile(0.5) == 0.0);
  for (int i = 1; i < 1000; ++i) {
    CHECK(*normal_cdf(*normal_quantile(i / 1000.0)) == doctest::Approx(i / 1000.0).epsilon(1e-13));
  }
  for (const double bad : {0.0, 1.0, -0.1, 1.1, kNan}) CHECK(!normal_quantile(bad));
}
