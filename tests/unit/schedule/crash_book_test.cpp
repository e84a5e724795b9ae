// What of a run is counted for and against its benchmarks, and what is no longer started then.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "run_bench.h"
#include "schedule/kept_crash_book.h"

namespace d = benchhost::discover;
namespace fs = std::filesystem;
using namespace benchhost::test;

namespace {

s::WorkerReport crash(std::string fault = "SIGSEGV") {
  s::WorkerReport report;
  report.outcome = p::Outcome::crashed;
  report.code = "BH0303";
  report.reason = "killed by signal 11 while measuring";
  report.phase = p::Phase::measuring;
  report.signal = 11;
  report.own_fault = std::move(fault);
  return report;
}

s::WorkerReport ended(p::Outcome outcome) {
  s::WorkerReport report;
  report.outcome = outcome;
  report.reason = "it ended";
  return report;
}

/// What each case does, by its parameter's distance from 4096.
using Does = std::function<s::WorkerReport(std::uint64_t which, const p::RunJob&, s::MessageTaker&)>;

/// Runs of one plugin with two benchmarks, "copy" and "walk", and a file of state.
struct Nights {
  Nights()
      : folder([] {
          auto made = benchhost::platform::TempFolder::make(fs::temp_directory_path());
          REQUIRE(made.ok());
          return std::move(made).value();
        }()) {}

  [[nodiscard]] d::QuarantineFile file() { return {folder.path() / "quarantine.json", files}; }

  /// `copies` cases of copy, then `walks` of walk, each in one invocation unless more are asked for.
  struct Night {
    std::vector<p::Outcome> outcomes;  // by case
    std::vector<std::string> reasons;
    std::size_t workers = 0;
    std::vector<std::string> warnings;
  };
  Night run(std::size_t copies, std::size_t walks, const Does& does, std::uint32_t invocations = 1,
            const std::function<void(Bench&)>& change = {}) {
    Bench bench(copies + walks);
    auto& record = bench.plan.plugins[0].record;
    record.benchmarks.push_back(sample_benchmark());
    record.benchmarks[1].id = "org.test.walk";
    const d::Quarantine known = file().read().quarantine;
    for (std::size_t i = 0; i < bench.plan.cases.size(); ++i) {
      s::PlanCase& c = bench.plan.cases[i];
      if (i >= copies) {
        c.spec.benchmark = 1;
        c.spec.benchmark_id = "org.test.walk";
      }
      c.policy.min_invocations = c.policy.max_invocations = invocations;
      if (const auto* shut = known.find_shut("sha256:aa", c.spec.benchmark_id)) c.quarantine = reason_of(*shut);
    }
    bench.workers.script = [&](const p::RunJob& job, s::MessageTaker& taker) {
      return does(std::get<std::uint64_t>(job.values[0].scalars[0]) - 4096, job, taker);
    };
    if (change) change(bench);
    Night night;
    // Each run has a database of its own here.
    s::KeptCrashBook book(file(), known, {"/night" + std::to_string(++count) + ".db", "node7"}, bench.clock,
                          [&](std::string_view text) { night.warnings.emplace_back(text); });
    bench.crashes = &book;
    const s::RunSummary summary = bench.run();
    for (const auto& result : bench.results(summary.run)) {
      if (result.start.role != "primary") continue;
      if (night.outcomes.size() <= result.start.ordinal) {
        night.outcomes.resize(result.start.ordinal + 1);
        night.reasons.resize(result.start.ordinal + 1);
      }
      night.outcomes[result.start.ordinal] = result.end->outcome;
      night.reasons[result.start.ordinal] = result.end->code + " " + result.end->reason;
    }
    night.workers = bench.workers.jobs.size();
    for (const std::string& text : bench.observer.warnings) night.warnings.push_back(text);
    return night;
  }
  [[nodiscard]] bool shut(const std::string& benchmark) {
    return file().read().quarantine.find_shut("sha256:aa", benchmark) != nullptr;
  }

  benchhost::platform::SystemFiles files;
  benchhost::platform::TempFolder folder;
  int count = 0;
};

std::size_t count_of(const std::vector<p::Outcome>& outcomes, p::Outcome outcome) {
  return static_cast<std::size_t>(std::ranges::count(outcomes, outcome));
}

}  // namespace

