#include "analysis/summary.h"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "common/stats/random.h"
#include "support/sample_benchmark.h"

namespace a = benchhost::analysis;
namespace p = benchhost::protocol;
using benchhost::store::Measurement;
using benchhost::store::SummaryValue;

namespace {

constexpr std::uint32_t kSpeedup = 1, kEfficiency = 2, kBestAt = 3, kKnee = 4, kLevels = 5, kIntercept = 6, kSlope = 7,
                        kMaxWithin = 8, kRatio = 9, kBest = 10;
constexpr std::uint32_t kBandwidth = 0, kTime = 1;  ///< metrics of the sample benchmark: higher, lower

/// The sample benchmark with a string parameter, a parameter that is no identity, and one summary over "bytes".
p::BenchmarkRecord benchmark(std::uint32_t kind, std::uint32_t metric, std::string unit = "1") {
  p::BenchmarkRecord b = benchhost::test::sample_benchmark();
  p::ParamRecord mode;
  mode.name = "mode";
  mode.type = p::ValueType::string;
  mode.default_value = p::string_value("a");
  b.parameters.push_back(mode);
  p::ParamRecord patience;
  patience.name = "patience";
  patience.type = p::ValueType::int64;
  patience.flags = 4;
  b.parameters.push_back(patience);
  p::SummaryRecord s;
  s.id = s.title = s.description = "the_summary";
  s.unit = std::move(unit);
  s.kind = kind;
  s.metric = metric;
  s.parameter = 0;
  b.summaries.push_back(s);
  return b;
}

Measurement measurement(const std::string& metric, double y, std::optional<double> half = {}) {
  Measurement m;
  m.metric = metric;
  m.value = y;
  if (half) {
    m.low = y - *half;
    m.high = y + *half;
  }
  return m;
}

a::SweepPoint point(std::uint64_t x, double y, std::optional<double> half = {}, const std::string& mode = "a") {
  a::SweepPoint q;
  q.parameters = {{"bytes", p::uint_value(x)}, {"mode", p::string_value(mode)}, {"patience", p::int_value(7)}};
  q.device_models = {"Model X"};
  q.measurements = {measurement("bandwidth", y, half), measurement("time", y, half)};
  return q;
}

std::vector<a::SweepPoint> curve(const std::vector<std::pair<std::uint64_t, double>>& xy) {
  std::vector<a::SweepPoint> points;
  for (const auto& [x, y] : xy) points.push_back(point(x, y));
  return points;
}

SummaryValue only(const p::BenchmarkRecord& b, const std::vector<a::SweepPoint>& points) {
  const auto values = a::summarise(b, points);
  REQUIRE(values.size() == 1);
  CHECK(values[0].value.has_value() == values[0].null_reason.empty());
  return values[0];
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("speed-up is the last over the first, turned so that better is larger") {
  const auto points = curve({{8, 60}, {1, 10}, {2, 20}});
  CHECK(only(benchmark(kSpeedup, kBandwidth), points).value == doctest::Approx(6.0));
  CHECK(only(benchmark(kSpeedup, kTime), points).value == doctest::Approx(1.0 / 6.0));
  CHECK(only(benchmark(kEfficiency, kBandwidth), points).value == doctest::Approx(0.75));
  const SummaryValue v = only(benchmark(kSpeedup, kBandwidth), points);
  CHECK(v.benchmark == "org.test.copy");
  CHECK(v.summary == "the_summary");
  CHECK(v.unit == "1");
  CHECK(v.label.empty());
  CHECK_FALSE(v.low);
}

TEST_CASE("the interval of a speed-up adds the relative errors of both ends as squares") {
  a::SweepPoint first = point(1, 10);
  a::SweepPoint last = point(4, 20);
  first.measurements[0].low = 10 / std::exp(0.03);
  first.measurements[0].high = 10 * std::exp(0.03);
  last.measurements[0].low = 20 / std::exp(0.04);
  last.measurements[0].high = 20 * std::exp(0.04);
  const SummaryValue v = only(benchmark(kSpeedup, kBandwidth), {first, last});
  CHECK(*v.low == doctest::Approx(2 / std::exp(0.05)).epsilon(1e-9));
  CHECK(*v.high == doctest::Approx(2 * std::exp(0.05)).epsilon(1e-9));
  const SummaryValue e = only(benchmark(kEfficiency, kBandwidth), {first, last});
  CHECK(*e.high == doctest::Approx(0.5 * std::exp(0.05)).epsilon(1e-9));
}

TEST_CASE("a ratio is the last over the first as it is, also of a metric where lower is better") {
  const auto points = curve({{8, 60}, {1, 10}, {2, 20}});
  CHECK(only(benchmark(kRatio, kBandwidth), points).value == doctest::Approx(6.0));
  CHECK(only(benchmark(kRatio, kTime), points).value == doctest::Approx(6.0));
  p::BenchmarkRecord b = benchmark(kRatio, kBandwidth);
  b.metrics[kBandwidth].direction = p::Direction::none;
  CHECK(only(b, points).value == doctest::Approx(6.0));
  CHECK(has(only(benchmark(kRatio, kTime), curve({{1, 0}, {2, 2}})).null_reason, "positive"));
  a::SweepPoint first = point(1, 10);
  a::SweepPoint last = point(4, 20);
  for (auto* at : {&first.measurements[1], &last.measurements[1]}) {
    at->low = *at->value / std::exp(0.03);
    at->high = *at->value * std::exp(0.03);
  }
  const double factor = std::exp(std::hypot(0.03, 0.03));
  const SummaryValue slower = only(benchmark(kRatio, kTime), {first, last});
  CHECK(*slower.low == doctest::Approx(2 / factor).epsilon(1e-9));
  CHECK(*slower.high == doctest::Approx(2 * factor).epsilon(1e-9));
  const SummaryValue turned = only(benchmark(kSpeedup, kTime), {first, last});
  CHECK(*turned.low == doctest::Approx(0.5 / factor).epsilon(1e-9));
  CHECK(*turned.high == doctest::Approx(0.5 * factor).epsilon(1e-9));
}

TEST_CASE("a ratio without direction, or of what is not positive, is absent with its reason") {
  p::BenchmarkRecord b = benchmark(kSpeedup, kBandwidth);
  b.metrics[kBandwidth].direction = p::Direction::none;
  CHECK(has(only(b, curve({{1, 1}, {2, 2}})).null_reason, "neither that lower nor that higher"));
  CHECK(has(only(benchmark(kSpeedup, kTime), curve({{1, 0}, {2, 2}})).null_reason, "positive"));
  CHECK(has(only(benchmark(kEfficiency, kTime), curve({{0, 1}, {2, 2}})).null_reason,
            "positive values of the parameter"));
}

TEST_CASE("an end of the sweep without a value is no other end") {
  auto points = curve({{1, 10}, {2, 20}, {4, 30}});
  points[2].measurements[0].value.reset();
  points[2].measurements[0].null_reason = "the clock stood still";
  CHECK(only(benchmark(kSpeedup, kBandwidth), points).null_reason ==
        "bytes=4: 'bandwidth' has no value: the clock stood still");
  points[2].measurements.clear();
  CHECK(only(benchmark(kSpeedup, kBandwidth), points).null_reason == "bytes=4: 'bandwidth' was not measured");
  // In the middle it is no more than one point less.
  points = curve({{1, 10}, {2, 20}, {4, 30}});
  points[1].measurements.clear();
  CHECK(only(benchmark(kSpeedup, kBandwidth), points).value == doctest::Approx(3));
  // NaN is nobody's value.
  points[2].measurements[0].value = std::nan("");
  CHECK_FALSE(only(benchmark(kSpeedup, kBandwidth), points).value);
}

TEST_CASE("groups differ in the summary's parameter only") {
  std::vector<a::SweepPoint> points = {point(1, 10), point(4, 20), point(1, 10, {}, "b"), point(4, 30, {}, "b")};
  points.push_back(point(1, 10));
  points.push_back(point(4, 50));
  for (std::size_t i = 4; i < 6; ++i) points[i].input = "some/input";
  points.push_back(point(1, 10));
  points.push_back(point(4, 70));
  for (std::size_t i = 6; i < 8; ++i) points[i].device_models = {"Model Y", "Model Z"};
  // A case apart was not swept, and one without the parameter is no point.
  points.push_back(point(4, 5, {}, "alone"));
  points.push_back(point(9, 5));
  points.back().parameters.erase(points.back().parameters.begin());
  const auto values = a::summarise(benchmark(kSpeedup, kBandwidth), points);
  REQUIRE(values.size() == 4);
  CHECK(values[0].group == R"({mode="a"} input "some/input" on Model X)");
  CHECK(values[0].value == doctest::Approx(5));
  CHECK(values[1].group == R"({mode="a"} on Model X)");
  CHECK(values[1].value == doctest::Approx(2));
  CHECK(values[2].group == R"({mode="a"} on Model Y and Model Z)");
  CHECK(values[2].value == doctest::Approx(7));
  CHECK(values[3].group == R"({mode="b"} on Model X)");
  CHECK(values[3].value == doctest::Approx(3));
}

TEST_CASE("a parameter that is no identity does not divide a group, and points at one place count once") {
  std::vector<a::SweepPoint> points = {point(1, 10, 1.0), point(4, 10, 1.0), point(4, 30, 1.0)};
  points[2].parameters[2].second = p::int_value(99);
  const SummaryValue v = only(benchmark(kSpeedup, kBandwidth), points);
  CHECK(v.value == doctest::Approx(2));
  // Their interval holds both.
  const double error = std::hypot((std::log(11.0) - std::log(9.0)) / 2, (std::log(31.0) - std::log(9.0)) / 2);
  CHECK(*v.high == doctest::Approx(2 * std::exp(error)).epsilon(1e-9));
}

TEST_CASE("the best is the smallest of those within the error") {
  // 100 at 64 is largest, 98 at 16 is within the error of both, 90 at 8 is not.
  const std::vector<a::SweepPoint> points = {point(8, 90, 2.0), point(16, 98, 2.0), point(32, 99, 2.0),
                                             point(64, 100, 2.0), point(128, 80, 2.0)};
  const SummaryValue v = only(benchmark(kBestAt, kBandwidth), points);
  CHECK(v.value == doctest::Approx(16));
  CHECK(*v.low == doctest::Approx(16));
  CHECK(*v.high == doctest::Approx(64));
  CHECK(only(benchmark(kBestAt, kTime), points).value == doctest::Approx(128));
  // Without intervals only the best itself; unless the metric says what never matters.
  CHECK(only(benchmark(kBestAt, kBandwidth), curve({{8, 90}, {16, 98}, {64, 100}})).value == doctest::Approx(64));
  p::BenchmarkRecord b = benchmark(kBestAt, kBandwidth);
  b.metrics[kBandwidth].noise_floor_ratio = 0.03;
  CHECK(only(b, curve({{8, 90}, {16, 98}, {64, 100}})).value == doctest::Approx(16));
  b.metrics[kBandwidth].noise_floor_ratio.reset();
  b.metrics[kBandwidth].direction = p::Direction::target;
  b.metrics[kBandwidth].target = 97.5;
  CHECK(only(b, curve({{8, 90}, {16, 98}, {64, 100}})).value == doctest::Approx(16));
  b.metrics[kBandwidth].direction = p::Direction::none;
  CHECK(has(only(b, points).null_reason, "no direction"));
}

TEST_CASE("the best itself has the metric's own interval, whichever way is better") {
  const std::vector<a::SweepPoint> points = {point(8, 90, 2.0), point(32, 99, 3.0), point(128, 80, 1.0)};
  const SummaryValue v = only(benchmark(kBest, kBandwidth, "By/s"), points);
  CHECK(v.value == doctest::Approx(99));
  CHECK(*v.low == doctest::Approx(96));
  CHECK(*v.high == doctest::Approx(102));
  CHECK(v.unit == "By/s");
  CHECK(only(benchmark(kBest, kTime), points).value == doctest::Approx(80));
  CHECK_FALSE(only(benchmark(kBest, kBandwidth), curve({{8, 90}, {16, 98}})).low);
  p::BenchmarkRecord b = benchmark(kBest, kBandwidth);
  b.metrics[kBandwidth].direction = p::Direction::none;
  CHECK(has(only(b, points).null_reason, "no direction"));
}

TEST_CASE("the knee is where the gain per octave falls below half") {
  // Doubles up to 16, then 5 % an octave.
  std::vector<std::pair<std::uint64_t, double>> xy;
  for (std::uint64_t x = 1; x <= 256; x *= 2) {
    xy.emplace_back(x, x <= 16 ? static_cast<double>(x) : 16 * std::pow(1.05, std::log2(static_cast<double>(x) / 16)));
  }
  const SummaryValue v = only(benchmark(kKnee, kBandwidth), curve(xy));
  CHECK(v.value == doctest::Approx(16));
  CHECK(*v.low == doctest::Approx(8));
  CHECK(*v.high == doctest::Approx(32));
  // The same where less is better.
  for (auto& [x, y] : xy) y = 1000 / y;
  CHECK(only(benchmark(kKnee, kTime), curve(xy)).value == doctest::Approx(16));
  // What falls after the knee has one too.
  CHECK(only(benchmark(kKnee, kBandwidth), curve({{1, 1}, {2, 2}, {4, 4}, {8, 3}, {16, 2.3}})).value ==
        doctest::Approx(4));
}

TEST_CASE("the knee survives noise and steps of any width") {
  int near = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    benchhost::stats::Random random(seed);
    std::vector<std::pair<std::uint64_t, double>> xy;
    for (const std::uint64_t x : {1u, 2u, 3u, 4u, 6u, 8u, 12u, 16u, 24u, 32u, 48u, 64u}) {
      xy.emplace_back(x, std::min(static_cast<double>(x), 8.0) * std::exp(random.normal(0, 0.05)));
    }
    const SummaryValue v = only(benchmark(kKnee, kBandwidth), curve(xy));
    near += v.value && *v.value >= 6 && *v.value <= 12 ? 1 : 0;
  }
  CHECK(near == 200);
}

TEST_CASE("a curve that never levels off, or never gains, has no knee") {
  CHECK(has(only(benchmark(kKnee, kBandwidth), curve({{1, 1}, {2, 2}, {4, 4}, {8, 8}, {16, 16}})).null_reason,
            "never falls below half"));
  CHECK(has(only(benchmark(kKnee, kBandwidth), curve({{1, 5}, {2, 5}, {4, 5}, {8, 5}})).null_reason, "gains nothing"));
  CHECK(has(only(benchmark(kKnee, kBandwidth), curve({{1, 8}, {2, 4}, {4, 2}, {8, 1}})).null_reason, "gains nothing"));
  CHECK(has(only(benchmark(kKnee, kBandwidth), curve({{1, 8}, {2, 4}})).null_reason, "at least 3"));
  CHECK(has(only(benchmark(kKnee, kBandwidth), curve({{0, 1}, {2, 4}, {3, 5}})).null_reason, "positive"));
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    benchhost::stats::Random random(seed);
    std::vector<a::SweepPoint> points;
    for (std::uint64_t x = 1; x <= 1024; x *= 2) {
      const double y = 100 * std::exp(random.normal(0, 0.05));
      points.push_back(point(x, y, y * 0.1));
    }
    CAPTURE(seed);
    CHECK_FALSE(only(benchmark(kKnee, kBandwidth), points).value);
  }
}

