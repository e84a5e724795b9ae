#include "report/sweep_plots.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "report/sweep_curves.h"
#include "support/well_formed.h"
#include "unit/report/sample_view.h"

namespace r = benchhost::report;
namespace s = benchhost::store;
namespace p = benchhost::protocol;

namespace {

/// Copy and triad over 5 sizes and 1, 2 and 4 threads: bandwidth = threads * 1e9 / (1 + log2(bytes / 4096)).
r::RunView swept() {
  std::vector<s::StoredResult> results;
  s::ResultId id = 0;
  for (const char* benchmark : {"stream.copy", "stream.triad"}) {
    for (const std::uint64_t threads : {4u, 1u, 2u}) {
      for (const std::uint64_t bytes : {4096u, 65536u, 8192u, 16384u, 32768u}) {
        const double value = static_cast<double>(threads) * 1e9 / (1 + std::log2(static_cast<double>(bytes) / 4096));
        results.push_back(r::test::passed(++id, benchmark,
                                          {{"bytes", p::uint_value(bytes)}, {"threads", p::uint_value(threads)}},
                                          r::test::measured("bandwidth", "By/s", value)));
      }
    }
  }
  r::RunView view = r::test::view_of(std::move(results));
  for (const char* benchmark : {"org.example.stream.copy", "org.example.stream.triad"}) {
    p::BenchmarkRecord record;
    record.id = benchmark;
    p::ParamRecord bytes;
    bytes.name = "bytes";
    bytes.type = p::ValueType::uint64;
    bytes.unit = "By";
    record.parameters = {bytes};
    view.detail->benchmarks.emplace(benchmark, record);
  }
  return view;
}

}  // namespace

TEST_CASE("a sweep is found by its values, in order, whatever the benchmark is called") {
  const auto curves = r::find_curves(swept());
  // Each benchmark: bytes at 3 counts of threads, threads at 5 sizes.
  CHECK(curves.size() == 2 * (3 + 5));
  for (const r::SweepCurve& c : curves) {
    CHECK(std::ranges::is_sorted(c.points, {}, &r::PlotPoint::x));
    CHECK(c.points.size() == (c.parameter == "bytes" ? 5 : 3));
  }
}

TEST_CASE("benchmarks of one family share a plot while their curves can be told apart") {
  const r::Plots plots = r::parameter_plots(swept(), 60);
  REQUIRE(plots.plots.size() == 3);
  // 6 curves over bytes; over threads 10, so each benchmark has a plot of its own.
  CHECK(plots.plots[0].title == "stream: Title of bandwidth over bytes");
  REQUIRE(plots.plots[0].series.size() == 6);
  CHECK(plots.plots[0].series[0].name == "copy threads=4");
  CHECK(plots.plots[0].x.scale == r::Scale::linear);
  CHECK(plots.plots[0].x.ticks.front().label == "4 KiB");
  // From 0.2 to 4 GB/s.
  CHECK(plots.plots[0].y.scale == r::Scale::log);
  CHECK(plots.plots[1].y.scale == r::Scale::log);
  CHECK(plots.plots[1].title == "stream.copy: Title of bandwidth over threads");
  CHECK(plots.plots[1].series[0].name == "bytes=4 KiB");
  for (const r::Plot& plot : plots.plots) CHECK(benchhost::test::why_not_well_formed(r::draw_plot(plot)) == "");
  const r::Plots fewer = r::parameter_plots(swept(), 1);
  CHECK(fewer.plots.size() == 1);
  CHECK(fewer.left_out == 2);
}

TEST_CASE("failed cases, lists and labels are no points, and equal points are one") {
  r::RunView view = swept();
  view.results[0].end->outcome = p::Outcome::failed;
  view.results.push_back(view.results[1]);
  view.results.back().measurements[0].measurement.value = 3e9;
  const auto curves = r::find_curves(view);
  const auto at_four = std::ranges::find_if(curves, [](const r::SweepCurve& c) {
    return c.benchmark == "org.example.stream.copy" && c.parameter == "bytes" && c.fixed.at("threads") == "4";
  });
  REQUIRE(at_four != curves.end());
  CHECK(at_four->points.size() == 4);
  CHECK(at_four->points.back().y == doctest::Approx((4e9 / 5 + 3e9) / 2));
}

TEST_CASE("of more curves than there are colours some are drawn, the first and last among them, and it is said") {
  std::vector<s::StoredResult> results;
  s::ResultId id = 0;
  for (std::uint64_t batch = 1; batch <= 20; ++batch) {
    for (const std::uint64_t x : {1u, 2u, 3u}) {
      results.push_back(r::test::passed(++id, "m.infer",
                                        {{"batch", p::uint_value(batch)}, {"streams", p::uint_value(x)}},
                                        r::test::measured("rate", "{item}/s", static_cast<double>(batch * x))));
    }
  }
  const r::Plots plots = r::parameter_plots(r::test::view_of(std::move(results)), 60);
  const auto over = std::ranges::find_if(plots.plots, [](const r::Plot& one) { return one.x.title == "streams"; });
  REQUIRE(over != plots.plots.end());
  CHECK(over->series.size() == r::kDistinctSeries);
  CHECK(over->series.front().name == "batch=1");
  CHECK(over->series.back().name == "batch=20");
  CHECK(over->notes.at(0) == "8 of 20 curves; the table has all.");
}

