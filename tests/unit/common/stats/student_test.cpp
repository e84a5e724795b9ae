#include "common/stats/student.h"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include "common/stats/special.h"
#include "unit/common/stats/series.h"

using namespace benchhost::stats;

namespace {

struct Row {
  double p, degrees, t;
};

}  // namespace

TEST_CASE("t quantiles equal the printed tables") {
  // NIST/SEMATECH e-Handbook 1.3.6.7.2, three decimals.
  for (const Row& row : {Row{0.975, 1, 12.706}, Row{0.975, 2, 4.303}, Row{0.975, 5, 2.571}, Row{0.975, 10, 2.228},
                         Row{0.975, 30, 2.042}, Row{0.975, 100, 1.984}, Row{0.995, 4, 4.604}, Row{0.995, 9, 3.250},
                         Row{0.90, 7, 1.415}, Row{0.95, 20, 1.725}, Row{0.99, 15, 2.602}, Row{0.999, 8, 4.501}}) {
    CHECK(std::abs(*student_quantile(row.p, row.degrees) - row.t) < 5.1e-4);
  }
}

TEST_CASE("t quantiles equal long double references to 1e-10") {
  // Boost.Math 1.74, long double; 1 and 2 degrees also in closed form below.
  for (const Row& row : {Row{0.6, 1, 0.32491969623290633},      Row{0.975, 1, 12.706204736174705},
                         Row{0.9995, 1, 636.6192487687196},     Row{0.9, 2, 1.8856180831641267},
                         Row{0.995, 2, 9.9248432009182931},     Row{0.6, 3, 0.27667066233268991},
                         Row{0.975, 3, 3.1824463052837096},     Row{0.975, 4, 2.7764451051977944},
                         Row{0.995, 4, 4.6040948713499932},     Row{0.975, 7, 2.3646242515927853},
                         Row{0.9995, 7, 5.4078825208617252},    Row{0.6, 9, 0.26095533647391101},
                         Row{0.995, 9, 3.2498355415921263},     Row{0.975, 19, 2.0930240544083098},
                         Row{0.9995, 19, 3.8834058525920829},   Row{0.975, 30, 2.0422724563012383},
                         Row{0.995, 120, 2.617421145106866},    Row{0.6, 1000, 0.25341451583949876},
                         Row{0.9995, 1000, 3.3002826484239129}, Row{0.6, 1e6, 0.25334717053784168},
                         Row{0.9995, 1e6, 3.2905364612486911},  Row{0.975, 0.5, 164.55767348048853},
                         Row{0.9995, 0.5, 411396.46252617138},  Row{0.9, 2.5, 1.7302509288071766},
                         Row{0.995, 2.5, 7.1637281389487855}}) {
    CAPTURE(row.p);
    CAPTURE(row.degrees);
    CHECK(*student_quantile(row.p, row.degrees) == doctest::Approx(row.t).epsilon(1e-10));
    CHECK(*student_quantile(1.0 - row.p, row.degrees) == doctest::Approx(-row.t).epsilon(1e-10));
  }
}

TEST_CASE("one and two degrees of freedom have closed forms") {
  for (const double p : {0.501, 0.55, 0.7, 0.74, 0.76, 0.9, 0.99, 0.9999}) {
    CHECK(*student_quantile(p, 1.0) == doctest::Approx(std::tan(std::numbers::pi * (p - 0.5))).epsilon(1e-11));
    const double a = 2.0 * p - 1.0;
    CHECK(*student_quantile(p, 2.0) == doctest::Approx(a * std::sqrt(2.0 / (1.0 - a * a))).epsilon(1e-11));
  }
}

TEST_CASE("the t distribution function equals long double references") {
  // Boost.Math 1.74, long double.
  struct Point {
    double t, degrees, p;
  };
  for (const Point& point :
       {Point{-50, 1, 0.0063653491009727967}, Point{-50, 4.5, 1.1836973977841895e-07},
        Point{-50, 30, 9.3577088296113563e-31}, Point{-3, 1, 0.10241638234956673}, Point{-3, 4.5, 0.017190433944379812},
        Point{-3, 30, 0.0026949820328259733}, Point{-3, 2e7, 0.0013498996935737933},
        Point{-0.2, 1, 0.43716704181099882}, Point{-0.2, 30, 0.42141507852966233},
        Point{-0.2, 2e7, 0.42074029157760797}, Point{0.7, 4.5, 0.74078019884419103}, Point{2, 30, 0.97268747751850845},
        Point{2, 2e7, 0.97724986130294982}, Point{12, 4.5, 0.99993108401173363}}) {
    CAPTURE(point.t);
    CAPTURE(point.degrees);
    CHECK(*student_cdf(point.t, point.degrees) == doctest::Approx(point.p).epsilon(1e-11));
  }
}

TEST_CASE("t quantile and distribution function invert each other, across the change to the normal expansion too") {
  for (const double degrees : {0.3, 1.0, 2.0, 3.0, 8.0, 25.0, 1e3, 9.9e6, 1.1e7, 1e12}) {
    for (const double p : {1e-6, 0.01, 0.2, 0.3, 0.499, 0.5, 0.6, 0.75, 0.9, 0.999}) {
      CAPTURE(degrees);
      CAPTURE(p);
      CHECK(*student_cdf(*student_quantile(p, degrees), degrees) == doctest::Approx(p).epsilon(1e-10));
    }
  }
  CHECK(*student_quantile(0.975, kInfinity) == doctest::Approx(*normal_quantile(0.975)).epsilon(1e-15));
  CHECK(*student_quantile(0.975, 9.99e6) == doctest::Approx(*student_quantile(0.975, 1.001e7)).epsilon(1e-8));
}

TEST_CASE("t quantile and distribution function of bad arguments are unknown") {
  for (const double bad : {0.0, 1.0, -0.5, 1.5, kNan}) {
    CHECK(!student_quantile(bad, 5.0));
    CHECK(!student_two_sided(bad, 5.0));
  }
  for (const double bad : {0.0, -1.0, kNan}) {
    CHECK(!student_quantile(0.9, bad));
    CHECK(!student_cdf(1.0, bad));
    CHECK(!student_two_sided(0.9, bad));
  }
  CHECK(!student_cdf(kNan, 5.0));
  CHECK(*student_cdf(kInfinity, 5.0) == 1.0);
  CHECK(*student_cdf(-kInfinity, 5.0) == 0.0);
  CHECK(*student_cdf(0.0, 5.0) == 0.5);
  // Tails this heavy leave the range of double.
  CHECK(!student_quantile(0.999, 0.001));
}

TEST_CASE("a two-sided level takes both tails") {
  CHECK(*student_two_sided(0.95, 9.0) == doctest::Approx(2.2621571627982055).epsilon(1e-10));
  CHECK(*student_two_sided(0.99, 9.0) == doctest::Approx(3.2498355415921263).epsilon(1e-10));
  CHECK(*student_two_sided(0.999, 30.0) == doctest::Approx(3.6459586350420218).epsilon(1e-10));
}