namespace {

struct Step {
  double at_bytes;
  double factor;
};

/// Latency of a machine whose caches end at the given sizes: `width` octaves wide transitions on the log scale.
double latency(double x, const std::vector<Step>& steps, double width) {
  double z = std::log2(1.2);
  for (const Step& s : steps) {
    const double d = std::log2(x / s.at_bytes);
    const double share = width == 0 ? (d > 0 ? 1.0 : 0.0) : 1 / (1 + std::exp(-4 * d / width));
    z += std::log2(s.factor) * share;
  }
  return std::exp2(z);
}

/// 4 KiB to 2 GiB, `per_octave` sizes an octave.
std::vector<a::SweepPoint> sweep(const std::function<double(double)>& y, int per_octave = 2) {
  std::vector<a::SweepPoint> points;
  for (int i = 0; i <= 19 * per_octave; ++i) {
    const double x = std::floor(4096 * std::exp2(static_cast<double>(i) / per_octave));
    points.push_back(point(static_cast<std::uint64_t>(x), y(x)));
  }
  return points;
}

const std::vector<Step> kCaches = {{32 << 10, 3.2}, {1 << 20, 3.5}, {32 << 20, 3.0}};

void check_caches(const std::vector<SummaryValue>& values) {
  REQUIRE(values.size() == kCaches.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    CAPTURE(i);
    REQUIRE(values[i].value);
    CHECK(values[i].label == std::to_string(i + 1));
    CHECK(*values[i].value > kCaches[i].at_bytes / 2);
    CHECK(*values[i].value < kCaches[i].at_bytes * 2);
    CHECK(*values[i].low <= *values[i].value);
    CHECK(*values[i].high >= *values[i].value);
  }
}

}  // namespace

