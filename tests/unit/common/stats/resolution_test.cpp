#include "common/stats/resolution.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <vector>

#include "common/stats/interval.h"
#include "common/stats/student.h"
#include "unit/common/stats/series.h"

using namespace benchhost::stats;

TEST_CASE("the resolvable difference of hand-computed values") {
  // Differences +0.02 -0.02 +0.02 -0.02: mean square 4e-4, sd² = 2e-4. t(0.995, 9) = 3.2498355416 and
  // t(0.8, 9) = 0.8834038597 (tables).
  const auto resolution = resolvable_difference(std::array{0.0, 0.02, 0.0, 0.02, 0.0}, 10);
  REQUIRE(resolution);
  CHECK(resolution->invocation_sd_ratio == doctest::Approx(std::sqrt(2e-4)).epsilon(1e-12));
  const double log_difference = (3.2498355416 + 0.8834038597) * std::sqrt(2e-4) * std::sqrt(0.2);
  CHECK(resolution->difference_ratio == doctest::Approx(std::exp(log_difference) - 1.0).epsilon(1e-8));
  CHECK(resolution->level == 0.99);
  CHECK(resolution->power == 0.8);
  CHECK(resolution->pairs == 10);
  CHECK(resolution->n == 5);
}

TEST_CASE("slow drift does not count, as pairing removes it") {
  Random random(1);
  std::vector<double> steady = normals(random, 400, 0.0, 0.01);
  std::vector<double> drifting = steady;
  for (std::size_t i = 0; i < drifting.size(); ++i) drifting[i] += 0.1 * static_cast<double>(i) / 400.0;
  const auto a = resolvable_difference(steady, 10);
  const auto b = resolvable_difference(drifting, 10);
  CHECK(a->invocation_sd_ratio == doctest::Approx(0.01).epsilon(0.05));
  CHECK(b->difference_ratio == doctest::Approx(a->difference_ratio).epsilon(0.01));
}

TEST_CASE("a paired comparison does find the difference that is promised") {
  // Truth: sd 1 %, so the answer is (3.2498 + 0.8834)·0.01·√0.2 = 1.85 %; a paired t test at 1 % should find it in 80
  // %.
  const double planted = std::log1p(0.018657);
  int found = 0;
  for (std::uint64_t session = 0; session < 4'000; ++session) {
    Random random(derive(2, session));
    std::vector<double> differences;
    for (int pair = 0; pair < 10; ++pair) differences.push_back(planted + random.normal(0.0, 0.01 * std::sqrt(2.0)));
    const auto interval = mean_interval(differences, 0.99);
    if (interval->low > 0.0 || interval->high < 0.0) ++found;
  }
  CHECK(found == 3120);
}

TEST_CASE("more pairs resolve less, higher levels more") {
  Random random(3);
  const std::vector<double> logs = normals(random, 20, 4.0, 0.01);
  CHECK(resolvable_difference(logs, 20)->difference_ratio < resolvable_difference(logs, 10)->difference_ratio);
  CHECK(resolvable_difference(logs, 10, 0.999)->difference_ratio > resolvable_difference(logs, 10)->difference_ratio);
  CHECK(resolvable_difference(logs, 10, 0.99, 0.5)->difference_ratio <
        resolvable_difference(logs, 10)->difference_ratio);
}

TEST_CASE("a constant benchmark resolves everything, too few or bad values nothing") {
  CHECK(resolvable_difference(std::array{1.0, 1.0, 1.0, 1.0, 1.0}, 10)->difference_ratio == 0.0);
  CHECK(!resolvable_difference({}, 10));
  CHECK(!resolvable_difference(std::array{1.0}, 10));
  CHECK(!resolvable_difference(std::array{1.0, 1.1, 1.0, 1.1}, 10));
  const std::array good{-1.0, -1.1, -1.0, -1.1, -1.0};
  CHECK(resolvable_difference(good, 2));
  CHECK(!resolvable_difference(good, 1));
  CHECK(!resolvable_difference(good, 10, 1.0));
  CHECK(!resolvable_difference(good, 10, 0.0));
  CHECK(!resolvable_difference(good, 10, kNan));
  CHECK(!resolvable_difference(good, 10, 0.99, 0.4));
  CHECK(!resolvable_difference(good, 10, 0.99, 1.0));
  for (const double bad : {kNan, kInfinity, -kInfinity}) {
    CHECK(!resolvable_difference(std::array{1.0, 1.1, bad, 1.1, 1.0}, 10));
  }
  CHECK(!resolvable_difference(std::array{0.0, 1e200, 0.0, 1e200, 0.0}, 10));
}
