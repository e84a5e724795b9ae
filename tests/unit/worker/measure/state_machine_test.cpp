// The order of calls as the plugin sees it, whole and after a failure of each call.
#include <doctest/doctest.h>

#include "simulation.h"
#include "worker/measure/instance.h"

namespace benchhost::measure::test {
namespace {

using protocol::Outcome;
using protocol::Quantity;
using protocol::SegmentPhase;

/// Runs of the three calls of a batch as one word.
std::vector<std::string> shortened(const std::vector<std::string>& trace) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < trace.size(); ++i) {
    if (i + 2 < trace.size() && trace[i] == "prepare_batch" && trace[i + 1] == "run" &&
        trace[i + 2] == "finish_batch") {
      if (out.empty() || out.back() != "batch") out.emplace_back("batch");
      i += 2;
    } else {
      out.push_back(trace[i]);
    }
  }
  return out;
}

TEST_CASE("a hot benchmark goes through one cycle in the published order") {
  Simulation sim(20);
  CHECK(sim.run().outcome == Outcome::passed);
  CHECK(shortened(sim.body.trace) ==
        std::vector<std::string>{"create", "prepare", "batch", "verify", "process", "teardown", "destroy"});
  for (std::size_t i = 0; i < sim.body.batches.size(); ++i) CHECK(sim.body.batches[i].index == i);
}

struct FailureRow {
  std::string call;
  std::vector<std::string> trace;
};

TEST_CASE("after a call failed only teardown and destroy come") {
  const std::vector<FailureRow> rows = {
      {"create", {"create"}},
      {"prepare", {"create", "prepare", "teardown", "destroy"}},
      {"prepare_batch", {"create", "prepare", "prepare_batch", "teardown", "destroy"}},
      {"run", {"create", "prepare", "prepare_batch", "run", "teardown", "destroy"}},
      {"finish_batch", {"create", "prepare", "batch", "teardown", "destroy"}},
      {"verify", {"create", "prepare", "batch", "verify", "teardown", "destroy"}},
      {"process", {"create", "prepare", "batch", "verify", "process", "teardown", "destroy"}},
      {"teardown", {"create", "prepare", "batch", "verify", "process", "teardown", "destroy"}},
  };
  for (const FailureRow& row : rows) {
    CAPTURE(row.call);
    Simulation sim(20);
    sim.body.on = [&](const std::string& call, const bh_host_t* host) {
      return call == row.call ? host->fail(host, BH_E_IO, "planted") : BH_OK;
    };
    const auto end = sim.run();
    CHECK(end.outcome == Outcome::failed);
    CHECK(end.status == BH_E_IO);
    CHECK(end.reason == "planted");
    CHECK(shortened(sim.body.trace) == row.trace);
  }
}

TEST_CASE("each status becomes its outcome") {
  const std::vector<std::pair<bh_status_t, Outcome>> rows = {
      {BH_E_FAILED, Outcome::failed},        {BH_E_ARGUMENT, Outcome::failed},
      {BH_E_STATE, Outcome::protocol_error}, {BH_E_UNSUPPORTED, Outcome::skipped},
      {BH_E_NOT_FOUND, Outcome::failed},     {BH_E_NO_MEMORY, Outcome::out_of_memory},
      {BH_E_TIMEOUT, Outcome::timed_out},    {BH_E_IO, Outcome::failed},
      {BH_E_DEVICE, Outcome::failed},        {BH_E_MISMATCH, Outcome::failed},
      {BH_E_CRASHED, Outcome::crashed},      {BH_E_CANCELLED, Outcome::failed},
      {bh_status_t{17}, Outcome::failed},    {bh_status_t{-1000}, Outcome::failed}};
  for (const auto& [status, outcome] : rows) {
    CAPTURE(status);
    Simulation sim(20);
    sim.body.on = [&, planted = status](const std::string& call, const bh_host_t*) {
      return call == "prepare" ? planted : BH_OK;
    };
    const auto end = sim.run();
    CHECK(end.outcome == outcome);
    CHECK(end.reason.find("no reason given") != std::string::npos);
    CHECK(end.phase == protocol::Phase::preparing);
  }
}

TEST_CASE("an exception ends the case as a protocol error and nothing of the plugin is called again") {
  for (const std::string thrower :
       {"create", "prepare", "prepare_batch", "run", "finish_batch", "verify", "process", "teardown"}) {
    CAPTURE(thrower);
    Simulation sim(20);
    sim.body.on = [&](const std::string& call, const bh_host_t*) -> bh_status_t {
      if (call == thrower) throw std::string("boom");
      return BH_OK;
    };
    const auto end = sim.run();
    CHECK(end.outcome == Outcome::protocol_error);
    CHECK(end.reason.find(thrower + " let an exception out") != std::string::npos);
    CHECK(sim.body.trace.back() == thrower);
  }
}

