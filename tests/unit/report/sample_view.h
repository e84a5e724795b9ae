// A run as reports see it, made by hand.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "report/run_view.h"

namespace benchhost::report::test {

[[nodiscard]] inline store::StoredMeasurement measured(const std::string& id, const std::string& unit, double value) {
  store::StoredMeasurement m;
  m.metric.id = id;
  m.metric.title = "Title of " + id;
  m.metric.unit = unit;
  m.metric.primary = true;
  m.metric.domain = protocol::Domain::host;
  m.metric.kind = unit == "ns" ? protocol::MetricKind::time : protocol::MetricKind::rate;
  m.metric.direction = unit == "ns" ? protocol::Direction::lower : protocol::Direction::higher;
  m.measurement.metric = id;
  m.measurement.statistic = "median";
  m.measurement.value = value;
  m.measurement.low = value * 0.99;
  m.measurement.high = value * 1.01;
  m.measurement.level = 0.95;
  m.measurement.invocations = 5;
  m.measurement.samples = 100;
  m.measurement.spread_ratio = 0.01;
  return m;
}

using Parameters = std::vector<std::pair<std::string, protocol::Value>>;

/// A passed result of "org.example.BENCHMARK" with the bandwidth as its number.
[[nodiscard]] inline store::StoredResult passed(store::ResultId id, const std::string& benchmark, Parameters parameters,
                                                store::StoredMeasurement measurement) {
  store::StoredResult r;
  r.id = id;
  r.run = 7;
  r.start.ordinal = static_cast<std::uint64_t>(id);
  r.start.case_.benchmark = "org.example." + benchmark;
  r.start.case_.key = "key-" + std::to_string(id);
  r.start.case_.title = benchmark + protocol::canonical_set(parameters) + "@cpu:0";
  r.start.case_.parameters = std::move(parameters);
  r.start.case_.device_models = {"Model A"};
  r.start.device_names = {"cpu:0"};
  store::CaseEnd end;
  end.duration_ns = 1'500'000'000;
  r.end = end;
  r.measurements.push_back(std::move(measurement));
  return r;
}

[[nodiscard]] inline RunView view_of(std::vector<store::StoredResult> results) {
  RunView view;
  view.run.id = 7;
  view.run.state = store::RunState::finished;
  view.run.start.uid = "0123456789abcdef0123456789abcdef";
  view.run.start.suite_name = "quick";
  view.run.start.started_wall_ns = 1'767'225'600'000'000'000;  // 2026-01-01 00:00 UTC
  view.run.start.host_version = "0.1.0";
  store::RunEnd end;
  end.ended_wall_ns = view.run.start.started_wall_ns + 3'000'000'000;
  end.resolution_ratio = 0.021;
  view.run.end = end;
  view.results = std::move(results);
  view.detail.emplace();
  return view;
}

/// Three invocations of so many samples around 100 ns, each a little slower than the one before.
[[nodiscard]] inline CaseSamples samples_of(std::size_t each) {
  CaseSamples samples{"time per iteration", "ns", {}, 0};
  for (std::uint32_t i = 0; i < 3; ++i) {
    InvocationSamples one;
    one.index = i;
    for (std::size_t s = 0; s < each; ++s) one.values.push_back(100.0 + i + static_cast<double>(s % 10) / 10);
    one.disturbed.assign(each, false);
    samples.invocations.push_back(std::move(one));
  }
  return samples;
}

/// Text that wants to be more than text.
inline const std::string kHostile =
    "</title></style><script src=\"http://evil.example/x.js\">alert('1')</script>\"'><img src=x onerror=alert(1)> "
    "=cmd|' /C calc'!A0 ]]> &amp; \x1b[31m\x00"
    "\xe2\x80\xae \xff\xef\xbf\xbf ::error:: {{7*7}}";

}  // namespace benchhost::report::test
