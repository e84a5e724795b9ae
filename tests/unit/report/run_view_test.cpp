#include "report/run_view.h"

#include <doctest/doctest.h>

#include "report/run_report.h"
#include "report/run_table.h"

namespace r = benchhost::report;
namespace s = benchhost::store;
namespace p = benchhost::protocol;

namespace {

s::StoredMeasurement bandwidth() {
  s::StoredMeasurement m;
  m.metric.id = "bandwidth";
  m.metric.unit = "By/s";
  m.metric.primary = true;
  m.measurement.metric = "bandwidth";
  m.measurement.value = 41.3e9;
  m.measurement.low = 41.1e9;
  m.measurement.high = 41.5e9;
  m.measurement.level = 0.95;
  m.measurement.invocations = 5;
  m.measurement.spread_ratio = 0.0123;
  return m;
}

r::RunView view_of(p::Outcome outcome, std::string reason) {
  r::RunView view;
  view.run.id = 7;
  view.run.start.suite_name = "quick";
  view.run.start.started_wall_ns = 1'767'225'600'000'000'000;
  s::StoredResult result;
  result.start.case_.title = "copy{bytes=4 KiB}@cpu:0";
  s::CaseEnd end;
  end.outcome = outcome;
  end.reason = std::move(reason);
  result.end = end;
  if (outcome == p::Outcome::passed) result.measurements.push_back(bandwidth());
  view.results.push_back(result);
  view.run.state = s::RunState::finished;
  s::RunEnd run_end;
  run_end.ended_wall_ns = view.run.start.started_wall_ns + 3'000'000'000;
  run_end.resolution_ratio = 0.021;
  view.run.end = run_end;
  return view;
}

}  // namespace

TEST_CASE("an interval is shown as half its width relative to the value") {
  CHECK(r::interval_text(bandwidth(), false) == "±0.48 %");
  CHECK(r::interval_text(bandwidth(), true) == "+-0.48 %");
  s::StoredMeasurement single = bandwidth();
  single.measurement.low.reset();
  CHECK(r::interval_text(single, false).empty());
  single.measurement.value.reset();
  CHECK(r::value_text(single) == "-");
}

TEST_CASE("the console report shows value, interval, spread, n and what the machine resolves") {
  const std::string text = r::console_report(view_of(p::Outcome::passed, ""), {100, true, false});
  CHECK(text.find("Run 7  quick  2026-01-01 00:00 UTC  on cpu:0\n") == 0);
  CHECK(text.find("copy{bytes=4 KiB}  41.3 GB/s  +-0.48 %   1.2 %  5") != std::string::npos);
  CHECK(text.find("1 passed  in 3.00 s") != std::string::npos);
  CHECK(text.find("this machine resolves differences of about 2.1 % today") != std::string::npos);
  for (const char c : text) CHECK(static_cast<unsigned char>(c) < 0x80);
}

TEST_CASE("what was found of the machine stands before the numbers, warnings alone unless all is asked for") {
  r::RunView view = view_of(p::Outcome::passed, "");
  view.run.start.findings = {{"BH0706", "busy", "warning", "other work: \x1b[31mcc1plus|", "stop it"},
                             {"BH0714", "temperature", "unknown", "the temperature is not known here", ""}};
  const std::string text = r::console_report(view, {100, true, false});
  const std::size_t warning = text.find("warning[BH0706]: other work: \\x1b[31mcc1plus| (stop it)\n");
  REQUIRE(warning != std::string::npos);
  CHECK(warning < text.find("41.3 GB/s"));
  CHECK(text.find("BH0714") == std::string::npos);
  const std::string all = r::console_report(view, {100, true, false, true});
  CHECK(all.find("unknown[BH0714]: the temperature is not known here\n") != std::string::npos);

  const std::string markdown = r::markdown_report(view);
  CHECK(markdown.find("- warning BH0706: other work: \\\\x1b") != std::string::npos);
  CHECK(markdown.find("BH0714") == std::string::npos);

  const benchhost::Json json = r::json_report(view);
  const auto& found = json["run"]["findings"].items();
  REQUIRE(found.size() == 2);
  CHECK(found[0]["subject"].as_string() == "busy");
  CHECK(found[0]["help"].as_string() == "stop it");
  CHECK(found[1]["severity"].as_string() == "unknown");
  CHECK(found[1]["help"].is_null());

  CHECK(
      r::junit_report(view).find("<property name=\"finding.temperature\" value=\"unknown: the temperature is not known "
                                 "here (BH0714)\"/>") != std::string::npos);
}