TEST_CASE("speed-up is relative to the least value, and stands beside perfect scaling") {
  const r::Plots plots = r::scaling_plots(swept(), 60);
  REQUIRE(plots.plots.size() == 2);
  const r::Plot& plot = plots.plots[0];
  CHECK(plot.title == "stream.copy: speed-up over threads");
  REQUIRE(plot.series.size() == 6);
  CHECK(plot.series[0].points.size() == 3);
  CHECK(plot.series[0].points[2].y == doctest::Approx(4));
  CHECK(plot.series.back().name == "perfect");
  CHECK(plot.series.back().stroke == r::Stroke::dashed);
  CHECK(plot.series.back().points.back().y == doctest::Approx(4));
}

TEST_CASE("of a time the speed-up is turned, and a summary names a parameter that is not called threads") {
  std::vector<s::StoredResult> results;
  for (const std::uint64_t n : {1u, 2u, 8u}) {
    results.push_back(r::test::passed(static_cast<s::ResultId>(n), "pool.work", {{"clients", p::uint_value(n)}},
                                      r::test::measured("time", "ns", 800.0 / static_cast<double>(n))));
  }
  r::RunView view = r::test::view_of(std::move(results));
  CHECK(r::scaling_plots(view, 60).plots.empty());
  p::BenchmarkRecord record;
  record.id = "org.example.pool.work";
  p::ParamRecord clients;
  clients.name = "clients";
  record.parameters = {clients};
  record.metrics = {view.results[0].measurements[0].metric};
  p::SummaryRecord speedup;
  speedup.kind = 1;
  record.summaries = {speedup};
  view.detail->benchmarks.emplace(record.id, record);
  const r::Plots plots = r::scaling_plots(view, 60);
  REQUIRE(plots.plots.size() == 1);
  CHECK(plots.plots[0].series[0].name == "measured");
  CHECK(plots.plots[0].series[0].points.back().y == doctest::Approx(8));
}

TEST_CASE("a roofline has a point a case with both kinds of work, below ceilings that say where they come from") {
  // 8 operations and 16 bytes an iteration of 2 ns: 0.5 op/byte, 4 Gop/s, 8 GB/s. The other: 64 operations, 6.4 Gop/s.
  const auto one = r::test::passed(1, "roof.low", {}, r::test::measured("time", "ns", 2));
  auto rate = r::test::measured("ops", "{op}/s", 6.4e9);
  rate.metric.work = "ops.fp32";
  const auto two = r::test::passed(2, "roof.high", {}, rate);
  r::RunView view = r::test::view_of({one, two});
  view.detail->cases[1].work = {{"ops.fp32", 8}, {"bytes.read", 8}, {"bytes.written", 8}};
  view.detail->cases[2].work = {{"ops.fp32", 64}, {"bytes.read", 4}};
  CHECK(*r::iteration_ns(one, view.detail->cases[1].work) == 2);
  CHECK(*r::iteration_ns(two, view.detail->cases[2].work) == doctest::Approx(10));
  CHECK_FALSE(r::iteration_ns(two, {}));

  const r::Plots measured = r::roofline_plots(view, 60);
  REQUIRE(measured.plots.size() == 1);
  const r::Plot& plot = measured.plots[0];
  CHECK(plot.title == "Roofline, fp32 on Model A");
  REQUIRE(plot.series.size() == 3);
  CHECK(plot.series[0].points[0].x == doctest::Approx(0.5));
  CHECK(plot.series[0].points[0].y == doctest::Approx(4e9));
  CHECK(plot.series[1].points[0].x == doctest::Approx(16));
  CHECK(plot.series[2].points[1].x == doctest::Approx(0.8));
  CHECK(plot.series[2].name == "ceiling: 6.40 G op/s measured, 8.00 GB/s measured");
  CHECK(plot.notes.size() == 1);

  s::DeviceRow device;
  device.record.kind = "cpu";
  for (const auto& [name, number] : {std::pair{"peak.fp32", 10e9}, {"peak.mem", 20e9}}) {
    p::CapRecord cap;
    cap.name = name;
    cap.number = number;
    device.record.caps.push_back(cap);
  }
  p::CapRecord model;
  model.name = "model";
  model.text = "Model A";
  device.record.caps.push_back(model);
  view.detail->devices = {device};
  const r::Plots stated = r::roofline_plots(view, 60);
  CHECK(stated.plots[0].series[2].name == "ceiling: 10.0 G op/s stated, 20.0 GB/s stated");
  CHECK(stated.plots[0].notes.empty());
  // Without bytes there is no place for a point.
  view.detail->cases[1].work = {{"ops.fp32", 8}};
  view.detail->cases[2].work.clear();
  CHECK(r::roofline_plots(view, 60).plots.empty());
}