TEST_CASE("a benchmark that crashes ten times in a row is started no more, and the others of its plugin go on") {
  Nights nights;
  const auto night = nights.run(14, 4, [](std::uint64_t which, const p::RunJob& job, s::MessageTaker& taker) {
    return which < 14 ? crash() : passed_with(job, taker, 10);
  });
  CHECK(count_of(night.outcomes, p::Outcome::crashed) == 10);
  CHECK(count_of(night.outcomes, p::Outcome::infra_error) == 4);
  CHECK(count_of(night.outcomes, p::Outcome::passed) == 4);
  CHECK(night.workers == 10 + 4);
  for (std::size_t i = 0; i < 14; ++i) {
    if (night.outcomes[i] != p::Outcome::infra_error) continue;
    CHECK(night.reasons[i].starts_with(
        "BH0215 org.test.copy is in quarantine: SIGSEGV while measuring, 10 times in a row"));
    CHECK(night.reasons[i].ends_with("benchhost plugin quarantine --clear org.test.copy"));
  }
  REQUIRE(night.warnings.size() == 1);
  CHECK(night.warnings[0].find("org.test.copy is in quarantine") != std::string::npos);
  CHECK(nights.shut("org.test.copy"));
  CHECK_FALSE(nights.shut("org.test.walk"));
  const d::Quarantine kept = nights.file().read().quarantine;
  const d::QuarantineEntry* entry = kept.find("sha256:aa", "org.test.copy");
  REQUIRE(entry != nullptr);
  CHECK(entry->last.plugin == "org.test");
  CHECK(entry->last.file == "/plugins/test.so");
  CHECK(entry->last.database == "/night1.db");
  CHECK(entry->last.machine == "node7");
  CHECK(entry->last.case_name.starts_with("copy"));

  // The next night starts none of it, and is no success for that.
  const auto next = nights.run(
      14, 4, [](std::uint64_t, const p::RunJob& job, s::MessageTaker& taker) { return passed_with(job, taker, 10); });
  CHECK(next.workers == 4);
  CHECK(count_of(next.outcomes, p::Outcome::infra_error) == 14);
  CHECK(count_of(next.outcomes, p::Outcome::passed) == 4);
  CHECK(nights.shut("org.test.copy"));

  // Cleared, it is tried again.
  REQUIRE(nights.file().update([](d::Quarantine& q) { q.clear(q.find_named("org.test.copy")); }).ok());
  const auto free = nights.run(
      14, 4, [](std::uint64_t, const p::RunJob& job, s::MessageTaker& taker) { return passed_with(job, taker, 10); });
  CHECK(count_of(free.outcomes, p::Outcome::passed) == 18);
}

TEST_CASE("one case of one crash a night comes into quarantine in the third night") {
  Nights nights;
  const Does crashes = [](std::uint64_t, const p::RunJob&, s::MessageTaker&) { return crash(); };
  nights.run(1, 0, crashes);
  nights.run(1, 0, crashes);
  CHECK_FALSE(nights.shut("org.test.copy"));
  nights.run(1, 0, crashes);
  CHECK(nights.shut("org.test.copy"));
  CHECK(nights.run(1, 0, crashes).workers == 0);
}

TEST_CASE("of a benchmark that passed before, three nights count as three though each begins with an empty database") {
  Nights nights;
  bool passes = true;
  const auto night = [&] {
    nights.count = 0;
    return nights.run(4, 0, [&](std::uint64_t, const p::RunJob& job, s::MessageTaker& taker) {
      return std::exchange(passes, false) ? passed_with(job, taker, 10) : crash();
    });
  };
  CHECK(count_of(night().outcomes, p::Outcome::crashed) == 3);
  CHECK(count_of(night().outcomes, p::Outcome::crashed) == 4);
  CHECK_FALSE(nights.shut("org.test.copy"));
  CHECK(count_of(night().outcomes, p::Outcome::crashed) == 1);
  CHECK(nights.shut("org.test.copy"));
}

TEST_CASE("values that crash whenever they are run put a benchmark into quarantine in no night if others pass") {
  Nights nights;
  const Does some = [](std::uint64_t which, const p::RunJob& job, s::MessageTaker& taker) {
    return which == 3 ? crash() : passed_with(job, taker, 10);
  };
  for (int night = 0; night < 12; ++night) {
    const auto seen = nights.run(6, 0, some);
    CHECK(count_of(seen.outcomes, p::Outcome::crashed) == 1);
    CHECK(count_of(seen.outcomes, p::Outcome::passed) == 5);
  }
  CHECK_FALSE(nights.shut("org.test.copy"));
}

TEST_CASE("a pass in this run is known when the next crash is counted, and many crashes after it stop nothing today") {
  Nights nights;
  // Two invocations each: the first round passes, the second crashes.
  const auto night = nights.run(
      6, 0,
      [](std::uint64_t, const p::RunJob& job, s::MessageTaker& taker) {
        return job.invocation == 0 ? passed_with(job, taker, 10) : crash();
      },
      2);
  CHECK(count_of(night.outcomes, p::Outcome::crashed) == 6);
  CHECK_FALSE(nights.shut("org.test.copy"));
}

TEST_CASE("a case that was begun when its benchmark came into quarantine keeps what it measured") {
  Nights nights;
  // Whoever else runs it counts in the same file: here two crashes before, and a third in the second round of this run.
  const auto night = nights.run(
      2, 0,
      [&](std::uint64_t which, const p::RunJob& job, s::MessageTaker& taker) {
        if (job.invocation == 0) return passed_with(job, taker, 10);
        if (nights.file().read().quarantine.entries().empty()) {
          // The other run: three nights without a pass.
          REQUIRE(nights.file()
                      .update([](d::Quarantine& q) {
                        for (int run = 1; run <= 3; ++run) {
                          d::Incident one;
                          one.fingerprint = "sha256:aa";
                          one.benchmark = "org.test.copy";
                          one.plugin = "org.test";
                          one.fault = "SIGSEGV";
                          one.database = "/other.db";
                          one.run = run;
                          q.add(one);
                        }
                      })
                      .ok());
        }
        (void)which;
        return crash();
      },
      2);
  CHECK(count_of(night.outcomes, p::Outcome::crashed) == 1);
  CHECK(count_of(night.outcomes, p::Outcome::infra_error) == 1);
}

