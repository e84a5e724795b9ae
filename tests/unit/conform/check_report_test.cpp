#include "report/check_report.h"

#include <doctest/doctest.h>

#include "scripted_trials.h"

using namespace benchhost::conform;
using namespace benchhost::conform::test;
using benchhost::protocol::Finding;
using benchhost::protocol::Requirement;
using benchhost::protocol::Trial;

namespace {

CheckReport hostile_report() {
  ScriptedTrials trials;
  TrialEnd end;
  end.observations = {observed(Requirement::prepares, Finding::failed, "a<b>&\"c\"", "\x1b[31mred\x01 \xff"),
                      observed(Requirement::returns_memory, Finding::failed, "a", "one block"),
                      observed(Requirement::runs_any_n, Finding::passed, "a")};
  trials.script[Trial::life] = {end};
  Validator validator(trials, "/p/\x1b[2J.so", 2, 7);
  BenchmarkSubject s;
  s.id = "org.example.a";
  s.job.emplace();
  REQUIRE(validator.examine_benchmark(s).ok());
  return validator.report();
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("the page shows what fails with its rule, and no text of a plugin acts on the terminal") {
  const std::string page = benchhost::report::console_check(hostile_report(), {});
  CHECK(has(page, "FAIL 402 "));
  CHECK(has(page, "WARN 613 "));
  CHECK(has(page, "PASS 405 "));
  CHECK(has(page, "N/A  401 "));
  CHECK(has(page, "rule: "));
  CHECK(has(page, "strictness 2, seed 7, 1 processes"));
  CHECK_FALSE(has(page, "\x1b"));
  CHECK(has(benchhost::report::console_check(hostile_report(), {80, false, true}), "\x1b[31mFAIL\x1b[0m"));
}

TEST_CASE("JUnit is XML whatever a plugin says") {
  const std::string text = benchhost::report::junit_check(hostile_report());
  CHECK(has(text, "a&lt;b&gt;&amp;&quot;c&quot;"));
  CHECK_FALSE(has(text, "\x1b"));
  CHECK_FALSE(has(text, "\x01"));
  CHECK_FALSE(has(text, "\xff"));
  CHECK(has(text, "failures=\"1\""));
  CHECK(has(text, "<system-out>warning: "));
  CHECK(has(text, "<skipped message="));
}

TEST_CASE("JSON has each requirement with its places") {
  const benchhost::Json json = benchhost::report::json_check(hostile_report());
  CHECK(json["format"].as_string() == "benchhost.plugin_check");
  CHECK_FALSE(json["passed"].as_bool());
  CHECK(json["plugin"].is_null());
  const auto& all = json["requirements"].items();
  CHECK(all.size() == hostile_report().results.size());
}
