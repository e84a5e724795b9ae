// A benchmark as its descriptor would be, and invocations of it as a worker would report them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "analysis/invocation.h"
#include "common/protocol/descriptor.h"

namespace benchhost::test {

inline protocol::MetricRecord metric(std::string id, protocol::MetricKind kind, protocol::Domain domain,
                                     std::string unit) {
  protocol::MetricRecord m;
  m.id = m.title = m.description = std::move(id);
  m.kind = kind;
  m.domain = domain;
  m.unit = std::move(unit);
  m.direction = kind == protocol::MetricKind::rate ? protocol::Direction::higher : protocol::Direction::lower;
  return m;
}

/// org.test.copy: bandwidth (primary, host rate over "bytes"), time (host), p99 of a self metric, peak (host bytes).
inline protocol::BenchmarkRecord sample_benchmark(std::string id = "org.test.copy") {
  using protocol::Domain;
  using protocol::MetricKind;
  protocol::BenchmarkRecord b;
  b.id = std::move(id);
  b.title = b.description = "Copy";
  b.category = "hardware";
  b.has_verify = true;
  protocol::ParamRecord bytes;
  bytes.name = "bytes";
  bytes.type = protocol::ValueType::uint64;
  bytes.description = "size";
  bytes.default_value = protocol::uint_value(4096);
  b.parameters.push_back(bytes);
  b.metrics.push_back(metric("bandwidth", MetricKind::rate, Domain::host, "By/s"));
  b.metrics.back().primary = true;
  b.metrics.back().work = "bytes";
  b.metrics.push_back(metric("time", MetricKind::time, Domain::host, "ns"));
  b.metrics.push_back(metric("peak", MetricKind::bytes, Domain::host, "By"));
  return b;
}

/// An invocation whose batches of `n` iterations took `overhead_ns` + n * each of `costs_ns`.
inline analysis::Invocation invocation_of(std::uint32_t index, std::uint64_t n, double overhead_ns,
                                          const std::vector<double>& costs_ns) {
  analysis::Invocation i;
  i.record.index = index;
  protocol::Calibration c;
  c.clock = "simulated";
  c.n = n;
  c.fit_overhead_ns = overhead_ns;
  i.record.calibration = c;
  protocol::Segment s;
  s.n = n;
  s.first_batch = 4;
  for (const double cost : costs_ns) {
    s.integers.push_back(static_cast<std::int64_t>(overhead_ns + cost * static_cast<double>(n) + 0.5));
  }
  i.record.segments.push_back(s);
  i.record.work = {{"bytes.read", 600.0}, {"bytes.written", 400.0}};
  protocol::Verdict v;
  v.checked = 10;
  v.error = 0.0;
  v.tolerance = 0.0;
  i.verdict = v;
  return i;
}

}  // namespace benchhost::test
