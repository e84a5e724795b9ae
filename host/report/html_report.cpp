// The page is made of what XML and HTML read alike: every element is closed, no attribute is bare, and all text that
// is not ours goes through markup_text.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "common/base/units.h"
#include "report/finding_text.h"
#include "report/html_style.h"
#include "report/markup_text.h"
#include "report/noise_text.h"
#include "report/plot.h"
#include "report/run_report.h"
#include "report/run_table.h"
#include "report/sweep_plots.h"
#include "report/table.h"

namespace benchhost::report {

namespace {

// What bounds the page. A row is some 400 bytes, a plot some 6 kB, so it stays below some 10 MB.
constexpr std::size_t kMostRows = 10'000;
constexpr std::size_t kMostFailures = 500;
constexpr std::size_t kMostSummaries = 1'000;
constexpr std::size_t kMostPlots = 60;
constexpr std::size_t kMostWarnings = 50;
constexpr std::size_t kMostFacts = 60;
constexpr std::size_t kMostLetters = 300;
// A fact of more letters than this has a line of its own.
constexpr std::size_t kWideFact = 72;

// Text of others, cut to what a page can show.
std::string text(std::string_view of) { return markup_text(shortened(of, kMostLetters, false)); }

std::string words(std::string name) {
  std::ranges::replace(name, '_', ' ');
  return name;
}

std::string left_out(std::size_t count, std::string_view what) {
  return count == 0 ? "" : fmt::format("<p class=\"note\">{} more {} are left out here.</p>\n", count, what);
}

// ---- facts

using Facts = std::vector<std::pair<std::string, std::string>>;

std::string value_of(const Json& value) {
  if (value.is_string()) return value.as_string();
  if (value.is_bool()) return value.as_bool() ? "yes" : "no";
  return to_text(value);
}

// The members of an object as facts; what nobody knows is left out, nested ones get their path for a name.
void add_facts(const Json& object, const std::string& before, Facts& facts) {
  for (const auto& [name, value] : object.members()) {
    if (facts.size() >= kMostFacts) return;
    if (value.is_null()) continue;
    if (value.is_object()) {
      add_facts(value, before + words(name) + " ", facts);
    } else if (name.ends_with("_bytes") && value.is_number()) {
      facts.emplace_back(before + words(name.substr(0, name.size() - 6)), format_quantity(value.as_double(0), "By"));
    } else {
      facts.emplace_back(before + words(name), value_of(value));
    }
  }
}

std::string facts_list(const Facts& facts) {
  std::string out = "<dl class=\"facts\">\n";
  for (const auto& [name, value] : facts) {
    if (value.empty()) continue;
    const std::string_view wide = value.size() > kWideFact ? " class=\"wide\"" : "";
    out += fmt::format("<div{}><dt>{}</dt><dd>{}</dd></div>\n", wide, text(name), text(value));
  }
  return out + "</dl>\n";
}

Facts run_facts(const RunView& view) {
  const store::RunStart& start = view.run.start;
  Facts facts = {{"run", fmt::format("{} ({})", view.run.id, store::run_state_name(view.run.state))},
                 {"uid", start.uid},
                 {"suite", start.suite_name},
                 {"suite hash", start.suite_hash},
                 {"started", time_text(start.started_wall_ns) + " UTC"}};
  if (view.run.end) {
    facts.emplace_back("took", format_ns(static_cast<double>(view.run.end->ended_wall_ns - start.started_wall_ns)));
    facts.emplace_back("exit status", view.run.end->reason.empty()
                                          ? fmt::format("{}", view.run.end->exit_code)
                                          : fmt::format("{}: {}", view.run.end->exit_code, view.run.end->reason));
  }
  facts.insert(facts.end(), {{"commit", start.commit},
                             {"branch", start.branch},
                             {"seed", fmt::format("{}", start.seed)},
                             {"benchhost", start.host_version},
                             {"sandbox", start.sandbox_tier},
                             {"command", start.command_line}});
  for (const auto& [name, value] : start.labels) facts.emplace_back("label " + name, value);
  return facts;
}

Facts machine_facts(const RunView& view) {
  const store::RunStart& start = view.run.start;
  Facts facts;
  if (!start.testbed.name.empty()) facts.emplace_back("testbed", start.testbed.name);
  add_facts(start.environment, "", facts);
  for (const auto& [name, value] : start.testbed.facts.members()) {
    if (name == "text" || start.environment.has(name)) continue;
    add_facts(Json().set(name, value), "", facts);
  }
  facts.emplace_back("testbed key", start.testbed.key);
  for (const store::DeviceRow& d : view.detail->devices) {
    if (facts.size() >= kMostFacts) break;
    facts.emplace_back("device " + d.record.name, d.record.reason.empty()
                                                      ? d.record.model() + (d.record.simulated() ? " (simulated)" : "")
                                                      : "not usable: " + d.record.reason);
  }
  return facts;
}

// All that was found, with what to do.
std::string findings_section(const RunView& view) {
  if (view.run.start.findings.empty()) return {};
  std::string out =
      "<div class=\"scroll\" role=\"region\" aria-label=\"Found of the machine\" "
      "tabindex=\"0\">\n<table><thead><tr><th "
      "scope=\"col\">code</th><th scope=\"col\">how much it matters</th><th scope=\"col\">what was found</th><th "
      "scope=\"col\">what to do</th></tr></thead>\n<tbody>\n";
  for (const store::RunFinding& f : view.run.start.findings) {
    out += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", text(f.code), text(f.severity),
                       text(f.text), text(f.help));
  }
  return out + "</tbody>\n</table></div>\n";
}

std::string warnings_of(const RunView& view) {
  std::vector<std::string> all = view.detail->warnings;
  for (const store::RunFinding& f : shown_findings(view.run.start.findings, Findings::warnings)) {
    all.push_back(fmt::format("{} ({})", f.text, f.code));
  }
  if (view.run.state == store::RunState::interrupted) all.emplace_back("the run was interrupted: it is incomplete");
  if (view.run.state == store::RunState::running) all.emplace_back("the run is under way: this is what there is yet");
  if (const std::uint64_t missing = not_begun(view.run)) {
    all.push_back(fmt::format("{} cases of the plan were not begun", missing));
  }
  std::map<std::string, std::size_t> flags;
  for (const store::StoredResult& r : view.results) {
    for (const std::string& flag : r.end ? r.end->flags : std::vector<std::string>()) ++flags[flag];
  }
  for (const auto& [flag, count] : flags) {
    all.push_back(fmt::format("{} of {} results: {}", count, view.results.size(), words(flag)));
  }
  if (all.empty()) return {};
  std::string out = "<section class=\"warnings\" aria-label=\"Warnings\">\n<strong>To be kept in mind</strong>\n<ul>\n";
  for (std::size_t i = 0; i < std::min(all.size(), kMostWarnings); ++i)
    out += fmt::format("<li>{}</li>\n", text(all[i]));
  out += "</ul>\n";
  if (all.size() > kMostWarnings) out += left_out(all.size() - kMostWarnings, "warnings");
  return out + "</section>\n";
}

// ---- tables

std::string_view class_of(const store::StoredResult& r) {
  if (!r.end) return "warn";
  switch (r.end->outcome) {
    case protocol::Outcome::passed:
    case protocol::Outcome::cached:
      return r.end->flags.empty() ? "good" : "warn";
    case protocol::Outcome::skipped:
      return "warn";
    default:
      return "bad";
  }
}

std::string result_row(const RunView& view, const store::StoredResult& r) {
  const store::StoredMeasurement* primary = primary_of(r);
  const bool drawn = view.detail->cases.contains(r.id) && view.detail->cases.at(r.id).shape.samples > 0;
  const std::string name = text(r.start.case_.title.empty() ? r.start.case_.key : r.start.case_.title);
  std::string out = drawn ? fmt::format("<tr><td class=\"name\"><a href=\"#case-{}\">{}</a></td>", r.id, name)
                          : fmt::format("<tr><td class=\"name\">{}</td>", name);
  const auto number = [&out](const std::string& cell) { out += fmt::format("<td class=\"number\">{}</td>", cell); };
  if (primary != nullptr && primary->measurement.value) {
    const store::Measurement& m = primary->measurement;
    out += fmt::format("<td>{}</td>", text(primary->metric.title.empty() ? primary->metric.id : primary->metric.title));
    number(text(value_text(*primary)));
    number(text(interval_text(*primary, false)));
    number(share_text(m.spread_ratio));
    number(fmt::format("{}", m.invocations));
    number(fmt::format("{}", m.samples));
  } else {
    out += "<td></td>";
    for (int i = 0; i < 5; ++i) number("");
  }
  const std::string reason = r.end && !r.end->reason.empty() ? ": " + text(r.end->reason) : "";
  std::string flags;
  for (const std::string& flag : r.end ? r.end->flags : std::vector<std::string>()) flags += ", " + text(words(flag));
  std::string speeds;
  for (const std::string& line : speed_lines(r)) speeds += "<br/>" + text(line);
  out += fmt::format("<td class=\"words\"><span class=\"{}\">{}{}</span>{}{}</td></tr>\n", class_of(r),
                     words(outcome_text(r)), flags, reason, speeds);
  return out;
}

std::string results_section(const RunView& view) {
  std::string out =
      "<h2 id=\"results\">Results</h2>\n<div class=\"scroll\" role=\"region\" aria-label=\"Results\" tabindex=\"0\">\n"
      "<table><thead><tr><th scope=\"col\">case</th><th scope=\"col\">metric</th><th scope=\"col\" "
      "class=\"number\">value"
      "</th><th scope=\"col\" class=\"number\">± 95 %</th><th scope=\"col\" class=\"number\">spread</th>"
      "<th scope=\"col\" class=\"number\">n</th><th scope=\"col\" class=\"number\">samples</th>"
      "<th scope=\"col\">outcome</th></tr></thead><tbody>\n";
  for (std::size_t i = 0; i < std::min(view.results.size(), kMostRows); ++i) out += result_row(view, view.results[i]);
  out += "</tbody></table></div>\n";
  if (view.results.size() > kMostRows) out += left_out(view.results.size() - kMostRows, "cases");
  return out +
         "<p class=\"note\">Value: the mean over invocations, each a fresh process. ± 95 %: half the interval that "
         "follows "
         "from how far they lie apart. Spread: the standard deviation between them. n: how many there were.</p>\n";
}

std::string failures_section(const RunView& view) {
  std::string rows;
  std::size_t count = 0;
  for (const store::StoredResult& r : view.results) {
    const bool fine =
        r.end && (r.end->outcome == protocol::Outcome::passed || r.end->outcome == protocol::Outcome::cached);
    if (fine || ++count > kMostFailures) continue;
    rows += fmt::format("<li><strong>{}</strong>: <span class=\"{}\">{}</span>", text(r.start.case_.title), class_of(r),
                        words(outcome_text(r)));
    if (r.end && !r.end->reason.empty()) rows += ": " + text(r.end->reason);
    rows += fmt::format(" <code>benchhost show {}/{} --log</code></li>\n", view.run.id, r.start.ordinal);
  }
  if (count == 0) return {};
  return "<h2 id=\"failures\">What did not pass</h2>\n<ul>\n" + rows + "</ul>\n" +
         left_out(count > kMostFailures ? count - kMostFailures : 0, "cases");
}

std::string summaries_section(const RunView& view) {
  const Table table = summary_table(view, false);
  if (table.rows.empty()) return {};
  std::string out =
      "<h2 id=\"summaries\">Summaries of sweeps</h2>\n<div class=\"scroll\" role=\"region\" aria-label=\"Summaries\" "
      "tabindex=\"0\">\n<table><thead><tr>";
  for (const Column& c : table.columns) {
    out += fmt::format("<th scope=\"col\"{}>{}</th>", c.align == Align::right ? " class=\"number\"" : "", c.title);
  }
  out += "</tr></thead><tbody>\n";
  for (std::size_t i = 0; i < std::min(table.rows.size(), kMostSummaries); ++i) {
    out += "<tr>";
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      const std::string cell = c < table.rows[i].size() ? table.rows[i][c] : "";
      out +=
          fmt::format("<td{}>{}</td>", table.columns[c].align == Align::right ? " class=\"number\"" : "", text(cell));
    }
    out += "</tr>\n";
  }
  out += "</tbody></table></div>\n";
  return out + left_out(table.rows.size() > kMostSummaries ? table.rows.size() - kMostSummaries : 0, "summaries");
}