TEST_CASE("the levels of a latency curve are the sizes of the caches") {
  const p::BenchmarkRecord b = benchmark(kLevels, kTime, "By");
  for (const double width : {0.0, 0.5, 1.0, 2.0}) {
    for (const int per_octave : {1, 2, 4}) {
      CAPTURE(width);
      CAPTURE(per_octave);
      check_caches(a::summarise(b, sweep([&](double x) { return latency(x, kCaches, width); }, per_octave)));
    }
  }
}

TEST_CASE("the levels of a latency curve survive noise, an outlier and a slow drift") {
  const p::BenchmarkRecord b = benchmark(kLevels, kTime, "By");
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    benchhost::stats::Random random(seed);
    const double width = 2 * random.uniform();
    auto points = sweep([&](double x) {
      // Pages are missed more and more often: 6 % an octave, all the way.
      return latency(x, kCaches, width) * std::pow(x / 4096, std::log2(1.06)) * std::exp(random.normal(0, 0.04));
    });
    points[random.below(points.size())].measurements[1].value = 500;
    check_caches(a::summarise(b, points));
  }
}

TEST_CASE("two levels only three octaves apart are two") {
  const std::vector<Step> close = {{32 << 10, 3.0}, {256 << 10, 3.0}};
  const auto values = a::summarise(benchmark(kLevels, kTime), sweep([&](double x) { return latency(x, close, 1.0); }));
  REQUIRE(values.size() == 2);
  CHECK(*values[0].value == doctest::Approx(32 << 10).epsilon(0.3));
  CHECK(*values[1].value == doctest::Approx(256 << 10).epsilon(0.3));
}

