// One suite for every store.
#include "store/run_store.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <memory>
#include <string>

#include "contract/store/sample_records.h"
#include "contract/store/temp_folder.h"
#include "store/memory_store.h"
#include "store/sqlite_store.h"

namespace benchhost::store {
namespace {

using test::kFingerprint;
using test::sample_benchmark;
using test::sample_case;
using test::sample_end;
using test::sample_invocation;
using test::sample_plugin;
using test::sample_run;

constexpr std::int64_t kWall = 1'700'000'001'000'000'000;

/// A store of either kind with the sample plugin registered.
struct Fixture {
  test::TempFolder folder;
  std::unique_ptr<RunStore> store;

  explicit Fixture(bool sqlite) {
    const auto clock = [] { return kWall; };
    if (sqlite) {
      auto opened = open_store({folder.file("results.db"), 1000, clock});
      REQUIRE_MESSAGE(opened.ok(), to_text(opened.ok() ? Error{} : opened.error()));
      store = std::move(opened->store);
    } else {
      store = make_memory_store(clock);
    }
    const protocol::BenchmarkRecord benchmark = sample_benchmark();
    REQUIRE(store->register_plugin(sample_plugin(), {&benchmark, 1}).ok());
  }

  RunId begin(RunStart start = sample_run()) {
    auto run = store->begin_run(start);
    REQUIRE_MESSAGE(run.ok(), to_text(run.ok() ? Error{} : run.error()));
    return *run;
  }
  ResultId start(RunId run, const CaseStart& start) {
    auto result = store->start_case(run, start);
    REQUIRE_MESSAGE(result.ok(), to_text(result.ok() ? Error{} : result.error()));
    return *result;
  }
  std::vector<std::string> kinds(std::optional<RunId> run = std::nullopt) {
    auto events = store->events(run, 0, 0);
    REQUIRE(events.ok());
    std::vector<std::string> all;
    for (const auto& event : *events) all.push_back(event.kind);
    return all;
  }
};

/// The code of the error, "" if there is none.
template <class T>
std::string code(const Result<T>& result) {
  return result.ok() ? std::string() : result.error().code;
}

#define FOR_EACH_STORE()                   \
  bool sqlite = false;                     \
  SUBCASE("in memory") { sqlite = false; } \
  SUBCASE("in SQLite") { sqlite = true; }  \
  Fixture f(sqlite)

TEST_CASE("an empty store says that it holds no run yet") {
  FOR_EACH_STORE();
  CHECK(f.store->list_runs(0)->empty());
  const auto latest = f.store->find_run("latest");
  REQUIRE_FALSE(latest.ok());
  CHECK(latest.error().code == "BH0408");
  CHECK(latest.error().help.find("no run yet") != std::string::npos);
  CHECK(code(f.store->run(1)) == "BH0408");
  CHECK(code(f.store->result(1)) == "BH0408");
  CHECK(code(f.store->results(1, Attempts::all)) == "BH0408");
  CHECK(code(f.store->invocations(1)) == "BH0408");
  CHECK(code(f.store->segment(1)) == "BH0408");
  CHECK_FALSE(f.store->last_estimate("case-1", "")->has_value());
  CHECK_FALSE(f.store->benchmark("nobody")->has_value());
  CHECK_FALSE(f.store->plugin("sha256:ff")->has_value());
}

TEST_CASE("a run comes back as it was begun, with its devices and backends") {
  FOR_EACH_STORE();
  RunStart start = sample_run();
  start.uid = "00112233445566778899aabbccddeeff";
  const RunId run = f.begin(start);
  const auto stored = f.store->run(run);
  REQUIRE(stored.ok());
  CHECK(stored->id == run);
  CHECK(stored->state == RunState::running);
  CHECK_FALSE(stored->end.has_value());
  RunStart expected = start;
  expected.devices.clear();
  expected.backends.clear();
  CHECK(stored->start == expected);
  CHECK(*f.store->run_devices(run) == start.devices);
  CHECK(*f.store->run_backends(run) == start.backends);
}

TEST_CASE("a run without a uid is given one of its own") {
  FOR_EACH_STORE();
  const RunId first = f.begin();
  const RunId second = f.begin();
  const std::string a = f.store->run(first)->start.uid;
  const std::string b = f.store->run(second)->start.uid;
  CHECK(a.size() == 32);
  CHECK(a != b);
}

TEST_CASE("two runs cannot share a uid") {
  FOR_EACH_STORE();
  RunStart start = sample_run();
  start.uid = "aabbccddeeff00112233445566778899";
  f.begin(start);
  CHECK(code(f.store->begin_run(start)) == "BH0409");
  CHECK(f.store->list_runs(0)->size() == 1);
}

TEST_CASE("a run is found by number, age, uid and label, and a wrong reference names the newest") {
  FOR_EACH_STORE();
  RunStart start = sample_run();
  start.uid = "abcdef00000000000000000000000001";
  start.labels = {{"build", "1"}};
  const RunId first = f.begin(start);
  start.uid = "abcdef00000000000000000000000002";
  start.labels = {{"build", "2"}};
  const RunId second = f.begin(start);
  CHECK(*f.store->find_run("latest") == second);
  CHECK(*f.store->find_run("latest~0") == second);
  CHECK(*f.store->find_run("latest~1") == first);
  CHECK(*f.store->find_run(std::to_string(first)) == first);
  CHECK(*f.store->find_run("uid:abcdef00000000000000000000000001") == first);
  CHECK(*f.store->find_run("build=1") == first);
  for (const char* bad : {"latest~2", "latest~", "latest~-1", "99", "-1", "0", "", "build=3", "=1", "abcdef",
                          "nonsense", "latest~99999999999999999999", "latest~18446744073709551615"}) {
    CAPTURE(bad);
    CHECK(code(f.store->find_run(bad)) == "BH0408");
  }
  CHECK(f.store->find_run("99").error().help.find(std::to_string(second)) != std::string::npos);
}

TEST_CASE("runs are listed newest first, up to a limit") {
  FOR_EACH_STORE();
  const RunId a = f.begin();
  const RunId b = f.begin();
  const RunId c = f.begin();
  const auto all = f.store->list_runs(0);
  REQUIRE(all->size() == 3);
  CHECK((*all)[0].id == c);
  CHECK((*all)[1].id == b);
  CHECK((*all)[2].id == a);
  CHECK(f.store->list_runs(2)->size() == 2);
}

TEST_CASE("a result comes back with its case, end and measurements, primary metric first") {
  FOR_EACH_STORE();
  const RunId run = f.begin();
  const CaseStart start = sample_case(7, 4096);
  const ResultId id = f.start(run, start);
  const CaseEnd end = sample_end(2.5e10);
  REQUIRE(f.store->finish_case(id, end).ok());
  const auto stored = f.store->result(id);
  REQUIRE_MESSAGE(stored.ok(), to_text(stored.ok() ? Error{} : stored.error()));
  CHECK(stored->run == run);
  CHECK(stored->start == start);
  CHECK(stored->plugin_id == "org.example.stream");
  CHECK(stored->plugin_version == "1.2.0");
  REQUIRE(stored->end.has_value());
  CHECK(stored->end->outcome == protocol::Outcome::passed);
  CHECK(stored->end->flags == end.flags);
  CHECK(stored->end->verification == end.verification);
  CHECK(stored->end->duration_ns == end.duration_ns);
  CHECK(stored->end->plan == end.plan);
  CHECK(stored->end->gates == end.gates);
  CHECK(stored->end->modes == end.modes);
  CHECK_FALSE(stored->end->phase.has_value());
  CHECK_FALSE(stored->end->cached_from.has_value());
  REQUIRE(stored->measurements.size() == 3);
  CHECK(stored->measurements[0].measurement == end.measurements[1]);
  CHECK(stored->measurements[0].metric == sample_benchmark().metrics[1]);
  CHECK(stored->measurements[1].measurement == end.measurements[0]);
  CHECK_FALSE(stored->measurements[1].measurement.value.has_value());
  CHECK(stored->measurements[2].metric == end.added_metrics[0]);
}

TEST_CASE("an unfinished result has no end") {
  FOR_EACH_STORE();
  const RunId run = f.begin();
  const ResultId id = f.start(run, sample_case(0, 64));
  CHECK_FALSE(f.store->result(id)->end.has_value());
  CHECK(f.store->run(run)->counts.at(std::nullopt) == 1);
}

TEST_CASE("a failed result keeps phase, code, reason and the lack of an oracle") {
  FOR_EACH_STORE();
  const RunId run = f.begin();
  const ResultId id = f.start(run, sample_case(0, 64));
  CaseEnd end;
  end.outcome = protocol::Outcome::crashed;
  end.code = "BH0303";
  end.reason = "SIGSEGV after 1.2 s";
  end.phase = protocol::Phase::measuring;
  REQUIRE(f.store->finish_case(id, end).ok());
  const auto stored = *f.store->result(id);
  CHECK(stored.end->outcome == protocol::Outcome::crashed);
  CHECK(stored.end->code == "BH0303");
  CHECK(stored.end->reason == "SIGSEGV after 1.2 s");
  CHECK(stored.end->phase == protocol::Phase::measuring);
  CHECK_FALSE(stored.end->verification.passed.has_value());
  CHECK_FALSE(stored.end->plan.has_value());
  CHECK(stored.measurements.empty());
}

TEST_CASE("an invocation comes back with calibration, usage, work, histograms, logs, artefacts and segments") {
  FOR_EACH_STORE();
  const RunId run = f.begin();
  const ResultId id = f.start(run, sample_case(0, 64));
  const Invocation given = sample_invocation(0);
  const auto invocation = f.store->add_invocation(id, given);
  REQUIRE_MESSAGE(invocation.ok(), to_text(invocation.ok() ? Error{} : invocation.error()));
  const auto all = f.store->invocations(id);
  REQUIRE_MESSAGE(all.ok(), to_text(all.ok() ? Error{} : all.error()));
  REQUIRE(all->size() == 1);
  const StoredInvocation& stored = all->front();
  const Invocation& v = stored.invocation;
  CHECK(stored.id == *invocation);
  CHECK(v.index == 0);
  CHECK(v.flags == given.flags);
  CHECK(v.started_wall_ns == given.started_wall_ns);
  CHECK(v.duration_ns == given.duration_ns);
  CHECK(v.exit_code == 0);
  CHECK_FALSE(v.signal.has_value());
  REQUIRE(v.calibration.has_value());
  CHECK(v.calibration->clock == given.calibration->clock);
  CHECK(v.calibration->n == 4096);
  CHECK(v.calibration->clock_cost_ns == 21.5);
  CHECK(v.calibration->fit_overhead_ns == 30.25);
  CHECK_FALSE(v.calibration->fit_cost_ns.has_value());
  CHECK(v.calibration->warmup_class == "flat");
  REQUIRE(v.usage.has_value());
  CHECK(v.usage->peak_rss_bytes == 12'345'678);
  CHECK(v.usage->minor_faults == 0);
  CHECK_FALSE(v.usage->major_faults.has_value());
  CHECK(v.usage->cores == std::vector<std::uint32_t>{0, 3});
  REQUIRE(v.work.size() == 2);
  CHECK(v.work[0].key == "bytes_read");
  CHECK(v.work[1].amount == 4096.0);
  CHECK(v.disturbed_batches == given.disturbed_batches);
  REQUIRE(v.histograms.size() == 1);
  CHECK(v.histograms[0].buckets == given.histograms[0].buckets);
  CHECK(v.histograms[0].sum == 123.5);
  CHECK(v.histograms[0].precision_bits == 9);
  CHECK(v.times == given.times);
  CHECK(v.counts == given.counts);
  CHECK(v.energy == given.energy);
  CHECK(v.logs == given.logs);
  REQUIRE(v.artefacts.size() == 2);
  CHECK(v.artefacts[0].name == "trace.bin");
  CHECK(v.artefacts[0].data.empty());
  const auto artefacts = f.store->artefacts(stored.id);
  CHECK((*artefacts)[0].data == given.artefacts[0].data);
  CHECK((*artefacts)[1].data.empty());
  REQUIRE(stored.segments.size() == given.segments.size());
  for (std::size_t i = 0; i < given.segments.size(); ++i) {
    CAPTURE(i);
    const protocol::Segment& wanted = given.segments[i];
    CHECK(stored.segments[i].count == wanted.size());
    CHECK(stored.segments[i].segment.size() == 0);
    const auto segment = f.store->segment(stored.segments[i].id);
    REQUIRE(segment.ok());
    CHECK(segment->quantity == wanted.quantity);
    CHECK(segment->phase == wanted.phase);
    CHECK(segment->n == wanted.n);
    CHECK(segment->first_batch == wanted.first_batch);
    CHECK(segment->batch_step == wanted.batch_step);
    CHECK(segment->metric == wanted.metric);
    CHECK(segment->label == wanted.label);
    CHECK(segment->index == wanted.index);
    CHECK(segment->integers == wanted.integers);
    CHECK(segment->reals == wanted.reals);
  }
}

TEST_CASE("an invocation that a signal ended has no exit status, calibration or usage") {
  FOR_EACH_STORE();
  const RunId run = f.begin();
  const ResultId id = f.start(run, sample_case(0, 64));
  Invocation v;
  v.outcome = protocol::Outcome::crashed;
  v.reason = "SIGSEGV";
  v.phase = protocol::Phase::preparing;
  v.signal = 11;
  REQUIRE(f.store->add_invocation(id, v).ok());
  const auto stored = f.store->invocations(id)->front().invocation;
  CHECK(stored.outcome == protocol::Outcome::crashed);
  CHECK(stored.phase == protocol::Phase::preparing);
  CHECK(stored.signal == 11);
  CHECK_FALSE(stored.exit_code.has_value());
  CHECK_FALSE(stored.calibration.has_value());
  CHECK_FALSE(stored.usage.has_value());
}

TEST_CASE("samples at the ends of int64 come back exactly") {
  FOR_EACH_STORE();
  const RunId run = f.begin();
  const ResultId id = f.start(run, sample_case(0, 64));
  Invocation v;
  protocol::Segment s;
  s.n = 1;
  s.integers = {std::numeric_limits<std::int64_t>::min(), -1, 0, std::numeric_limits<std::int64_t>::max()};
  v.segments = {s};
  REQUIRE(f.store->add_invocation(id, v).ok());
  const auto segment = f.store->invocations(id)->front().segments.front().id;
  CHECK(f.store->segment(segment)->integers == s.integers);
}

TEST_CASE("bytes of a log that are no UTF-8 become replacement characters") {
  FOR_EACH_STORE();
  const RunId run = f.begin();
  const ResultId id = f.start(run, sample_case(0, 64));
  Invocation v;
  v.logs = {{"info", "stdout",
             "a\xff"
             "b"}};
  REQUIRE(f.store->add_invocation(id, v).ok());
  CHECK(f.store->invocations(id)->front().invocation.logs.front().text ==
        "a\xef\xbf\xbd"
        "b");
}

TEST_CASE("the invocations of cases that interleave keep apart") {
  FOR_EACH_STORE();
  const RunId run = f.begin();
  const ResultId a = f.start(run, sample_case(0, 64));
  const ResultId b = f.start(run, sample_case(1, 128));
  for (std::uint32_t i = 0; i < 3; ++i) {
    Invocation v = sample_invocation(i);
    v.segments[1].integers = {100 + i};
    REQUIRE(f.store->add_invocation(a, v).ok());
    v.segments[1].integers = {200 + i};
    REQUIRE(f.store->add_invocation(b, v).ok());
  }
  const auto of_a = *f.store->invocations(a);
  const auto of_b = *f.store->invocations(b);
  REQUIRE(of_a.size() == 3);
  for (std::uint32_t i = 0; i < 3; ++i) {
    CHECK(f.store->segment(of_a[i].segments[1].id)->integers == std::vector<std::int64_t>{100 + i});
    CHECK(f.store->segment(of_b[i].segments[1].id)->integers == std::vector<std::int64_t>{200 + i});
  }
}

TEST_CASE("contradictory records are refused and leave nothing behind") {
  FOR_EACH_STORE();
  const RunId run = f.begin();
  const ResultId id = f.start(run, sample_case(0, 64));
  const std::size_t before = f.kinds().size();

  SUBCASE("a case of an unknown run") { CHECK(code(f.store->start_case(run + 5, sample_case(1, 64))) == "BH0408"); }
  SUBCASE("an ordinal, role and attempt twice") {
    CHECK(code(f.store->start_case(run, sample_case(0, 128))) == "BH0409");
  }
  SUBCASE("an unregistered plugin") {
    CaseStart s = sample_case(1, 64);
    s.plugin_fingerprint = "sha256:other";
    CHECK(code(f.store->start_case(run, s)) == "BH0409");
  }
  SUBCASE("an unregistered benchmark") {
    CaseStart s = sample_case(1, 64);
    s.case_.benchmark = "org.example.other";
    CHECK(code(f.store->start_case(run, s)) == "BH0409");
  }
  SUBCASE("another revision of the benchmark") {
    CaseStart s = sample_case(1, 64);
    s.case_.workload_revision = 4;
    CHECK(code(f.store->start_case(run, s)) == "BH0409");
  }
  SUBCASE("a device that is none of the run's") {
    CaseStart s = sample_case(1, 64);
    s.device_names = {"cuda:0"};
    CHECK(code(f.store->start_case(run, s)) == "BH0409");
  }
  SUBCASE("a case without a key") {
    CaseStart s = sample_case(1, 64);
    s.case_.key.clear();
    CHECK(code(f.store->start_case(run, s)) == "BH0409");
  }
  SUBCASE("an invocation of an unknown result") {
    CHECK(code(f.store->add_invocation(id + 9, sample_invocation(0))) == "BH0408");
  }
  SUBCASE("a sample that is not a number") {
    Invocation v = sample_invocation(0);
    v.segments[2].reals[1] = std::nan("");
    CHECK(code(f.store->add_invocation(id, v)) == "BH0409");
  }
  SUBCASE("samples of the wrong type") {
    Invocation v = sample_invocation(0);
    v.segments[2].integers = {1};
    CHECK(code(f.store->add_invocation(id, v)) == "BH0409");
  }
  SUBCASE("a batch number beyond int64") {
    Invocation v = sample_invocation(0);
    v.segments[1].batch_step = std::numeric_limits<std::uint64_t>::max() / 4;
    CHECK(code(f.store->add_invocation(id, v)) == "BH0409");
  }
  SUBCASE("an iteration count beyond int64") {
    Invocation v = sample_invocation(0);
    v.calibration->n = std::numeric_limits<std::uint64_t>::max();
    CHECK(code(f.store->add_invocation(id, v)) == "BH0409");
  }
  SUBCASE("buckets out of order") {
    Invocation v = sample_invocation(0);
    v.histograms[0].buckets = {{4, 1}, {4, 1}};
    CHECK(code(f.store->add_invocation(id, v)) == "BH0409");
  }
  SUBCASE("a histogram of a precision that there is not") {
    Invocation v = sample_invocation(0);
    v.histograms[0].precision_bits = 0;
    CHECK(code(f.store->add_invocation(id, v)) == "BH0409");
  }
  SUBCASE("a failed invocation without a reason") {
    Invocation v = sample_invocation(0);
    v.outcome = protocol::Outcome::failed;
    CHECK(code(f.store->add_invocation(id, v)) == "BH0409");
  }
  SUBCASE("a measurement of an undeclared metric") {
    CaseEnd end = sample_end(1);
    end.added_metrics.clear();
    CHECK(code(f.store->finish_case(id, end)) == "BH0409");
  }
  SUBCASE("an added metric whose id is taken") {
    CaseEnd end = sample_end(1);
    end.added_metrics.push_back(test::metric("time", "ns", false));
    CHECK(code(f.store->finish_case(id, end)) == "BH0409");
  }
  SUBCASE("a measurement twice") {
    CaseEnd end = sample_end(1);
    end.measurements.push_back(end.measurements[1]);
    CHECK(code(f.store->finish_case(id, end)) == "BH0409");
  }
  SUBCASE("a measurement with neither a value nor a reason") {
    CaseEnd end = sample_end(1);
    end.measurements[0].null_reason.clear();
    CHECK(code(f.store->finish_case(id, end)) == "BH0409");
  }
  SUBCASE("a limit on an undeclared metric") {
    CaseEnd end = sample_end(1);
    end.gates[0].metric = "speed";
    CHECK(code(f.store->finish_case(id, end)) == "BH0409");
  }
  SUBCASE("a limit that is not held and says not why") {
    CaseEnd end = sample_end(1);
    end.gates[1].reason.clear();
    CHECK(code(f.store->finish_case(id, end)) == "BH0409");
  }
  SUBCASE("an infinite limit") {
    CaseEnd end = sample_end(1);
    end.gates[0].bound = std::numeric_limits<double>::infinity();
    CHECK(code(f.store->finish_case(id, end)) == "BH0409");
  }
  SUBCASE("modes of an undeclared metric") {
    CaseEnd end = sample_end(1);
    end.modes[0].metric = "speed";
    CHECK(code(f.store->finish_case(id, end)) == "BH0409");
  }
  SUBCASE("a mode alone, one of no value and one that is nowhere") {
    CaseEnd end = sample_end(1);
    end.modes[0].modes.pop_back();
    CHECK(code(f.store->finish_case(id, end)) == "BH0409");
    end = sample_end(1);
    end.modes[0].modes[0].count = 0;
    CHECK(code(f.store->finish_case(id, end)) == "BH0409");
    end = sample_end(1);
    end.modes[0].modes[0].location = std::nan("");
    CHECK(code(f.store->finish_case(id, end)) == "BH0409");
  }
  SUBCASE("an event with neither a count nor a reason, or both") {
    Invocation v = sample_invocation(0);
    v.counts->events[0].null_reason.clear();
    CHECK(code(f.store->add_invocation(id, v)) == "BH0409");
    v = sample_invocation(0);
    v.counts->events[1].null_reason = "why";
    CHECK(code(f.store->add_invocation(id, v)) == "BH0409");
    v = sample_invocation(0);
    v.counts->events[1].value = std::nan("");
    CHECK(code(f.store->add_invocation(id, v)) == "BH0409");
  }
  SUBCASE("a zone with neither energy nor a reason") {
    Invocation v = sample_invocation(0);
    v.energy->zones[1].null_reason.clear();
    CHECK(code(f.store->add_invocation(id, v)) == "BH0409");
    v.energy->zones[1].joules = std::numeric_limits<double>::infinity();
    CHECK(code(f.store->add_invocation(id, v)) == "BH0409");
  }
  SUBCASE("an infinite value") {
    CaseEnd end = sample_end(1);
    end.measurements[1].value = std::numeric_limits<double>::infinity();
    CHECK(code(f.store->finish_case(id, end)) == "BH0409");
  }
  SUBCASE("more independent samples than samples") {
    CaseEnd end = sample_end(1);
    end.measurements[1].effective_samples = 500.5;
    CHECK(code(f.store->finish_case(id, end)) == "BH0409");
  }
  SUBCASE("half of a percentile's bounds") {
    CaseEnd end = sample_end(1);
    end.measurements[1].bound_high.reset();
    CHECK(code(f.store->finish_case(id, end)) == "BH0409");
  }
  SUBCASE("bounds of a percentile in the wrong order") {
    CaseEnd end = sample_end(1);
    std::swap(end.measurements[1].bound_low, end.measurements[1].bound_high);
    CHECK(code(f.store->finish_case(id, end)) == "BH0409");
  }
  SUBCASE("a plan that is none and does not say why") {
    CaseEnd end = sample_end(1);
    end.plan->planned_invocations.reset();
    CHECK(code(f.store->finish_case(id, end)) == "BH0409");
  }
  SUBCASE("a plan with an infinite cost") {
    CaseEnd end = sample_end(1);
    end.plan->planned_ns = std::numeric_limits<double>::infinity();
    CHECK(code(f.store->finish_case(id, end)) == "BH0409");
  }
  SUBCASE("half an interval") {
    CaseEnd end = sample_end(1);
    end.measurements[1].high.reset();
    CHECK(code(f.store->finish_case(id, end)) == "BH0409");
  }
  SUBCASE("a skipped case without a reason") {
    CaseEnd end;
    end.outcome = protocol::Outcome::skipped;
    CHECK(code(f.store->record_case(run, sample_case(1, 64), end)) == "BH0409");
  }
  SUBCASE("a case cached from nowhere") {
    CaseEnd end;
    end.outcome = protocol::Outcome::cached;
    end.reason = "nothing changed";
    end.cached_from = 999;
    CHECK(code(f.store->record_case(run, sample_case(1, 64), end)) == "BH0408");
  }
  SUBCASE("a summary with neither a value nor a reason") {
    SummaryValue s;
    s.benchmark = "b";
    s.summary = "knee";
    CHECK(code(f.store->add_summaries(run, {&s, 1})) == "BH0409");
  }
  SUBCASE("an event without a kind") { CHECK(code(f.store->add_event(run, "", Json())) == "BH0409"); }
  SUBCASE("an event whose body is no object") { CHECK(code(f.store->add_event(run, "x", Json(3))) == "BH0409"); }
  SUBCASE("an event of an unknown run") { CHECK(code(f.store->add_event(run + 1, "x", Json())) == "BH0408"); }
  SUBCASE("the end of an unknown run") { CHECK(code(f.store->finish_run(run + 1, {})) == "BH0408"); }
  SUBCASE("resuming a run that goes on") { CHECK(code(f.store->resume_run(run)) == "BH0409"); }
  SUBCASE("a run on two devices of one name") {
    RunStart s = sample_run();
    s.devices.push_back(s.devices.front());
    CHECK(code(f.store->begin_run(s)) == "BH0409");
  }
  SUBCASE("a run with a finding of no known severity") {
    RunStart s = sample_run();
    s.findings[0].severity = "error";
    CHECK(code(f.store->begin_run(s)) == "BH0409");
  }
  SUBCASE("a run with two findings on one subject") {
    RunStart s = sample_run();
    s.findings.push_back(s.findings.front());
    CHECK(code(f.store->begin_run(s)) == "BH0409");
  }
  SUBCASE("a run with a finding that says nothing") {
    RunStart s = sample_run();
    s.findings[1].text.clear();
    CHECK(code(f.store->begin_run(s)) == "BH0409");
  }
  SUBCASE("a run without a testbed") {
    RunStart s = sample_run();
    s.testbed.key.clear();
    CHECK(code(f.store->begin_run(s)) == "BH0409");
  }
  SUBCASE("a plugin without a fingerprint") {
    PluginRow p = sample_plugin();
    p.fingerprint.clear();
    CHECK(code(f.store->register_plugin(p, {})) == "BH0409");
  }

  CHECK(f.kinds().size() == before);
  CHECK(f.store->list_runs(0)->size() == 1);
  CHECK(f.store->results(run, Attempts::all)->size() == 1);
  CHECK(f.store->invocations(id)->empty());
  CHECK_FALSE(f.store->result(id)->end.has_value());
  // The same result still takes what is right.
  CHECK(f.store->add_invocation(id, sample_invocation(0)).ok());
  CHECK(f.store->finish_case(id, sample_end(1)).ok());
}

TEST_CASE("a result that ended takes nothing more") {
  FOR_EACH_STORE();
  const RunId run = f.begin();
  const ResultId id = f.start(run, sample_case(0, 64));
  REQUIRE(f.store->add_invocation(id, sample_invocation(0)).ok());
  CHECK(code(f.store->add_invocation(id, sample_invocation(0))) == "BH0409");
  REQUIRE(f.store->finish_case(id, sample_end(1)).ok());
  CHECK(code(f.store->finish_case(id, sample_end(2))) == "BH0409");
  CHECK(code(f.store->add_invocation(id, sample_invocation(1))) == "BH0409");
  CHECK(f.store->result(id)->measurements[0].measurement.value == 1.0);
}

TEST_CASE("a retry is another attempt, and only the last one of the primary role counts") {
  FOR_EACH_STORE();
  const RunId run = f.begin();
  CaseEnd failed;
  failed.outcome = protocol::Outcome::failed;
  failed.reason = "wrong sum";
  REQUIRE(f.store->record_case(run, sample_case(0, 64), failed).ok());
  CaseStart again = sample_case(0, 64);
  again.attempt = 2;
  REQUIRE(f.store->record_case(run, again, sample_end(1)).ok());
  CaseStart other = sample_case(0, 64);
  other.role = "noise";
  REQUIRE(f.store->record_case(run, other, sample_end(1)).ok());
  const auto last = *f.store->results(run, Attempts::last);
  REQUIRE(last.size() == 2);
  CHECK(last[0].start.role == "noise");
  CHECK(last[1].start.attempt == 2);
  CHECK(f.store->results(run, Attempts::all)->size() == 3);
  const auto counts = f.store->run(run)->counts;
  CHECK(counts.size() == 1);
  CHECK(counts.at(protocol::Outcome::passed) == 1);
}

TEST_CASE("results are ordered by their place in the plan, not by when they ended") {
  FOR_EACH_STORE();
  const RunId run = f.begin();
  for (const std::uint64_t ordinal : {5u, 1u, 3u}) {
    REQUIRE(f.store->record_case(run, sample_case(ordinal, ordinal * 64), sample_end(1)).ok());
  }
  const auto all = *f.store->results(run, Attempts::last);
  REQUIRE(all.size() == 3);
  CHECK(all[0].start.ordinal == 1);
  CHECK(all[1].start.ordinal == 3);
  CHECK(all[2].start.ordinal == 5);
}

TEST_CASE("ending a run interrupts what has not ended, and closes it") {
  FOR_EACH_STORE();
  const RunId run = f.begin();
  const ResultId done = f.start(run, sample_case(0, 64));
  REQUIRE(f.store->finish_case(done, sample_end(1)).ok());
  const ResultId open = f.start(run, sample_case(1, 128));
  const RunEnd end{1'700'000'009'000'000'000, 130, "interrupted", 0.012};
  REQUIRE(f.store->finish_run(run, end).ok());
  CHECK(f.store->result(done)->end->outcome == protocol::Outcome::passed);
  CHECK(f.store->result(open)->end->outcome == protocol::Outcome::interrupted);
  CHECK_FALSE(f.store->result(open)->end->reason.empty());
  const auto stored = *f.store->run(run);
  CHECK(stored.state == RunState::finished);
  CHECK(stored.end == end);
  CHECK(code(f.store->finish_run(run, end)) == "BH0409");
  CHECK(code(f.store->start_case(run, sample_case(2, 64))) == "BH0409");
}

TEST_CASE("a run that ended can be resumed and ended again") {
  FOR_EACH_STORE();
  const RunId run = f.begin();
  f.start(run, sample_case(0, 64));
  REQUIRE(f.store->finish_run(run, {1, 130, "interrupted", std::nullopt}).ok());
  REQUIRE(f.store->resume_run(run).ok());
  CHECK(f.store->run(run)->state == RunState::running);
  CHECK_FALSE(f.store->run(run)->end.has_value());
  CaseStart again = sample_case(0, 64);
  again.attempt = 2;
  const ResultId id = f.start(run, again);
  REQUIRE(f.store->finish_case(id, sample_end(1)).ok());
  REQUIRE(f.store->finish_run(run, {2, 0, "", std::nullopt}).ok());
  CHECK(f.store->run(run)->counts.at(protocol::Outcome::passed) == 1);
  CHECK(code(f.store->resume_run(run + 1)) == "BH0408");
}

TEST_CASE("the event log tells the run in order, and can be read from any point on") {
  FOR_EACH_STORE();
  const RunId run = f.begin();
  const ResultId id = f.start(run, sample_case(0, 64));
  REQUIRE(f.store->add_invocation(id, sample_invocation(0)).ok());
  Json body;
  body.set("text", "the machine is noisy");
  const auto warning = f.store->add_event(run, "warning", body);
  REQUIRE(warning.ok());
  REQUIRE(f.store->finish_case(id, sample_end(1)).ok());
  CaseEnd skipped;
  skipped.outcome = protocol::Outcome::skipped;
  skipped.reason = "no such device";
  REQUIRE(f.store->record_case(run, sample_case(1, 64), skipped).ok());
  REQUIRE(f.store->add_event(std::nullopt, "elsewhere", Json()).ok());
  REQUIRE(f.store->finish_run(run, {}).ok());
  CHECK(f.kinds(run) == std::vector<std::string>{"run_started", "case_started", "invocation_done", "warning",
                                                 "case_finished", "case_finished", "run_finished"});
  const auto all = *f.store->events(std::nullopt, 0, 0);
  CHECK(all.size() == 8);
  for (std::size_t i = 1; i < all.size(); ++i) CHECK(all[i - 1].sequence < all[i].sequence);
  const auto later = *f.store->events(run, *warning, 2);
  REQUIRE(later.size() == 2);
  CHECK(later[0].kind == "case_finished");
  const auto itself = *f.store->events(run, *warning - 1, 1);
  CHECK(itself[0].body["text"].as_string() == "the machine is noisy");
  CHECK(itself[0].run == run);
  CHECK(itself[0].wall_ns == kWall);
}

TEST_CASE("the newest passed result of a case on a testbed gives its estimate") {
  FOR_EACH_STORE();
  const RunId run = f.begin();
  ResultId id = f.start(run, sample_case(0, 64));
  REQUIRE(f.store->add_invocation(id, sample_invocation(0)).ok());
  REQUIRE(f.store->add_invocation(id, sample_invocation(1)).ok());
  REQUIRE(f.store->finish_case(id, sample_end(1)).ok());
  CaseEnd failed;
  failed.outcome = protocol::Outcome::failed;
  failed.reason = "no";
  CaseStart again = sample_case(0, 64);
  again.attempt = 2;
  REQUIRE(f.store->record_case(run, again, failed).ok());
  const auto estimate = *f.store->last_estimate("case-64", "tb-1");
  REQUIRE(estimate.has_value());
  CHECK(estimate->duration_ns == 3'000'000'000);
  CHECK(estimate->invocations == 2);
  CHECK(estimate->iterations_per_batch == 4096);
  CHECK(f.store->last_estimate("case-64", "")->has_value());
  CHECK_FALSE(f.store->last_estimate("case-64", "tb-2")->has_value());
  CHECK_FALSE(f.store->last_estimate("case-65", "tb-1")->has_value());
}

TEST_CASE("a metric that changes its unit keeps the old unit at old measurements") {
  FOR_EACH_STORE();
  const RunId run = f.begin();
  const auto old = f.store->record_case(run, sample_case(0, 64), sample_end(1));
  REQUIRE(old.ok());
  protocol::BenchmarkRecord changed = sample_benchmark();
  changed.metrics[1].unit = "GBy/s";
  PluginRow rebuilt = sample_plugin();
  rebuilt.fingerprint = "sha256:0022";
  REQUIRE(f.store->register_plugin(rebuilt, {&changed, 1}).ok());
  CaseStart s = sample_case(1, 64);
  s.plugin_fingerprint = "sha256:0022";
  const auto fresh = f.store->record_case(run, s, sample_end(1));
  REQUIRE(fresh.ok());
  CHECK(f.store->result(*old)->measurements[0].metric.unit == "By/s");
  CHECK(f.store->result(*fresh)->measurements[0].metric.unit == "GBy/s");
}

TEST_CASE("registering a plugin again changes nothing but where it was seen") {
  FOR_EACH_STORE();
  PluginRow moved = sample_plugin();
  moved.file = "/elsewhere/stream.so";
  const protocol::BenchmarkRecord benchmark = sample_benchmark();
  REQUIRE(f.store->register_plugin(moved, {&benchmark, 1}).ok());
  CHECK(*f.store->plugin(kFingerprint) == moved);
  protocol::BenchmarkRecord expected = benchmark;
  expected.index = 0;
  CHECK(*f.store->benchmark(benchmark.id) == expected);
}

TEST_CASE("what was registered last holds, also where it was known before") {
  FOR_EACH_STORE();
  const RunId run = f.begin();
  const protocol::BenchmarkRecord first = sample_benchmark();
  protocol::BenchmarkRecord second = first;
  second.metrics[1].unit = "GBy/s";
  REQUIRE(f.store->register_plugin(sample_plugin(), {&second, 1}).ok());
  CHECK(f.store->benchmark(first.id)->value().metrics[1].unit == "GBy/s");
  const auto then = f.store->record_case(run, sample_case(0, 64), sample_end(1));
  REQUIRE(f.store->register_plugin(sample_plugin(), {&first, 1}).ok());
  CHECK(f.store->benchmark(first.id)->value().metrics[1].unit == "By/s");
  const auto now = f.store->record_case(run, sample_case(1, 64), sample_end(1));
  CHECK(f.store->result(*then)->measurements[0].metric.unit == "GBy/s");
  CHECK(f.store->result(*now)->measurements[0].metric.unit == "By/s");

  // Another plugin's word on the same benchmark is the last one, and does not change what the first plugin means.
  PluginRow other = sample_plugin();
  other.fingerprint = "sha256:0022";
  REQUIRE(f.store->register_plugin(other, {&second, 1}).ok());
  CHECK(f.store->benchmark(first.id)->value().metrics[1].unit == "GBy/s");
  const auto still = f.store->record_case(run, sample_case(2, 64), sample_end(1));
  CHECK(f.store->result(*still)->measurements[0].metric.unit == "By/s");
}

TEST_CASE("summaries are kept per run and replaced when computed again") {
  FOR_EACH_STORE();
  const RunId run = f.begin();
  SummaryValue knee{"org.example.stream.triad", "knee", "{type=double}", "L2", "By", 1e6, 9e5, 1.1e6, ""};
  SummaryValue none{"org.example.stream.triad", "knee", "{type=float}", "", "By", {}, {}, {}, "two points only"};
  const std::vector<SummaryValue> first{knee, none};
  REQUIRE(f.store->add_summaries(run, first).ok());
  knee.value = 2e6;
  knee.low.reset();
  knee.high.reset();
  REQUIRE(f.store->add_summaries(run, {&knee, 1}).ok());
  const auto stored = *f.store->summaries(run);
  REQUIRE(stored.size() == 2);
  CHECK(stored[0] == knee);
  CHECK(stored[1] == none);
  CHECK(f.store->summaries(run + 1)->empty());
}

TEST_CASE("parameters of every type come back exactly") {
  FOR_EACH_STORE();
  const RunId run = f.begin();
  CaseStart s = sample_case(0, 64);
  protocol::Value sizes;
  sizes.type = protocol::ValueType::uint64;
  sizes.list = true;
  sizes.scalars = {std::uint64_t{1}, std::uint64_t{2}};
  s.case_.parameters = {{"i", protocol::int_value(-5)},
                        {"u", protocol::uint_value(std::numeric_limits<std::uint64_t>::max())},
                        {"r", protocol::real_value(0.1)},
                        {"b", protocol::bool_value(true)},
                        {"s", protocol::string_value("a \"b\" \xc3\xa9")},
                        {"c", protocol::choice_value("fp16")},
                        {"l", sizes}};
  const ResultId id = f.start(run, s);
  CHECK(f.store->result(id)->start.case_.parameters == s.case_.parameters);
}

}  // namespace
}  // namespace benchhost::store
