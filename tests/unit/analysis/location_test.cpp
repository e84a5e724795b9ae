#include "analysis/location.h"

#include <doctest/doctest.h>

#include "common/stats/histogram.h"
#include "support/sample_benchmark.h"

namespace a = benchhost::analysis;
namespace p = benchhost::protocol;
using benchhost::test::invocation_of;
using benchhost::test::metric;

TEST_CASE("time per iteration is the median batch without the fitted overhead") {
  const a::Invocation i = invocation_of(0, 1000, 500, {10, 12, 11, 900, 11});
  const auto found = a::time_per_iteration(i, p::Quantity::wall);
  REQUIRE(found.location);
  CHECK(found.location->value == doctest::Approx(11.0).epsilon(1e-9));
  CHECK(found.location->samples == 5);
}

TEST_CASE("an overhead that came out negative is not added to the time") {
  a::Invocation i = invocation_of(0, 1000, 0, {10, 10, 10});
  i.record.calibration->fit_overhead_ns = -300.0;
  CHECK(a::time_per_iteration(i, p::Quantity::wall).location->value == doctest::Approx(10.0));
}

TEST_CASE("batches of warm-up, calibration and fit are no samples") {
  a::Invocation i = invocation_of(0, 10, 0, {5});
  for (const auto phase : {p::SegmentPhase::warmup, p::SegmentPhase::calibration, p::SegmentPhase::fit}) {
    p::Segment s;
    s.n = 10;
    s.phase = phase;
    s.integers = {1, 1, 1, 1, 1, 1, 1};
    i.record.segments.push_back(s);
  }
  CHECK(a::time_per_iteration(i, p::Quantity::wall).location->value == doctest::Approx(5.0));
}

TEST_CASE("without a measured batch there is a reason and no number") {
  const a::Invocation i;
  CHECK_FALSE(a::time_per_iteration(i, p::Quantity::wall).location);
  CHECK(a::time_per_iteration(i, p::Quantity::wall).reason == "no batch was measured");
  CHECK(a::time_per_iteration(i, p::Quantity::span).reason == "time.span is not reported");
}

TEST_CASE("a host rate is the work of an iteration over its time") {
  p::MetricRecord m = metric("bandwidth", p::MetricKind::rate, p::Domain::host, "By/s");
  m.work = "bytes";
  const a::Invocation i = invocation_of(0, 100, 0, {10, 10, 10});
  CHECK(a::locate(m, "", i).location->value == doctest::Approx(1000.0 * 1e9 / 10));
  m.work = "bytes.read";
  CHECK(a::locate(m, "", i).location->value == doctest::Approx(600.0 * 1e9 / 10));
  m.work = "ops.fp64";
  CHECK(a::locate(m, "", i).reason == "the plugin did not state its work 'ops.fp64'");
}

TEST_CASE("a published statistic is taken of the batches, by the host's clock and by the device's") {
  std::vector<double> costs;
  for (int k = 100; k >= 1; --k) costs.push_back(k);  // 1 … 100 ns
  a::Invocation i = invocation_of(0, 1000, 500, costs);
  p::Segment span = i.record.segments[0];
  span.quantity = p::Quantity::span;
  for (std::int64_t& t : span.integers) t = 2 * (t - 500);  // the device's clock: 2 … 200 ns, without the overhead
  i.record.segments.push_back(span);
  struct Row {
    const char* statistic;
    double time;
    double rate_time;  // the time behind the rate of the same statistic
  };
  for (const Row& row : {Row{"", 50.5, 50.5}, Row{"median", 50.5, 50.5}, Row{"mean", 50.5, 50.5}, Row{"min", 1, 100},
                         Row{"max", 100, 1}, Row{"p90", 90.1, 10.9}, Row{"p10", 10.9, 90.1}}) {
    CAPTURE(row.statistic);
    p::MetricRecord time = metric("time", p::MetricKind::time, p::Domain::host, "ns");
    p::MetricRecord rate = metric("rate", p::MetricKind::rate, p::Domain::host, "By/s");
    rate.work = "bytes";
    time.statistic = rate.statistic = row.statistic;
    const auto found = a::locate(time, "", i);
    REQUIRE_MESSAGE(found.location, found.reason);
    CHECK(found.location->value == doctest::Approx(row.time).epsilon(1e-9));
    CHECK(found.location->samples == 100);
    CHECK(a::locate(rate, "", i).location->value == doctest::Approx(1000.0 * 1e9 / row.rate_time).epsilon(1e-9));
    time.domain = p::Domain::queue;
    CHECK(a::locate(time, "", i).location->value == doctest::Approx(2 * row.time).epsilon(1e-9));
  }
}

