// A simulated machine for tests of measuring: a clock that only planted things move, a meter, and bodies of known cost.
#pragma once

#include <atomic>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include <benchhost/host.h>
#include <benchhost/plugin.h>

#include "common/platform/clock.h"
#include "common/protocol/message.h"
#include "common/stats/random.h"
#include "worker/measure/case_runner.h"
#include "worker/measure/reporter.h"
#include "worker/measure/usage_meter.h"

namespace benchhost::measure::test {

/// Moves by advance() alone, and by `reading_ns` with each reading where somebody spins on it; readings are whole
/// ticks.
class SimulatedClock final : public platform::Clock {
 public:
  explicit SimulatedClock(std::int64_t tick_ns = 1) : tick_ns_(tick_ns) {}
  std::int64_t now_ns() noexcept override {
    time_ns_ += reading_ns;
    return static_cast<std::int64_t>(time_ns_) / tick_ns_ * tick_ns_;
  }
  std::int64_t wall_ns() noexcept override { return now_ns(); }
  void sleep_until(std::int64_t deadline_ns) noexcept override {
    time_ns_ = std::max(time_ns_, static_cast<long double>(deadline_ns));
  }
  std::string source() const override { return "simulated"; }
  std::optional<std::int64_t> resolution_ns() const override { return tick_ns_; }
  void advance(long double ns) { time_ns_ += ns; }
  std::int64_t tick() const { return tick_ns_; }
  double reading_ns = 0;

 private:
  std::int64_t tick_ns_;
  long double time_ns_ = 1'000'000'000'000.0L;
};

/// CPU time that follows the clock; tests plant the rest.
class SimulatedMeter final : public UsageMeter {
 public:
  explicit SimulatedMeter(SimulatedClock& clock) : clock_(clock) {}
  UsageReading read(StealReading steal) noexcept override {
    if (steal != StealReading::kept || !stolen_) stolen_ = steal_ns;
    return {clock_.now_ns() - off_cpu_ns, switches, waits, stolen_};
  }
  UsageTotals totals() override { return {1, 0, 2, switches, clock_.now_ns(), 0, steal_ns}; }
  std::optional<std::uint64_t> start_peak() override { return resident_bytes; }
  std::optional<std::uint64_t> peak_rss_bytes() override { return peak_bytes; }
  std::int64_t off_cpu_ns = 0;
  std::int64_t steal_ns = 0;
  std::uint64_t switches = 0;
  std::uint64_t waits = 0;
  std::uint64_t resident_bytes = 1000;
  std::optional<std::uint64_t> peak_bytes = 5000;

 private:
  SimulatedClock& clock_;
  std::optional<std::int64_t> stolen_;
};

/// Keeps every message.
class CollectingReporter final : public Reporter {
 public:
  void send(protocol::Message message) override { messages.push_back(std::move(message)); }
  template <class T>
  std::vector<T> all() const {
    std::vector<T> found;
    for (const auto& m : messages) {
      if (const T* one = std::get_if<T>(&m)) found.push_back(*one);
    }
    return found;
  }
  std::vector<protocol::Message> messages;
};

/// A body with planted cost. Every lifecycle call goes through `on`, which may answer something else than BH_OK.
struct Body {
  SimulatedClock* clock = nullptr;
  double overhead_ns = 0;
  double cost_ns = 1;
  double noise_ratio = 0;
  stats::Random random{1};
  /// Factor on the cost of batch i (all batches counted).
  std::function<double(std::uint64_t)> shape;
  std::function<bh_status_t(const std::string& call, const bh_host_t* host)> on;
  std::function<void(const bh_batch_t&, const bh_host_t*)> in_run;
  std::function<void(bh_verdict_t&)> on_verify;
  const bh_host_t* host = nullptr;
  std::vector<std::string> trace;
  std::uint64_t runs = 0;
  std::vector<bh_batch_t> batches;