TEST_CASE("a coarse sweep whose points lie mostly within steps has its levels all the same") {
  // Measured: nanoseconds per load of a pointer chase, 8 KiB to 64 MiB, on a CPU with 48 KiB and 2 MiB of its own.
  const std::vector<double> ns = {1.31, 1.32, 1.33, 4.46, 4.47, 4.48, 4.96, 5.58, 16.5, 35.6, 39.0, 132, 173, 185};
  std::vector<a::SweepPoint> points;
  for (std::size_t i = 0; i < ns.size(); ++i) points.push_back(point(8192ULL << i, ns[i], 0.02 * ns[i]));
  const auto values = a::summarise(benchmark(kLevels, kTime, "By"), points);
  REQUIRE(values.size() >= 2);
  REQUIRE(values[0].value);
  CHECK(*values[0].value > (32 << 10));
  CHECK(*values[0].value < (64 << 10));
  CHECK(*values[1].value > (1 << 20));
  CHECK(*values[1].value < (4 << 20));
}

TEST_CASE("a bandwidth that steps down has the same levels") {
  check_caches(
      a::summarise(benchmark(kLevels, kBandwidth), sweep([&](double x) { return 1e11 / latency(x, kCaches, 1.0); })));
}

TEST_CASE("a flat curve has no level, however noisy; neither has a drift") {
  const p::BenchmarkRecord b = benchmark(kLevels, kTime);
  CHECK(has(only(b, sweep([](double) { return 1.25; })).null_reason, "no step of 25 %"));
  CHECK(has(only(b, sweep([](double x) { return std::pow(x, 0.15); })).null_reason, "no step"));
  int found = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    benchhost::stats::Random random(seed);
    const double noise = 0.01 + 0.2 * random.uniform();
    found += only(b, sweep([&](double) { return 3 * std::exp(random.normal(0, noise)); })).value ? 1 : 0;
  }
  CHECK(found <= 5);
}

