// A run without processes: scripted workers, a store in memory, a clock that stands, and a plan of cases.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schedule/executor.h"
#include "store/memory_store.h"
#include "support/fake_clock.h"
#include "support/sample_benchmark.h"

namespace benchhost::test {

namespace s = benchhost::schedule;
namespace p = benchhost::protocol;
namespace st = benchhost::store;

// What the scripted worker does with one job.
using Script = std::function<s::WorkerReport(const p::RunJob&, s::MessageTaker&)>;

inline s::WorkerReport passed_with_batches(const p::RunJob& job, s::MessageTaker& taker, std::uint64_t n,
                                           const std::vector<double>& costs_ns) {
  const auto made = invocation_of(job.invocation, n, 0, costs_ns);
  taker.on_message(*made.record.calibration);
  for (const p::Segment& segment : made.record.segments) taker.on_message(segment);
  taker.on_message(p::Work{made.record.work});
  taker.on_message(*made.verdict);
  s::WorkerReport report;
  report.wall_ns = 1'000'000;
  return report;
}

inline s::WorkerReport passed_with(const p::RunJob& job, s::MessageTaker& taker, double cost_ns) {
  return passed_with_batches(job, taker, job.plan.fixed_n == 0 ? 1000 : job.plan.fixed_n, {cost_ns, cost_ns, cost_ns});
}

class ScriptedWorkers final : public s::WorkerRunner {
 public:
  Script script;
  std::vector<p::RunJob> jobs;
  Result<s::WorkerReport> run(const p::RunJob& job, std::int64_t, s::MessageTaker& taker) override {
    jobs.push_back(job);
    return script(job, taker);
  }
  std::string_view sandbox_tier() const override { return "T0"; }
};

class Scratch final : public s::ScratchFolders {
 public:
  int open = 0;
  Result<std::string> make() override {
    ++open;
    return std::string("/scratch");
  }
  void remove(const std::string&) override { --open; }
};

class Quiet final : public s::Observer {
 public:
  std::vector<std::string> warnings;
  std::vector<p::Outcome> finished;
  std::vector<std::size_t> standings;
  std::vector<std::optional<std::int64_t>> remaining;           // at each tick
  std::vector<std::pair<std::uint64_t, std::uint64_t>> shares;  // invocations done and expected, after each
  void run_started(st::RunId, const s::Plan&) override {}
  void invocation_started(std::optional<std::size_t>, std::uint32_t, const s::Standing&) override {}
  void progress(std::optional<std::size_t>, const p::Progress&) override {}
  void slow(std::optional<std::size_t>, std::int64_t, std::string_view) override {}
  void tick(const s::Standing& standing) override { remaining.push_back(standing.remaining_ns); }
  void invocation_done(std::optional<std::size_t>, std::optional<stats::Interval>,
                       const s::Standing& standing) override {
    shares.emplace_back(standing.invocations, standing.invocations_expected);
  }
  void case_finished(std::size_t, st::ResultId, const st::CaseEnd& end, const s::Standing& standing) override {
    finished.push_back(end.outcome);
    standings.push_back(standing.finished);
  }
  void warning(std::string_view text) override { warnings.emplace_back(text); }
};

class Wish final : public s::StopWish {
 public:
  int raised = 0;
  int signal() const override { return raised; }
};

inline std::vector<std::uint32_t> no_cores(std::uint64_t) { return {}; }

// A plan of `count` cases of one benchmark, and all that it takes to execute it.
struct Bench {
  s::Plan plan;
  std::unique_ptr<st::RunStore> store = st::make_memory_store();
  ScriptedWorkers workers;
  Scratch scratch;
  Quiet observer;
  Wish stop;
  FakeClock clock;
  s::CrashBook* crashes = nullptr;

  explicit Bench(std::size_t count) {
    plan.start.host_version = "test";
    plan.start.testbed.key = "bed";
    s::PlanPlugin plugin;
    plugin.record.id = plugin.row.id = "org.test";
    plugin.row.fingerprint = "sha256:aa";
    plugin.record.benchmarks.push_back(sample_benchmark());
    plugin.file = "/plugins/test.so";
    plan.plugins.push_back(plugin);
    for (std::size_t i = 0; i < count; ++i) plan.cases.push_back(a_case(i));
    workers.script = [](const p::RunJob& job, s::MessageTaker& taker) { return passed_with(job, taker, 10); };
  }

  static s::PlanCase a_case(std::size_t i) {
    s::PlanCase c;
    c.spec.plugin_id = "org.test";
    c.spec.benchmark_id = "org.test.copy";
    c.spec.name = "copy" + std::to_string(i);
    c.spec.key = "00000000000000000000000000000000000000000000000000000000000000" +
                 std::string(1, static_cast<char>('a' + i / 16)) + "0123456789abcdef"[i % 16];
    c.spec.values = {p::uint_value(4096 + i)};
    c.policy.min_invocations = c.policy.max_invocations = 3;
    return c;
  }

  s::RunSummary run() {
    const s::ExecutorParts parts{*store, workers, clock, scratch, observer, stop, no_cores, crashes};
    auto summary = s::execute(plan, parts);
    REQUIRE(summary.ok());
    REQUIRE(s::finish(*summary, 0, "ok", clock.wall_ns(), *store).ok());
    CHECK(scratch.open == 0);
    return *summary;
  }
  std::vector<st::StoredResult> results(st::RunId id) {
    auto all = store->results(id, st::Attempts::all);
    REQUIRE(all.ok());
    return *all;
  }
};

}  // namespace benchhost::test