// ---- plots

std::string plots_section(std::string_view id, std::string_view title, const Plots& plots, std::string_view note) {
  if (plots.plots.empty()) return {};
  std::string out = fmt::format("<h2 id=\"{}\">{}</h2>\n{}<div class=\"plots\">\n", id, title, note);
  for (const Plot& plot : plots.plots) out += draw_plot(plot);
  return out + "</div>\n" + left_out(plots.left_out, "plots");
}

// What was counted and used, folded away: few ask for it.
std::string counted_section(const CaseDetail& detail) {
  const Table table = counted_table(detail.counts, detail.energies);
  if (table.rows.empty()) return {};
  std::string out = "<details><summary>Counted while measuring</summary>\n<table><thead><tr>";
  const auto cell = [&table](std::string_view tag, std::size_t column, const std::string& content) {
    const bool right = table.columns[column].align == Align::right;
    return fmt::format("<{}{}>{}</{}>", tag, right ? " class=\"number\"" : "", text(content), tag);
  };
  for (std::size_t c = 0; c < table.columns.size(); ++c) out += cell("th", c, table.columns[c].title);
  out += "</tr></thead><tbody>\n";
  for (const std::vector<std::string>& row : table.rows) {
    out += "<tr>";
    for (std::size_t c = 0; c < row.size(); ++c) out += cell("td", c, row[c]);
    out += "</tr>\n";
  }
  return out + "</tbody></table></details>\n";
}

