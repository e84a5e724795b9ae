#include "schedule/executor.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "run_bench.h"
#include "unit/schedule/planted_case.h"

using benchhost::Error;
using benchhost::Result;
using namespace benchhost::test;

TEST_CASE("the limit of a summary may name the machine") {
  Bench bench(3);
  p::SummaryRecord limit;
  limit.id = limit.title = limit.description = "largest";
  limit.unit = "By";
  limit.kind = 8;  // MAX_WITHIN
  limit.metric = 1;
  limit.parameter = 0;
  limit.limit = "machine.cores * 1.0";
  bench.plan.plugins[0].record.benchmarks[0].summaries = {limit};
  bench.plan.machine.cores = 12;  // and every case takes 10 ns
  const auto known = bench.store->summaries(bench.run().run);
  REQUIRE(known.ok());
  REQUIRE(known->size() == 1);
  CHECK_MESSAGE(known->front().value == 4098, known->front().null_reason);
  bench.plan.machine.cores.reset();
  const auto unknown = bench.store->summaries(bench.run().run);
  REQUIRE(unknown->size() == 1);
  CHECK_FALSE(unknown->front().value);
  CHECK(unknown->front().null_reason.find("limit") != std::string::npos);
}

TEST_CASE("every case is invoked as often as its policy says, and its interval is stored") {
  Bench bench(5);
  const s::RunSummary summary = bench.run();
  CHECK(summary.outcomes.at(p::Outcome::passed) == 5);
  CHECK(bench.workers.jobs.size() == 15);
  for (const auto& r : bench.results(summary.run)) {
    REQUIRE(r.end);
    CHECK(r.end->outcome == p::Outcome::passed);
    CHECK(r.end->verification.passed == true);
    CHECK(*r.measurements.front().measurement.value == doctest::Approx(100e9));
    CHECK(r.measurements.front().measurement.invocations == 3);
  }
}

TEST_CASE("rounds interleave: no case is invoked again before all others were invoked") {
  Bench bench(4);
  bench.run();
  for (std::size_t round = 0; round < 3; ++round) {
    std::map<std::uint64_t, int> seen;
    for (std::size_t k = 0; k < 4; ++k) {
      const p::RunJob& job = bench.workers.jobs[round * 4 + k];
      CHECK(job.invocation == round);
      ++seen[job.case_id];
    }
    CHECK(seen.size() == 4);
  }
}

TEST_CASE("rounds interleave what is left when cases stop at different times, and the yardstick goes with them") {
  Bench bench(6);
  const std::vector<std::uint32_t> times{2, 3, 5, 5, 8, 1};
  for (std::size_t i = 0; i < times.size(); ++i) {
    bench.plan.cases[i].policy.min_invocations = bench.plan.cases[i].policy.max_invocations = times[i];
  }
  bench.plan.yardstick = Bench::a_case(9);
  bench.run();
  const auto who = [](const p::RunJob& job) { return std::get<std::uint64_t>(job.values[0].scalars[0]) - 4096; };
  std::size_t at = 0;
  std::vector<std::vector<std::uint64_t>> rounds;
  for (std::uint32_t round = 0; round < 8; ++round) {
    CAPTURE(round);
    REQUIRE(who(bench.workers.jobs[at]) == 9);
    CHECK(bench.workers.jobs[at++].invocation == round);
    std::vector<std::uint64_t> seen;
    const auto left = static_cast<std::size_t>(std::ranges::count_if(times, [&](auto n) { return n > round; }));
    for (std::size_t k = 0; k < left; ++k, ++at) {
      CHECK(bench.workers.jobs[at].invocation == round);
      seen.push_back(who(bench.workers.jobs[at]));
    }
    rounds.push_back(seen);
    std::ranges::sort(seen);
    std::vector<std::uint64_t> expected;
    for (std::uint64_t i = 0; i < times.size(); ++i) {
      if (times[i] > round) expected.push_back(i);
    }
    CHECK(seen == expected);
  }
  CHECK(at == bench.workers.jobs.size());
  // The order is drawn anew, also among those that are left.
  CHECK(rounds[3] != rounds[4]);
  Bench again(6);
  again.plan = bench.plan;
  again.run();
  for (std::size_t i = 0; i < at; ++i) CHECK(who(again.workers.jobs[i]) == who(bench.workers.jobs[i]));
}

