#include "cli/cmd_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "cli/workplace.h"
#include "common/base/suggest.h"
#include "common/base/terminal_text.h"
#include "common/base/units.h"
#include "report/noise_text.h"
#include "report/run_report.h"
#include "report/table.h"

namespace benchhost::cli {

namespace {

std::pair<std::string, std::string> split_request(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) return {text, {}};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number value{};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

Result<ExitStatus> run_report(CommandContext& context) {
  Workplace workplace;
  const std::string format = context.args.value("as").value_or(context.json ? "json" : "console");
  BH_CHECK(check_report_request(format, context.json));
  BH_TRY(auto reader, open_for_reading(context, workplace));
  const auto& operands = context.args.operands();
  BH_TRY(const store::RunId id, reader->find_run(operands.empty() ? "latest" : operands.front()));
  BH_TRY(const report::RunView view, report::read_run(*reader, id, report_depth({format})));
  BH_CHECK(write_report(view, format, context));
  return ExitStatus::ok;
}

// What a worker printed, each line behind a mark: CI systems take a line that begins with "::" or "##[" for a command.
std::string log_lines(std::string_view text) {
  std::string out;
  const std::string shown = escape_for_terminal(text, LineBreaks::keep);
  for (std::string_view rest = shown; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    out += fmt::format("| {}\n", line);
  }
  return out;
}

Json invocation_json(const store::StoredInvocation& stored) {
  const store::Invocation& i = stored.invocation;
  Json json;
  json.set("index", i.index).set("outcome", std::string(protocol::outcome_name(i.outcome)));
  json.set("reason", i.reason.empty() ? Json() : Json(i.reason));
  json.set("duration_ns", i.duration_ns);
  json.set("exit_code", i.exit_code ? Json(*i.exit_code) : Json());
  json.set("signal", i.signal ? Json(*i.signal) : Json());
  json.set("iterations_per_batch", i.calibration ? Json(i.calibration->n) : Json());
  json.set("event_counts", report::event_counts_json(i)).set("energy", report::energy_json(i));
  Json segments{JsonArray{}};
  for (const store::SegmentInfo& s : stored.segments) {
    Json one;
    one.set("id", s.id).set("quantity", std::string(protocol::quantity_name(s.segment.quantity)));
    one.set("phase", std::string(protocol::segment_phase_name(s.segment.phase)));
    one.set("n", s.segment.n).set("count", s.count);
    one.set("metric", s.segment.metric.empty() ? Json() : Json(s.segment.metric));
    segments.push(std::move(one));
  }
  json.set("segments", std::move(segments));
  Json logs{JsonArray{}};
  for (const store::LogLine& l : i.logs) {
    logs.push(Json().set("level", l.level).set("source", l.source).set("text", l.text));
  }
  json.set("logs", std::move(logs));
  return json;
}

Result<ExitStatus> run_show(CommandContext& context) {
  Workplace workplace;
  BH_TRY(auto reader, open_for_reading(context, workplace));
  BH_TRY(const store::StoredResult result, find_result(*reader, context.args.operands().front()));
  BH_TRY(const auto invocations, reader->invocations(result.id));
  if (context.json) {
    Json json = report::result_json(result);
    json.set("format", "benchhost.result").set("version", 1);
    Json all{JsonArray{}};
    for (const store::StoredInvocation& i : invocations) all.push(invocation_json(i));
    json.set("runs", std::move(all));
    context.console.out(to_pretty_text(json) + '\n');
    return ExitStatus::ok;
  }
  std::uint64_t samples_left = report::DetailLimits().samples;
  BH_TRY(const report::CaseSamples samples, report::read_samples(*reader, result, invocations, samples_left));
  std::string out = report::result_page(result, invocations, report::shape_of(samples), context.console.style());
  if (context.args.has("log")) {
    for (const store::StoredInvocation& i : invocations) {
      for (const store::LogLine& l : i.invocation.logs) {
        out += fmt::format("\n[{} {} {}]\n{}", i.invocation.index, l.source, l.level, log_lines(l.text));
      }
    }
  }
  context.console.text(out);
  return ExitStatus::ok;
}

Result<ExitStatus> run_list_runs(CommandContext& context) {
  Workplace workplace;
  BH_TRY(auto reader, open_for_reading(context, workplace));
  BH_TRY(const auto runs, reader->list_runs(0));
  Json all{JsonArray{}};
  report::Table table;
  table.columns = {{"run", report::Align::right, false},        {"started (UTC)", report::Align::left, false},
                   {"suite", report::Align::left, true},        {"cases", report::Align::left, true},
                   {"state", report::Align::left, false},       {"exit", report::Align::right, false},
                   {"resolves", report::Align::right, false, 1}};
  for (const store::StoredRun& run : runs) {
    std::string counts;
    Json count_json{JsonObject{}};
    for (const auto& [outcome, count] : run.counts) {
      const std::string name = outcome ? std::string(protocol::outcome_name(*outcome)) : "unfinished";
      counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count, name);
      count_json.set(name, count);
    }
    const std::uint64_t missing = report::not_begun(run);
    if (missing > 0) counts += fmt::format("{}{} not begun", counts.empty() ? "" : ", ", missing);
    table.rows.push_back({fmt::format("{}", run.id), report::time_text(run.start.started_wall_ns),
                          escape_for_terminal(run.start.suite_name.empty() ? "-" : run.start.suite_name), counts,
                          std::string(store::run_state_name(run.state)),
                          run.end ? fmt::format("{}", run.end->exit_code) : "-",
                          report::share_text(run.end ? run.end->resolution_ratio : std::nullopt)});
    Json one;
    one.set("id", run.id).set("uid", run.start.uid).set("suite", run.start.suite_name);
    one.set("started_wall_ns", run.start.started_wall_ns);
    one.set("state", std::string(store::run_state_name(run.state)));
    one.set("exit_code", run.end ? Json(run.end->exit_code) : Json());
    one.set("counts", std::move(count_json)).set("not_begun", missing);
    all.push(std::move(one));
  }
  if (context.json) {
    Json json;
    json.set("format", "benchhost.runs").set("version", 1).set("runs", std::move(all));
    context.console.out(to_pretty_text(json) + '\n');
  } else {
    const report::Style style = context.console.style();
    context.console.text(runs.empty() ? "no run yet: benchhost run --suite quick.yaml\n"
                                      : report::draw_console(table, style.width, style.ascii));
  }
  return ExitStatus::ok;
}

}  // namespace

