// Records with every member set, for tests of stores.
#pragma once

#include <string>

#include "store/records.h"

namespace benchhost::store::test {

/// Fingerprint of sample_plugin().
inline const std::string kFingerprint = "sha256:0011";

[[nodiscard]] inline PluginRow sample_plugin() {
  return {kFingerprint,          "org.example.stream",     "1.2.0", "Example",  "MIT",
          "https://example.org", "/opt/plugins/stream.so", "0.1.0", 0x00000100, "id=org.example.stream\n"};
}

[[nodiscard]] inline protocol::MetricRecord metric(const std::string& id, const std::string& unit, bool primary) {
  protocol::MetricRecord m;
  m.id = id;
  m.title = "Title of " + id;
  m.unit = unit;
  m.kind = unit == "ns" ? protocol::MetricKind::time : protocol::MetricKind::rate;
  m.direction = unit == "ns" ? protocol::Direction::lower : protocol::Direction::higher;
  m.domain = protocol::Domain::host;
  m.primary = primary;
  m.noise_floor_ratio = 0.01;
  return m;
}

/// Benchmark "org.example.stream.triad" of revision 3: metrics "seconds" (secondary) and "bandwidth" (primary).
[[nodiscard]] inline protocol::BenchmarkRecord sample_benchmark() {
  protocol::BenchmarkRecord b;
  b.index = 4;
  b.id = "org.example.stream.triad";
  b.title = "Triad";
  b.description = "a = b + s c";
  b.category = "hardware";
  b.tags = {"memory", "bandwidth"};
  b.workload_revision = 3;
  b.metrics = {metric("time", "ns", false), metric("bandwidth", "By/s", true)};
  protocol::ParamRecord bytes;
  bytes.name = "bytes";
  bytes.type = protocol::ValueType::uint64;
  bytes.unit = "By";
  bytes.default_value = protocol::uint_value(4096);
  protocol::ParamRecord limit;
  limit.name = "time_limit";
  limit.type = protocol::ValueType::real;
  limit.flags = 4;
  limit.default_value = protocol::real_value(1.5);
  b.parameters = {bytes, limit};
  return b;
}

[[nodiscard]] inline DeviceRow sample_device(const std::string& name) {
  DeviceRow d;
  d.backend = "org.benchhost.cpu";
  d.record.name = name;
  d.record.kind = name.substr(0, name.find(':'));
  d.record.index = 0;
  protocol::CapRecord model;
  model.name = "model";
  model.text = "Model of " + name;
  d.record.caps = {model};
  return d;
}

[[nodiscard]] inline RunStart sample_run() {
  RunStart s;
  s.labels = {{"purpose", "nightly"}, {"odd \"key\"", "value with ' and \xc3\xa9"}};
  s.commit = "0123abcd";
  s.branch = "main";
  s.suite_name = "quick";
  s.suite_hash = "sha256:ab";
  s.seed = 0xffff'ffff'ffff'fff1;
  s.started_wall_ns = 1'700'000'000'000'000'000;
  s.host_version = "0.1.0";
  s.sdk_version = "0.1.0";
  s.command_line = "benchhost run --suite quick.yaml";
  s.sandbox_tier = "T0";
  s.environment = Json(JsonObject{{"kernel", "6.1"}, {"smt", true}});
  s.findings = {{"BH0701", "governor", "warning", "the governor is powersave", "benchhost system tune"},
                {"BH0714", "temperature", "unknown", "the temperature is not known here", ""}};
  s.planned_cases = 12;
  s.testbed = {"tb-1", "lab", Json(JsonObject{{"cpu", "Example 9000"}})};
  BackendRow backend;
  backend.id = "org.benchhost.cpu";
  backend.kind = "cpu";
  backend.fingerprint = "sha256:cc";
  backend.score = 100;
  s.backends = {backend};
  s.devices = {sample_device("cpu:0"), sample_device("null:0")};
  return s;
}

[[nodiscard]] inline CaseStart sample_case(std::uint64_t ordinal, std::uint64_t bytes) {
  CaseStart s;
  s.ordinal = ordinal;
  s.case_.key = "case-" + std::to_string(bytes);
  s.case_.benchmark = "org.example.stream.triad";
  s.case_.workload_revision = 3;
  s.case_.canonical_parameters = "{bytes=" + std::to_string(bytes) + "}";
  s.case_.parameters = {{"bytes", protocol::uint_value(bytes)}};
  s.case_.device_models = {"Model of cpu:0"};
  s.case_.title = "Triad";
  s.plugin_fingerprint = kFingerprint;
  s.content_digest = "sha256:dd";
  s.device_names = {"cpu:0"};
  s.parameters = {{"bytes", protocol::uint_value(bytes)}, {"time_limit", protocol::real_value(1.5)}};
  s.seed = 0x8000'0000'0000'0000;
  s.started_wall_ns = 1'700'000'000'500'000'000;
  s.repeat_command = "benchhost run triad --param bytes=" + std::to_string(bytes);
  s.priority = "high";
  s.labels = {{"team", "memory"}};
  return s;
}

[[nodiscard]] inline Invocation sample_invocation(std::uint32_t index) {
  Invocation v;
  v.index = index;
  v.flags = {"disturbed"};
  v.started_wall_ns = 1'700'000'000'600'000'000;
  v.duration_ns = 123'456'789;
  v.exit_code = 0;
  v.calibration =
      protocol::Calibration{"clock_gettime(CLOCK_MONOTONIC)", 1, 21.5, 4096, 30.25, std::nullopt, 0.001, "flat"};
  protocol::Usage usage;
  usage.peak_rss_bytes = 12'345'678;
  usage.minor_faults = 0;
  usage.user_ns = 1'000;
  usage.cores = {0, 3};
  v.usage = usage;
  v.work = {{"bytes_read", 8192.0}, {"bytes_written", 4096.0}};
  v.disturbed_batches = {12, 17};
  protocol::Segment warm;
  warm.phase = protocol::SegmentPhase::warmup;
  warm.n = 4096;
  warm.integers = {2'000'000, 1'500'000};
  protocol::Segment measured;
  measured.n = 4096;
  measured.first_batch = 2;
  measured.batch_step = 5;
  measured.integers = {1'000'000, 1'000'100, 999'900, 5'000'000'000'000};
  protocol::Segment reported;
  reported.quantity = protocol::Quantity::reported;
  reported.metric = "bandwidth";
  reported.label = "node 0";
  reported.index = 2;
  reported.reals = {0.1, -2.0, 3.0e300};
  protocol::Segment empty;
  empty.quantity = protocol::Quantity::recorded;
  v.segments = {warm, measured, reported, empty};
  v.times = protocol::PhaseTimes{1'000'000, 20'000'000, 80'000'000};
  v.counts = protocol::EventCounts{3,
                                   3000,
                                   {{"instructions", std::nullopt, std::nullopt, false, "no such counter"},
                                    {"cycles", 1.5e9, 0.25, true, ""},
                                    {"page_faults", 0.0, 1.0, false, ""}}};
  v.energy = protocol::Energy{
      80'000'000, 3, 3000, {{"package-0", 12.5, ""}, {"package-0/dram", std::nullopt, "for root alone"}}};
  v.histograms = {Histogram{"time", 1, 30, 123.5, 2, 900, {{3, 10}, {40, 20}}, 9}};
  v.logs = {{"warning", "plugin", "two\nlines and a \xe2\x82\xac"}, {"info", "stdout", ""}};
  v.artefacts = {Artefact{"trace.bin", "application/octet-stream", std::string("\0\x01\xff", 3)},
                 Artefact{"empty", "text/plain", ""}};
  return v;
}

[[nodiscard]] inline CaseEnd sample_end(double value) {
  CaseEnd end;
  end.flags = {"imprecise"};
  end.verification = {true, 4096, 1e-9, 1e-6, "a against b + s c"};
  end.duration_ns = 3'000'000'000;
  Measurement time;
  time.metric = "time";
  time.statistic = "median";
  time.null_reason = "too few samples";
  Measurement bandwidth;
  bandwidth.metric = "bandwidth";
  bandwidth.statistic = "median";
  bandwidth.value = value;
  bandwidth.low = value * 0.99;
  bandwidth.high = value * 1.01;
  bandwidth.level = 0.95;
  bandwidth.invocations = 5;
  bandwidth.samples = 500;
  bandwidth.effective_samples = 11.5;
  bandwidth.spread_ratio = 0.004;
  bandwidth.bound_low = value * 0.9;
  bandwidth.bound_high = value * 1.2;
  bandwidth.bound_level = 0.99;
  bandwidth.flags = {"disturbed"};
  Measurement added = bandwidth;
  added.metric = "energy";
  end.measurements = {time, bandwidth, added};
  end.added_metrics = {metric("energy", "J", false)};
  CasePlan plan;
  plan.precision_ratio = 0.01;
  plan.time_ns = 30'000'000'000;
  plan.least_invocations = 8;
  plan.most_invocations = 40;
  plan.stopped = "precise";
  plan.invocation_variance = -1e-6;
  plan.batch_variance = 4e-4;
  plan.invocation_cost_ns = 6.5e7;
  plan.batch_cost_ns = 1.01e6;
  plan.planned_invocations = 8;
  plan.planned_batches = 20;
  plan.planned_half_width_ratio = 0.0099;
  plan.planned_ns = 6.8e8;
  end.plan = plan;
  end.modes = {{"bandwidth", std::nullopt, "By/s", {{1e9, 7}, {1.05e9, 3}}},
               {"bandwidth", 4, "ns", {{10.5, 60}, {11.0, 30}, {12.0, 10}}}};
  end.gates = {{"bandwidth", "", "at_least", 1e9, GateVerdict::held, ""},
               {"bandwidth", "", "at_most", value, GateVerdict::undecided, "the bound lies inside"},
               {"energy", "core", "at_most", -0.5, GateVerdict::tripped, "all of it is above"}};
  return end;
}

}  // namespace benchhost::store::test
