#include "analysis/estimate.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "analysis/location.h"
#include "support/sample_benchmark.h"

namespace a = benchhost::analysis;
namespace p = benchhost::protocol;
using benchhost::test::invocation_of;
using benchhost::test::metric;
using benchhost::test::sample_benchmark;

namespace {

const benchhost::store::Measurement& named(const a::Estimate& estimate, std::string_view id) {
  const auto it = std::ranges::find(estimate.measurements, id, &benchhost::store::Measurement::metric);
  REQUIRE(it != estimate.measurements.end());
  return *it;
}

bool has(const std::vector<std::string>& flags, std::string_view flag) {
  return std::ranges::find(flags, flag) != flags.end();
}

}  // namespace

TEST_CASE("the interval is Student's t over one value per invocation, on logarithms") {
  // Times 10, 11, 12 ns: mean log 2.397263, sd of logs 0.0911765; t(0.975, 2) = 4.302653.
  const std::vector<a::Invocation> three = {invocation_of(0, 1000, 0, {10, 10, 10}),
                                            invocation_of(1, 1000, 0, {11, 11, 11}),
                                            invocation_of(2, 1000, 0, {12, 12, 12})};
  const a::Estimate e = a::estimate_case(sample_benchmark(), three, std::nullopt);
  const auto& time = named(e, "time");
  const double mean = (std::log(10.0) + std::log(11.0) + std::log(12.0)) / 3;
  const double sd = std::sqrt(
      (std::pow(std::log(10.0) - mean, 2) + std::pow(std::log(11.0) - mean, 2) + std::pow(std::log(12.0) - mean, 2)) /
      2);
  const double half = 4.302652729911275 * sd / std::sqrt(3.0);
  CHECK(*time.value == doctest::Approx(std::exp(mean)).epsilon(1e-9));
  CHECK(*time.low == doctest::Approx(std::exp(mean - half)).epsilon(1e-9));
  CHECK(*time.high == doctest::Approx(std::exp(mean + half)).epsilon(1e-9));
  CHECK(*time.spread_ratio == doctest::Approx(sd).epsilon(1e-9));
  CHECK(time.invocations == 3);
  CHECK(time.samples == 9);
  // A rate has the same relative interval, upside down.
  const auto& rate = named(e, "bandwidth");
  CHECK(*rate.value == doctest::Approx(1000.0 * 1e9 / std::exp(mean)).epsilon(1e-9));
  CHECK(*rate.low == doctest::Approx(1000.0 * 1e9 / *time.high).epsilon(1e-9));
}

TEST_CASE("batches within one process, however many, give no interval") {
  const std::vector<a::Invocation> one = {invocation_of(0, 1000, 0, std::vector<double>(1000, 10.0))};
  const auto e = a::estimate_case(sample_benchmark(), one, std::nullopt);
  const auto& time = named(e, "time");
  CHECK(*time.value == doctest::Approx(10));
  CHECK_FALSE(time.low);
  CHECK_FALSE(time.high);
  CHECK_FALSE(time.spread_ratio);
}

TEST_CASE("independent samples are added up over the invocations, and not known where one's are not") {
  const std::vector<double> swinging = {10, 12, 10, 12, 10, 12, 10, 12};  // neighbours cancel: as good as independent
  const std::vector<double> step = {10, 10, 10, 10, 12, 12, 12, 12};
  std::vector<a::Invocation> two = {invocation_of(0, 1000, 0, swinging), invocation_of(1, 1000, 0, step)};
  const auto e = a::estimate_case(sample_benchmark(), two, std::nullopt);
  const auto& time = named(e, "time");
  CHECK(time.samples == 16);
  REQUIRE(time.effective_samples);
  CHECK(*time.effective_samples > 9);
  CHECK(*time.effective_samples < 13);
  CHECK(*named(e, "bandwidth").effective_samples == doctest::Approx(*time.effective_samples));
  two.push_back(invocation_of(2, 1000, 0, {10, 11}));
  CHECK_FALSE(named(a::estimate_case(sample_benchmark(), two, std::nullopt), "time").effective_samples);
  two.push_back(invocation_of(3, 1000, 0, swinging));
  CHECK_FALSE(named(a::estimate_case(sample_benchmark(), two, std::nullopt), "time").effective_samples);
}

TEST_CASE("a labelled metric that nobody reported, or that was withheld, has its reason") {
  auto benchmark = sample_benchmark();
  benchmark.metrics.push_back(benchhost::test::metric("layers", p::MetricKind::time, p::Domain::self, "ns"));
  benchmark.metrics.back().labelled = true;
  std::vector one{invocation_of(0, 1, 0, {5})};
  const auto silent = a::estimate_case(benchmark, one, std::nullopt);
  CHECK(named(silent, "layers").label.empty());
  CHECK_FALSE(named(silent, "layers").value);
  CHECK(named(silent, "layers").null_reason == "the plugin reported nothing for it");
  one[0].withheld.push_back({"layers", "the model has no layers"});
  const auto withheld = a::estimate_case(benchmark, one, std::nullopt);
  CHECK(named(withheld, "layers").null_reason == "the model has no layers");
}

TEST_CASE("what no invocation could give is absent with its reason, never zero") {
  const auto e = a::estimate_case(sample_benchmark(), std::vector{invocation_of(0, 1, 0, {5})}, std::nullopt);
  CHECK_FALSE(named(e, "peak").value);
  CHECK(named(e, "peak").null_reason == "resident memory is not reported here");
  const auto none = a::estimate_case(sample_benchmark(), {}, std::nullopt);
  CHECK(named(none, "time").null_reason == "no invocation was finished");
}