TEST_CASE("a failure says why and what shows more, with the terminal kept safe from its text") {
  const std::string text = r::console_report(view_of(p::Outcome::crashed, "SIGSEGV \x1b[2J in run"), {100, true, true});
  CHECK(text.find("crashed: SIGSEGV \\x1b[2J in run") != std::string::npos);
  CHECK(text.find("benchhost show 7/0 --log") != std::string::npos);
  CHECK(text.find("\x1b[2J") == std::string::npos);
}

TEST_CASE("JSON says null where nothing is known") {
  const benchhost::Json json = r::json_report(view_of(p::Outcome::skipped, "no such device"));
  CHECK(json["version"].as_int() == 1);
  CHECK(json["counts"]["skipped"].as_int() == 1);
  CHECK(json["results"].items()[0]["verified"].is_null());
  CHECK(json["run"]["resolution_ratio"].as_double(0) == 0.021);
}

TEST_CASE("a result tells how many independent samples stand behind each number") {
  r::RunView view = view_of(p::Outcome::passed, "");
  s::StoredResult& result = view.results[0];
  result.measurements[0].measurement.samples = 5120;
  result.measurements[0].measurement.effective_samples = 812.4;
  result.measurements.push_back(result.measurements[0]);
  result.measurements[1].measurement.effective_samples.reset();
  const std::string page = r::result_page(result, {}, {}, {120, true, false});
  CHECK(page.find(" samples  effective  ") != std::string::npos);
  CHECK(page.find(" 5120        812") != std::string::npos);
  CHECK(page.find(" 5120          -") != std::string::npos);
  const benchhost::Json json = r::result_json(result);
  CHECK(json["measurements"].items()[0]["effective_samples"].as_double(0) == 812.4);
  CHECK(json["measurements"].items()[1]["effective_samples"].is_null());
}

TEST_CASE("Markdown does nothing with names, labels and reasons but show them") {
  r::RunView view = view_of(p::Outcome::failed, "<img src=x onerror=y> **bold** [a](b)");
  view.run.start.suite_name = "night|ly `x`";
  view.run.start.labels["note"] = "_em_ <b>";
  view.results[0].start.case_.title = "copy<T>*{x=1}@cpu:0";
  const std::string text = r::markdown_report(view);
  CHECK(text.find("## Run 7  night\\|ly \\`x\\`  ") == 0);
  CHECK(text.find("note=\\_em\\_ \\<b\\>") != std::string::npos);
  CHECK(text.find("| copy\\<T\\>\\*{x=1} |") != std::string::npos);
  CHECK(text.find("- copy\\<T\\>\\*{x=1}@cpu:0: failed: \\<img src=x onerror=y\\> \\*\\*bold\\*\\* \\[a\\](b)") !=
        std::string::npos);
}