  bh_status_t called(const std::string& call) {
    trace.push_back(call);
    return on ? on(call, host) : BH_OK;
  }
};

/// The body that the next create takes; a lifecycle is a table of plain functions.
inline Body*& current_body() {
  static Body* body = nullptr;
  return body;
}

inline Body& body_of(void* self) { return *static_cast<Body*>(self); }

inline const bh_lifecycle_t& lifecycle() {
  static const bh_lifecycle_t table = [] {
    bh_lifecycle_t t{};
    t.struct_size = sizeof t;
    t.create = [](const bh_host_t* host, const bh_create_t*, void** self) {
      Body* body = current_body();
      body->host = host;
      *self = body;
      return body->called("create");
    };
    t.prepare = [](void* self, const bh_prepare_t*) { return body_of(self).called("prepare"); };
    t.prepare_batch = [](void* self, const bh_batch_t*) { return body_of(self).called("prepare_batch"); };
    t.run = [](void* self, const bh_batch_t* batch) {
      Body& body = body_of(self);
      double factor = body.shape ? body.shape(body.runs) : 1.0;
      if (body.noise_ratio > 0) factor *= 1 + body.noise_ratio * body.random.normal();
      ++body.runs;
      body.batches.push_back(*batch);
      body.clock->advance((body.overhead_ns + body.cost_ns * static_cast<double>(batch->n)) * factor);
      if (body.in_run) body.in_run(*batch, body.host);
      return body.called("run");
    };
    t.finish_batch = [](void* self, const bh_batch_t*) { return body_of(self).called("finish_batch"); };
    t.verify = [](void* self, bh_verdict_t* verdict) {
      Body& body = body_of(self);
      verdict->checked = 10;
      if (body.on_verify) body.on_verify(*verdict);
      return body.called("verify");
    };
    t.process = [](void* self) { return body_of(self).called("process"); };
    t.teardown = [](void* self) { return body_of(self).called("teardown"); };
    t.destroy = [](void* self) { static_cast<void>(body_of(self).called("destroy")); };
    return t;
  }();
  return table;
}

inline protocol::MetricRecord metric(const std::string& id, protocol::Domain domain, protocol::MetricKind kind,
                                     bool primary) {
  protocol::MetricRecord m;
  m.id = id;
  m.title = id;
  m.unit = kind == protocol::MetricKind::rate ? "1/s" : "ns";
  m.description = id;
  m.domain = domain;
  m.kind = kind;
  m.primary = primary;
  if (kind == protocol::MetricKind::rate && domain == protocol::Domain::host) m.work = "items";
  return m;
}

/// A benchmark with one primary HOST TIME metric, a simulated machine around it, and what came of running it.
struct Simulation {
  explicit Simulation(std::int64_t tick_ns = 1) : clock(tick_ns), meter(clock) {
    body.clock = &clock;
    benchmark.id = "org.example.sim.body";
    benchmark.metrics = {metric("time", protocol::Domain::host, protocol::MetricKind::time, true)};
    benchmark.has_verify = true;
    job.benchmark = benchmark.id;
    job.seed = 7;
    cores = {{0, 0, 0}, {1, 1, 0}};
  }

  protocol::Final run() {
    current_body() = &body;
    CaseSetup setup;
    setup.lifecycle = &table;
    setup.benchmark = &benchmark;
    setup.job = &job;
    setup.clock = &clock;
    setup.clock_facts = {"simulated", clock.tick(), 20.0, clock.tick()};
    setup.meter = &meter;
    setup.flusher = &flusher;
    setup.devices = devices;
    setup.reporter = &reporter;
    setup.cancelled = &cancelled;
    setup.events = events;
    setup.energy = energy;
    setup.cores = [this] { return cores; };
    return run_case(setup);
  }

  std::vector<protocol::Segment> segments(protocol::Quantity quantity, protocol::SegmentPhase phase) const {
    std::vector<protocol::Segment> found;
    for (auto& s : reporter.all<protocol::Segment>()) {
      if (s.quantity == quantity && s.phase == phase) found.push_back(s);
    }
    return found;
  }
  std::size_t samples(protocol::Quantity quantity, protocol::SegmentPhase phase) const {
    std::size_t count = 0;
    for (const auto& s : segments(quantity, phase)) count += s.size();
    return count;
  }
  protocol::Calibration calibration() const { return reporter.all<protocol::Calibration>().at(0); }
  /// Mean over the measured batches of (wall - overhead) / n: what the host stores as the cost of an iteration.
  double cost() const {
    double sum = 0;
    std::size_t count = 0;
    for (const auto& s : segments(protocol::Quantity::wall, protocol::SegmentPhase::measure)) {
      for (const std::int64_t wall : s.integers) {
        sum += (static_cast<double>(wall) - calibration().fit_overhead_ns.value_or(0)) / static_cast<double>(s.n);
        ++count;
      }
    }
    return count == 0 ? std::nan("") : sum / static_cast<double>(count);
  }

  SimulatedClock clock;
  SimulatedMeter meter;
  CacheFlusher flusher{1 << 16};
  CollectingReporter reporter;
  Body body;
  bh_lifecycle_t table = lifecycle();
  protocol::BenchmarkRecord benchmark;
  protocol::RunJob job;
  DeviceBracket* devices = nullptr;
  platform::EventSource* events = nullptr;
  platform::EnergyMeter* energy = nullptr;
  std::vector<CpuPlace> cores;
  std::atomic<std::uint32_t> cancelled{0};
};

}  // namespace benchhost::measure::test