TEST_CASE("the first text of a failing call is the reason and later ones are its context") {
  Simulation sim(20);
  sim.body.on = [](const std::string& call, const bh_host_t* host) -> bh_status_t {
    if (call != "prepare") return BH_OK;
    host->fail(host, BH_E_IO, "cannot open data.bin");
    return host->fail(host, BH_E_IO, "while loading the model");
  };
  CHECK(sim.run().reason == "cannot open data.bin (while loading the model)");
}

TEST_CASE("a code that a host function returned may be passed on without a text") {
  Simulation sim(20);
  sim.body.on = [](const std::string& call, const bh_host_t* host) -> bh_status_t {
    bh_memory_t memory{};
    memory.struct_size = sizeof memory;
    return call == "prepare" ? host->memory_take(host, &memory) : BH_OK;
  };
  const auto end = sim.run();
  CHECK(end.status == BH_E_ARGUMENT);
  CHECK(end.reason == "memory_take: size_bytes is 0");
}

TEST_CASE("a failure that is said in run and not returned spoils the batch") {
  Simulation sim(20);
  sim.job.plan.max_batches = 20;
  sim.job.plan.time_budget_ns = 1;
  sim.body.in_run = [&](const bh_batch_t& batch, const bh_host_t* host) {
    if ((batch.flags & BH_RUN_WARM_UP) == 0 && batch.index % 2 == 0) host->fail(host, BH_E_IO, "hiccup");
  };
  CHECK(sim.run().outcome == Outcome::passed);
  std::size_t clean = 0;
  for (const auto& b : sim.body.batches) clean += (b.flags & BH_RUN_WARM_UP) == 0 && b.index % 2 != 0;
  CHECK(sim.samples(Quantity::wall, SegmentPhase::measure) == clean);
}

TEST_CASE("once is a cycle per sample and the first cycle is a warm-up") {
  Simulation sim(20);
  sim.benchmark.batch = protocol::BatchPolicy::once;
  sim.body.cost_ns = 1e6;
  sim.job.plan.min_batches = 3;
  sim.job.plan.max_batches = 3;
  CHECK(sim.run().outcome == Outcome::passed);
  CHECK(shortened(sim.body.trace) == std::vector<std::string>{"create", "prepare", "batch", "process", "teardown",  //
                                                              "prepare", "batch", "verify", "process", "teardown",  //
                                                              "prepare", "batch", "process", "teardown",            //
                                                              "prepare", "batch", "process", "teardown", "destroy"});
  CHECK(sim.samples(Quantity::wall, SegmentPhase::measure) == 3);
  CHECK(sim.samples(Quantity::wall, SegmentPhase::warmup) == 1);
  CHECK(sim.samples(Quantity::wall, SegmentPhase::fit) == 0);
  for (std::size_t i = 0; i < sim.body.batches.size(); ++i) {
    CHECK(sim.body.batches[i].n == 1);
    CHECK(sim.body.batches[i].index == i);
    CHECK(((sim.body.batches[i].flags & BH_RUN_WARM_UP) != 0) == (i == 0));
  }
}

TEST_CASE("cycles of once that fill the time budget are as many as fit it, and one at least") {
  for (const auto& [budget_ms, cycles] : {std::pair{1, 1u}, {3'500, 3u}, {60'000, 10u}}) {
    CAPTURE(budget_ms);
    Simulation sim(20);
    sim.benchmark.batch = protocol::BatchPolicy::once;
    sim.body.cost_ns = 1e9;
    sim.job.plan.max_batches = 10;
    sim.job.plan.time_budget_ns = std::int64_t{1'000'000} * budget_ms;
    CHECK(sim.run().outcome == Outcome::passed);
    CHECK(sim.samples(Quantity::wall, SegmentPhase::measure) == cycles);
  }
}

TEST_CASE("a fresh process has one cycle, and it counts") {
  Simulation sim(20);
  sim.benchmark.batch = protocol::BatchPolicy::once;
  sim.benchmark.fresh_process = true;
  CHECK(sim.run().outcome == Outcome::passed);
  CHECK(sim.body.runs == 1);
  CHECK(sim.samples(Quantity::wall, SegmentPhase::measure) == 1);
}

