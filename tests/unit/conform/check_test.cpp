#include "conform/check.h"

#include <doctest/doctest.h>

#include "scripted_trials.h"

using namespace benchhost::conform;
using namespace benchhost::conform::test;
using benchhost::protocol::Finding;
using benchhost::protocol::Outcome;
using benchhost::protocol::Requirement;
using benchhost::protocol::RunJob;
using benchhost::protocol::Trial;

namespace {

BenchmarkSubject subject() {
  BenchmarkSubject s;
  s.id = "org.example.a";
  s.job.emplace();
  s.job->benchmark = s.id;
  return s;
}

/// A worker that ended while a check was under way.
TrialEnd died(Requirement requirement, const std::string& where, Outcome outcome = Outcome::crashed) {
  TrialEnd end;
  end.observations = {observed(requirement, Finding::begun, where)};
  end.outcome = outcome;
  end.reason = "killed by signal 11";
  return end;
}

TrialEnd said(std::vector<benchhost::protocol::Observation> observations) {
  TrialEnd end;
  end.observations = std::move(observations);
  return end;
}

CheckReport examine(ScriptedTrials& trials, std::uint32_t strictness = kDefaultStrictness) {
  Validator validator(trials, "/p.so", strictness, 1);
  REQUIRE(validator.examine_benchmark(subject()).ok());
  return validator.report();
}

}  // namespace

TEST_CASE("the worst place decides, a warning stays one, and each place is there once") {
  ScriptedTrials trials;
  trials.script[Trial::life] = {said({observed(Requirement::prepares, Finding::passed, "a"),
                                      observed(Requirement::prepares, Finding::failed, "b", "no"),
                                      observed(Requirement::prepares, Finding::failed, "b", "no"),
                                      observed(Requirement::repeats_cycles, Finding::passed, "a"),
                                      observed(Requirement::repeats_cycles, Finding::not_applicable, "b", "why"),
                                      observed(Requirement::returns_memory, Finding::failed, "a", "one block")})};
  const CheckReport report = examine(trials);
  const RequirementResult& prepares = result_of(report, Requirement::prepares);
  CHECK(prepares.verdict == Finding::failed);
  CHECK(prepares.passed == 1);
  CHECK(prepares.places.size() == 1);
  CHECK(result_of(report, Requirement::repeats_cycles).verdict == Finding::passed);
  CHECK(result_of(report, Requirement::returns_memory).verdict == Finding::warned);
  CHECK_FALSE(report.passed());
}

TEST_CASE("a check that the process does not survive has failed, and the trial goes on without it") {
  ScriptedTrials trials;
  trials.script[Trial::life] = {died(Requirement::prepares, "a"), died(Requirement::repeats_cycles, "b"),
                                said({observed(Requirement::runs_any_n, Finding::passed, "c")})};
  const CheckReport report = examine(trials);
  CHECK(result_of(report, Requirement::prepares).places.at(0).text.find("signal 11") != std::string::npos);
  CHECK(result_of(report, Requirement::repeats_cycles).verdict == Finding::failed);
  CHECK(result_of(report, Requirement::runs_any_n).verdict == Finding::passed);
  REQUIRE(trials.jobs.size() >= 3);
  CHECK(trials.jobs[2].skip == std::vector<std::string>{"402 a", "403 b"});
}

TEST_CASE("the innermost check in progress is the one that is blamed") {
  ScriptedTrials trials;
  TrialEnd end = died(Requirement::results_right, "a");
  end.observations.push_back(observed(Requirement::verify_repeats, Finding::begun, "a"));
  end.observations.push_back(observed(Requirement::prepares, Finding::begun, "a"));
  end.observations.push_back(observed(Requirement::prepares, Finding::passed, "a"));
  trials.script[Trial::life] = {end};
  const CheckReport report = examine(trials);
  CHECK(result_of(report, Requirement::verify_repeats).verdict == Finding::failed);
  CHECK(result_of(report, Requirement::results_right).verdict == Finding::not_applicable);
}

