#include "common/stats/portable_math.h"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "common/stats/random.h"
#include "unit/common/stats/series.h"

using namespace benchhost::stats;

TEST_CASE("the portable logarithm and exponential agree with long double to a few last digits") {
  Random random(1);
  double worst_log = 0.0;
  double worst_exp = 0.0;
  for (int i = 0; i < 20'000; ++i) {
    const double x = std::ldexp(0.5 + 0.5 * random.uniform(), static_cast<int>(random.below(2000)) - 1000);
    const long double log_reference = std::log(static_cast<long double>(x));
    if (log_reference != 0) {
      worst_log = std::max(worst_log, std::abs(static_cast<double>((portable_log(x) - log_reference) / log_reference)));
    }
    const double y = 1400.0 * random.uniform() - 700.0;
    const long double exp_reference = std::exp(static_cast<long double>(y));
    worst_exp = std::max(worst_exp, std::abs(static_cast<double>((portable_exp(y) - exp_reference) / exp_reference)));
  }
  CHECK(worst_log < 4.5e-16);
  CHECK(worst_exp < 4.5e-16);
}

TEST_CASE("logarithms near one keep their relative precision") {
  for (const double x : {1.0 + 0x1p-40, 1.0 - 0x1p-40, 1.001, 0.999, 1.41, 0.71}) {
    const long double reference = std::log(static_cast<long double>(x));
    CHECK(std::abs(static_cast<double>((portable_log(x) - reference) / reference)) < 4.5e-16);
  }
  CHECK(portable_log(1.0) == 0.0);
  CHECK(portable_exp(0.0) == 1.0);
}

TEST_CASE("logarithm and exponential at the ends of the range") {
  CHECK(std::isnan(portable_log(kNan)));
  CHECK(std::isnan(portable_log(-1.0)));
  CHECK(portable_log(0.0) == -kInfinity);
  CHECK(portable_log(kInfinity) == kInfinity);
  CHECK(portable_log(std::numeric_limits<double>::denorm_min()) == doctest::Approx(-744.4400719213812));
  CHECK(std::isnan(portable_exp(kNan)));
  CHECK(portable_exp(kInfinity) == kInfinity);
  CHECK(portable_exp(709.8) == kInfinity);
  CHECK(std::isfinite(portable_exp(709.78)));
  CHECK(portable_exp(-kInfinity) == 0.0);
  CHECK(portable_exp(-746.0) == 0.0);
  CHECK(portable_exp(-745.0) == std::numeric_limits<double>::denorm_min());
}

TEST_CASE("logarithm and exponential give fixed bits") {
  CHECK(std::bit_cast<std::uint64_t>(portable_log(10.0)) == 0x40026BB1BBB55516u);
  CHECK(std::bit_cast<std::uint64_t>(portable_exp(1.0)) == 0x4005BF0A8B14576Au);
}
