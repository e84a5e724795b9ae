#include "common/stats/moments.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <vector>

#include "unit/common/stats/series.h"

using namespace benchhost::stats;

TEST_CASE("moments of hand-computed values") {
  // 2 4 4 4 5 5 7 9: mean 5, squared deviations 32.
  const Moments m(std::array{2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0});
  CHECK(m.count() == 8);
  CHECK(*m.mean() == 5.0);
  CHECK(*m.variance() == doctest::Approx(32.0 / 7.0).epsilon(1e-15));
  CHECK(*m.sd() == doctest::Approx(std::sqrt(32.0 / 7.0)).epsilon(1e-15));
}

TEST_CASE("moments keep the spread of values that are large beside it") {
  // NIST StRD NumAcc4: 10000000.2 once, then 500 pairs of 10000000.1 and .3; mean 10000000.2, sd 0.1 exactly.
  Moments m;
  m.add(10'000'000.2);
  for (int i = 0; i < 500; ++i) {
    m.add(10'000'000.1);
    m.add(10'000'000.3);
  }
  CHECK(*m.mean() == doctest::Approx(10'000'000.2).epsilon(1e-15));
  CHECK(*m.sd() == doctest::Approx(0.1).epsilon(1e-7));
}

TEST_CASE("moments of nothing and of one value") {
  Moments m;
  CHECK(m.count() == 0);
  CHECK(!m.mean());
  CHECK(!m.variance());
  m.add(-3.0);
  CHECK(*m.mean() == -3.0);
  CHECK(!m.variance());
  CHECK(!m.sd());
}

TEST_CASE("constant values have no spread") {
  const Moments m(std::array{0.1, 0.1, 0.1});
  CHECK(*m.mean() == 0.1);
  CHECK(*m.variance() == 0.0);
}

TEST_CASE("a value that is not finite makes moments unknown for good") {
  for (const double bad : {kNan, kInfinity, -kInfinity}) {
    Moments m(std::array{1.0, bad, 2.0});
    m.add(3.0);
    CHECK(m.count() == 4);
    CHECK(!m.mean());
    CHECK(!m.variance());
    Moments other(std::array{1.0, 2.0});
    other.merge(m);
    CHECK(other.count() == 6);
    CHECK(!other.mean());
  }
  CHECK(!Moments(std::array{1.7e308, -1.7e308}).variance());
}

TEST_CASE("merged moments equal those of all values") {
  Random random(1);
  const std::vector<double> values = normals(random, 1000, 5.0, 2.0);
  const Moments whole(values);
  for (const std::size_t cut : {std::size_t{0}, std::size_t{1}, std::size_t{400}, std::size_t{1000}}) {
    Moments first{std::span(values).first(cut)};
    first.merge(Moments(std::span(values).subspan(cut)));
    CHECK(first.count() == whole.count());
    CHECK(*first.mean() == doctest::Approx(*whole.mean()).epsilon(1e-14));
    CHECK(*first.variance() == doctest::Approx(*whole.variance()).epsilon(1e-12));
  }
}