TEST_CASE("with a wanted precision later invocations measure as long as the first ones show that it takes") {
  Bench bench(1);
  bench.plan.plugins[0].record.benchmarks[0].metrics[0] = s::test::planted_metric();
  bench.plan.plugins[0].record.benchmarks[0].metrics[1].id = "other";
  benchhost::suite::MeasureLimits limits;
  limits.precision_ratio = 0.01;
  bench.plan.cases[0].policy = s::resolve_policy(limits);
  benchhost::stats::Random random(9);
  bench.workers.script = [&](const p::RunJob& job, s::MessageTaker& taker) {
    s::test::PlantedCase planted;
    planted.batch_sd = 0.3;
    planted.invocation_ns = 5e9;
    const auto made = planted.invoke(job.invocation, job.plan.time_budget_ns, random);
    taker.on_message(*made.record.calibration);
    taker.on_message(made.record.segments.front());
    taker.on_message(*made.record.times);
    taker.on_message(*made.verdict);
    s::WorkerReport report;
    report.wall_ns = made.record.duration_ns;
    return report;
  };
  const s::RunSummary summary = bench.run();
  // A pilot of a hundred batches of 30 % is far too short for 1 %: those that count are several times as long.
  REQUIRE(bench.workers.jobs.size() > 8);
  CHECK(bench.workers.jobs[0].plan.time_budget_ns == s::kPilotInvocationNs);
  for (std::size_t i = 1; i < bench.workers.jobs.size(); ++i) {
    CHECK(bench.workers.jobs[i].plan.time_budget_ns > 3 * s::kPilotInvocationNs);
  }
  const auto result = bench.results(summary.run).front();
  CHECK(result.measurements.front().measurement.invocations == bench.workers.jobs.size() - 1);
  const auto invocations = bench.store->invocations(result.id);
  REQUIRE(invocations.ok());
  CHECK(invocations->at(0).invocation.flags == std::vector<std::string>{"pilot"});
  CHECK(invocations->at(1).invocation.flags.empty());
  CHECK(std::ranges::find(result.end->flags, "pilot") == result.end->flags.end());
  REQUIRE(result.end->plan);
  CHECK(result.end->plan->stopped == "precise");
  CHECK(result.end->plan->planned_invocations);
  CHECK(*result.end->plan->planned_half_width_ratio <= 0.01);
}

TEST_CASE(
    "limits that contradict each other are told once, and once more if the time ended a case before its precision") {
  Bench bench(3);
  benchhost::suite::MeasureLimits limits;
  limits.precision_ratio = 0.01;
  limits.time_ns = 10'000'000;
  for (auto& c : bench.plan.cases) {
    c.spec.limits = limits;
    c.policy = s::resolve_policy(limits);
  }
  bench.workers.script = [](const p::RunJob& job, s::MessageTaker& taker) {
    return passed_with_batches(job, taker, 1, std::vector<double>(10, job.invocation % 2 == 1 ? 1e6 : 1.5e6));
  };
  const s::RunSummary summary = bench.run();
  REQUIRE(bench.observer.warnings.size() == 2);
  CHECK(bench.observer.warnings[0].find("a time of 10.0 ms leaves each of at least 8 invocations 1.25 ms") == 0);
  CHECK(bench.observer.warnings[1].find("the time that was allowed ended 3 cases before the wanted precision; copy") ==
        0);
  for (const auto& r : bench.results(summary.run)) {
    CHECK(std::ranges::find(r.end->flags, "imprecise") != r.end->flags.end());
    CHECK(r.end->plan->stopped == "budget_spent");
  }
}

TEST_CASE("later invocations get the iterations that the first one found, and the same data seed") {
  Bench bench(1);
  bench.run();
  CHECK(bench.workers.jobs[0].plan.fixed_n == 0);
  CHECK(bench.workers.jobs[1].plan.fixed_n == 1000);
  CHECK(bench.workers.jobs[2].plan.fixed_n == 1000);
  CHECK(bench.workers.jobs[0].seed == bench.workers.jobs[2].seed);
}

TEST_CASE("data seeds differ between cases and between seeds of the run, and by nothing else") {
  Bench first(2);
  first.run();
  Bench again(2);
  again.run();
  Bench other(2);
  other.plan.seed = 2;
  other.run();
  std::map<std::uint64_t, std::uint64_t> a, b, c;
  for (const auto& j : first.workers.jobs) a[std::get<std::uint64_t>(j.values[0].scalars[0])] = j.seed;
  for (const auto& j : again.workers.jobs) b[std::get<std::uint64_t>(j.values[0].scalars[0])] = j.seed;
  for (const auto& j : other.workers.jobs) c[std::get<std::uint64_t>(j.values[0].scalars[0])] = j.seed;
  CHECK(a == b);
  CHECK(a != c);
}