std::string report_formats_text() {
  const std::vector<std::string>& formats = report_formats();
  std::string list;
  for (std::size_t i = 0; i < formats.size(); ++i) {
    list += (i == 0 ? "" : i + 1 == formats.size() ? " or " : ", ") + formats[i];
  }
  return list;
}

const std::vector<std::string>& report_formats() {
  static const std::vector<std::string> formats = {"console", "md", "html", "csv", "json", "junit"};
  return formats;
}

report::Depth report_depth(const std::vector<std::string>& requests) {
  const bool drawn = std::ranges::any_of(requests, [](const std::string& request) {
    const std::string format = split_request(request).first;
    return format == "html" || format == "console";
  });
  return drawn ? report::Depth::samples : report::Depth::numbers;
}

Result<void> check_report_request(const std::string& format_and_file, bool json) {
  const auto [format, file] = split_request(format_and_file);
  const std::vector<std::string>& formats = report_formats();
  if (std::ranges::find(formats, format) != formats.end()) {
    if (file.empty() && format_and_file.ends_with(':')) {
      return make_error("BH0001", fmt::format("the report '{}' names no file", format_and_file),
                        fmt::format("{}:FILE, or {} alone for standard output", format, format));
    }
    platform::SystemFiles files;
    const std::filesystem::path folder = std::filesystem::path(file).parent_path();
    if (!folder.empty() && !platform::exists(files, folder)) {
      return make_error("BH0003", fmt::format("there is no folder '{}' to write the report into", folder.string()));
    }
    if (!json || format == "json" || !file.empty()) return {};
    return make_error("BH0001", fmt::format("--format json and a report as {} both want standard output", format),
                      fmt::format("name a file for the report: {}:FILE", format));
  }
  std::string help = did_you_mean(format, formats);
  if (help.empty()) help = fmt::format("there are: {}", fmt::join(formats, ", "));
  return make_error("BH0001", fmt::format("there is no report format '{}'", format), std::move(help));
}