TEST_CASE("what somebody else ended is never counted") {
  Nights nights;
  for (const p::Outcome outcome : {p::Outcome::failed, p::Outcome::timed_out, p::Outcome::out_of_memory,
                                   p::Outcome::protocol_error, p::Outcome::infra_error, p::Outcome::interrupted}) {
    const auto night =
        nights.run(5, 0, [&](std::uint64_t, const p::RunJob&, s::MessageTaker&) { return ended(outcome); });
    CHECK(count_of(night.outcomes, outcome) == 5);
  }
  // Killed from outside: a crash without a fault of its own.
  const auto night = nights.run(5, 0, [](std::uint64_t, const p::RunJob&, s::MessageTaker&) { return crash(""); });
  CHECK(count_of(night.outcomes, p::Outcome::crashed) == 5);
  CHECK_FALSE(fs::exists(nights.file().path()));
}

TEST_CASE("a plugin that ends the process is counted like one that crashes") {
  Nights nights;
  const auto night = nights.run(11, 0, [](std::uint64_t, const p::RunJob&, s::MessageTaker&) {
    s::WorkerReport report = ended(p::Outcome::protocol_error);
    report.exit_code = 0;
    report.own_fault = "exit 0";
    return report;
  });
  CHECK(count_of(night.outcomes, p::Outcome::protocol_error) == 10);
  CHECK(count_of(night.outcomes, p::Outcome::infra_error) == 1);
  const d::Quarantine kept = nights.file().read().quarantine;
  CHECK(kept.find("sha256:aa", "org.test.copy")->last.kind == d::FaultKind::exit);
}

TEST_CASE("a run that is stopped says so of what it did not come to, and quarantine changes nothing of that") {
  Nights nights;
  const auto night = nights.run(
      6, 0, [](std::uint64_t, const p::RunJob&, s::MessageTaker&) { return crash(); }, 1,
      [](Bench& bench) {
        auto script = bench.workers.script;
        bench.workers.script = [&bench, script](const p::RunJob& job, s::MessageTaker& t) {
          if (bench.workers.jobs.size() == 3) bench.stop.raised = 2;
          return script(job, t);
        };
      });
  CHECK(night.workers == 3);
  CHECK(count_of(night.outcomes, p::Outcome::crashed) == 3);
  CHECK(count_of(night.outcomes, p::Outcome::infra_error) == 0);
}

TEST_CASE("a yardstick in quarantine is not invoked, and the run says why it resolves nothing") {
  Bench bench(1);
  bench.plan.yardstick = Bench::a_case(9);
  bench.plan.yardstick->quarantine = "it is in quarantine";
  const s::RunSummary summary = bench.run();
  CHECK(bench.workers.jobs.size() == 3);
  CHECK_FALSE(summary.resolution_ratio);
  CHECK(summary.resolution_reason == "it is in quarantine");
}

TEST_CASE("what cannot run here is skipped before anybody asks about quarantine") {
  Nights nights;
  const auto night = nights.run(
      2, 0, [](std::uint64_t, const p::RunJob& job, s::MessageTaker& taker) { return passed_with(job, taker, 10); }, 1,
      [](Bench& bench) {
        bench.plan.cases[0].quarantine = "in quarantine";
        bench.plan.cases[0].spec.skip_reason = "no such device";
      });
  CHECK(night.outcomes == std::vector{p::Outcome::skipped, p::Outcome::passed});
}

TEST_CASE("what is in quarantine uses up none of the failures that a run may have") {
  Bench bench(6);
  for (std::size_t i = 0; i < 4; ++i) bench.plan.cases[i].quarantine = "it is in quarantine";
  bench.plan.max_failures = 2;
  const s::RunSummary summary = bench.run();
  CHECK_FALSE(summary.stopped_by_failures);
  CHECK(summary.outcomes.at(p::Outcome::infra_error) == 4);
  CHECK(summary.outcomes.at(p::Outcome::passed) == 2);
}

TEST_CASE("where nothing can be kept, a run counts for itself and says so once") {
  Nights nights;
  Bench bench(15);
  for (auto& c : bench.plan.cases) c.policy.min_invocations = c.policy.max_invocations = 1;
  bench.workers.script = [](const p::RunJob&, s::MessageTaker&) { return crash(); };
  std::vector<std::string> warnings;
  s::KeptCrashBook book(d::QuarantineFile("/dev/null/state/quarantine.json", nights.files), {}, {"/a.db", ""},
                        bench.clock, [&](std::string_view text) { warnings.emplace_back(text); });
  bench.crashes = &book;
  const s::RunSummary summary = bench.run();
  CHECK(summary.outcomes.at(p::Outcome::crashed) == 10);
  CHECK(summary.outcomes.at(p::Outcome::infra_error) == 5);
  CHECK(warnings.size() == 1);
}