TEST_CASE("a plugin that hangs is not tried further") {
  ScriptedTrials trials;
  trials.script[Trial::life] = {died(Requirement::repeats_cycles, "a", Outcome::timed_out)};
  const CheckReport report = examine(trials);
  CHECK(trials.jobs.size() == 1);
  CHECK(result_of(report, Requirement::repeats_cycles).verdict == Finding::failed);
  CHECK(result_of(report, Requirement::survives_no_memory).places.at(0).text == "not tried any more after it hung");
}

TEST_CASE("a plugin that dies at everything is given up after a bounded number of processes") {
  ScriptedTrials trials;
  for (int i = 0; i < 1000; ++i) trials.script[Trial::life].push_back(died(Requirement::prepares, std::to_string(i)));
  const CheckReport report = examine(trials);
  CHECK(trials.jobs.size() < 100);
  CHECK(result_of(report, Requirement::ends_in_order).verdict == Finding::failed);
}

TEST_CASE("a want of memory is no fault, and a verify that dies of spoilt results has noticed them") {
  ScriptedTrials trials;
  trials.script[Trial::boundary] = {died(Requirement::takes_declared_parameters, "big", Outcome::out_of_memory)};
  trials.script[Trial::corruption] = {died(Requirement::oracle_notices, "block 0 of 1 spoilt")};
  Validator validator(trials, "/p.so", kDefaultStrictness, 1);
  BenchmarkSubject s = subject();
  s.boundaries.push_back(*s.job);
  REQUIRE(validator.examine_benchmark(s).ok());
  const CheckReport report = validator.report();
  CHECK(result_of(report, Requirement::takes_declared_parameters).verdict == Finding::not_applicable);
  CHECK(result_of(report, Requirement::oracle_notices).verdict == Finding::passed);
}

TEST_CASE("a verify that dies of results that nobody touched has failed") {
  ScriptedTrials trials;
  trials.script[Trial::corruption] = {died(Requirement::oracle_notices, "results as they are")};
  CHECK(result_of(examine(trials), Requirement::oracle_notices).verdict == Finding::warned);
}

TEST_CASE("a boundary that takes too long breaks no rule, and the others are tried") {
  ScriptedTrials trials;
  trials.script[Trial::boundary] = {died(Requirement::takes_declared_parameters, "big", Outcome::timed_out),
                                    said({observed(Requirement::takes_declared_parameters, Finding::passed, "small")})};
  Validator validator(trials, "/p.so", kDefaultStrictness, 1);
  BenchmarkSubject s = subject();
  s.boundaries = {*s.job, *s.job};
  REQUIRE(validator.examine_benchmark(s).ok());
  const CheckReport report = validator.report();
  const RequirementResult& result = result_of(report, Requirement::takes_declared_parameters);
  CHECK(result.verdict == Finding::passed);
  CHECK(result.places.at(0).finding == Finding::not_applicable);
}

TEST_CASE("a process that hangs at its end ends the trials of its benchmark") {
  ScriptedTrials trials;
  TrialEnd end;
  end.outcome = Outcome::timed_out;
  end.reason = "gave no life sign";
  trials.script[Trial::life] = {end};
  CHECK(result_of(examine(trials), Requirement::ends_in_order).verdict == Finding::failed);
  CHECK(trials.jobs.size() == 1);
}

TEST_CASE("descriptors that differ from process to process are no constants") {
  ScriptedTrials trials;
  TrialEnd first, second;
  first.record.emplace();
  first.record->id = "org.example";
  second.record = first.record;
  second.record->benchmarks.emplace_back();
  trials.script[Trial::life] = {first};
  trials.script[Trial::refusals] = {second};
  CHECK(result_of(examine(trials), Requirement::constant_descriptors).verdict == Finding::failed);
}

