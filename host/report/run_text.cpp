#include <fmt/format.h>

#include <algorithm>

#include "common/base/terminal_text.h"
#include "common/base/units.h"
#include "report/finding_text.h"
#include "report/markdown_text.h"
#include "report/noise_text.h"
#include "report/plan_text.h"
#include "report/run_report.h"
#include "report/run_table.h"
#include "report/sparkline.h"

namespace benchhost::report {

namespace {

// From here on the names of cases have room beside a line of the run order.
constexpr std::size_t kWidthWithOrder = 100;

constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kReset = "\x1b[0m";

std::string painted(std::string text, std::string_view sgr, const Style& style) {
  return style.colour && !sgr.empty() ? std::string(sgr) + std::move(text) + std::string(kReset) : std::move(text);
}

// How text of others is made harmless where it goes.
using Escape = std::string (*)(std::string_view);

std::string for_terminal(std::string_view text) { return escape_for_terminal(text); }

std::string headline(const RunView& view, Escape escape) {
  const store::StoredRun& run = view.run;
  std::string line = fmt::format("Run {}", run.id);
  if (!run.start.suite_name.empty()) line += "  " + escape(run.start.suite_name);
  line += fmt::format("  {} UTC", time_text(run.start.started_wall_ns));
  if (!run.start.testbed.name.empty()) line += "  " + escape(run.start.testbed.name);
  if (const std::string device = common_device(view); !device.empty()) line += "  on " + escape(device);
  for (const auto& [name, value] : run.start.labels) line += "  " + escape(name + "=" + value);
  if (run.state == store::RunState::interrupted) line += "  (interrupted)";
  if (run.state == store::RunState::running) line += "  (running)";
  return line;
}

bool needs_words(const store::StoredResult& r) {
  return r.end && r.end->outcome != protocol::Outcome::passed && r.end->outcome != protocol::Outcome::cached;
}

std::string failure_line(const store::StoredResult& r, store::RunId run, Escape escape) {
  std::string words(protocol::outcome_name(r.end->outcome));
  for (char& c : words) c = c == '_' ? ' ' : c;
  std::string line = fmt::format("{}: {}: {}", escape(r.start.case_.title), words, escape(r.end->reason));
  if (r.end->outcome != protocol::Outcome::skipped) {
    line += fmt::format("\n    details: benchhost show {}/{} --log", run, r.start.ordinal);
  }
  return line;
}

// The flags of a measurement and, of a percentile, what its samples say of it.
std::vector<std::string> remarks_of(const store::StoredMeasurement& m) {
  std::vector<std::string> remarks = m.measurement.flags;
  if (std::string bounds = bounds_text(m); !bounds.empty()) remarks.push_back(std::move(bounds));
  return remarks;
}

// "copy{…}: not kept: bandwidth is 8.10 GB/s, by its interval …": what is not held.
std::vector<std::string> gate_lines(const store::StoredResult& r, Escape escape) {
  std::vector<std::string> lines;
  if (!r.end) return lines;
  for (const store::GateCheck& gate : r.end->gates) {
    if (gate.verdict == store::GateVerdict::held) continue;
    lines.push_back(fmt::format("{}: limit {}: {}", escape(r.start.case_.title),
                                gate.verdict == store::GateVerdict::tripped ? "not kept" : "undecided",
                                escape(gate.reason)));
  }
  return lines;
}

}  // namespace

std::string console_report(const RunView& view, const Style& style) {
  std::string out = painted(headline(view, for_terminal), kBold, style) + "\n\n";
  const auto found = shown_findings(view.run.start.findings, style.all_findings ? Findings::all : Findings::warnings);
  for (const store::RunFinding& f : found) out += finding_line(f) + '\n';
  if (!found.empty()) out += '\n';
  if (!view.results.empty()) {
    const bool with_order = view.detail && style.width >= kWidthWithOrder;
    out += draw_console(result_table(view, style.ascii, with_order), style.width, style.ascii) + '\n';
  }
  const Table summaries = summary_table(view, style.ascii);
  if (!summaries.rows.empty()) out += draw_console(summaries, style.width, style.ascii) + '\n';
  bool any = false;
  for (const store::StoredResult& r : view.results) {
    for (const std::string& gate : gate_lines(r, for_terminal)) {
      out += "  " + painted(gate, kRed, style) + '\n';
      any = true;
    }
    for (const std::string& speeds : speed_lines(r, Speeds::usual)) {
      out += fmt::format("  {}: {}\n", for_terminal(r.start.case_.title), for_terminal(speeds));
      any = true;
    }
    if (!needs_words(r)) continue;
    const bool bad = r.end->outcome != protocol::Outcome::skipped;
    out += "  " + painted(failure_line(r, view.run.id, for_terminal), bad ? kRed : "", style) + '\n';
    any = true;
  }
  if (const std::string seldom = seldom_speeds_text(view.results, view.run.id); !seldom.empty()) {
    out += fmt::format("  {}\n", seldom);
    any = true;
  }
  if (any) out += '\n';
  out += counts_text(view);
  if (view.run.end) {
    const double seconds = static_cast<double>(view.run.end->ended_wall_ns - view.run.start.started_wall_ns) / 1e9;
    out += fmt::format("  in {}", format_ns(seconds * 1e9));
  }
  out += '\n' + resolution_text(view.run) + '\n';
  return style.ascii ? ascii_only(out) : out;
}

std::string markdown_report(const RunView& view) {
  std::string out = "## " + headline(view, markdown_text) + "\n\n";
  const auto found = shown_findings(view.run.start.findings, Findings::warnings);
  for (const store::RunFinding& f : found) {
    out += fmt::format("- {} {}: {}\n", f.severity, f.code, markdown_text(f.text));
  }
  if (!found.empty()) out += '\n';
  out += draw_markdown(result_table(view, false)) + '\n';
  const Table summaries = summary_table(view, false);
  if (!summaries.rows.empty()) out += draw_markdown(summaries) + '\n';
  for (const store::StoredResult& r : view.results) {
    for (const std::string& gate : gate_lines(r, markdown_text)) out += "- " + gate + '\n';
    for (const std::string& speeds : speed_lines(r, Speeds::usual)) {
      out += fmt::format("- {}: {}\n", markdown_text(r.start.case_.title), markdown_text(speeds));
    }
    if (needs_words(r)) out += "- " + failure_line(r, view.run.id, markdown_text) + '\n';
  }
  const std::string seldom = seldom_speeds_text(view.results, view.run.id);
  if (!seldom.empty()) out += "- " + seldom + '\n';
  out += '\n' + counts_text(view) + "; " + resolution_text(view.run) + ".\n";
  return out;
}

std::string result_page(const store::StoredResult& result, const std::vector<store::StoredInvocation>& invocations,
                        const CaseShape& shape, const Style& style) {
  std::string out = painted(escape_for_terminal(result.start.case_.title), kBold, style) + '\n';
  auto line = [&](std::string_view name, const std::string& text) {
    if (!text.empty()) out += fmt::format("  {:<14} {}\n", name, escape_for_terminal(text));
  };
  line("outcome", outcome_text(result));
  if (result.end) {
    line("reason", result.end->reason);
    line("flags", fmt::format("{}", fmt::join(result.end->flags, ", ")));
    const store::Verification& v = result.end->verification;
    if (v.passed) {
      line("verified", fmt::format("{}, {} results compared{}", *v.passed ? "yes" : "no", v.checked,
                                   v.what.empty() ? "" : ": " + v.what));
    } else {
      line("verified", "no oracle was asked");
    }
  }
  if (result.end) {
    for (const store::GateCheck& gate : result.end->gates) {
      if (gate.verdict != store::GateVerdict::held) {
        line("limit", fmt::format("{}: {}", gate.verdict == store::GateVerdict::tripped ? "not kept" : "undecided",
                                  gate.reason));
        continue;
      }
      const auto measured = std::ranges::find(result.measurements, gate.metric,
                                              [](const store::StoredMeasurement& m) { return m.metric.id; });
      const std::string unit = measured == result.measurements.end() ? "" : measured->metric.unit;
      line("limit", fmt::format("kept: {} is {} {}", gate.metric, gate.kind == "at_least" ? "at least" : "at most",
                                format_quantity(gate.bound, unit)));
    }
  }
  line("benchmark", result.start.case_.benchmark);
  line("parameters", result.start.case_.canonical_parameters);
  line("input", result.start.case_.input);
  line("devices", fmt::format("{}", fmt::join(result.start.device_names, ", ")));
  line("plugin", fmt::format("{} {} {}", result.plugin_id, result.plugin_version, result.start.plugin_fingerprint));
  line("case key", result.start.case_.key);
  line("seed", fmt::format("{}", result.start.seed));
  line("repeat", result.start.repeat_command);
  for (const auto& [name, text] : plan_lines(result, invocations)) line(name, text);
  for (const std::string& speeds : speed_lines(result)) line("speeds", speeds);
  out += '\n';

  Table metrics;
  metrics.columns = {{"metric", Align::left, false},
                     {"value", Align::right, false},
                     {"95 % interval", Align::right, false},
                     {"spread", Align::right, false, 1},
                     {"n", Align::right, false},
                     {"samples", Align::right, false, 3},
                     {"effective", Align::right, false, 4},
                     {"statistic", Align::left, false, 2},
                     {"remarks", Align::left, true}};
  for (const store::StoredMeasurement& m : result.measurements) {
    const std::string id = m.measurement.label.empty() ? m.metric.id : m.metric.id + "[" + m.measurement.label + "]";
    metrics.rows.push_back(
        {escape_for_terminal(id), value_text(m), interval_text(m, style.ascii), share_text(m.measurement.spread_ratio),
         fmt::format("{}", m.measurement.invocations), fmt::format("{}", m.measurement.samples),
         m.measurement.effective_samples ? fmt::format("{:.0f}", *m.measurement.effective_samples) : "-",
         m.measurement.statistic,
         escape_for_terminal(m.measurement.value ? fmt::format("{}", fmt::join(remarks_of(m), ", "))
                                                 : m.measurement.null_reason)});
  }
  if (!metrics.rows.empty()) out += draw_console(metrics, style.width, style.ascii) + '\n';

  Table runs;
  runs.columns = {{"invocation", Align::right, false},  {"outcome", Align::left, false},
                  {"took", Align::right, false},        {"n", Align::right, false, 2},
                  {"overhead", Align::right, false, 4}, {"cost", Align::right, false, 1},
                  {"warm-up", Align::left, false, 3},   {"peak RSS", Align::right, false, 5},
                  {"faults", Align::right, false, 7},   {"switches", Align::right, false, 6}};
  for (const store::StoredInvocation& s : invocations) {
    const store::Invocation& i = s.invocation;
    auto number = [](const auto& optional) { return optional ? fmt::format("{}", *optional) : std::string("-"); };
    auto time = [](const std::optional<double>& ns) { return ns ? format_ns(*ns) : std::string("-"); };
    const bool pilot = std::ranges::find(i.flags, "pilot") != i.flags.end();
    runs.rows.push_back(
        {fmt::format("{}", i.index), std::string(protocol::outcome_name(i.outcome)) + (pilot ? " (pilot)" : ""),
         format_ns(static_cast<double>(i.duration_ns)), i.calibration ? fmt::format("{}", i.calibration->n) : "-",
         i.calibration ? time(i.calibration->fit_overhead_ns) : "-",
         i.calibration ? time(i.calibration->fit_cost_ns) : "-", i.calibration ? i.calibration->warmup_class : "-",
         i.usage && i.usage->peak_rss_bytes ? format_quantity(static_cast<double>(*i.usage->peak_rss_bytes), "By")
                                            : "-",
         i.usage ? number(i.usage->minor_faults) : "-", i.usage ? number(i.usage->involuntary_switches) : "-"});
  }
  if (!runs.rows.empty()) out += draw_console(runs, style.width, style.ascii);
  Table counted = counted_table(counted_sums(invocations), energy_sums(invocations));
  for (std::vector<std::string>& row : counted.rows) {
    for (std::string& cell : row) cell = escape_for_terminal(cell);
  }
  // Names of what is missing, and why, are sentences: a column of them would be wider than a terminal.
  std::string missing;
  std::erase_if(counted.rows, [&](const std::vector<std::string>& row) {
    if (row[1] != "-") return false;
    missing += wrapped(fmt::format("not counted: {}: {}", row[0], row[2]), 2, style.width) + '\n';
    return true;
  });
  if (!counted.rows.empty()) out += '\n' + draw_console(counted, style.width, style.ascii);
  if (!missing.empty()) out += '\n' + missing;
  if (const std::string drawn = shape_text(shape, style); !drawn.empty()) out += '\n' + drawn;
  return style.ascii ? ascii_only(out) : out;
}

}  // namespace benchhost::report