TEST_CASE("levels need points on a logarithmic scale") {
  const p::BenchmarkRecord b = benchmark(kLevels, kTime);
  CHECK(has(only(b, curve({{1, 1}, {2, 1}, {4, 3}, {8, 3}})).null_reason, "at least 6"));
  CHECK(has(only(b, curve({{0, 1}, {1, 1}, {2, 1}, {4, 3}, {8, 3}, {16, 3}})).null_reason, "positive"));
}

TEST_CASE("a fit finds intercept and slope of y = a + b g(x)") {
  for (const auto& [basis, g] : std::vector<std::pair<std::uint32_t, std::function<double(double)>>>{
           {0, [](double x) { return x; }},
           {1, [](double x) { return std::log2(x); }},
           {2, [](double x) { return x * std::log2(x); }},
           {3, [](double x) { return x * x; }}}) {
    CAPTURE(basis);
    std::vector<std::pair<std::uint64_t, double>> xy;
    for (std::uint64_t x = 2; x <= 4096; x *= 4) xy.emplace_back(x, 250 + 0.5 * g(static_cast<double>(x)));
    p::BenchmarkRecord intercept = benchmark(kIntercept, kTime, "ns");
    intercept.summaries[0].basis = basis;
    const SummaryValue at = only(intercept, curve(xy));
    CHECK(*at.value == doctest::Approx(250).epsilon(1e-6));
    CHECK(*at.low <= *at.value);
    CHECK(*at.high >= *at.value);
    p::BenchmarkRecord slope = benchmark(kSlope, kTime, "ns");
    slope.summaries[0].basis = basis;
    CHECK(*only(slope, curve(xy)).value == doctest::Approx(0.5).epsilon(1e-6));
  }
}