TEST_CASE("cold runs the least n in every batch and fits nothing") {
  Simulation sim(20);
  sim.benchmark.batch = protocol::BatchPolicy::cold;
  sim.body.cost_ns = 1e6;
  sim.job.plan.max_batches = 12;
  CHECK(sim.run().outcome == Outcome::passed);
  for (const auto& b : sim.body.batches) CHECK(b.n == 1);
  CHECK(sim.samples(Quantity::wall, SegmentPhase::warmup) == 1);
  CHECK(sim.samples(Quantity::wall, SegmentPhase::fit) == 0);
  CHECK_FALSE(sim.calibration().fit_cost_ns.has_value());
}

TEST_CASE("without a time of the host every batch has the least n and nothing is fitted or elided") {
  Simulation sim(20);
  sim.benchmark.metrics = {metric("latency", protocol::Domain::self, protocol::MetricKind::time, true)};
  sim.benchmark.batch_min = 1000;
  sim.body.cost_ns = 0;
  sim.body.overhead_ns = 1e6;
  sim.job.plan.max_batches = 20;
  sim.body.in_run = [](const bh_batch_t&, const bh_host_t* host) { host->report(host, 0, 42.0); };
  CHECK(sim.run().outcome == Outcome::passed);
  for (const auto& b : sim.body.batches) CHECK(b.n == 1000);
  CHECK(sim.samples(Quantity::reported, SegmentPhase::measure) == 20);
}

TEST_CASE("a cancelled case ends between two batches with its teardown") {
  Simulation sim(20);
  sim.body.in_run = [&](const bh_batch_t& batch, const bh_host_t*) {
    if (batch.index == 30) sim.cancelled = 1;
  };
  const auto end = sim.run();
  CHECK(end.outcome == Outcome::interrupted);
  CHECK(sim.body.runs == 31);
  CHECK(shortened(sim.body.trace) == std::vector<std::string>{"create", "prepare", "batch", "teardown", "destroy"});
}

TEST_CASE("a plugin that stops because the host asked is interrupted") {
  Simulation sim(20);
  sim.body.on = [&](const std::string& call, const bh_host_t* host) -> bh_status_t {
    if (call != "run") return BH_OK;
    sim.cancelled = 1;
    return host->cancelled(host) == 1 ? BH_E_CANCELLED : BH_OK;
  };
  CHECK(sim.run().outcome == Outcome::interrupted);
}

TEST_CASE("a benchmark with roles is skipped with the extension's name") {
  Simulation sim(20);
  sim.benchmark.roles.push_back({"primary", "measures", "", "", 0});
  const auto end = sim.run();
  CHECK(end.outcome == Outcome::skipped);
  CHECK(end.reason.find("benchhost.roles/1") != std::string::npos);
  CHECK(sim.body.trace.empty());
}

TEST_CASE("values that the plugin did not declare never reach it") {
  Simulation sim(20);
  sim.job.values.push_back(protocol::uint_value(3));
  CHECK(sim.run().outcome == Outcome::failed);
  CHECK(sim.body.trace.empty());
}

TEST_CASE("disturbed batches are named and run again, and a case that was mostly disturbed is flagged") {
  for (const bool mostly : {false, true}) {
    CAPTURE(mostly);
    Simulation sim(20);
    sim.body.cost_ns = 100;
    sim.job.plan.max_batches = 100;
    sim.job.plan.time_budget_ns = 1'000'000'000;
    std::uint64_t measured = 0;
    std::uint64_t hit = 0;
    sim.body.in_run = [&](const bh_batch_t& batch, const bh_host_t*) {
      if ((batch.flags & BH_RUN_WARM_UP) != 0 || (++measured % 5 != 0) != mostly) return;
      // Half a millisecond off the processor, with the switch that the system counts.
      ++hit;
      sim.clock.advance(500'000);
      sim.meter.off_cpu_ns += 500'000;
      ++sim.meter.switches;
    };
    const auto end = sim.run();
    CHECK(end.outcome == Outcome::passed);
    const auto flags = sim.reporter.all<protocol::BatchFlags>();
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].disturbed.size() == hit);
    // A fifth of the repeats are hit as well; of those of four fifths no more are run than batches were wanted.
    CHECK(measured == (mostly ? 200 : 124));
    const bool flagged = std::find(end.flags.begin(), end.flags.end(), "disturbed") != end.flags.end();
    CHECK(flagged == mostly);
  }
}

