#include "common/stats/random.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <set>
#include <vector>

#include "common/stats/autocorrelation.h"
#include "common/stats/moments.h"
#include "common/stats/special.h"

using namespace benchhost::stats;

namespace {

// Largest gap between the empirical and a given distribution function (Kolmogorov's statistic) times √n.
template <class Cdf>
double kolmogorov(std::vector<double> values, Cdf cdf) {
  std::ranges::sort(values);
  const auto n = static_cast<double>(values.size());
  double gap = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double p = cdf(values[i]);
    gap = std::max({gap, p - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - p});
  }
  return gap * std::sqrt(n);
}

// P(statistic > 1.95) is 0.001 for the right distribution.
constexpr double kKolmogorovLimit = 1.95;

}  // namespace

TEST_CASE("the generator is xoshiro256** filled by SplitMix64") {
  // SplitMix64 of seed 0 starts e220a8397b1dcdaf 6e789e6aa1b965f4 06c45d188009454f f88bb8a8724c81ec (published in the
  // reference implementation and in Java's SplittableRandom); the first output is rotl(second word · 5, 7) · 9.
  Random random(0);
  const std::uint64_t second = 0x6e789e6aa1b965f4u;
  CHECK(random.next() == std::rotl(second * 5, 7) * 9);
  CHECK(random.next() == 0xbf6e1f784956452au);
  CHECK(random.next() == 0x1a5f849d4933e6e0u);
}

TEST_CASE("the same seed gives the same bits for every transform") {
  Random a(42);
  Random b(42);
  for (int i = 0; i < 100; ++i) {
    CHECK(std::bit_cast<std::uint64_t>(a.normal()) == std::bit_cast<std::uint64_t>(b.normal()));
    CHECK(a.below(1000) == b.below(1000));
    CHECK(a.exponential(3.0) == b.exponential(3.0));
    CHECK(a.lognormal(0.0, 1.0) == b.lognormal(0.0, 1.0));
  }
}

TEST_CASE("a copy of a generator repeats it, a spare normal included") {
  Random a(7);
  (void)a.normal();
  Random b = a;
  CHECK(a.normal() == b.normal());
  CHECK(a.next() == b.next());
}

TEST_CASE("normal numbers have fixed bits on every platform") {
  Random random(2024);
  std::uint64_t digest = 0;
  for (int i = 0; i < 1000; ++i) digest = derive(digest, std::bit_cast<std::uint64_t>(random.normal()));
  CHECK(digest == 2448047874783379071u);
}

TEST_CASE("uniform numbers are uniform in [0, 1)") {
  Random random(3);
  std::vector<double> values;
  for (int i = 0; i < 20'000; ++i) values.push_back(random.uniform());
  CHECK(*std::ranges::min_element(values) >= 0.0);
  CHECK(*std::ranges::max_element(values) < 1.0);
  CHECK(kolmogorov(values, [](double x) { return x; }) < kKolmogorovLimit);
}

TEST_CASE("below is even over its range and 0 for an empty one") {
  Random random(4);
  std::array<int, 6> hits{};
  for (int i = 0; i < 60'000; ++i) ++hits[random.below(6)];
  // Chi-squared with 5 degrees of freedom exceeds 20.5 once in a thousand.
  double chi = 0.0;
  for (const int h : hits) chi += (h - 10'000.0) * (h - 10'000.0) / 10'000.0;
  CHECK(chi < 20.5);
  CHECK(random.below(0) == 0);
  CHECK(random.below(1) == 0);
}

TEST_CASE("normal, exponential and lognormal numbers follow their distributions") {
  Random random(5);
  std::vector<double> normal;
  std::vector<double> exponential;
  std::vector<double> lognormal;
  for (int i = 0; i < 20'000; ++i) {
    normal.push_back(random.normal(10.0, 2.0));
    exponential.push_back(random.exponential(4.0));
    lognormal.push_back(random.lognormal(1.0, 0.5));
  }
  CHECK(kolmogorov(normal, [](double x) { return *normal_cdf((x - 10.0) / 2.0); }) < kKolmogorovLimit);
  CHECK(kolmogorov(exponential, [](double x) { return 1.0 - std::exp(-x / 4.0); }) < kKolmogorovLimit);
  CHECK(kolmogorov(lognormal, [](double x) { return *normal_cdf((std::log(x) - 1.0) / 0.5); }) < kKolmogorovLimit);
  CHECK(std::abs(*autocorrelation(normal, 1)) < 0.025);
}

TEST_CASE("streams of neighbouring seeds and numbers differ and do not correlate") {
  std::set<std::uint64_t> seeds;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    for (std::uint64_t stream = 0; stream < 100; ++stream) seeds.insert(derive(seed, stream));
  }
  CHECK(seeds.size() == 10'000);
  CHECK(derive(1, 2) != derive(2, 1));
  Moments first;
  for (std::uint64_t stream = 0; stream < 20'000; ++stream) first.add(Random(derive(9, stream)).normal());
  CHECK(std::abs(*first.mean()) < 0.03);
  CHECK(*first.variance() == doctest::Approx(1.0).epsilon(0.04));
}