TEST_CASE("a summary says what tells its group from the others of its benchmark") {
  r::RunView view = view_of(p::Outcome::passed, "");
  auto add = [&](std::string benchmark, std::string group) {
    s::SummaryValue v;
    v.benchmark = std::move(benchmark);
    v.summary = "speedup";
    v.group = std::move(group);
    v.unit = "1";
    v.value = 1.5;
    view.summaries.push_back(v);
  };
  add("org.x.stream.triad", R"({bytes=65536,name="a,b",sizes=[1,2],type=fp32})");
  add("org.x.stream.triad", R"({bytes=65536,name="a,b",sizes=[1,3],type=fp64})");
  add("org.x.stream.copy", "{bytes=65536}");
  add("org.x.gpu.gemm", R"({m=64,name="}\",{"} on Model A)");
  add("org.x.gpu.gemm", R"({m=64,name="}\",{"} on Model B)");
  add("org.x.gpu.gemm", R"({m=128,name="}\",{"} on Model B)");
  const r::Table table = r::summary_table(view, true);
  CHECK(table.rows[0][1] == "stream.triad{sizes=[1,2],type=fp32}");
  CHECK(table.rows[1][1] == "stream.triad{sizes=[1,3],type=fp64}");
  CHECK(table.rows[2][1] == "stream.copy");
  CHECK(table.rows[3][1] == "gpu.gemm{m=64} on Model A");
  CHECK(table.rows[4][1] == "gpu.gemm{m=64} on Model B");
  CHECK(table.rows[5][1] == "gpu.gemm{m=128} on Model B");
  CHECK(table.rows[5][2] == "1.50");

  // Why there is no value is cut before what it is about.
  view.summaries.back().value.reset();
  view.summaries.back().null_reason = "levels need at least 6 values of the parameter, of which 4 are here";
  const std::string drawn = r::draw_console(r::summary_table(view, true), 80, true);
  CHECK(drawn.find("gpu.gemm{m=128} on Model B") != std::string::npos);
  CHECK(drawn.find("      -  levels need") != std::string::npos);
}

TEST_CASE("remarks name the outcome of what did not pass, and every flag") {
  r::RunView view = view_of(p::Outcome::out_of_memory, "x");
  view.results[0].end->flags = {"disturbed", "leaked"};
  CHECK(r::remarks_of(view.results[0]) == "out of memory, disturbed, leaked");
  view.results[0].end.reset();
  CHECK(r::remarks_of(view.results[0]) == "unfinished");
  CHECK(r::counts_text(view) == "1 unfinished");
}

TEST_CASE("cases of the plan that a run never came to are counted in words and never taken for passed") {
  r::RunView view = view_of(p::Outcome::passed, "");
  view.run.counts = {{p::Outcome::passed, 1}};
  CHECK(r::counts_text(view) == "1 passed");
  view.run.start.planned_cases = 1;
  CHECK(r::counts_text(view) == "1 passed");
  view.run.start.planned_cases = 25;
  CHECK(r::not_begun(view.run) == 24);
  CHECK(r::counts_text(view) == "1 passed, 24 not begun");
  CHECK(r::json_report(view)["run"]["planned_cases"].as_int() == 25);
}

TEST_CASE("a limit that is not kept or not decided is said in every report, and one that is kept in data alone") {
  r::RunView view = view_of(p::Outcome::passed, "");
  auto& gates = view.results[0].end->gates;
  gates.push_back({"bandwidth", "", "at_least", 1e9, s::GateVerdict::held, ""});
  const std::string kept = r::console_report(view, {100, true, false});
  CHECK(kept.find("limit") == std::string::npos);
  gates.push_back({"bandwidth", "", "at_most", 2e9, s::GateVerdict::tripped, "bandwidth is 41 GB/s"});
  gates.push_back({"time", "", "at_most", 5, s::GateVerdict::undecided, "time has no value"});
  const std::string text = r::console_report(view, {100, true, false});
  CHECK(text.find("limit not kept, limit undecided") != std::string::npos);
  CHECK(text.find("copy{bytes=4 KiB}@cpu:0: limit not kept: bandwidth is 41 GB/s\n") != std::string::npos);
  CHECK(text.find("copy{bytes=4 KiB}@cpu:0: limit undecided: time has no value\n") != std::string::npos);
  CHECK(r::markdown_report(view).find("limit not kept: bandwidth is 41 GB/s") != std::string::npos);
  const auto json = r::json_report(view)["results"].items()[0]["gates"];
  REQUIRE(json.items().size() == 3);
  CHECK(json.items()[0]["verdict"].as_string() == "held");
  CHECK(json.items()[1]["kind"].as_string() == "at_most");
  CHECK(json.items()[1]["bound"].as_double(0) == 2e9);
}