TEST_CASE("a primary metric whose interval is wider than was asked for is imprecise") {
  const std::vector<a::Invocation> wide = {invocation_of(0, 1000, 0, {10}), invocation_of(1, 1000, 0, {12})};
  CHECK(has(a::estimate_case(sample_benchmark(), wide, 0.01).flags, "imprecise"));
  CHECK_FALSE(has(a::estimate_case(sample_benchmark(), wide, std::nullopt).flags, "imprecise"));
  const std::vector<a::Invocation> same = {invocation_of(0, 1000, 0, {10}), invocation_of(1, 1000, 0, {10})};
  CHECK_FALSE(has(a::estimate_case(sample_benchmark(), same, 0.01).flags, "imprecise"));
}

TEST_CASE("a result that nobody checked is unverified; one null benchmark needs no check") {
  a::Invocation i = invocation_of(0, 1, 0, {5});
  i.verdict.reset();
  CHECK(has(a::estimate_case(sample_benchmark(), std::vector{i}, std::nullopt).flags, "unverified"));
  i.verdict = p::Verdict{};  // an oracle that compared nothing
  CHECK(has(a::estimate_case(sample_benchmark(), std::vector{i}, std::nullopt).flags, "unverified"));
  auto null = sample_benchmark();
  null.is_null = true;
  CHECK_FALSE(has(a::estimate_case(null, std::vector{i}, std::nullopt).flags, "unverified"));
}

TEST_CASE("disturbed once more than half of the measured batches were, or a tenth where too few others are left") {
  a::Invocation i = invocation_of(0, 1, 0, std::vector<double>(20, 5.0));
  i.record.disturbed_batches = {4, 5, 3, 99};  // two measured ones (4…23), two that are not
  const auto flagged = [&i] {
    return has(a::estimate_case(sample_benchmark(), std::vector{i}, std::nullopt).flags, "disturbed");
  };
  for (std::uint64_t batch = 6; batch < 14; ++batch) i.record.disturbed_batches.push_back(batch);
  CHECK_FALSE(flagged());  // ten of 20
  i.record.disturbed_batches.push_back(23);
  CHECK(flagged());
  // Of seven batches five are enough, four are not: then all are used, and three of seven are more than a tenth.
  i = invocation_of(0, 1, 0, std::vector<double>(7, 5.0));
  i.record.disturbed_batches = {4, 5};
  CHECK_FALSE(flagged());
  i.record.disturbed_batches.push_back(6);
  CHECK(flagged());
}

TEST_CASE("estimates come of the clean batches where they suffice, and of all where not, whatever they took") {
  std::vector<double> costs(20, 5.0);
  for (std::size_t i = 0; i < 14; ++i) costs[i] = 50.0;
  a::Invocation i = invocation_of(0, 1000, 0, costs);
  p::Segment said;
  said.quantity = p::Quantity::reported;
  said.metric = "said";
  said.first_batch = 4;
  said.reals = costs;
  i.record.segments.push_back(said);
  const auto time = metric("time", p::MetricKind::time, p::Domain::host, "ns");
  const auto self = metric("said", p::MetricKind::time, p::Domain::self, "ns");
  // Slow alone is no evidence.
  CHECK(a::locate(time, {}, i).location->value == 50.0);
  for (std::uint64_t batch = 17; batch >= 4; --batch) i.record.disturbed_batches.push_back(batch);
  for (const auto* m : {&time, &self}) {
    const auto found = a::locate(*m, {}, i);
    REQUIRE(found.location);
    CHECK(found.location->value == 5.0);
    CHECK(found.location->samples == 6);
    CHECK(a::sample_series(*m, i).size() == 6);
  }
  CHECK(a::batches_left_out(i.record).front() == 4);
  // Four clean ones stand for nothing.
  i.record.disturbed_batches.push_back(18);
  i.record.disturbed_batches.push_back(19);
  for (const auto* m : {&time, &self}) CHECK(a::locate(*m, {}, i).location->samples == 20);
  CHECK(a::batches_left_out(i.record).empty());
}

TEST_CASE("results of a simulated device say so") {
  a::Invocation i = invocation_of(0, 1, 0, {5});
  p::DeviceRecord device;
  device.name = "null:0";
  p::CapRecord cap;
  cap.name = "simulated";
  cap.type = p::CapType::boolean;
  cap.integer = 1;
  device.caps.push_back(cap);
  i.devices.push_back(device);
  CHECK(has(a::estimate_case(sample_benchmark(), std::vector{i}, std::nullopt).flags, "simulated"));
}

TEST_CASE("metrics that were declared while preparing are measured and handed on") {
  a::Invocation i = invocation_of(0, 1, 0, {5});
  i.declared.push_back(benchhost::test::metric("layers", p::MetricKind::time, p::Domain::none, "ns"));
  i.declared.back().labelled = true;
  for (const char* label : {"conv1", "fc"}) {
    p::Segment s;
    s.quantity = p::Quantity::reported;
    s.phase = p::SegmentPhase::process;
    s.metric = "layers";
    s.label = label;
    s.reals = {std::string_view(label) == "fc" ? 2.0 : 7.0};
    i.record.segments.push_back(s);
  }
  const auto e = a::estimate_case(sample_benchmark(), std::vector{i}, std::nullopt);
  REQUIRE(e.added_metrics.size() == 1);
  CHECK(e.measurements[3].label == "conv1");
  CHECK(*e.measurements[3].value == 7.0);
  CHECK(e.measurements[4].label == "fc");
}
