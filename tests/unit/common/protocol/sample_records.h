// Records with every member set to something that is not its default, for round trips.
#pragma once

#include "common/protocol/descriptor.h"
#include "common/protocol/device.h"

namespace benchhost::protocol::testing {

inline ParamRecord sample_param() {
  ParamRecord p;
  p.name = "n";
  p.type = ValueType::uint64;
  p.list = true;
  p.flags = 5;
  p.sweep = 3;
  p.unit = "By";
  p.description = "size";
  p.constraint = "n > 1";
  p.default_value = Value{ValueType::uint64, true, {std::uint64_t{64}}};
  p.minimum = uint_value(1);
  p.maximum = uint_value(~0ull);
  p.choices = {uint_value(1), uint_value(2)};
  p.sweep_values = {uint_value(3)};
  p.sweep_first = uint_value(4);
  p.sweep_last = uint_value(1024);
  p.sweep_step = uint_value(2);
  p.sweep_per_octave = 4;
  p.min_count = 1;
  p.max_count = 9;
  return p;
}

inline MetricRecord sample_metric() {
  MetricRecord m;
  m.id = "time";
  m.title = "Time";
  m.unit = "ns";
  m.description = "per iteration";
  m.kind = MetricKind::rate;
  m.direction = Direction::target;
  m.domain = Domain::self;
  m.primary = true;
  m.labelled = true;
  m.declared_late = true;
  m.work = "items";
  m.statistic = "p99.9";
  m.source = "latency";
  m.noise_floor_ratio = 0.01;
  m.target = -3.25;
  return m;
}

inline PluginRecord sample_plugin() {
  BenchmarkRecord b;
  b.index = 1;
  b.id = "org.example.triad";
  b.title = "Triad";
  b.description = "a = b + s * c";
  b.category = "hardware";
  b.tags = {"memory", "bandwidth"};
  b.is_null = b.fresh_process = b.exclusive = b.spawns = b.enumerated = true;
  b.batch = BatchPolicy::once;
  b.batch_min = 2;
  b.batch_max = 3;
  b.workload_revision = 4;
  b.requirement = "cores > 1";
  b.claim_cores = "1";
  b.claim_memory_bytes = "24 * n";
  b.claim_seconds = "2.5";
  b.has_verify = b.has_process = true;
  b.slots = {{"device", "kind == 'cpu'", "where", true, true, true}};
  b.parameters = {sample_param()};
  b.metrics = {sample_metric()};
  SummaryRecord s{"best", "Best", "By", "where", "n", 8, Direction::higher, 1, 2, 3};
  b.summaries = {s};
  b.roles = {{"primary", "the one", "1", "2", 16}};
  PluginRecord p;
  p.id = "org.example";
  p.version = "1.2";
  p.vendor = "Example \xC3\xA9";
  p.licence = "MIT";
  p.url = "https://example.org";
  p.sdk_version = "0.1.0";
  p.abi = 1;
  p.own_threads = 3;
  p.spawns = p.has_enumerate = true;
  p.settings = {sample_param()};
  p.benchmarks = {b};
  return p;
}

inline BackendRecord sample_backend() {
  CapRecord cap;
  cap.name = "types";
  cap.type = CapType::words;
  cap.provenance = Provenance::measured;
  cap.integer = -1;
  cap.number = 0.5;
  cap.text = "fp64 fp32";
  cap.words = {"fp64", "fp32"};
  DeviceRecord d;
  d.name = "opencl:1";
  d.kind = "opencl";
  d.index = 1;
  d.reason = "no driver";
  d.caps = {cap};
  BackendRecord b;
  b.id = "org.example.opencl";
  b.kind = "opencl";
  b.version = "1";
  b.vendor = "v";
  b.abi = 1;
  b.score = 50;
  b.reason = "r";
  b.devices = {d};
  return b;
}

}  // namespace benchhost::protocol::testing