std::string distributions_section(const RunView& view) {
  std::string out;
  for (const store::StoredResult& r : view.results) {
    const auto detail = view.detail->cases.find(r.id);
    if (detail == view.detail->cases.end() || detail->second.shape.samples == 0) continue;
    const CaseShape& shape = detail->second.shape;
    const std::string id = fmt::format("case-{}", r.id);
    out += fmt::format("<section id=\"{}\">\n<h3>{}</h3>\n<div class=\"plots\">\n", id, text(r.start.case_.title));
    out +=
        draw_run_order(shape, id + "-order") + draw_histogram(shape, id + "-bins") + draw_shares(shape, id + "-shares");
    out += "</div>\n" + counted_section(detail->second) + "</section>\n";
  }
  if (out.empty()) return {};
  std::string head = "<h2 id=\"distributions\">Distributions</h2>\n";
  if (view.detail->cases_left_out > 0) {
    head += fmt::format(
        "<p class=\"note\">Of the first {} measured cases; {} more are in the table, and "
        "<code>benchhost show {}/CASE</code> draws each.</p>\n",
        view.detail->cases.size(), view.detail->cases_left_out, view.run.id);
  }
  return head + out;
}

std::string navigation(const std::vector<std::pair<std::string, std::string>>& sections) {
  std::string out = "<nav aria-label=\"Contents\"><ul>\n";
  for (const auto& [id, title] : sections) out += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", id, title);
  return out + "</ul></nav>\n";
}

}  // namespace

