#include "report/sample_shape.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "report/plot.h"
#include "support/well_formed.h"
#include "unit/report/sample_view.h"

namespace r = benchhost::report;

namespace {

std::uint64_t counted(const r::CaseShape& shape) {
  std::uint64_t sum = shape.above;
  for (const r::Bin& b : shape.bins) sum += b.count;
  return sum;
}

}  // namespace

TEST_CASE("every sample is in a bin or said to be beyond, and quantiles are order statistics") {
  r::CaseSamples samples{"x", "ns", {}, 0};
  r::InvocationSamples one;
  for (int i = 1; i <= 101; ++i) one.values.push_back(i);
  samples.invocations = {one};
  const r::CaseShape shape = r::shape_of(samples);
  CHECK(shape.samples == 101);
  CHECK(counted(shape) == 101);
  REQUIRE(shape.invocations.size() == 1);
  const std::vector<double>& q = shape.invocations[0].quantiles;
  REQUIRE(q.size() == r::kQuantilePoints);
  CHECK(q.front() == 1);
  CHECK(q[(q.size() - 1) / 2] == 51);
  CHECK(q.back() == 101);
  // Freedman and Diaconis: 2 * 50 / 101^(1/3) = 21.5, so 5 bins over 100.
  CHECK(shape.bins.size() == 5);
  CHECK(shape.bins[0].count == 20);
  CHECK_FALSE(shape.thinned);
}

TEST_CASE("few values far beyond the rest do not press it into a line") {
  r::CaseSamples samples = r::test::samples_of(100);
  samples.invocations[1].values[50] = 1e6;
  const r::CaseShape shape = r::shape_of(samples);
  CHECK(shape.high < 200);
  CHECK(shape.above == 1);
  CHECK(counted(shape) == 300);
}

TEST_CASE("a shape is as large as its picture, however many samples there were") {
  r::CaseSamples samples = r::test::samples_of(400'000);
  samples.invocations[2].disturbed[399'999] = true;
  const r::CaseShape shape = r::shape_of(samples);
  CHECK(shape.samples == 1'200'000);
  CHECK(shape.thinned);
  std::size_t points = 0;
  for (const auto& one : shape.invocations) points += one.order.size();
  CHECK(points == r::kOrderPoints);
  CHECK(shape.bins.size() <= 40);
  CHECK(shape.invocations[2].order.back().disturbed);
  CHECK_FALSE(shape.invocations[2].order.front().disturbed);
  // Seen in order: each invocation is slower than the one before.
  const std::vector<double> order = r::run_order(shape, 3);
  REQUIRE(order.size() == 3);
  CHECK(order[0] < order[1]);
  CHECK(order[1] < order[2]);
  for (const auto& drawn : {r::draw_run_order(shape, "a"), r::draw_histogram(shape, "b"), r::draw_shares(shape, "c")}) {
    CHECK(benchhost::test::why_not_well_formed(drawn) == "");
    CHECK(drawn.size() < 30'000);
  }
}

TEST_CASE("of many invocations some are drawn, and the rest is counted") {
  r::CaseSamples samples{"x", "ns", {}, 0};
  for (std::uint32_t i = 0; i < 30; ++i) samples.invocations.push_back({i, {1.0 + i, 2.0 + i}, {}, {}});
  const r::CaseShape shape = r::shape_of(samples);
  CHECK(shape.invocations.size() == r::kMostInvocations);
  CHECK(shape.invocations_left_out == 6);
  CHECK(shape.samples == 60);
  CHECK(r::draw_shares(shape, "x").find("6 more invocations are not drawn") != std::string::npos);
}

TEST_CASE("what was only counted has a distribution and no run order") {
  r::CaseSamples samples{"latency", "ns", {}, 0};
  samples.invocations.push_back({0, {}, {}, {{10, 900}, {20, 90}, {500, 10}}});
  const r::CaseShape shape = r::shape_of(samples);
  CHECK(shape.samples == 1000);
  CHECK(counted(shape) == 1000);
  CHECK(shape.invocations[0].quantiles[0] == 10);
  CHECK(shape.invocations[0].quantiles.back() == 500);
  CHECK(r::draw_run_order(shape, "a") == "");
  CHECK(r::draw_histogram(shape, "a") != "");
}

TEST_CASE("no samples, one, all alike, and values that are none give no picture that deceives") {
  CHECK(r::shape_of({}).samples == 0);
  CHECK(r::draw_run_order({}, "a") == "");
  CHECK(r::draw_histogram({}, "a") == "");
  CHECK(r::draw_shares({}, "a") == "");
  for (const std::vector<double>& values : {std::vector<double>{3},
                                            {3, 3, 3},
                                            {std::numeric_limits<double>::quiet_NaN(), 3},
                                            {INFINITY, 3},
                                            {0},
                                            {-1, -1}}) {
    r::CaseSamples samples{"x", "ns", {{0, values, {}, {}}}, 0};
    const r::CaseShape shape = r::shape_of(samples);
    CHECK(counted(shape) == shape.samples);
    CHECK(shape.samples >= 1);
    for (const auto& drawn :
         {r::draw_run_order(shape, "a"), r::draw_histogram(shape, "b"), r::draw_shares(shape, "c")}) {
      CHECK(benchhost::test::why_not_well_formed(drawn) == "");
      CHECK(drawn.find("nan") == std::string::npos);
      CHECK(drawn.find("inf") == std::string::npos);
    }
  }
}