TEST_CASE("a crash ends its case alone, and the others run to their end") {
  Bench bench(3);
  bench.workers.script = [&](const p::RunJob& job, s::MessageTaker& taker) {
    if (std::get<std::uint64_t>(job.values[0].scalars[0]) != 4097) return passed_with(job, taker, 10);
    s::WorkerReport report;
    report.outcome = p::Outcome::crashed;
    report.reason = "SIGSEGV while measuring";
    report.signal = 11;
    report.phase = p::Phase::measuring;
    report.flags = {"killed", "unverified"};
    return report;
  };
  const s::RunSummary summary = bench.run();
  CHECK(summary.outcomes.at(p::Outcome::passed) == 2);
  CHECK(summary.outcomes.at(p::Outcome::crashed) == 1);
  CHECK(bench.workers.jobs.size() == 7);
  const auto results = bench.results(summary.run);
  CHECK(results[1].end->reason == "SIGSEGV while measuring");
  CHECK(results[1].end->phase == p::Phase::measuring);
  CHECK(results[1].end->flags == std::vector<std::string>{"killed"});
  CHECK_FALSE(results[1].measurements.front().measurement.value);
}

TEST_CASE("what a crashed invocation measured before it died is stored and not believed") {
  Bench bench(1);
  bench.workers.script = [](const p::RunJob& job, s::MessageTaker& taker) {
    s::WorkerReport report = passed_with(job, taker, job.invocation == 0 ? 10 : 99);
    if (job.invocation == 1) {
      report.outcome = p::Outcome::crashed;
      report.reason = "SIGABRT in teardown";
    }
    return report;
  };
  const s::RunSummary summary = bench.run();
  const auto result = bench.results(summary.run).front();
  CHECK(result.end->outcome == p::Outcome::crashed);
  CHECK(*result.measurements.front().measurement.value == doctest::Approx(100e9));
  CHECK(result.measurements.front().measurement.invocations == 1);
}

TEST_CASE("a case that cannot run here is recorded with its reason and starts no worker") {
  Bench bench(2);
  bench.plan.cases[0].spec.skip_reason = "cores >= 64 is not met: 2";
  bench.plan.cases[1].spec.fail_reason = "claim_cores has no value";
  const s::RunSummary summary = bench.run();
  CHECK(bench.workers.jobs.empty());
  CHECK(summary.outcomes.at(p::Outcome::skipped) == 1);
  CHECK(summary.outcomes.at(p::Outcome::failed) == 1);
  CHECK(bench.results(summary.run)[0].measurements.front().measurement.null_reason == "cores >= 64 is not met: 2");
}

TEST_CASE("precision ends a steady case early and keeps a noisy one going to its bound") {
  for (const bool noisy : {false, true}) {
    Bench bench(1);
    bench.plan.cases[0].policy.precision_ratio = 0.01;
    bench.plan.cases[0].policy.min_invocations = 8;
    bench.plan.cases[0].policy.max_invocations = 12;
    bench.workers.script = [noisy](const p::RunJob& job, s::MessageTaker& taker) {
      return passed_with(job, taker, noisy && job.invocation % 2 == 1 ? 15 : 10);
    };
    const s::RunSummary summary = bench.run();
    CHECK(bench.workers.jobs.size() == (noisy ? 12 : 8));
    const auto flags = bench.results(summary.run).front().end->flags;
    CHECK((std::ranges::find(flags, "imprecise") != flags.end()) == noisy);
  }
}