TEST_CASE("a percentile of batches needs as many as its bounds do, on either side") {
  const a::Invocation i = invocation_of(0, 1000, 0, std::vector<double>(527, 5.0));
  p::MetricRecord time = metric("time", p::MetricKind::time, p::Domain::host, "ns");
  p::MetricRecord rate = metric("rate", p::MetricKind::rate, p::Domain::host, "By/s");
  rate.work = "bytes";
  for (p::MetricRecord* m : {&time, &rate}) {
    for (const auto& [statistic, least] : {std::pair{"p99", 528}, {"p1", 528}, {"p99.9", 5296}}) {
      m->statistic = statistic;
      CHECK(a::locate(*m, "", i).reason ==
            "not enough samples for " + std::string(statistic) + ": 527 of " + std::to_string(least));
    }
    m->statistic = "p98";
    CHECK(a::locate(*m, "", i).location);
    m->statistic = "p100";
    CHECK(a::locate(*m, "", i).reason == "no number of samples is enough for p100; the largest one is 'max'");
  }
}

TEST_CASE("a percentile has the bounds that the order of its samples gives, a rate's turned round") {
  // 1 … 100 ns: the median lies between the 37th and the 64th with 99 % (binomial, n = 100, p = 1/2: P(B <= 36) =
  // 0.0033, P(B <= 37) = 0.0060).
  std::vector<double> costs;
  for (int k = 100; k >= 1; --k) costs.push_back(k);
  const a::Invocation i = invocation_of(0, 1000, 0, costs);
  p::MetricRecord time = metric("time", p::MetricKind::time, p::Domain::host, "ns");
  time.statistic = "p50";
  const auto found = a::locate(time, "", i);
  REQUIRE(found.location);
  CHECK(*found.location->low == doctest::Approx(37));
  CHECK(*found.location->high == doctest::Approx(64));
  p::MetricRecord rate = metric("rate", p::MetricKind::rate, p::Domain::host, "By/s");
  rate.work = "bytes";
  rate.statistic = "p50";
  const auto turned = a::locate(rate, "", i);
  REQUIRE(turned.location);
  CHECK(*turned.location->low == doctest::Approx(1000.0 * 1e9 / 64));
  CHECK(*turned.location->high == doctest::Approx(1000.0 * 1e9 / 37));
  time.statistic = "median";
  CHECK_FALSE(a::locate(time, "", i).location->low);
}

TEST_CASE("samples are told in order where their middle is the value, and not where it is not") {
  const a::Invocation i = invocation_of(0, 1000, 500, {10, 12, 11});
  p::MetricRecord time = metric("time", p::MetricKind::time, p::Domain::host, "ns");
  CHECK(a::sample_series(time, i) == std::vector<double>{10, 12, 11});
  p::MetricRecord rate = metric("rate", p::MetricKind::rate, p::Domain::host, "By/s");
  rate.work = "bytes";
  CHECK(a::sample_series(rate, i) == std::vector<double>{10, 12, 11});
  time.statistic = "p99";
  CHECK(a::sample_series(time, i).empty());
  time.statistic = "";
  time.domain = p::Domain::queue;
  CHECK(a::sample_series(time, i).empty());
}

TEST_CASE("a sum of rates has no meaning") {
  p::MetricRecord m = metric("rate", p::MetricKind::rate, p::Domain::host, "By/s");
  m.work = "bytes";
  m.statistic = "sum";
  CHECK(a::locate(m, "", invocation_of(0, 1000, 0, {5, 5})).reason == "a sum of rates has no meaning");
}

TEST_CASE("a time that is not positive is no value: neither a time nor a rate") {
  a::Invocation i = invocation_of(0, 1000, 0, {1, 1, 1});
  i.record.calibration->fit_overhead_ns = 2000;
  p::MetricRecord m = metric("rate", p::MetricKind::rate, p::Domain::host, "By/s");
  m.work = "bytes";
  const std::string reason = "the time per iteration is not positive: a batch took no longer than its fixed cost";
  CHECK(a::locate(m, "", i).reason == reason);
  CHECK(a::locate(metric("time", p::MetricKind::time, p::Domain::host, "ns"), "", i).reason == reason);
  i.record.calibration->fit_overhead_ns = 1000;
  CHECK(a::time_per_iteration(i, p::Quantity::wall).reason == reason);
}