TEST_CASE("a slope whose unit is a rate is turned over: ns per byte become bytes per second") {
  const auto points = curve({{1000, 1500}, {2000, 2000}, {4000, 3000}, {1000000, 501000}});
  const SummaryValue v = only(benchmark(kSlope, kTime, "By/s"), points);
  CHECK(*v.value == doctest::Approx(2e9).epsilon(1e-6));
  CHECK(has(only(benchmark(kSlope, kTime, "By/s"), curve({{1, 5}, {2, 4}, {3, 3}})).null_reason, "does not grow"));
}

TEST_CASE("the interval of a fit holds the truth about as often as it says, with errors that are a share of y") {
  int slope_holds = 0;
  int intercept_holds = 0;
  constexpr int kRuns = 2000;
  for (std::uint64_t seed = 0; seed < kRuns; ++seed) {
    benchhost::stats::Random random(seed);
    std::vector<std::pair<std::uint64_t, double>> xy;
    for (std::uint64_t x = 1024; x <= (1u << 30); x *= 4) {
      xy.emplace_back(x, (8000 + 0.1 * static_cast<double>(x)) * (1 + random.normal(0, 0.02)));
    }
    const SummaryValue slope = only(benchmark(kSlope, kTime, "ns"), curve(xy));
    const SummaryValue intercept = only(benchmark(kIntercept, kTime, "ns"), curve(xy));
    slope_holds += *slope.low <= 0.1 && 0.1 <= *slope.high ? 1 : 0;
    intercept_holds += *intercept.low <= 8000 && 8000 <= *intercept.high ? 1 : 0;
  }
  CHECK(slope_holds > 0.93 * kRuns);
  CHECK(slope_holds < 0.97 * kRuns);
  CHECK(intercept_holds > 0.93 * kRuns);
  CHECK(intercept_holds < 0.97 * kRuns);
}

TEST_CASE("a fit through too few points, or over a basis that they lack, is absent") {
  CHECK(has(only(benchmark(kSlope, kTime), curve({{1, 1}, {2, 2}})).null_reason, "at least 3"));
  p::BenchmarkRecord b = benchmark(kSlope, kTime);
  b.summaries[0].basis = 1;
  CHECK(has(only(b, curve({{0, 1}, {1, 2}, {2, 3}})).null_reason, "positive"));
  b.summaries[0].basis = 0;
  CHECK(*only(b, curve({{0, 1}, {1, 2}, {2, 3}})).value == doctest::Approx(1));
}

namespace {

p::BenchmarkRecord within(std::uint32_t metric, std::string limit) {
  p::BenchmarkRecord b = benchmark(kMaxWithin, metric);
  b.summaries[0].limit = std::move(limit);
  return b;
}

}  // namespace

