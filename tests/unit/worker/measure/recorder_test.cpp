// Recorders: what they keep, count and drop.
#include "worker/measure/recorder.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "simulation.h"
#include "support/counted_allocations.h"

namespace benchhost::measure::test {
namespace {

/// A histogram's value as an invocation would tell it; nullopt: none was sent.
std::optional<protocol::RecorderHistogram> sent_histogram(const Recorder& recorder) {
  CollectingReporter reporter;
  recorder.send_histogram(reporter);
  const auto all = reporter.all<protocol::RecorderHistogram>();
  return all.empty() ? std::nullopt : std::optional(all[0]);
}

TEST_CASE("the sum of what was counted is exact beyond the digits of a double") {
  Life life;
  life.set(LifeState::timed, Call::run);
  Recorder recorder({"latency", 0, Recorder::Mode::histogram, 0}, life);
  CollectingReporter reporter;
  constexpr std::int64_t kLarge = std::int64_t{1} << 53;
  recorder.record(kLarge);
  for (int i = 0; i < 1000; ++i) recorder.record(1);
  recorder.end_batch(reporter, 0, 1, true);
  REQUIRE(sent_histogram(recorder));
  CHECK(sent_histogram(recorder)->sum == static_cast<double>(kLarge + 1000));
  CHECK(recorder.last_batch().sum == static_cast<double>(kLarge + 1000));
  CHECK(recorder.last_batch().count == 1001);
}

TEST_CASE("a sum beyond 64 bits is that sum and not what is left of it") {
  ExactSum sum;
  for (int i = 0; i < 4; ++i) sum.add(std::numeric_limits<std::int64_t>::max());
  CHECK(sum.value() == doctest::Approx(0x1p65).epsilon(1e-15));
  ExactSum twice = sum;
  twice.add(sum);
  CHECK(twice.value() == doctest::Approx(0x1p66).epsilon(1e-15));
}

TEST_CASE("values beyond the room of a raw recorder are counted, told and warned of") {
  Simulation sim(20);
  sim.benchmark.metrics = {metric("latency", protocol::Domain::self, protocol::MetricKind::time, true)};
  sim.benchmark.batch_min = 10;
  sim.body.cost_ns = 1e6;
  sim.job.plan.max_batches = 7;
  bh_recorder_t* raw = nullptr;
  sim.body.on = [&](const std::string& call, const bh_host_t* h) -> bh_status_t {
    bh_recorder_request_t r{};
    r.struct_size = sizeof r;
    r.mode = BH_RECORD_RAW;
    r.index = 3;
    r.capacity = 1;
    return call == "prepare" ? h->recorder_open(h, &r, &raw) : BH_OK;
  };
  sim.body.in_run = [&](const bh_batch_t& batch, const bh_host_t* h) {
    for (std::uint64_t i = 0; i < batch.n; ++i) {
      h->record(raw, 100);
      h->record(raw, 200);
    }
  };
  CHECK(sim.run().outcome == protocol::Outcome::passed);
  const auto histograms = sim.reporter.all<protocol::RecorderHistogram>();
  REQUIRE(histograms.size() == 1);
  CHECK(histograms[0].count == 70);
  CHECK(sim.samples(protocol::Quantity::recorded, protocol::SegmentPhase::measure) == 70);
  const auto logs = sim.reporter.all<protocol::Log>();
  REQUIRE(logs.size() == 1);
  CHECK(logs[0].level == protocol::LogLevel::warning);
  CHECK(logs[0].text.find("recorder 3 of 'latency': 70 values were beyond its room of 1 ") != std::string::npos);
}

TEST_CASE("a histogram recorder is not warned of for counting") {
  Life life;
  life.set(LifeState::timed, Call::run);
  Recorder recorder({"latency", 0, Recorder::Mode::histogram, 0}, life);
  CollectingReporter reporter;
  recorder.record(5);
  recorder.end_batch(reporter, 0, 1, true);
  CHECK(recorder.overflowed() == 0);
  CHECK(reporter.messages.empty());
}

TEST_CASE(
    "percentiles of a million counted latencies are within a thousandth of the exact ones, in memory that is bounded") {
  Life life;
  life.set(LifeState::timed, Call::run);
  Recorder recorder({"latency", 0, Recorder::Mode::histogram, 0}, life);
  CollectingReporter reporter;
  // From 100 ns to a minute, most of them about 20 us.
  stats::Random random(11);
  std::vector<std::int64_t> exact;
  for (int i = 0; i < 1'000'000; ++i) {
    exact.push_back(static_cast<std::int64_t>(random.lognormal(std::log(20'000.0), i % 100 == 0 ? 4.0 : 0.5)) + 100);
  }
  constexpr std::size_t kBatch = 10'000;
  std::uint64_t in_run = 0;
  for (std::size_t begin = 0; begin < exact.size(); begin += kBatch) {
    REQUIRE(recorder.make_room(kBatch).ok());
    const std::uint64_t before = benchhost::test::allocations();
    for (std::size_t i = begin; i < begin + kBatch; ++i) recorder.record(exact[i]);
    in_run += benchhost::test::allocations() - before;
    recorder.end_batch(reporter, begin / kBatch, kBatch, true);
  }
  CHECK(in_run == 0);
  const auto sent = sent_histogram(recorder);
  REQUIRE(sent);
  CHECK(sent->count == exact.size());
  CHECK(sent->precision_bits == 10);
  // What is sent, and kept, is bounded by the buckets that there are, whatever was recorded.
  CHECK(sent->buckets.size() < 55'296);
  std::ranges::sort(exact);
  std::vector<stats::HistogramBucket> buckets;
  for (const auto& [index, count] : sent->buckets) {
    buckets.push_back({static_cast<std::int32_t>(index), static_cast<std::int64_t>(count)});
  }
  stats::HistogramTotals totals{static_cast<std::int64_t>(sent->count), static_cast<std::int64_t>(sent->sum),
                                sent->least, sent->greatest};
  const auto histogram = stats::Histogram::restore(10, buckets, totals);
  REQUIRE(histogram);
  for (const double p : {0.001, 0.5, 0.9, 0.99, 0.999, 0.9999}) {
    CAPTURE(p);
    const auto rank = static_cast<std::size_t>(std::ceil(p * 1e6));
    CHECK(*histogram->quantile(p) == doctest::Approx(static_cast<double>(exact[rank - 1])).epsilon(0.0005));
  }
}

/// Blocks of `batches` batches, numbered from 10 in steps of 2, the k-th of which counted value k once.
CountBlocks blocks_of(int batches) {
  CountBlocks blocks;
  for (int k = 0; k < batches; ++k) {
    // Values below 2^15 have a bucket each.
    CountTable table(stats::Histogram(14));
    table.add(k);
    blocks.add(static_cast<std::uint64_t>(10 + 2 * k), table);
  }
  return blocks;
}

TEST_CASE("counts of many batches are the sum of them all, and the first ones can be dropped") {
  for (const int batches : {1, 3, 64, 65, 200, 5000}) {
    CAPTURE(batches);
    CountBlocks blocks = blocks_of(batches);
    const auto n = static_cast<std::uint64_t>(batches);
    CHECK(blocks.totals().count == n);
    CHECK(blocks.totals().sum.value() == static_cast<double>(n * (n - 1) / 2));
    CHECK(blocks.totals().least == 0);
    CHECK(blocks.totals().greatest == batches - 1);
    const CountBuckets buckets = blocks.buckets();
    REQUIRE(buckets.size() == n);
    for (std::uint32_t i = 0; i < n; ++i) CHECK(buckets[i] == std::pair<std::uint32_t, std::uint64_t>(i, 1));
    for (const int cut : {0, 1, batches / 3, batches / 2, batches}) {
      CAPTURE(cut);
      CountBlocks rest = blocks_of(batches);
      const auto asked = static_cast<std::uint64_t>(10 + 2 * cut);
      const std::uint64_t from = rest.drop_before(asked);
      CHECK(from >= asked);
      // Less than a thirtieth more than was asked for goes.
      CHECK(from - asked <= 2 * (n / 30));
      const std::uint64_t first = (from - 10 + 1) / 2;
      CHECK(rest.totals().count == n - first);
      if (first < n) CHECK(rest.totals().least == static_cast<std::int64_t>(first));
      for (const auto& [bucket, count] : rest.buckets()) CHECK(bucket >= first);
    }
  }
}

TEST_CASE("where nothing was counted a cut takes no batch more than it was asked for") {
  CountBlocks blocks;
  for (std::uint64_t batch = 0; batch < 1000; ++batch) blocks.add(batch, CountTable(stats::Histogram(1)));
  CHECK(blocks.drop_before(333) == 333);
  CHECK(blocks.totals().count == 0);
}

}  // namespace
}  // namespace benchhost::measure::test