TEST_CASE("independent samples are counted in the order of their batches") {
  // Two segments whose batches alternate: 1 2 1 2 … in order, which is as good as independent.
  a::Invocation i = invocation_of(0, 1000, 0, std::vector<double>(50, 1.0));
  p::Segment& odd = i.record.segments[0];
  odd.batch_step = 2;
  p::Segment even = odd;
  even.first_batch = odd.first_batch + 1;
  even.integers.assign(50, 2000);
  i.record.segments.push_back(even);
  CHECK(*a::time_per_iteration(i, p::Quantity::wall).location->effective_samples == doctest::Approx(100));
  // The same values one after the other are one step of fifty each.
  i.record.segments[0].batch_step = i.record.segments[1].batch_step = 1;
  i.record.segments[1].first_batch = i.record.segments[0].first_batch + 50;
  CHECK(*a::time_per_iteration(i, p::Quantity::wall).location->effective_samples < 10);
  CHECK_FALSE(
      a::time_per_iteration(invocation_of(0, 1000, 0, {1, 2, 3}), p::Quantity::wall).location->effective_samples);
}

TEST_CASE("'bytes' sums bytes.* and nothing that merely begins alike") {
  CHECK(a::work_amount({{"bytes.read", 1}, {"bytes.moved", 2}, {"bytesish", 4}, {"ops.fp64", 8}}, "bytes") == 3);
  CHECK(a::work_amount({{"items", 5}}, "items") == 5);
  CHECK_FALSE(a::work_amount({{"items.tokens", 5}}, "items"));
}

TEST_CASE("a withheld metric has the plugin's reason") {
  a::Invocation i = invocation_of(0, 1, 0, {5});
  i.withheld.push_back({"time", "pageable memory has no such time"});
  CHECK(a::locate(metric("time", p::MetricKind::time, p::Domain::host, "ns"), "", i).reason ==
        "pageable memory has no such time");
}

TEST_CASE("a self rate is the sum of amounts over the sum of durations, not the mean of rates") {
  a::Invocation i;
  p::Segment amounts;
  amounts.quantity = p::Quantity::amount;
  amounts.metric = "rate";
  amounts.reals = {100, 100};
  p::Segment durations;
  durations.quantity = p::Quantity::recorded;
  durations.metric = "rate";
  durations.integers = {1'000'000'000, 3'000'000'000};
  i.record.segments = {amounts, durations};
  // The mean of 100/s and 33.3/s would be 66.7/s.
  CHECK(a::locate(metric("rate", p::MetricKind::rate, p::Domain::self, "1/s"), "", i).location->value ==
        doctest::Approx(50.0));
}