TEST_CASE("the largest within a limit is bracketed by the first point above it") {
  const auto points = curve({{100, 2}, {200, 3}, {400, 9}, {800, 50}});
  const SummaryValue v = only(within(kTime, "10"), points);
  CHECK(*v.value == 400);
  CHECK(*v.low == 400);
  CHECK(*v.high == 800);
  CHECK(*only(within(kTime, "9"), points).value == 400);
  const SummaryValue all = only(within(kTime, "50"), points);
  CHECK(*all.value == 800);
  CHECK_FALSE(all.high);
  CHECK(*only(within(kBandwidth, "3"), points).value == 800);
  CHECK(has(only(within(kTime, "1"), points).null_reason, "the smallest is 100"));
}

TEST_CASE("a curve that comes back within its limit shows in the interval") {
  const SummaryValue v = only(within(kTime, "10"), curve({{1, 2}, {2, 20}, {4, 5}, {8, 30}, {16, 40}}));
  CHECK(*v.value == 4);
  CHECK(*v.low == 1);
  CHECK(*v.high == 8);
  // Not even the first: nothing is known from below.
  const SummaryValue late = only(within(kTime, "10"), curve({{1, 20}, {2, 5}, {4, 30}}));
  CHECK(*late.value == 2);
  CHECK_FALSE(late.low);
}

TEST_CASE("of points at one place the worst decides, and the limit may depend on the point") {
  auto points = curve({{1, 2}, {2, 5}, {2, 15}, {4, 30}});
  points[2].parameters[2].second = p::int_value(1);
  CHECK(*only(within(kTime, "10"), points).value == 1);
  CHECK(*only(within(kTime, "bytes * 7"), curve({{1, 6}, {2, 13}, {4, 29}})).value == 2);
  benchhost::ExprFacts machine;
  machine.set("machine.cores", 5);
  const p::BenchmarkRecord b = within(kTime, "machine.cores * 1.0");
  const auto values = a::summarise(b, curve({{1, 4}, {2, 6}}), &machine);
  REQUIRE(values.size() == 1);
  CHECK(*values[0].value == 1);
  CHECK(has(only(b, curve({{1, 4}, {2, 6}})).null_reason, "limit"));
  CHECK(has(only(within(kTime, "no_such_thing"), curve({{1, 4}, {2, 6}})).null_reason, "limit"));
}

TEST_CASE("each label of a labelled metric has a value of its own") {
  p::BenchmarkRecord b = benchmark(kSpeedup, kBandwidth);
  b.metrics[kBandwidth].labelled = true;
  std::vector<a::SweepPoint> points = {point(1, 10), point(2, 20)};
  for (auto& q : points) {
    q.measurements[0].label = "conv";
    q.measurements.push_back(measurement("bandwidth", 5));
    q.measurements.back().label = "relu";
  }
  const auto values = a::summarise(b, points);
  REQUIRE(values.size() == 2);
  CHECK(values[0].label == "conv");
  CHECK(*values[0].value == doctest::Approx(2));
  CHECK(values[1].label == "relu");
  CHECK(*values[1].value == doctest::Approx(1));
}

TEST_CASE("nothing comes of nothing") {
  CHECK(a::summarise(benchmark(kSpeedup, kBandwidth), {}).empty());
  p::BenchmarkRecord none = benchmark(kSpeedup, kBandwidth);
  none.summaries.clear();
  CHECK(a::summarise(none, curve({{1, 1}, {2, 2}})).empty());
  // A parameter that is no number cannot be an axis.
  p::BenchmarkRecord words = benchmark(kSpeedup, kBandwidth);
  words.summaries[0].parameter = 1;
  CHECK(a::summarise(words, std::vector{point(1, 1, {}, "a"), point(1, 2, {}, "b")}).empty());
  p::BenchmarkRecord unknown = benchmark(99, kBandwidth);
  CHECK(has(only(unknown, curve({{1, 1}, {2, 2}})).null_reason, "no kind of summary"));
  const auto nulls = only(benchmark(kBestAt, kBandwidth), [] {
    auto points = curve({{1, 1}, {2, 2}});
    points[0].measurements.clear();
    return points;
  }());
  CHECK(has(nulls.null_reason, "fewer than 2 points"));
}