Result<void> write_report(const report::RunView& view, const std::string& format_and_file, CommandContext& context) {
  BH_CHECK(check_report_request(format_and_file, context.json));
  const auto [format, file] = split_request(format_and_file);
  std::string text;
  if (format == "json") {
    text = to_pretty_text(report::json_report(view)) + '\n';
  } else if (format == "md") {
    text = report::markdown_report(view);
  } else if (format == "html") {
    text = report::html_report(view);
  } else if (format == "csv") {
    text = report::csv_report(view);
  } else if (format == "junit") {
    text = report::junit_report(view);
  } else {
    // A file is read somewhere else: no colour, and a width that suits an editor.
    report::Style style = context.console.style();
    style.all_findings = context.args.has("verbose");
    if (!file.empty()) style = {120, false, false, style.all_findings};
    text = report::console_report(view, style);
  }
  if (file.empty()) {
    context.console.out(text);
    return {};
  }
  platform::SystemFiles files;
  return files.write(file, text);
}

Result<store::StoredResult> find_result(store::RunReader& reader, const std::string& reference) {
  const std::size_t slash = reference.rfind('/');
  if (slash == std::string::npos) {
    const auto id = number_of<store::ResultId>(reference);
    if (!id) {
      return make_error("BH0001", fmt::format("'{}' names no result", reference),
                        "RUN/CASE as in 214/3 or latest/3, or the number of a result");
    }
    return reader.result(*id);
  }
  BH_TRY(const store::RunId run, reader.find_run(reference.substr(0, slash)));
  BH_TRY(const auto results, reader.results(run, store::Attempts::last));
  const std::string name = reference.substr(slash + 1);
  const auto ordinal = number_of<std::uint64_t>(name);
  std::vector<std::string> titles;
  for (const store::StoredResult& r : results) {
    if (ordinal ? r.start.ordinal == *ordinal : r.start.case_.title == name) return r;
    titles.push_back(r.start.case_.title);
  }
  return make_error("BH0408", fmt::format("run {} has no case '{}'", run, name), did_you_mean(name, titles));
}

Command report_command() {
  CommandSpec spec;
  spec.name = "report";
  spec.operands = "[RUN]";
  spec.summary = "Shows a run: a number, latest, latest~2, or LABEL=VALUE; the newest if none is given.";
  spec.options = {{"as", "FORMAT[:FILE]", "The form, and a file for it: " + report_formats_text() + "."}, db_option()};
  spec.examples = {"report latest", "report 12 --as html:report.html", "report latest --as csv"};
  spec.max_operands = 1;
  return {std::move(spec), run_report};
}

Command show_command() {
  CommandSpec spec;
  spec.name = "show";
  spec.operands = "RUN/CASE";
  spec.summary = "Shows one result with all its metrics, invocations, and the command that repeats it.";
  spec.options = {{"log", "", "Also what the worker logged and printed."}, db_option()};
  spec.examples = {"show latest/0", "show 12/3 --log"};
  spec.min_operands = spec.max_operands = 1;
  return {std::move(spec), run_show};
}

Command list_runs_command() {
  CommandSpec spec;
  spec.name = "list runs";
  spec.summary = "Lists the runs in the database, newest first.";
  spec.options = {db_option()};
  spec.examples = {"list runs"};
  return {std::move(spec), run_list_runs};
}

}  // namespace benchhost::cli