std::string html_report(const RunView& view) {
  const std::string name = view.run.start.suite_name.empty() ? "" : ": " + text(view.run.start.suite_name);
  const std::string title = fmt::format("Run {}{}", view.run.id, name);
  struct Section {
    std::string id;
    std::string title;
    std::string body;
  };
  std::vector<Section> sections;
  const auto add = [&](std::string_view id, std::string_view heading, std::string body) {
    if (!body.empty()) sections.push_back({std::string(id), std::string(heading), std::move(body)});
  };
  add("failures", "What did not pass", failures_section(view));
  add("results", "Results", results_section(view));
  add("parameters", "Over parameters",
      plots_section("parameters", "Over parameters", parameter_plots(view, kMostPlots), ""));
  add("scaling", "Scaling", plots_section("scaling", "Scaling", scaling_plots(view, kMostPlots), ""));
  add("roofline", "Roofline", plots_section("roofline", "Roofline", roofline_plots(view, kMostPlots), ""));
  add("summaries", "Summaries of sweeps", summaries_section(view));
  add("distributions", "Distributions", distributions_section(view));

  std::string out = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n";
  out += fmt::format("<meta http-equiv=\"Content-Security-Policy\" content=\"{}\"/>\n", content_policy());
  out +=
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
      "<meta name=\"referrer\" content=\"no-referrer\"/>\n";
  out += fmt::format("<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<header>\n<h1>{}</h1>\n", title,
                     html_style(), title);
  out += fmt::format("<p>{}; {}.</p>\n", markup_text(counts_text(view)), markup_text(resolution_text(view.run)));
  std::vector<std::pair<std::string, std::string>> contents;
  for (const Section& section : sections) contents.emplace_back(section.id, section.title);
  contents.emplace_back("conditions", "Machine and conditions");
  out += navigation(contents) + warnings_of(view) + facts_list(run_facts(view)) + "</header>\n<main>\n";
  for (const Section& section : sections) out += section.body;
  out +=
      "<h2 id=\"conditions\">Machine and conditions</h2>\n" + findings_section(view) + facts_list(machine_facts(view));
  return out + fmt::format(
                   "</main>\n<footer><p>Made by benchhost {}. This file is complete in itself.</p></footer>\n"
                   "</body>\n</html>\n",
                   text(view.run.start.host_version));
}

}  // namespace benchhost::report