TEST_CASE("of a benchmark with roles one trial is made, and the others are said to take several workers") {
  ScriptedTrials trials;
  TrialEnd described;
  described.record.emplace();
  described.record->benchmarks.resize(1);
  described.record->benchmarks[0].id = "org.example.b";
  described.record->benchmarks[0].roles.resize(2);
  trials.script[Trial::life] = {described};
  trials.script[Trial::alone] = {said({observed(Requirement::survives_missing_extensions, Finding::passed, "b")})};
  Validator validator(trials, "/p.so", kMostStrictness, 1);
  REQUIRE(validator.examine_benchmark(subject()).ok());
  const std::size_t before = trials.jobs.size();
  BenchmarkSubject roles = subject();
  roles.id = roles.job->benchmark = "org.example.b";
  REQUIRE(validator.examine_benchmark(roles).ok());
  REQUIRE(trials.jobs.size() == before + 1);
  CHECK(trials.jobs.back().trial == Trial::alone);
  const CheckReport report = validator.report();
  CHECK(result_of(report, Requirement::survives_missing_extensions).verdict == Finding::passed);
  const RequirementResult& orders = result_of(report, Requirement::lives_side_by_side);
  REQUIRE(orders.places.size() == 1);
  CHECK(orders.places[0].where == "org.example.b");
  CHECK(orders.places[0].text == "a case of several roles takes several workers");
}

TEST_CASE("many places that cannot be examined do not hide one that fails") {
  ScriptedTrials trials;
  TrialEnd end;
  for (int i = 0; i < 100; ++i) {
    end.observations.push_back(observed(Requirement::prepares, Finding::not_applicable, std::to_string(i), "why"));
  }
  end.observations.push_back(observed(Requirement::prepares, Finding::failed, "last", "no"));
  trials.script[Trial::life] = {end};
  const CheckReport report = examine(trials);
  const RequirementResult& result = result_of(report, Requirement::prepares);
  CHECK(result.verdict == Finding::failed);
  CHECK(result.places.back().where == "last");
  CHECK(result.unlisted == 36);
}

TEST_CASE("a process that ends badly outside of every check breaks the order of ending") {
  ScriptedTrials trials;
  TrialEnd end;
  end.outcome = Outcome::protocol_error;
  end.reason = "ended with exit 3";
  trials.script[Trial::growth] = {end};
  const CheckReport report = examine(trials);
  const RequirementResult& result = result_of(report, Requirement::ends_in_order);
  CHECK(result.verdict == Finding::failed);
  CHECK(result.places.at(0).where == "org.example.a, growth");
}

TEST_CASE("strictness decides which trials there are") {
  std::size_t before = 0;
  for (std::uint32_t strictness = kLeastStrictness; strictness <= kMostStrictness; ++strictness) {
    ScriptedTrials trials;
    Validator validator(trials, "/p.so", strictness, 1);
    BenchmarkSubject s = subject();
    s.beyond.push_back(*s.job);
    REQUIRE(validator.examine_benchmark(s).ok());
    CHECK((strictness == kLeastStrictness ? trials.jobs.empty() : trials.jobs.size() > before));
    before = trials.jobs.size();
  }
}

TEST_CASE("no check at all is no pass") {
  ScriptedTrials trials;
  Validator validator(trials, "/p.so", kDefaultStrictness, 1);
  CHECK_FALSE(validator.report().passed());
  BenchmarkSubject s;
  s.id = "org.example.a";
  s.why_not = "no such device here";
  REQUIRE(validator.examine_benchmark(s).ok());
  CHECK_FALSE(validator.report().passed());
  CHECK(result_of(validator.report(), Requirement::runs_any_n).places.at(0).text == "no such device here");
}

TEST_CASE("a file that is no object file fails by its note and is tried no further than loading") {
  ScriptedTrials trials;
  trials.script[Trial::descriptors] = {said({observed(Requirement::loads, Finding::failed, "", "no ELF file")})};
  Validator validator(trials, "/p.so", kMostStrictness, 1);
  REQUIRE(validator.examine_file("text", {"linux", "x86_64", {}}, RunJob{}).ok());
  const CheckReport report = validator.report();
  CHECK(result_of(report, Requirement::has_note).verdict == Finding::failed);
  CHECK(result_of(report, Requirement::loads).verdict == Finding::failed);
  CHECK(result_of(report, Requirement::one_export).verdict == Finding::not_applicable);
  CHECK(trials.jobs.size() == 1);
  CHECK_FALSE(report.passed());
}

TEST_CASE("a number that is no requirement is not counted") {
  ScriptedTrials trials;
  trials.script[Trial::life] = {said({{999, Finding::failed, "", "made up"}})};
  CHECK(examine(trials).count(Finding::failed) == 0);
}