TEST_CASE("further statistics of a self rate are those of its rates, not of the durations behind them") {
  a::Invocation i;
  p::Segment amounts;
  amounts.quantity = p::Quantity::amount;
  amounts.metric = "rate";
  amounts.reals = {100, 100, 100};
  p::Segment durations;
  durations.quantity = p::Quantity::recorded;
  durations.metric = "rate";
  durations.integers = {1'000'000'000, 4'000'000'000, 2'000'000'000};
  i.record.segments = {amounts, durations};
  p::MetricRecord m = metric("slowest", p::MetricKind::rate, p::Domain::self, "1/s");
  m.source = "rate";
  const std::vector<std::pair<std::string, double>> rows = {
      {"min", 25}, {"max", 100}, {"median", 50}, {"mean", 300.0 / 7}};
  for (const auto& [statistic, value] : rows) {
    CAPTURE(statistic);
    m.statistic = statistic;
    CHECK(a::locate(m, "", i).location->value == doctest::Approx(value));
  }
  m.statistic = "sum";
  CHECK(a::locate(m, "", i).reason == "a sum of rates has no meaning");
  m.statistic = "p99";
  CHECK(a::locate(m, "", i).reason == "not enough samples for p99: 3 of 528");
}

TEST_CASE("a percentile of what was recorded needs as many samples as its bounds do") {
  p::MetricRecord m = metric("p99", p::MetricKind::time, p::Domain::self, "ns");
  m.statistic = "p99";
  a::Invocation i;
  p::Segment s;
  s.quantity = p::Quantity::recorded;
  s.metric = "p99";
  for (int k = 1; k <= 527; ++k) s.integers.push_back(k);
  i.record.segments = {s};
  CHECK(a::locate(m, "", i).reason == "not enough samples for p99: 527 of 528");
  i.record.segments[0].integers.push_back(528);
  const auto found = a::locate(m, "", i);
  REQUIRE(found.location);
  // 0.99 of the way from the first to the last.
  CHECK(found.location->value == doctest::Approx(1 + 0.99 * 527));
  CHECK(*found.location->high == 528);
  CHECK(*found.location->low > 510);
  CHECK(*found.location->low < 523);
}

namespace {

p::RecorderHistogram counted(const std::string& metric, std::uint32_t thread, const std::vector<std::int64_t>& values) {
  benchhost::stats::Histogram h;
  p::RecorderHistogram out;
  out.metric = metric;
  out.index = thread;
  out.count = values.size();
  for (const std::int64_t value : values) {
    REQUIRE(h.add(value));
    out.sum += static_cast<double>(value);
  }
  out.precision_bits = static_cast<std::uint32_t>(h.precision_bits());
  out.least = *h.totals().min;
  out.greatest = *h.totals().max;
  for (const auto& b : h.buckets()) {
    out.buckets.emplace_back(static_cast<std::uint32_t>(b.index), static_cast<std::uint64_t>(b.count));
  }
  return out;
}

}  // namespace

TEST_CASE("percentiles of a histogram come from the recorders of all threads together") {
  p::MetricRecord m = metric("latency", p::MetricKind::time, p::Domain::self, "ns");
  m.statistic = "max";
  a::Invocation i;
  for (std::uint32_t thread = 0; thread < 2; ++thread) {
    std::vector<std::int64_t> values;
    for (int k = 0; k < 1000; ++k) values.push_back(1000 * (thread + 1) + k);
    i.record.histograms.push_back(counted("latency", thread, values));
  }
  CHECK(a::locate(m, "", i).location->value == 2999);
  CHECK(a::locate(m, "", i).location->samples == 2000);
  i.record.histograms[1].count = 7;  // contradicts its buckets
  CHECK_FALSE(a::locate(m, "", i).location);
}

TEST_CASE("a percentile of a histogram has the outer ends of its bounds' buckets, within the extremes") {
  p::MetricRecord m = metric("latency", p::MetricKind::time, p::Domain::self, "ns");
  m.statistic = "p99";
  a::Invocation i;
  std::vector<std::int64_t> values;
  for (int k = 1; k <= 1000; ++k) values.push_back(100'000 + 100 * k);
  i.record.histograms = {counted("latency", 0, values)};
  const auto found = a::locate(m, "", i);
  REQUIRE(found.location);
  CHECK(found.location->value == doctest::Approx(199'000).epsilon(0.001));
  // Of 1000 samples the 99th percentile lies between the 981st and the 997th (binomial, by 2.576 standard deviations of
  // 3.15 about 990).
  CHECK(*found.location->low <= 100'000 + 100 * 983);
  CHECK(*found.location->low >= 100'000 + 100 * 979);
  CHECK(*found.location->high >= 100'000 + 100 * 996);
  CHECK(*found.location->high <= 200'000);
  i.record.histograms = {counted("latency", 0, std::vector<std::int64_t>(500, 7))};
  CHECK(a::locate(m, "", i).reason == "not enough samples for p99: 500 of 528");
}

TEST_CASE("histograms of an older database have coarser buckets and say as much") {
  p::MetricRecord m = metric("latency", p::MetricKind::time, p::Domain::self, "ns");
  m.statistic = "max";
  benchhost::stats::Histogram coarse(7);
  REQUIRE(coarse.add(100'000, 3));
  p::RecorderHistogram stored{"latency", 0, 3, 300'000, 100'000, 100'000, {}, 7};
  for (const auto& b : coarse.buckets()) {
    stored.buckets.emplace_back(static_cast<std::uint32_t>(b.index), static_cast<std::uint64_t>(b.count));
  }
  a::Invocation i;
  i.record.histograms = {stored, stored};
  CHECK(a::locate(m, "", i).location->value == 100'000);
  i.record.histograms[1].precision_bits = 10;
  CHECK_FALSE(a::locate(m, "", i).location);
}

TEST_CASE("raw values and what found no room among them are one set of samples in every statistic") {
  // A batch of two records an iteration and room for one: the second half, ten times as slow, is in the histogram.
  a::Invocation i;
  p::Segment raw;
  raw.quantity = p::Quantity::recorded;
  raw.metric = "latency";
  raw.batch_step = 0;
  raw.integers.assign(500, 100);
  i.record.segments = {raw};
  i.record.histograms = {counted("latency", 0, std::vector<std::int64_t>(500, 1000)), counted("other", 0, {1'000'000})};
  p::MetricRecord m = metric("latency", p::MetricKind::time, p::Domain::self, "ns");
  struct Row {
    const char* statistic;
    double value;
  };
  for (const Row& row : {Row{"mean", 550}, Row{"sum", 550'000}, Row{"min", 100}, Row{"max", 1000}, Row{"p99", 1000},
                         Row{"p40", 100}, Row{"p60", 1000}}) {
    CAPTURE(row.statistic);
    m.statistic = row.statistic;
    const auto found = a::locate(m, "", i);
    REQUIRE_MESSAGE(found.location, found.reason);
    CHECK(found.location->value == doctest::Approx(row.value).epsilon(1.0 / 128));
    CHECK(found.location->samples == 1000);
    CHECK_FALSE(found.location->effective_samples);
  }
  // Values of report are doubles: what is no whole number cannot join the counts, and half of them are no answer.
  p::Segment reported = raw;
  reported.quantity = p::Quantity::reported;
  reported.integers.clear();
  reported.reals = {0.25};
  i.record.segments.push_back(reported);
  CHECK_FALSE(a::locate(m, "", i).location);
  CHECK(a::locate(m, "", i).reason.find("partly counted in a histogram") != std::string::npos);
  i.record.segments.pop_back();
  i.record.histograms[0].count = 7;  // contradicts its buckets: the raw half alone is no answer either
  CHECK_FALSE(a::locate(m, "", i).location);
}

TEST_CASE("the mean of counted values holds beyond the sum that is exact") {
  p::MetricRecord m = metric("latency", p::MetricKind::time, p::Domain::self, "ns");
  a::Invocation i;
  constexpr std::int64_t kLarge = std::int64_t{1} << 62;
  i.record.histograms = {counted("latency", 0, std::vector<std::int64_t>(40, kLarge))};
  for (const auto& [statistic, value] : {std::pair{"mean", 0x1p62}, {"sum", 40 * 0x1p62}}) {
    CAPTURE(statistic);
    m.statistic = statistic;
    const auto found = a::locate(m, "", i);
    REQUIRE_MESSAGE(found.location, found.reason);
    CHECK(found.location->value == doctest::Approx(value).epsilon(1e-12));
  }
}

TEST_CASE("a further statistic is taken of its source's samples") {
  p::MetricRecord m = metric("worst", p::MetricKind::time, p::Domain::self, "ns");
  m.source = "latency";
  m.statistic = "max";
  a::Invocation i;
  p::Segment s;
  s.quantity = p::Quantity::reported;
  s.metric = "latency";
  s.reals = {1, 7, 3};
  i.record.segments = {s};
  CHECK(a::locate(m, "", i).location->value == 7);
}

TEST_CASE("peak memory is that of every cycle, not of the last one") {
  p::MetricRecord m = metric("peak", p::MetricKind::bytes, p::Domain::host, "By");
  a::Invocation i;
  i.record.usage = p::Usage{};
  i.record.usage->peak_rss_bytes = 5000;
  i.record.usage->rss_at_prepare_bytes = 2000;
  CHECK(a::locate(m, "", i).reason == "resident memory is not reported here");
  for (const double peak : {3000.0, 7000.0, 4000.0}) {
    p::Segment cycle;
    cycle.quantity = p::Quantity::reported;
    cycle.phase = p::SegmentPhase::process;
    cycle.metric = "peak";
    cycle.reals = {peak};
    i.record.segments.push_back(cycle);
  }
  CHECK(a::locate(m, "", i).location->value == 4000);
  CHECK(a::locate(m, "", i).location->samples == 3);
  m.statistic = "max";
  CHECK(a::locate(m, "", i).location->value == 7000);
  m.statistic = "p99";
  CHECK(a::locate(m, "", i).reason == "not enough samples for p99: 3 of 528");
}