TEST_CASE("life signs carry a deadline of a minute and ten times what went before") {
  Simulation sim(20);
  sim.body.cost_ns = 2e10;
  sim.job.plan.time_budget_ns = 50'000'000'000;
  sim.run();
  std::int64_t most = 0;
  for (const auto& p : sim.reporter.all<protocol::Progress>()) {
    if (p.deadline_ns != 0) CHECK(p.deadline_ns >= 60'000'000'000);
    most = std::max(most, p.deadline_ns);
  }
  CHECK(most == 260'000'000'000);
}

TEST_CASE("peak memory is a sample of the cycle where the system tells it") {
  Simulation sim(20);
  auto memory = metric("memory", protocol::Domain::host, protocol::MetricKind::bytes, false);
  memory.unit = "By";
  sim.benchmark.metrics.push_back(memory);
  sim.run();
  const auto found = sim.segments(Quantity::reported, SegmentPhase::process);
  REQUIRE(found.size() == 1);
  CHECK(found[0].metric == "memory");
  CHECK(found[0].reals == std::vector<double>{4000});
  Simulation blind(20);
  blind.benchmark.metrics.push_back(memory);
  blind.meter.peak_bytes.reset();
  blind.run();
  CHECK(blind.reporter.all<protocol::Withheld>().size() == 1);
}

TEST_CASE("verdicts decide as the contract says") {
  const double nan = std::nan("");
  struct Row {
    std::uint64_t checked;
    double error, tolerance;
    bh_status_t status;
    Outcome outcome;
    bool unverified;
  };
  const std::vector<Row> rows = {
      {10, nan, nan, BH_OK, Outcome::passed, false},         {0, nan, nan, BH_OK, Outcome::passed, true},
      {10, 0.1, 0.2, BH_OK, Outcome::passed, false},         {10, 0.2, 0.2, BH_OK, Outcome::passed, false},
      {10, 0.3, 0.2, BH_OK, Outcome::failed, false},         {10, nan, 0.2, BH_OK, Outcome::failed, false},
      {10, nan, nan, BH_E_MISMATCH, Outcome::failed, false}, {0, 0.3, 0.2, BH_OK, Outcome::failed, true},
      {10, INFINITY, 0.2, BH_OK, Outcome::failed, false},    {10, -0.1, 0.2, BH_OK, Outcome::failed, false},
      {10, -0.1, nan, BH_OK, Outcome::failed, false},        {10, 0.3, nan, BH_OK, Outcome::passed, false},
      {10, -0.1, 0.2, BH_OK, Outcome::failed, false}};
  for (const Row& row : rows) {
    CAPTURE(row.error);
    CAPTURE(row.tolerance);
    Simulation sim(20);
    sim.body.on_verify = [&](bh_verdict_t& verdict) {
      CHECK(std::isnan(verdict.error));
      CHECK(std::isnan(verdict.tolerance));
      verdict.checked = row.checked;
      verdict.error = row.error;
      verdict.tolerance = row.tolerance;
      verdict.what = "worst difference";
    };
    sim.body.on = [&](const std::string& call, const bh_host_t*) { return call == "verify" ? row.status : BH_OK; };
    const auto end = sim.run();
    CHECK(end.outcome == row.outcome);
    if (end.outcome == Outcome::failed) CHECK(end.code == "BH0602");
    CHECK((std::find(end.flags.begin(), end.flags.end(), "unverified") != end.flags.end()) == row.unverified);
    REQUIRE(sim.reporter.all<protocol::Verdict>().size() == 1);
    CHECK(sim.reporter.all<protocol::Verdict>()[0].what == "worst difference");
  }
}

TEST_CASE("an instance refuses calls that the state machine does not have") {
  Simulation sim(20);
  current_body() = &sim.body;
  ServiceSetup setup;
  setup.clock = &sim.clock;
  setup.reporter = &sim.reporter;
  setup.cancelled = &sim.cancelled;
  HostServices services(std::move(setup));
  Instance instance(sim.table, services, nullptr, false);
  bh_batch_t batch{};
  bh_verdict_t verdict{};
  TimedRun timed;
  CHECK(instance.prepare({}).status == BH_E_STATE);
  CHECK(instance.run(sim.clock, batch, &timed).status == BH_E_STATE);
  CHECK(instance.teardown().status == BH_E_STATE);
  CHECK(instance.create({}).ok());
  CHECK(instance.create({}).status == BH_E_STATE);
  CHECK(instance.verify(verdict).status == BH_E_STATE);
  for (int cycle = 0; cycle < 2; ++cycle) {
    CHECK(instance.prepare({}).ok());
    CHECK(instance.prepare({}).status == BH_E_STATE);
    CHECK(instance.teardown().ok());
    CHECK(instance.teardown().status == BH_E_STATE);
  }
  instance.destroy();
  instance.destroy();
  CHECK(instance.counts() == CallCounts{1, 1, 2, 2, 0});
  CHECK(sim.body.trace == std::vector<std::string>{"create", "prepare", "teardown", "prepare", "teardown", "destroy"});
}

}  // namespace
}  // namespace benchhost::measure::test
