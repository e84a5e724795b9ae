#include "cli/cmd_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/cmd_quarantine.h"
#include "cli/cmd_report.h"
#include "cli/repeat_command.h"
#include "cli/run_execution.h"
#include "cli/run_requests.h"
#include "common/base/terminal_text.h"
#include "report/finding_text.h"
#include "report/table.h"
#include "schedule/demands.h"
#include "suite/schema.h"

namespace benchhost::cli {

namespace {

void say_dropped(const suite::Expansion& expansion, Console& console) {
  for (const suite::Dropped& d : expansion.dropped) {
    console.say(fmt::format("{}: {} no case: {}\n", escape_for_terminal(d.benchmark_id),
                            d.count == 1 ? "1 combination is" : fmt::format("{} combinations are", d.count),
                            escape_for_terminal(d.cause)));
  }
}

// What disturbs measurements here, while there is still time to do something about it.
void say_findings(const schedule::Plan& plan, CommandContext& context) {
  const auto which = context.args.has("verbose") ? report::Findings::all : report::Findings::warnings;
  for (const store::RunFinding& f : report::shown_findings(plan.start.findings, which)) {
    context.console.say(report::finding_line(f) + '\n');
  }
}

void say_refused(const Site& site, Console& console) {
  std::size_t refused = site.catalogue.refused_folders.size();
  for (const discover::PluginEntry& e : site.catalogue.plugins) refused += e.usable() ? 0 : 1;
  for (const discover::BackendEntry& e : site.catalogue.backends) refused += e.usable() ? 0 : 1;
  if (refused == 0) return;
  console.warning(make_error("", fmt::format("{} files or folders are not used", refused),
                             "benchhost list plugins and list backends say why"));
}

void print_cases(const schedule::Plan& plan, CommandContext& context) {
  if (context.json) {
    Json cases{JsonArray{}};
    for (const schedule::PlanCase& c : plan.cases) {
      Json one;
      one.set("case", c.spec.name).set("key", c.spec.key).set("benchmark", c.spec.benchmark_id);
      one.set("parameters", c.spec.canonical_parameters);
      one.set("skip_reason", c.spec.skip_reason.empty() ? Json() : Json(c.spec.skip_reason));
      one.set("fail_reason", c.spec.fail_reason.empty() ? Json() : Json(c.spec.fail_reason));
      one.set("quarantine", c.quarantine.empty() ? Json() : Json(c.quarantine));
      one.set("refused_reason", c.refused_because.empty() ? Json() : Json(c.refused_because));
      one.set("priority", std::string(suite::to_text(c.spec.priority)));
      one.set("invocations_min", c.policy.min_invocations).set("invocations_max", c.policy.max_invocations);
      one.set("repeat", c.repeat_command);
      cases.push(std::move(one));
    }
    Json json;
    json.set("format", "benchhost.plan").set("version", 1).set("cases", std::move(cases));
    json.set("findings", report::findings_json(plan.start.findings));
    context.console.out(to_pretty_text(json) + '\n');
    return;
  }
  report::Table table;
  table.columns = {{"case", report::Align::left, true},
                   {"invocations", report::Align::right, false},
                   {"remarks", report::Align::left, true}};
  for (const schedule::PlanCase& c : plan.cases) {
    const bool fixed = c.policy.min_invocations == c.policy.max_invocations;
    table.rows.push_back({escape_for_terminal(c.spec.name),
                          fixed ? fmt::format("{}", c.policy.min_invocations)
                                : fmt::format("{}..{}", c.policy.min_invocations, c.policy.max_invocations),
                          escape_for_terminal(c.blocked_because())});
  }
  const report::Style style = context.console.style();
  context.console.text(report::draw_console(table, style.width, style.ascii));
  context.console.text(fmt::format("{} case{}\n", plan.cases.size(), plan.cases.size() == 1 ? "" : "s"));
}

bool goes_to_file(const std::string& report_request) { return report_request.find(':') != std::string::npos; }

// Reports into files: if one cannot be written, that is part of how the run ended. Those to standard output cannot
// fail, and wait for whoever reads them, so they come when the run is finished in the store.
Result<void> write_report_files(RunResult& result, const std::vector<std::string>& requests, store::RunReader& reader,
                                CommandContext& context, std::int64_t now_wall_ns) {
  if (std::ranges::none_of(requests, goes_to_file)) return {};
  BH_TRY(report::RunView view, report::read_run(reader, result.summary.run, report_depth(requests)));
  view.run.state = store::RunState::finished;
  for (const std::string& request : requests) {
    if (!goes_to_file(request)) continue;
    view.run.end =
        store::RunEnd{now_wall_ns, static_cast<int>(result.status), result.reason, result.summary.resolution_ratio};
    // The results are stored: a report that cannot be written takes neither the other reports nor the run with it.
    if (const auto written = write_report(view, request, context); !written.ok()) {
      context.console.error(written.error());
      if (worst({result.status, ExitStatus::incomplete}) == result.status) continue;
      result.status = ExitStatus::incomplete;
      result.reason = fmt::format("the report {} could not be written", request);
    }
  }
  return {};
}

// Requested reports, the end of the run in the store, the report to standard output, and what to do next.
Result<ExitStatus> conclude(RunResult result, const std::vector<std::string>& reports, store::RunStore& store,
                            CommandContext& context, Workplace& workplace) {
  const std::int64_t now = workplace.clock.wall_ns();
  BH_CHECK(write_report_files(result, reports, store, context, now));
  BH_CHECK(schedule::finish(result.summary, static_cast<int>(result.status), result.reason, now, store));
  // Nothing is left to be kept from a half-way end.
  if (context.interrupts) context.interrupts->signals().give_back();
  std::vector<std::string> to_stdout = reports;
  std::erase_if(to_stdout, goes_to_file);
  if (to_stdout.empty()) to_stdout.emplace_back(context.json ? "json" : "console");
  BH_TRY(const report::RunView view, report::read_run(store, result.summary.run, report_depth(to_stdout)));
  for (const std::string& request : to_stdout) BH_CHECK(write_report(view, request, context));
  if (!result.summary.resolution_ratio) {
    context.console.say(fmt::format("resolution is not known: {}\n", result.summary.resolution_reason));
  }
  if (result.status != ExitStatus::ok) {
    context.console.say(fmt::format("{} (exit status {})\n", result.reason, static_cast<int>(result.status)));
  }
  context.console.say(
      fmt::format("stored as run {} in {}\n", result.summary.run, database_path(context.args, workplace)));
  return result.status;
}

// Thresholds on changes are the suite's word for baselines: that they are not looked at is said, not hidden.
void say_changes_are_not_compared(const schedule::Plan& plan, Console& console) {
  const auto asks = [](const schedule::PlanCase& c) {
    return std::ranges::any_of(c.spec.thresholds, [](const suite::Threshold& t) { return t.change.has_value(); });
  };
  const auto cases = std::ranges::count_if(plan.cases, asks);
  if (cases == 0) return;
  console.say(fmt::format("thresholds on changes of {} case{} are not compared: there are no baselines yet\n", cases,
                          cases == 1 ? "" : "s"));
}

Result<ExitStatus> run_run(CommandContext& context) {
  Workplace workplace;
  MachineWatch watch(workplace);
  BH_TRY(const FailOn trips, fail_on(context.args));
  BH_TRY(const PlanRequest request, plan_request(context, workplace, context.args.operands()));
  BH_TRY(const std::vector<std::string> reports, requested_reports(context, request.suite));
  BH_TRY(Interrupts * interrupts, take_interrupts(context));
  BH_TRY(const Site site, look_around(context, workplace, Look::everything, interrupts->cancel()));
  say_refused(site, context.console);
  BH_TRY(Planned planned, make_plan(request, site, context, workplace, interrupts->cancel()));
  schedule::apply_demands(
      planned.plan, demanded_facts(watch.look(site.machine, site.allowed_cpus), planned.plan, context, workplace));
  planned.plan.start.findings = watch.findings(site.machine, site.allowed_cpus);
  say_dropped(planned.expansion, context.console);
  if (planned.plan.cases.empty()) {
    report_error(
        context.console,
        make_error("BH0106", "nothing was selected: no case is left", "benchhost suite expand shows what was dropped"),
        context.json, ExitStatus::nothing);
    return ExitStatus::nothing;
  }
  say_findings(planned.plan, context);
  if (context.args.has("dry-run")) {
    print_cases(planned.plan, context);
    return ExitStatus::ok;
  }
  say_changes_are_not_compared(planned.plan, context.console);
  BH_CHECK(make_output_folder(context, workplace));
  BH_TRY(const auto store, open_for_writing(context, workplace));
  BH_TRY(const schedule::RunSummary summary, execute_plan(planned.plan, site, *store, context, workplace));
  return conclude(judge(summary, trips), reports, *store, context, workplace);
}

// ---- replay

// Leaves the one case of the plan that is the stored one: several devices of a kind give several.
Result<void> keep_case(schedule::Plan& plan, const store::CaseStart& start) {
  const std::size_t all = plan.cases.size();
  const bool key_is_here =
      std::ranges::any_of(plan.cases, [&](const schedule::PlanCase& c) { return c.spec.key == start.case_.key; });
  std::erase_if(plan.cases, [&](const schedule::PlanCase& c) {
    std::vector<std::string> devices;
    for (const protocol::SlotDevice& d : c.spec.devices) devices.push_back(d.name);
    return c.spec.key != start.case_.key || devices != start.device_names;
  });
  if (plan.cases.size() == 1) {
    plan.start.planned_cases = 1;
    return {};
  }
  if (all > 0 && !key_is_here) {
    return make_error("BH0106", "the case that these parameters give now is another one: its key differs",
                      "the device model or the workload revision changed; benchhost show tells what it was");
  }
  return make_error("BH0106", fmt::format("the case is not here any more: {} cases match", plan.cases.size()),
                    "its plugin or device may be missing: benchhost list benchmarks");
}

Result<ExitStatus> run_replay(CommandContext& context) {
  Workplace workplace;
  MachineWatch watch(workplace);
  BH_TRY(const std::vector<std::string> reports, requested_reports(context, {}));
  BH_TRY(const auto store, open_for_writing(context, workplace));
  BH_TRY(const store::StoredResult before, find_result(*store, context.args.operands().front()));
  BH_TRY(const Arguments arguments, repeat_arguments(before.start.repeat_command, context.args));
  BH_TRY(Interrupts * interrupts, take_interrupts(context));
  CommandContext stored{arguments,    context.console,    context.command_line,
                        context.json, context.interrupts, context.preferences};
  BH_TRY(PlanRequest request, plan_request(stored, workplace, arguments.operands()));
  request.labels["replay_of"] = fmt::format("{}/{}", before.run, before.start.ordinal);

  // Whoever replays a case wants to see what it does, in quarantine or not.
  const std::string& benchmark = before.start.case_.benchmark;
  BH_TRY(const Site site,
         look_around(stored, workplace, Look::everything, interrupts->cancel(), [&](const discover::PluginEntry& e) {
           return e.note && benchmark.starts_with(e.note->id + ".");
         }));
  BH_TRY(Planned planned, make_plan(request, site, stored, workplace, interrupts->cancel()));
  BH_CHECK(keep_case(planned.plan, before.start));
  schedule::PlanCase& c = planned.plan.cases.front();
  warn_of_quarantine(site.catalogue.quarantine, planned.plan.plugins[c.plugin].row.fingerprint, benchmark,
                     context.console);
  c.quarantine.clear();
  if (planned.plan.plugins[c.plugin].row.fingerprint != before.start.plugin_fingerprint) {
    context.console.warning(make_error("", "the plugin is not the one of that result: it was built anew since"));
  }
  planned.plan.start.findings = watch.findings(site.machine, site.allowed_cpus);
  say_findings(planned.plan, context);
  BH_CHECK(make_output_folder(context, workplace));
  BH_TRY(const schedule::RunSummary summary,
         execute_plan(planned.plan, site, *store, context, workplace, CountCrashes::no));
  BH_TRY(const ExitStatus status, conclude(judge(summary, {}), reports, *store, context, workplace));
  if (!context.json) {
    for (const store::StoredMeasurement& m : before.measurements) {
      if (m.metric.primary) {
        context.console.text(fmt::format("before: {} {}\n", report::value_text(m),
                                         report::interval_text(m, !context.console.out_facts().utf8)));
      }
    }
  }
  return status;
}

// ---- suite

Result<ExitStatus> run_check(CommandContext& context) {
  Workplace workplace;
  BH_TRY(const suite::Suite suite, load_suite(context.args.operands().front(), context, workplace));
  if (context.json) {
    Json json;
    json.set("format", "benchhost.suite_check").set("version", 1);
    json.set("file", suite.file).set("entries", suite.entries.size());
    context.console.out(to_pretty_text(json) + '\n');
  }
  context.console.say(fmt::format("{}: {} entries, no errors\n", suite.file, suite.entries.size()));
  return ExitStatus::ok;
}

Result<ExitStatus> run_expand(CommandContext& context) {
  Workplace workplace;
  MachineWatch watch(workplace);
  BH_TRY(PlanRequest request, plan_request(context, workplace, context.args.operands()));
  BH_TRY(Interrupts * interrupts, take_interrupts(context));
  BH_TRY(const Site site, look_around(context, workplace, Look::everything, interrupts->cancel()));
  BH_TRY(Planned planned, make_plan(request, site, context, workplace, interrupts->cancel()));
  schedule::apply_demands(
      planned.plan, demanded_facts(watch.look(site.machine, site.allowed_cpus), planned.plan, context, workplace));
  planned.plan.start.findings = watch.findings(site.machine, site.allowed_cpus);
  say_dropped(planned.expansion, context.console);
  print_cases(planned.plan, context);
  return planned.plan.cases.empty() ? ExitStatus::nothing : ExitStatus::ok;
}

Result<ExitStatus> run_schema(CommandContext& context) {
  context.console.out(to_pretty_text(suite::suite_schema()) + '\n');
  return ExitStatus::ok;
}

}  // namespace

Command run_command() {
  CommandSpec spec;
  spec.name = "run";
  spec.operands = "[BENCHMARK...]";
  spec.summary = "Runs a suite, or benchmarks by id or glob, each in workers of its own, and stores every result.";
  spec.options = selection_options();
  spec.options.push_back({"label", "NAME=VALUE", "A label of the run.", true});
  spec.options.push_back({"max-failures", "N", "Stop after so many cases that did not pass."});
  spec.options.push_back({"dry-run", "", "Show the cases and run nothing."});
  spec.options.push_back(fail_on_option());
  for (OptionSpec& o : report_options()) spec.options.push_back(std::move(o));
  spec.options.push_back(db_option());
  spec.examples = {"run --suite quick.yaml", "run 'org.benchhost.cpu_stream.*' --param bytes=64KiB,64MiB",
                   "run --suite nightly.yaml --precision 1% --report json:nightly.json"};
  spec.max_operands = 1000;
  return {std::move(spec), run_run};
}

Command replay_command() {
  CommandSpec spec;
  spec.name = "replay";
  spec.operands = "RUN/CASE";
  spec.summary = "Runs the case of a stored result again, with the same parameters and data, and shows both.";
  spec.options = search_options();
  spec.options.push_back(state_option());
  spec.options.push_back(db_option());
  for (OptionSpec& o : report_options()) spec.options.push_back(std::move(o));
  spec.examples = {"replay latest/0"};
  spec.min_operands = spec.max_operands = 1;
  return {std::move(spec), run_replay};
}

std::vector<Command> suite_commands() {
  CommandSpec check;
  check.name = "suite check";
  check.operands = "SUITE";
  check.summary = "Reads a suite and reports everything that is wrong with it.";
  check.examples = {"suite check quick.yaml"};
  check.min_operands = check.max_operands = 1;
  CommandSpec expand;
  expand.name = "suite expand";
  expand.operands = "[BENCHMARK...]";
  expand.summary = "Shows the cases that a suite gives on this machine, and runs nothing.";
  expand.options = selection_options();
  expand.examples = {"suite expand --suite quick.yaml"};
  expand.max_operands = 1000;
  CommandSpec schema;
  schema.name = "suite schema";
  schema.summary = "Prints the JSON Schema of suites, for editors.";
  schema.examples = {"suite schema"};
  return {{std::move(check), run_check}, {std::move(expand), run_expand}, {std::move(schema), run_schema}};
}

}  // namespace benchhost::cli
