// Planted groups, and how often groups are seen where there are none.
#include "common/stats/modes.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "common/stats/portable_math.h"
#include "common/stats/random.h"
#include "series.h"

namespace benchhost::stats {
namespace {

TEST_CASE("seven of ten processes at one speed and three at another are two modes") {
  Random random(5);
  std::vector<double> values;
  for (int i = 0; i < 10; ++i) values.push_back((i % 3 == 1 ? 1.05 : 1.0) * (1 + 0.002 * random.normal()));
  const auto modes = find_modes(values);
  REQUIRE(modes.size() == 2);
  CHECK(modes[0].count == 7);
  CHECK(modes[1].count == 3);
  CHECK(modes[0].location == doctest::Approx(1.0).epsilon(0.003));
  CHECK(modes[1].location == doctest::Approx(1.05).epsilon(0.003));
  std::ranges::reverse(values);
  CHECK(find_modes(values) == modes);
}

TEST_CASE("three speeds are three modes, and no more are told than there is room for") {
  Random random(6);
  std::vector<double> values;
  for (int i = 0; i < 30; ++i) values.push_back((1.0 + 0.1 * (i % 3)) * (1 + 0.001 * random.normal()));
  const auto three = find_modes(values);
  REQUIRE(three.size() == 3);
  for (const Mode& mode : three) CHECK(mode.count == 10);
  values.clear();
  for (int i = 0; i < 90; ++i) values.push_back((1.0 + 0.1 * (i % 9)) * (1 + 0.0001 * random.normal()));
  const auto most = find_modes(values);
  CHECK(most.size() <= kMostModes);
  std::size_t all = 0;
  for (const Mode& mode : most) all += mode.count;
  CHECK((most.empty() || all == values.size()));
}

TEST_CASE("values without any spread within are told by their places alone") {
  std::vector<double> values = {1, 1, 1, 1, 1, 1.1, 1.1, 1.1};
  CHECK(find_modes(values) == std::vector<Mode>{{1, 5}, {1.1, 3}});
  // Closer than what decides anything.
  for (double& v : values) v = v > 1 ? 1.004 : 1;
  CHECK(find_modes(values).empty());
}

TEST_CASE("one value far out is an outlier, and of a hundred so are five") {
  CHECK(find_modes(std::vector<double>{1, 1.001, 0.999, 1.0005, 0.9995, 1.0002, 2}).empty());
  Random random(7);
  std::vector<double> values = normals(random, 100, 1.0, 0.002);
  for (int i = 0; i < 5; ++i) values[static_cast<std::size_t>(i)] = 2;
  CHECK(find_modes(values).empty());
}

TEST_CASE("what has no logarithm has no modes, and neither have too few values") {
  CHECK(find_modes({}).empty());
  CHECK(find_modes(std::vector<double>{1, 1, 1, 2, 2}).empty());
  CHECK(find_modes(std::vector<double>(20, 3.0)).empty());
  for (const double bad : {0.0, -1.0, kNan, kInfinity}) {
    CHECK(find_modes(std::vector<double>{1, 1, 1, 1, 2, 2, 2, bad}).empty());
  }
}

/// Share of seeded samples in which modes are seen.
double seen_share(std::size_t samples, std::uint64_t seed, const std::function<std::vector<double>(Random&)>& draw) {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < samples; ++i) {
    Random random(derive(seed, i));
    if (!find_modes(draw(random)).empty()) ++seen;
  }
  return static_cast<double>(seen) / static_cast<double>(samples);
}

constexpr std::size_t kSizes[] = {6, 8, 10, 15, 20, 40, 100, 400};

std::size_t samples_of(std::size_t n) { return n > 50 ? 1000 : 4000; }

TEST_CASE("groups are seen in at most 3 of 1000 samples of a normal or lognormal distribution") {
  for (const std::size_t n : kSizes) {
    CAPTURE(n);
    const double normal =
        seen_share(samples_of(n), 100 + n, [n](Random& random) { return normals(random, n, 1.0, 0.05); });
    const double lognormal = seen_share(samples_of(n), 200 + n, [n](Random& random) {
      std::vector<double> values;
      for (std::size_t i = 0; i < n; ++i) values.push_back(random.lognormal(0.0, 0.8));
      return values;
    });
    MESSAGE("n = ", n, ": normal ", normal, ", lognormal ", lognormal);
    CHECK(normal <= 0.003);
    CHECK(lognormal <= 0.003);
  }
}

TEST_CASE("groups are seen in at most 3 of 1000 AR(1) series at 0.6, and 8 of 1000 at 0.9") {
  for (const std::size_t n : kSizes) {
    for (const double rho : {0.3, 0.6, 0.9}) {
      CAPTURE(n);
      CAPTURE(rho);
      const double share = seen_share(samples_of(n), 300 + n, [n, rho](Random& random) {
        std::vector<double> values = autoregressive(random, n, rho);
        for (double& v : values) v = portable_exp(0.02 * v);
        return values;
      });
      MESSAGE("n = ", n, ", rho = ", rho, ": ", share);
      CHECK(share <= (rho > 0.6 ? 0.008 : 0.003));
    }
  }
}

TEST_CASE("batches with rare slow ones, a drift and a wave are one group") {
  const auto slow = [](Random& random) { return batch_costs(random, 400, 0.3, 0.01, 0.05); };
  CHECK(seen_share(500, 1, slow) <= 0.004);
  std::vector<double> drift;
  std::vector<double> wave;
  for (int i = 0; i < 300; ++i) {
    drift.push_back(1.0 + 0.001 * i);
    wave.push_back(1.0 + 0.1 * std::sin(0.1 * i));
  }
  CHECK(find_modes(drift).empty());
  CHECK(find_modes(wave).empty());
}

TEST_CASE("groups 20 standard deviations apart are found in nearly all samples of ten, 8 apart in those of a hundred") {
  const auto two = [](Random& random, std::size_t n, double apart) {
    std::vector<double> values;
    for (std::size_t i = 0; i < n; ++i)
      values.push_back(portable_exp(0.002 * (random.normal() + (i % 10 < 3 ? apart : 0))));
    return values;
  };
  CHECK(seen_share(1000, 11, [&](Random& random) { return two(random, 10, 20); }) >= 0.98);
  CHECK(seen_share(1000, 12, [&](Random& random) { return two(random, 100, 8); }) >= 0.99);
}

}  // namespace
}  // namespace benchhost::stats
