// JUnit's XML as Jenkins, GitLab and others read it: `failure` is a benchmark that says it failed, `error` all that
// stopped it from saying anything.
#include <fmt/format.h>

#include <chrono>
#include <map>

#include "report/markup_text.h"
#include "report/run_report.h"
#include "report/run_table.h"

namespace benchhost::report {

namespace {

using protocol::Outcome;

enum class Verdict { passed, failed, error, skipped };

Verdict verdict_of(const store::StoredResult& result) {
  if (!result.end) return Verdict::error;
  switch (result.end->outcome) {
    case Outcome::passed:
    case Outcome::cached:
      return Verdict::passed;
    case Outcome::failed:
      return Verdict::failed;
    case Outcome::skipped:
      return Verdict::skipped;
    default:
      return Verdict::error;
  }
}

std::string seconds(std::int64_t ns) { return fmt::format("{:.3f}", static_cast<double>(ns) / 1e9); }

// "2026-03-09T14:05:00".
std::string iso_time(std::int64_t wall_ns) {
  const std::chrono::sys_time<std::chrono::nanoseconds> time{std::chrono::nanoseconds{wall_ns}};
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  std::string text = time_text(wall_ns);
  text[10] = 'T';
  return text + fmt::format(":{:02}", second.time_since_epoch().count() % 60);
}

// What was measured, for people who see nothing else.
std::string output_of(const store::StoredResult& result) {
  std::string text;
  for (const store::StoredMeasurement& m : result.measurements) {
    const std::string name = m.measurement.label.empty() ? m.metric.id : m.metric.id + "[" + m.measurement.label + "]";
    text += fmt::format("{}: {} {}\n", name, m.measurement.value ? value_text(m) : m.measurement.null_reason,
                        interval_text(m, false));
  }
  if (result.end && !result.end->flags.empty()) {
    text += fmt::format("flags: {}\n", fmt::join(result.end->flags, ", "));
  }
  if (!result.start.repeat_command.empty()) text += "repeat: " + result.start.repeat_command + '\n';
  return text;
}

std::string case_element(const store::StoredResult& r, const store::StoredRun& run) {
  const std::string title = r.start.case_.title.empty() ? r.start.case_.key : r.start.case_.title;
  std::string out =
      fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{}\">\n", markup_text(r.start.case_.benchmark),
                  markup_text(title), seconds(r.end ? r.end->duration_ns : 0));
  const Verdict verdict = verdict_of(r);
  const std::string reason = r.end ? r.end->reason : std::string("the case never ended");
  const std::string type = outcome_text(r);
  if (verdict == Verdict::skipped) {
    out += fmt::format("      <skipped message=\"{}\"/>\n", markup_text(reason));
  } else if (verdict != Verdict::passed) {
    const std::string_view element = verdict == Verdict::failed ? "failure" : "error";
    const std::string code = r.end && !r.end->code.empty() ? fmt::format(" ({})", r.end->code) : "";
    out += fmt::format("      <{0} type=\"{1}\" message=\"{2}\">{2}{3}\ndetails: benchhost show {4}/{5} --log</{0}>\n",
                       element, type, markup_text(reason), markup_text(code), run.id, r.start.ordinal);
  }
  if (const std::string output = output_of(r); !output.empty()) {
    out += fmt::format("      <system-out>{}</system-out>\n", markup_text(output));
  }
  return out + "    </testcase>\n";
}

}  // namespace

std::string junit_report(const RunView& view) {
  const store::StoredRun& run = view.run;
  std::map<Verdict, std::uint64_t> counts;
  for (const store::StoredResult& r : view.results) ++counts[verdict_of(r)];
  // Cases that have no name here, for the run never came to them: one error stands for them, or CI would see a pass.
  const std::uint64_t missing = not_begun(run);
  if (missing > 0) ++counts[Verdict::error];
  const std::int64_t took = run.end ? run.end->ended_wall_ns - run.start.started_wall_ns : 0;
  const std::string name = run.start.suite_name.empty() ? "benchhost" : run.start.suite_name;
  const std::string sums = fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{}\"",
                                       view.results.size() + (missing > 0 ? 1 : 0), counts[Verdict::failed],
                                       counts[Verdict::error], counts[Verdict::skipped], seconds(took));
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out += fmt::format("<testsuites name=\"benchhost\" {}>\n", sums);
  out += fmt::format("  <testsuite name=\"{}\" {} timestamp=\"{}\">\n    <properties>\n", markup_text(name), sums,
                     iso_time(run.start.started_wall_ns));
  const auto property = [&out](std::string_view property_name, std::string_view value) {
    if (value.empty()) return;
    out += fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", markup_text(property_name), markup_text(value));
  };
  property("run", fmt::format("{}", run.id));
  property("uid", run.start.uid);
  property("state", store::run_state_name(run.state));
  property("commit", run.start.commit);
  property("branch", run.start.branch);
  property("testbed", run.start.testbed.name.empty() ? run.start.testbed.key : run.start.testbed.name);
  property("resolution", resolution_text(run));
  for (const store::RunFinding& f : run.start.findings) {
    property("finding." + f.subject, fmt::format("{}: {} ({})", f.severity, f.text, f.code));
  }
  for (const auto& [label, value] : run.start.labels) property("label." + label, value);
  out += "    </properties>\n";
  for (const store::StoredResult& r : view.results) out += case_element(r, run);
  if (missing > 0) {
    out += fmt::format(
        "    <testcase classname=\"benchhost\" name=\"cases not begun\" time=\"0\">\n"
        "      <error type=\"interrupted\" message=\"the run ended before {} case{} of its plan\"/>\n"
        "    </testcase>\n",
        missing, missing == 1 ? "" : "s");
  }
  return out + "  </testsuite>\n</testsuites>\n";
}

}  // namespace benchhost::report
