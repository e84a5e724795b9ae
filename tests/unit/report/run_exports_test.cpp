// CSV and JUnit, against files written by hand after RFC 4180 and the schema that Jenkins publishes.
#include <doctest/doctest.h>

#include "report/run_report.h"
#include "support/well_formed.h"
#include "unit/report/sample_view.h"

namespace r = benchhost::report;
namespace s = benchhost::store;
namespace p = benchhost::protocol;

namespace {

s::StoredResult ended(p::Outcome outcome, std::string reason) {
  s::StoredResult result = r::test::passed(2, "copy", {{"bytes", p::uint_value(64)}}, {});
  result.measurements.clear();
  result.end->outcome = outcome;
  result.end->reason = std::move(reason);
  return result;
}

std::size_t count(const std::string& text, std::string_view what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("CSV has a row a number with its unit, parameters in columns, and CR LF") {
  s::StoredResult copy = r::test::passed(1, "copy", {{"bytes", p::uint_value(4096)}, {"type", p::choice_value("fp32")}},
                                         r::test::measured("bandwidth", "By/s", 41.3e9));
  copy.end->flags = {"disturbed", "imprecise"};
  s::StoredResult gone = ended(p::Outcome::crashed, "SIGSEGV, in \"run\"\nline two");
  CHECK(r::csv_report(r::test::view_of({copy, gone})) ==
        "run,run_uid,ordinal,case,benchmark,devices,outcome,reason,flags,metric,label,statistic,unit,value,low,high,"
        "level,"
        "invocations,samples,effective_samples,spread_ratio,null_reason,param.bytes,param.type\r\n"
        "7,0123456789abcdef0123456789abcdef,1,\"copy{bytes=4096,type=fp32}@cpu:0\",org.example.copy,cpu:0,passed,,"
        "disturbed imprecise,bandwidth,,median,By/s,41300000000,40887000000,41713000000,0.95,5,100,,0.01,,4096,fp32\r\n"
        "7,0123456789abcdef0123456789abcdef,2,copy{bytes=64}@cpu:0,org.example.copy,cpu:0,crashed,"
        "\"SIGSEGV, in \"\"run\"\"\\nline two\",,,,,,,,,,,,,,,64,\r\n");
}

TEST_CASE("no text of others becomes a formula or a control in a spreadsheet, and numbers stay numbers") {
  for (const std::string& bad : {std::string("=1+1"), std::string("+1"), std::string("-1"), std::string("@SUM(A1)"),
                                 std::string("\t=1"), r::test::kHostile}) {
    s::StoredResult result = ended(p::Outcome::failed, bad);
    result.start.case_.title = bad;
    result.start.case_.parameters = {{"=name", p::string_value(bad)}, {"offset", p::int_value(-5)}};
    const std::string csv = r::csv_report(r::test::view_of({result}));
    for (const char c : csv) CHECK((static_cast<unsigned char>(c) >= 0x20 || c == '\r' || c == '\n' || c == '\t'));
    CHECK(count(csv, "\r\n") == 2);
    for (const char* start : {",=", ",+", ",@", ",\"=", ",\t"}) CHECK(csv.find(start) == std::string::npos);
    CHECK(csv.find(",-5\r\n") != std::string::npos);
    if (bad == "-1") CHECK(csv.find(",'-1,") != std::string::npos);
  }
}

TEST_CASE("JUnit has a test case a case, with outcome and reason in its own words") {
  const s::StoredResult good = r::test::passed(1, "copy", {}, r::test::measured("bandwidth", "By/s", 41.3e9));
  const r::RunView view =
      r::test::view_of({good, ended(p::Outcome::failed, "wrong at [3]"), ended(p::Outcome::timed_out, "after 60 s"),
                        ended(p::Outcome::skipped, "no GPU")});
  CHECK(r::junit_report(view) ==
        R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="benchhost" tests="4" failures="1" errors="1" skipped="1" time="3.000">
  <testsuite name="quick" tests="4" failures="1" errors="1" skipped="1" time="3.000" timestamp="2026-01-01T00:00:00">
    <properties>
      <property name="run" value="7"/>
      <property name="uid" value="0123456789abcdef0123456789abcdef"/>
      <property name="state" value="finished"/>
      <property name="resolution" value="this machine resolves differences of about 2.1 % today"/>
    </properties>
    <testcase classname="org.example.copy" name="copy{}@cpu:0" time="1.500">
      <system-out>bandwidth: 41.3 GB/s ±1.0 %
</system-out>
    </testcase>
    <testcase classname="org.example.copy" name="copy{bytes=64}@cpu:0" time="1.500">
      <failure type="failed" message="wrong at [3]">wrong at [3]
details: benchhost show 7/2 --log</failure>
    </testcase>
    <testcase classname="org.example.copy" name="copy{bytes=64}@cpu:0" time="1.500">
      <error type="timed_out" message="after 60 s">after 60 s
details: benchhost show 7/2 --log</error>
    </testcase>
    <testcase classname="org.example.copy" name="copy{bytes=64}@cpu:0" time="1.500">
      <skipped message="no GPU"/>
    </testcase>
  </testsuite>
</testsuites>
)");
}

TEST_CASE("JUnit is well-formed whatever anything is called, and takes no unfinished run for a pass") {
  s::StoredResult bad = ended(p::Outcome::crashed, r::test::kHostile);
  bad.start.case_.title = bad.start.case_.benchmark = r::test::kHostile;
  bad.end->flags = {r::test::kHostile};
  s::StoredResult open = ended(p::Outcome::passed, "");
  open.end.reset();
  r::RunView view = r::test::view_of({bad, open});
  view.run.start.suite_name = view.run.start.commit = r::test::kHostile;
  view.run.start.labels = {{r::test::kHostile, r::test::kHostile}};
  view.run.counts = {{p::Outcome::crashed, 1}, {std::nullopt, 1}};
  view.run.start.planned_cases = 5;
  const std::string junit = r::junit_report(view);
  CHECK(benchhost::test::why_not_well_formed(junit.substr(junit.find('\n') + 1)) == "");
  CHECK(junit.find("tests=\"3\" failures=\"0\" errors=\"3\"") != std::string::npos);
  CHECK(junit.find("type=\"unfinished\" message=\"the case never ended\"") != std::string::npos);
  CHECK(junit.find("the run ended before 3 cases of its plan") != std::string::npos);
  CHECK(junit.find("<script") == std::string::npos);
}

TEST_CASE("every outcome has a verdict in JUnit") {
  for (std::uint32_t o = 0; o <= static_cast<std::uint32_t>(p::Outcome::interrupted); ++o) {
    const auto outcome = static_cast<p::Outcome>(o);
    const std::string junit = r::junit_report(r::test::view_of({ended(outcome, "because")}));
    const bool passes = outcome == p::Outcome::passed || outcome == p::Outcome::cached;
    const bool bare = junit.find("<failure") == std::string::npos && junit.find("<error") == std::string::npos &&
                      junit.find("<skipped") == std::string::npos;
    CAPTURE(p::outcome_name(outcome));
    CHECK(bare == passes);
  }
}
