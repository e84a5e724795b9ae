#include "common/stats/histogram.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "unit/common/stats/series.h"

using namespace benchhost::stats;

namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

}  // namespace

TEST_CASE("buckets follow each other without gap and are narrow enough") {
  for (const int bits : {1, 7, 10, 14}) {
    const Histogram histogram(bits);
    CAPTURE(bits);
    CHECK(histogram.bucket_low(0) == 0);
    CHECK(histogram.bucket_high(histogram.bucket_limit() - 1) == kMost);
    const double widest = std::ldexp(1.0, -bits);
    int bad = 0;
    for (std::int32_t i = 0; i < histogram.bucket_limit(); ++i) {
      const std::int64_t low = histogram.bucket_low(i);
      const std::int64_t high = histogram.bucket_high(i);
      if (histogram.bucket_of(low) != i || histogram.bucket_of(high) != i) ++bad;
      if (i + 1 < histogram.bucket_limit() && histogram.bucket_low(i + 1) != high + 1) ++bad;
      if (static_cast<double>(high - low + (low > 0 && high < kMost ? 1 : 0)) > widest * static_cast<double>(low) &&
          high != low) {
        ++bad;
      }
    }
    CHECK(bad == 0);
  }
  CHECK(Histogram(7).bucket_limit() == 7'296);
  CHECK(Histogram(10).bucket_limit() == 55'296);
}

TEST_CASE("precision outside its range is brought to the nearer end") {
  CHECK(Histogram(0).precision_bits() == 1);
  CHECK(Histogram(-9).precision_bits() == 1);
  CHECK(Histogram(99).precision_bits() == 14);
  CHECK(Histogram().precision_bits() == Histogram::kDefaultPrecisionBits);
}

TEST_CASE("count, sum and extremes are exact") {
  Histogram histogram;
  CHECK(histogram.add(5));
  CHECK(histogram.add(1'000'003, 3));
  CHECK(histogram.add(0));
  CHECK(histogram.add(17, 0));
  const HistogramTotals totals = histogram.totals();
  CHECK(totals.count == 5);
  CHECK(totals.sum == 3'000'014);
  CHECK(totals.min == 0);
  CHECK(totals.max == 1'000'003);
  CHECK(*histogram.mean() == doctest::Approx(600'002.8));
}

TEST_CASE("an empty histogram knows nothing") {
  const Histogram histogram;
  CHECK(histogram.totals().count == 0);
  CHECK(!histogram.totals().min);
  CHECK(!histogram.totals().max);
  CHECK(!histogram.mean());
  CHECK(!histogram.quantile(0.5));
  CHECK(histogram.buckets().empty());
}

TEST_CASE("one value is every quantile") {
  Histogram histogram;
  histogram.add(123'456'789);
  for (const double p : {0.0, 0.5, 0.999, 1.0}) CHECK(*histogram.quantile(p) == 123'456'789.0);
  CHECK(!histogram.quantile(-0.1));
  CHECK(!histogram.quantile(1.1));
  CHECK(!histogram.quantile(kNan));
}

TEST_CASE("negative values and counts are refused and change nothing") {
  Histogram histogram;
  CHECK_FALSE(histogram.add(-1));
  CHECK_FALSE(histogram.add(1, -1));
  CHECK_FALSE(histogram.add(std::numeric_limits<std::int64_t>::min()));
  CHECK(histogram == Histogram());
  CHECK(histogram.add(1, kMost));
  CHECK_FALSE(histogram.add(1));
  CHECK(histogram.totals().count == kMost);
}

TEST_CASE("a sum beyond 64 bits is unknown, not wrong") {
  Histogram histogram;
  CHECK(histogram.add(kMost));
  CHECK(*histogram.totals().sum == kMost);
  CHECK(histogram.add(1));
  CHECK(!histogram.totals().sum);
  CHECK(!histogram.mean());
  CHECK(*histogram.totals().max == kMost);
  CHECK(*histogram.quantile(1.0) == static_cast<double>(kMost));
}

TEST_CASE("quantiles are within half a bucket of the exact ones") {
  for (const int bits : {7, 10}) {
    Random random(1);
    Histogram histogram(bits);
    std::vector<std::int64_t> values;
    for (int i = 0; i < 20'000; ++i) {
      values.push_back(static_cast<std::int64_t>(random.lognormal(10.0, 1.5)));
      histogram.add(values.back());
    }
    std::ranges::sort(values);
    const double limit = std::ldexp(1.0, -bits - 1);
    for (const double p : {0.001, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 0.9999}) {
      const auto rank = static_cast<std::size_t>(std::ceil(p * 20'000.0));
      const auto exact = static_cast<double>(values[rank - 1]);
      CAPTURE(p);
      CHECK(std::abs(*histogram.quantile(p) - exact) <= limit * exact);
    }
    CHECK(*histogram.quantile(0.0) == static_cast<double>(values.front()));
    CHECK(*histogram.quantile(1.0) == static_cast<double>(values.back()));
  }
}

TEST_CASE("merging in any order equals recording all") {
  Random random(2);
  Histogram whole;
  Histogram a;
  Histogram b;
  for (int i = 0; i < 1'000; ++i) {
    const auto value = static_cast<std::int64_t>(random.below(1'000'000));
    whole.add(value);
    (i % 3 == 0 ? a : b).add(value);
  }
  Histogram ab = a;
  CHECK(ab.merge(b));
  Histogram ba = b;
  CHECK(ba.merge(a));
  CHECK(ab.buckets() == whole.buckets());
  CHECK(ab.totals() == whole.totals());
  CHECK(ba.buckets() == whole.buckets());
  CHECK(ba.totals() == whole.totals());
  CHECK(ab.merge(Histogram()));
  CHECK(ab.totals() == whole.totals());
  Histogram empty;
  CHECK(empty.merge(whole));
  CHECK(empty.totals() == whole.totals());
}

TEST_CASE("the value of a rank lies in the bucket that counts it") {
  Histogram histogram(7);
  CHECK(!histogram.bucket_of_rank(1));
  histogram.add(10, 3);
  histogram.add(5'000, 2);
  CHECK(!histogram.bucket_of_rank(0));
  for (const int rank : {1, 2, 3}) CHECK(histogram.bucket_of_rank(rank) == 10);
  for (const int rank : {4, 5}) CHECK(histogram.bucket_of_rank(rank) == histogram.bucket_of(5'000));
  CHECK(!histogram.bucket_of_rank(6));
}

TEST_CASE("histograms of different precision do not merge") {
  Histogram a(7);
  Histogram b(10);
  b.add(1);
  CHECK_FALSE(a.merge(b));
  CHECK(a.totals().count == 0);
  Histogram full;
  full.add(1, kMost);
  Histogram one;
  one.add(1);
  CHECK_FALSE(one.merge(full));
  CHECK(one.totals().count == 1);
}

TEST_CASE("a stored histogram comes back the same") {
  for (const int bits : {1, 7, 14}) {
    Random random(3);
    Histogram histogram(bits);
    for (int i = 0; i < 500; ++i) histogram.add(static_cast<std::int64_t>(random.lognormal(8.0, 4.0)));
    const auto back = Histogram::restore(bits, histogram.buckets(), histogram.totals());
    REQUIRE(back);
    CHECK(*back == histogram);
  }
  CHECK(*Histogram::restore(7, {}, Histogram(7).totals()) == Histogram(7));
  Histogram great(7);
  great.add(kMost, 5);
  CHECK(*Histogram::restore(7, great.buckets(), great.totals()) == great);
}

TEST_CASE("stored histograms that contradict themselves are refused") {
  Histogram histogram(7);
  histogram.add(1'000, 2);
  histogram.add(5'000);
  const auto buckets = histogram.buckets();
  const HistogramTotals totals = histogram.totals();
  REQUIRE(Histogram::restore(7, buckets, totals));
  CHECK(!Histogram::restore(0, buckets, totals));
  CHECK(!Histogram::restore(15, buckets, totals));
  CHECK(!Histogram::restore(8, buckets, totals));
  CHECK(!Histogram::restore(7, {}, totals));
  CHECK(!Histogram::restore(7, buckets, Histogram().totals()));

  auto changed_totals = [&](auto change) {
    HistogramTotals t = totals;
    change(t);
    return Histogram::restore(7, buckets, t).has_value();
  };
  CHECK_FALSE(changed_totals([](HistogramTotals& t) { t.count = 4; }));
  CHECK_FALSE(changed_totals([](HistogramTotals& t) { t.sum = 1; }));
  CHECK_FALSE(changed_totals([](HistogramTotals& t) { t.sum = 1'000'000; }));
  CHECK_FALSE(changed_totals([](HistogramTotals& t) { t.sum.reset(); }));
  CHECK_FALSE(changed_totals([](HistogramTotals& t) { t.min = -1; }));
  CHECK_FALSE(changed_totals([](HistogramTotals& t) { t.min = 5'000; }));
  CHECK_FALSE(changed_totals([](HistogramTotals& t) { t.max = 9'000; }));
  CHECK_FALSE(changed_totals([](HistogramTotals& t) { t.max.reset(); }));

  auto changed_buckets = [&](auto change) {
    auto b = buckets;
    change(b);
    return Histogram::restore(7, b, totals).has_value();
  };
  CHECK_FALSE(changed_buckets([](auto& b) { b[0].count = 0; }));
  CHECK_FALSE(changed_buckets([](auto& b) { b[0].count = -2; }));
  CHECK_FALSE(changed_buckets([](auto& b) { b[0].count = kMost; }));
  CHECK_FALSE(changed_buckets([](auto& b) { b[0].index = -1; }));
  CHECK_FALSE(changed_buckets([](auto& b) { b[1].index = 7'296; }));
  CHECK_FALSE(changed_buckets([](auto& b) { b[1].index = std::numeric_limits<std::int32_t>::max(); }));
  CHECK_FALSE(changed_buckets([](auto& b) { std::swap(b[0], b[1]); }));
  CHECK_FALSE(changed_buckets([](auto& b) { b[1].index = b[0].index; }));
}
