#include <doctest/doctest.h>

#include <algorithm>

#include "report/run_report.h"
#include "support/well_formed.h"
#include "unit/report/sample_view.h"

namespace r = benchhost::report;
namespace s = benchhost::store;
namespace p = benchhost::protocol;

namespace {

std::size_t count(const std::string& text, std::string_view what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

r::RunView small() {
  std::vector<s::StoredResult> results;
  s::ResultId id = 0;
  for (const std::uint64_t bytes : {4096u, 65536u, 1048576u}) {
    results.push_back(r::test::passed(++id, "stream.copy", {{"bytes", p::uint_value(bytes)}},
                                      r::test::measured("bandwidth", "By/s", 4e13 / static_cast<double>(bytes))));
  }
  s::StoredResult failed = r::test::passed(++id, "stream.copy", {{"bytes", p::uint_value(1)}}, {});
  failed.measurements.clear();
  failed.end->outcome = p::Outcome::failed;
  failed.end->reason = "the result is wrong";
  results.push_back(failed);
  r::RunView view = r::test::view_of(std::move(results));
  view.run.start.environment = benchhost::Json().set("kernel", "6.1").set("governor", nullptr);
  for (s::ResultId one = 1; one <= 3; ++one) view.detail->cases[one].shape = r::shape_of(r::test::samples_of(50));
  return view;
}

/// Nothing in the page is fetched, run or sent: no reference but to a place within it.
void check_inert(const std::string& html) {
  CHECK(benchhost::test::why_not_well_formed(html) == "");
  for (const char* attribute : {" src=", " srcset=", " href=\"http", " href=\"//", " xlink:", " action=", " onerror=\"",
                                " onload=\"", " style=\"", "url(", "@import"}) {
    CAPTURE(attribute);
    const std::string shown = html;
    // As text it may stand there, with its quotes escaped.
    for (std::size_t at = shown.find(attribute); at != std::string::npos; at = shown.find(attribute, at + 1)) {
      const std::size_t open = shown.rfind('<', at);
      const std::size_t close = shown.rfind('>', at);
      CHECK_MESSAGE((open == std::string::npos || close > open), shown.substr(open, 60));
    }
  }
  for (const char* element : {"<script", "<img", "<link", "<iframe", "<object", "<form", "<base", "<foreignObject"}) {
    CHECK(count(html, element) == 0);
  }
  CHECK(count(html, " href=\"") == count(html, " href=\"#"));
}

}  // namespace

TEST_CASE("a page holds what was measured, under what conditions, and what did not pass") {
  const std::string html = r::html_report(small());
  check_inert(html);
  CHECK(html.find("http://") == std::string::npos);
  CHECK(html.find("https://") == std::string::npos);
  CHECK(html.find("<title>Run 7: quick</title>") != std::string::npos);
  CHECK(html.find("this machine resolves differences of about 2.1 % today") != std::string::npos);
  CHECK(html.find("the result is wrong") != std::string::npos);
  CHECK(html.find("benchhost show 7/4 --log") != std::string::npos);
  CHECK(html.find("<dt>kernel</dt><dd>6.1</dd>") != std::string::npos);
  CHECK(html.find("governor") == std::string::npos);
  CHECK(html.find("stream.copy: Title of bandwidth over bytes") != std::string::npos);
  CHECK(count(html, "<figcaption>Run order</figcaption>") == 3);
  // Every picture says what it shows to who cannot see it.
  CHECK(count(html, "role=\"img\"") == count(html, "<desc id="));
  CHECK(html.find("prefers-color-scheme:dark") != std::string::npos);
  CHECK(html.find("@media print") != std::string::npos);
  CHECK(html.find("default-src 'none'; style-src 'sha256-") != std::string::npos);
}

TEST_CASE("a page warns of what was found of the machine, and lists all of it with its conditions") {
  r::RunView view = small();
  view.run.start.findings = {{"BH0701", "governor", "warning", "the governor is <powersave>", "system tune"},
                             {"BH0714", "temperature", "unknown", "the temperature is not known here", ""}};
  const std::string html = r::html_report(view);
  check_inert(html);
  CHECK(html.find("<li>the governor is &lt;powersave&gt; (BH0701)</li>") != std::string::npos);
  CHECK(html.find("<li>the temperature") == std::string::npos);
  CHECK(html.find("<td>BH0714</td><td>unknown</td><td>the temperature is not known here</td>") != std::string::npos);
}

TEST_CASE("nothing that anything is called does anything in a page") {
  const std::string& bad = r::test::kHostile;
  r::RunView view = small();
  s::RunStart& start = view.run.start;
  start.suite_name = start.commit = start.branch = start.command_line = start.sandbox_tier = start.uid = bad;
  start.host_version = start.suite_hash = start.testbed.name = start.testbed.key = bad;
  start.labels = {{bad, bad}};
  start.environment.set(bad, bad).set("nested", benchhost::Json().set(bad, benchhost::Json().push(bad)));
  start.testbed.facts.set(bad, bad);
  view.run.end->reason = bad;
  view.detail->warnings = {bad};
  s::DeviceRow device;
  device.record.name = device.record.reason = bad;
  view.detail->devices = {device};
  for (s::StoredResult& result : view.results) {
    s::Case& c = result.start.case_;
    c.title = c.key = c.input = bad;
    c.benchmark = bad + "." + bad;
    c.device_models = {bad};
    for (auto& [name, value] : c.parameters) name = bad;
    c.parameters.push_back({"text", p::string_value(bad)});
    result.end->reason = bad;
    result.end->flags = {bad};
    for (s::StoredMeasurement& m : result.measurements) m.metric.title = m.metric.unit = m.metric.id = bad;
  }
  for (auto& [id, one] : view.detail->cases) {
    one.shape.what = one.shape.unit = bad;
    one.work = {{"ops." + bad, 1}, {"bytes.read", 1}};
  }
  s::SummaryValue summary;
  summary.benchmark = summary.summary = summary.group = summary.label = summary.unit = summary.null_reason = bad;
  view.summaries = {summary};
  const std::string html = r::html_report(view);
  check_inert(html);
  CHECK(html.find("alert(") != std::string::npos);  // it is shown, and does nothing
  CHECK(html.find('\x1b') == std::string::npos);
}

TEST_CASE("a page stays of bounded size, and says what it leaves out") {
  std::vector<s::StoredResult> results;
  for (s::ResultId id = 1; id <= 12'000; ++id) {
    results.push_back(r::test::passed(
        id, "stream.copy",
        {{"bytes", p::uint_value(static_cast<std::uint64_t>(id))}, {"name", p::string_value(std::string(5'000, 'x'))}},
        r::test::measured("bandwidth", "By/s", 4e9)));
    if (id > 11'000) {
      results.back().end->outcome = p::Outcome::crashed;
      results.back().end->reason = std::string(10'000, 'y');
    }
  }
  r::RunView view = r::test::view_of(std::move(results));
  view.detail->cases[1].shape = r::shape_of(r::test::samples_of(1000));
  view.detail->cases_left_out = 11'800;
  view.detail->warnings.assign(1'000, std::string(10'000, 'z'));
  const std::string html = r::html_report(view);
  check_inert(html);
  CHECK(html.size() < 20'000'000);
  CHECK(html.find("2000 more cases are left out here") != std::string::npos);
  CHECK(html.find("500 more cases are left out here") != std::string::npos);
  CHECK(html.find("11800 more are in the table") != std::string::npos);
}

TEST_CASE("a run without a case, a unit, an end or a name has a page too") {
  r::RunView view;
  view.detail.emplace();
  check_inert(r::html_report(view));
  view = small();
  view.run.end.reset();
  view.run.state = s::RunState::interrupted;
  view.run.start.suite_name.clear();
  view.run.start.planned_cases = 9;
  view.results[0].end.reset();
  view.results[0].measurements[0].measurement.low.reset();
  view.results[1].measurements[0].metric.unit.clear();
  const std::string html = r::html_report(view);
  check_inert(html);
  CHECK(html.find("the run was interrupted: it is incomplete") != std::string::npos);
}