TEST_CASE("a case of slow invocations ends with its time, after the least number of them") {
  // What a suite says with `time: 30 s, invocations: {min: 8, max: 30}, precision: 1 %`, of a body of 10 s and of 0.5
  // s.
  for (const auto& [batch_ns, batches, expected] :
       {std::tuple{10e9, 1, 8u}, std::tuple{0.5e9, 2, 30u}, std::tuple{0.8e9, 2, 19u}}) {
    CAPTURE(batch_ns);
    Bench bench(1);
    benchhost::suite::MeasureLimits limits;
    limits.precision_ratio = 0.01;
    limits.time_ns = 30'000'000'000;
    limits.invocations = benchhost::suite::Invocations{8, 30};
    bench.plan.cases[0].policy = s::resolve_policy(limits);
    const double each = batch_ns;
    const int count = batches;
    bench.workers.script = [each, count](const p::RunJob& job, s::MessageTaker& taker) {
      // A share of the time; of the first one, which shows what a batch takes, no more than a pilot's.
      CHECK(job.plan.time_budget_ns <= (job.invocation == 0 ? s::kPilotInvocationNs : 30'000'000'000));
      std::vector<double> costs(static_cast<std::size_t>(count), each * (job.invocation % 2 == 1 ? 0.9 : 1));
      s::WorkerReport report = passed_with_batches(job, taker, 1, costs);
      // The worker's life, warm-up and all, is no measuring time.
      report.wall_ns = 100'000'000'000;
      return report;
    };
    const s::RunSummary summary = bench.run();
    CHECK(bench.workers.jobs.size() == expected);
    CHECK(summary.outcomes.at(p::Outcome::passed) == 1);
  }
}

TEST_CASE("a wish to stop keeps what is done and marks the rest interrupted") {
  Bench bench(3);
  bench.workers.script = [&](const p::RunJob& job, s::MessageTaker& taker) {
    if (bench.workers.jobs.size() == 4) bench.stop.raised = 2;
    return passed_with(job, taker, 10);
  };
  const s::RunSummary summary = bench.run();
  CHECK(summary.signal == 2);
  CHECK(bench.workers.jobs.size() == 4);
  CHECK(summary.outcomes.at(p::Outcome::interrupted) == 3);
  for (const auto& r : bench.results(summary.run)) {
    CHECK(r.end->outcome == p::Outcome::interrupted);
    CHECK(r.measurements.front().measurement.value);
  }
}

TEST_CASE("an invocation that the wish to stop ended is no invocation of its case, and one that came to its end is") {
  // The signal comes while the last invocation of the second of three cases runs.
  for (const p::Outcome last : {p::Outcome::passed, p::Outcome::crashed, p::Outcome::interrupted}) {
    Bench bench(2);
    bench.workers.script = [&bench, last](const p::RunJob& job, s::MessageTaker& taker) {
      s::WorkerReport report = passed_with(job, taker, 10);
      if (bench.workers.jobs.size() == 5) {
        bench.stop.raised = 2;
        report.outcome = last;
        report.reason = last == p::Outcome::passed ? "" : "it ended";
      }
      return report;
    };
    const s::RunSummary summary = bench.run();
    CHECK(bench.workers.jobs.size() == 5);
    CHECK(summary.signal == 2);
    const auto results = bench.results(summary.run);
    const bool first_last = results[0].end->outcome == last;
    const auto& decided = *results[first_last ? 0 : 1].end;
    const auto& stopped = *results[first_last ? 1 : 0].end;
    CHECK(decided.outcome == last);
    CHECK(stopped.outcome == p::Outcome::interrupted);
    CHECK(stopped.reason == "the run was stopped after 2 invocations of at least 3");
    if (last == p::Outcome::interrupted)
      CHECK(decided.reason == "the run was stopped after 2 invocations of at least 3");
    if (last == p::Outcome::crashed) CHECK(decided.reason == "it ended");
  }
}

TEST_CASE("a worker that somebody else interrupts takes only its own case with it") {
  Bench bench(3);
  bench.workers.script = [&bench](const p::RunJob& job, s::MessageTaker& taker) {
    s::WorkerReport report = passed_with(job, taker, 10);
    if (bench.workers.jobs.size() != 2) return report;
    report.outcome = p::Outcome::interrupted;
    report.reason = "somebody asked it to stop";
    return report;
  };
  const s::RunSummary summary = bench.run();
  CHECK(summary.outcomes.at(p::Outcome::interrupted) == 1);
  CHECK(summary.outcomes.at(p::Outcome::passed) == 2);
}

TEST_CASE("a signal during the last invocation of the last case has kept the run from nothing") {
  Bench bench(1);
  bench.workers.script = [&](const p::RunJob& job, s::MessageTaker& taker) {
    if (bench.workers.jobs.size() == 3) bench.stop.raised = 2;
    return passed_with(job, taker, 10);
  };
  const s::RunSummary summary = bench.run();
  CHECK(summary.signal == 0);
  CHECK(summary.outcomes.at(p::Outcome::passed) == 1);
}

TEST_CASE("the standing counts what is finished, cases that never run included") {
  Bench bench(3);
  bench.plan.cases[1].spec.skip_reason = "no such device";
  bench.run();
  CHECK(bench.observer.standings == std::vector<std::size_t>{1, 2, 3});
}

TEST_CASE("the time left runs down while an invocation is under way, and never below nothing") {
  Bench bench(1);
  constexpr std::int64_t kSecond = 1'000'000'000;
  bench.workers.script = [&](const p::RunJob& job, s::MessageTaker& taker) {
    for (int second = 0; second < (job.invocation == 2 ? 15 : 10); ++second) {
      bench.clock.advance(kSecond);
      if (second % 5 == 4) taker.on_tick();
    }
    return passed_with(job, taker, 10);
  };
  bench.run();
  // Three invocations of 10, 10 and 15 s, ticks every five.
  using Left = std::vector<std::optional<std::int64_t>>;
  CHECK(bench.observer.remaining == Left{std::nullopt, std::nullopt, 15 * kSecond, 10 * kSecond, 5 * kSecond, 0, 0});
}

TEST_CASE("the yardstick is invoked once a round and gives the resolution") {
  Bench bench(2);
  for (auto& c : bench.plan.cases) c.policy.min_invocations = c.policy.max_invocations = 6;
  bench.plan.yardstick = Bench::a_case(9);
  bench.workers.script = [&](const p::RunJob& job, s::MessageTaker& taker) {
    return passed_with(job, taker, job.invocation % 2 == 1 ? 10.2 : 10.0);
  };
  const s::RunSummary summary = bench.run();
  CHECK(bench.workers.jobs.size() == 18);
  // It comes before the cases of its round and is no part of what the run has to do.
  REQUIRE(bench.observer.shares.size() == 18);
  for (std::uint64_t i = 0; i < 18; ++i) CHECK(bench.observer.shares[i] == std::pair{i - i / 3, std::uint64_t{12}});
  REQUIRE(summary.resolution_ratio);
  CHECK(*summary.resolution_ratio > 0.005);
  CHECK(*summary.resolution_ratio < 0.1);
  const auto results = bench.results(summary.run);
  CHECK(std::ranges::count(results, std::string("yardstick"), [](const auto& r) { return r.start.role; }) == 1);
}

TEST_CASE("a run of few rounds invokes the yardstick until it can answer") {
  Bench bench(1);
  bench.plan.yardstick = Bench::a_case(9);
  const s::RunSummary summary = bench.run();
  CHECK(bench.workers.jobs.size() == 3 + 5);
  CHECK(summary.resolution_ratio);
}

TEST_CASE("a yardstick that does not pass is asked once, and the reason is told") {
  Bench bench(1);
  bench.plan.yardstick = Bench::a_case(9);
  bench.workers.script = [](const p::RunJob& job, s::MessageTaker& taker) {
    if (std::get<std::uint64_t>(job.values[0].scalars[0]) == 4096) return passed_with(job, taker, 10);
    s::WorkerReport report;
    report.outcome = p::Outcome::failed;
    report.reason = "elided";
    return report;
  };
  const s::RunSummary summary = bench.run();
  CHECK(bench.workers.jobs.size() == 3 + 1);
  CHECK_FALSE(summary.resolution_ratio);
  CHECK(bench.observer.warnings.size() == 1);
}

TEST_CASE("a sweep that was run gives its summaries") {
  Bench bench(3);
  p::SummaryRecord best;
  best.id = best.title = best.description = "best_bytes";
  best.unit = "By";
  best.kind = 3;  // BEST_AT
  best.direction = p::Direction::none;
  bench.plan.plugins[0].record.benchmarks[0].summaries.push_back(best);
  bench.workers.script = [](const p::RunJob& job, s::MessageTaker& taker) {
    return passed_with(job, taker, std::get<std::uint64_t>(job.values[0].scalars[0]) == 4097 ? 5 : 10);
  };
  const s::RunSummary summary = bench.run();
  const auto values = bench.store->summaries(summary.run);
  REQUIRE(values.ok());
  REQUIRE(values->size() == 1);
  CHECK(values->front().summary == "best_bytes");
  CHECK(*values->front().value == 4097);
}

TEST_CASE("a worker that cannot be started is an infrastructure error of its case") {
  Bench bench(1);
  bench.workers.script = {};
  class NoWorkers final : public s::WorkerRunner {
   public:
    Result<s::WorkerReport> run(const p::RunJob&, std::int64_t, s::MessageTaker&) override {
      return benchhost::make_error("BH0010", "no process");
    }
    std::string_view sandbox_tier() const override { return "T0"; }
  } none;
  s::ExecutorParts parts{*bench.store, none, bench.clock, bench.scratch, bench.observer, bench.stop, no_cores};
  const auto summary = s::execute(bench.plan, parts);
  REQUIRE(summary.ok());
  CHECK(summary->outcomes.at(p::Outcome::infra_error) == 1);
}

TEST_CASE("a run ends after as many failures as were allowed") {
  Bench bench(5);
  bench.plan.max_failures = 2;
  bench.workers.script = [](const p::RunJob&, s::MessageTaker&) {
    s::WorkerReport report;
    report.outcome = p::Outcome::failed;
    report.reason = "wrong results";
    return report;
  };
  const s::RunSummary summary = bench.run();
  CHECK(summary.stopped_by_failures);
  CHECK(summary.outcomes.at(p::Outcome::failed) == 2);
  CHECK(bench.workers.jobs.size() == 2);
}

TEST_CASE("limits are decided by the interval, stored with their case and counted") {
  Bench bench(1);
  // 1000 bytes in 9.9 to 10.1 ns an iteration, so about 100 GB/s.
  bench.workers.script = [](const p::RunJob& job, s::MessageTaker& taker) {
    return passed_with(job, taker, 9.9 + 0.1 * job.invocation);
  };
  namespace su = benchhost::suite;
  bench.plan.cases[0].spec.gates = {{"bandwidth", "By/s", su::Gate::Kind::at_least, 1, "1 B/s"},
                                    {"time", "ns", su::Gate::Kind::at_most, 5, "5 ns"},
                                    {"time", "ns", su::Gate::Kind::at_most, 10, "10 ns"}};
  const s::RunSummary summary = bench.run();
  CHECK(summary.gates_tripped == 1);
  CHECK(summary.gates_undecided == 1);
  const auto all = bench.results(summary.run);
  REQUIRE(all.size() == 1);
  const auto& gates = all[0].end->gates;
  REQUIRE(gates.size() == 3);
  CHECK(gates[0].verdict == st::GateVerdict::held);
  CHECK(gates[1].verdict == st::GateVerdict::tripped);
  CHECK(gates[2].verdict == st::GateVerdict::undecided);
}

TEST_CASE("a case that did not pass is checked against no limit") {
  Bench bench(1);
  namespace su = benchhost::suite;
  bench.plan.cases[0].spec.gates = {{"bandwidth", "By/s", su::Gate::Kind::at_least, 1e30, "a lot"}};
  bench.workers.script = [](const p::RunJob&, s::MessageTaker&) {
    s::WorkerReport report;
    report.outcome = p::Outcome::crashed;
    report.reason = "SIGSEGV";
    return report;
  };
  const s::RunSummary summary = bench.run();
  CHECK(summary.gates_tripped == 0);
  CHECK(bench.results(summary.run)[0].end->gates.empty());
}

TEST_CASE("a case whose environment the suite insists on is an infrastructure error and never invoked") {
  Bench bench(2);
  bench.plan.cases[1].refused_because = "the governor is powersave";
  const s::RunSummary summary = bench.run();
  CHECK(summary.outcomes.at(p::Outcome::infra_error) == 1);
  CHECK(summary.outcomes.at(p::Outcome::passed) == 1);
  CHECK(bench.workers.jobs.size() == 3);
  const auto all = bench.results(summary.run);
  CHECK(all[1].end->reason == "the governor is powersave");
}

TEST_CASE("what is known to be amiss before the first case is shown and stored as an event") {
  Bench bench(1);
  bench.plan.warnings = {"the machine is busy"};
  const s::RunSummary summary = bench.run();
  CHECK(bench.observer.warnings == std::vector<std::string>{"the machine is busy"});
  const auto events = bench.store->events(summary.run, 0, 0);
  REQUIRE(events.ok());
  const auto found = std::ranges::find(*events, "warning", &st::Event::kind);
  REQUIRE(found != events->end());
  CHECK(found->body["text"].as_string() == "the machine is busy");
}
