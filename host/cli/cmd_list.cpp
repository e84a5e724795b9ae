#include "cli/cmd_list.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/cmd_quarantine.h"
#include "cli/machine_watch.h"
#include "cli/run_plan.h"
#include "cli/site.h"
#include "common/base/suggest.h"
#include "common/base/terminal_text.h"
#include "common/base/units.h"
#include "report/finding_text.h"
#include "report/table.h"

namespace benchhost::cli {

namespace p = protocol;

namespace {

Json refusal_json(const std::optional<discover::Refusal>& refusal) {
  if (!refusal) return nullptr;
  Json json;
  json.set("gate", refusal->gate)
      .set("code", refusal->code)
      .set("message", refusal->message)
      .set("help", refusal->help);
  return json;
}

std::string refusal_lines(const discover::Refusal& refusal) {
  std::string text = fmt::format("    refused at gate {} [{}]: {}\n", refusal.gate, refusal.code,
                                 escape_for_terminal(refusal.message));
  if (!refusal.help.empty()) text += "    help: " + escape_for_terminal(refusal.help) + '\n';
  return text;
}

std::string folder_lines(const discover::Catalogue& catalogue) {
  std::string text;
  for (const discover::RefusedFolder& f : catalogue.refused_folders) {
    text += fmt::format("folder {} ({}) is not searched: {}\n", escape_for_terminal(f.path.string()), f.origin,
                        escape_for_terminal(f.reason));
  }
  return text;
}

Result<Site> look(CommandContext& context, Workplace& workplace, Look how) {
  BH_TRY(Interrupts * interrupts, take_interrupts(context));
  return look_around(context, workplace, how, interrupts->cancel());
}

std::string table_text(const report::Table& table, const CommandContext& context) {
  const report::Style style = context.console.style();
  return report::draw_console(table, style.width, style.ascii);
}

Result<ExitStatus> run_list_plugins(CommandContext& context) {
  Workplace workplace;
  BH_TRY(const Site site, look(context, workplace, Look::plugins_only));
  std::string text;
  Json all{JsonArray{}};
  for (const discover::PluginEntry& e : site.catalogue.plugins) {
    const std::string id = e.record ? e.record->id : e.note ? e.note->id : "?";
    const std::string version = e.record ? e.record->version : e.note ? e.note->version : "";
    if (e.usable()) {
      text += fmt::format("{} {}  {} benchmarks  {}\n", escape_for_terminal(id), escape_for_terminal(version),
                          e.record->benchmarks.size(), escape_for_terminal(e.path.string()));
      for (const discover::QuarantineEntry& shut : in_quarantine(site.catalogue.quarantine, e.fingerprint)) {
        text += fmt::format("    in quarantine: {}: {}\n    help: {}\n", escape_for_terminal(shut.subject()),
                            escape_for_terminal(summary_of(shut)), escape_for_terminal(clear_command(shut)));
      }
    } else {
      text += fmt::format("{} {}  not used  {}\n", escape_for_terminal(id), escape_for_terminal(version),
                          escape_for_terminal(e.path.string()));
      if (e.refusal) text += refusal_lines(*e.refusal);
    }
    Json one;
    one.set("file", e.path.string()).set("id", e.note || e.record ? Json(id) : Json()).set("version", version);
    one.set("fingerprint", e.fingerprint.empty() ? Json() : Json(e.fingerprint)).set("origin", e.origin);
    one.set("usable", e.usable()).set("benchmarks", e.record ? Json(e.record->benchmarks.size()) : Json());
    one.set("refusal", refusal_json(e.refusal));
    Json quarantine{JsonArray{}};
    for (const discover::QuarantineEntry& shut : in_quarantine(site.catalogue.quarantine, e.fingerprint)) {
      quarantine.push(shut.to_json());
    }
    one.set("quarantine", std::move(quarantine));
    all.push(std::move(one));
  }
  if (site.catalogue.plugins.empty()) text += "no plugin files were found; --plugins DIR names a folder\n";
  text += folder_lines(site.catalogue);
  print_answer(context, "benchhost.plugins", "plugins", std::move(all), text);
  return ExitStatus::ok;
}

Result<ExitStatus> run_list_benchmarks(CommandContext& context) {
  Workplace workplace;
  BH_TRY(const Site site, look(context, workplace, Look::plugins_only));
  report::Table table;
  table.columns = {{"benchmark", report::Align::left, false},
                   {"measures", report::Align::left, false},
                   {"parameters", report::Align::left, true},
                   {"title", report::Align::left, true}};
  Json all{JsonArray{}};
  for (const discover::PluginEntry& e : site.catalogue.plugins) {
    if (!e.usable()) continue;
    for (const p::BenchmarkRecord& b : e.record->benchmarks) {
      const p::MetricRecord* primary = b.primary();
      std::string parameters;
      for (const p::ParamRecord& q : b.parameters) {
        parameters += fmt::format("{}{}={}", parameters.empty() ? "" : " ", q.name, p::display_text(q.default_value));
      }
      table.rows.push_back({escape_for_terminal(b.id),
                            primary ? fmt::format("{} [{}]", primary->id, primary->unit) : "-",
                            escape_for_terminal(parameters), escape_for_terminal(b.title)});
      Json one = p::to_json(b);
      one.set("plugin", e.record->id);
      all.push(std::move(one));
    }
  }
  print_answer(context, "benchhost.benchmarks", "benchmarks", std::move(all),
               table.rows.empty() ? "no benchmark: benchhost list plugins says why\n" : table_text(table, context));
  return ExitStatus::ok;
}

std::string cap_text(const p::CapRecord& cap) {
  switch (cap.type) {
    case p::CapType::integer:
      return cap.name.ends_with("bytes") || cap.name.ends_with("bytes_max")
                 ? format_quantity(static_cast<double>(cap.integer), "By")
                 : fmt::format("{}", cap.integer);
    case p::CapType::number:
      return fmt::format("{:.4g}", cap.number);
    case p::CapType::boolean:
      return cap.integer != 0 ? "yes" : "no";
    case p::CapType::string:
      return cap.text;
    case p::CapType::version:
      return cap.text.empty() ? fmt::format("{}", cap.integer) : cap.text;
    case p::CapType::words:
      return fmt::format("{}", fmt::join(cap.words, " "));
  }
  return "";
}

Result<ExitStatus> run_list_devices(CommandContext& context) {
  Workplace workplace;
  BH_TRY(const Site site, look(context, workplace, Look::everything));
  std::string text;
  Json all{JsonArray{}};
  for (const discover::BackendEntry& e : site.catalogue.backends) {
    if (!e.record) continue;
    for (const p::DeviceRecord& d : e.record->devices) {
      text += fmt::format("{}  {}{}{}\n", escape_for_terminal(d.name), escape_for_terminal(d.model()),
                          d.simulated() ? "  (simulated)" : "",
                          d.reason.empty() ? "" : "  cannot be used: " + escape_for_terminal(d.reason));
      if (context.args.has("facts")) {
        for (const p::CapRecord& cap : d.caps) {
          text += fmt::format("    {:<24} {}\n", escape_for_terminal(cap.name), escape_for_terminal(cap_text(cap)));
        }
      }
      Json one = p::to_json(d);
      one.set("backend", e.record->id);
      all.push(std::move(one));
    }
  }
  if (text.empty()) text = "no device: benchhost list backends says why\n";
  print_answer(context, "benchhost.devices", "devices", std::move(all), text);
  return ExitStatus::ok;
}

Result<ExitStatus> run_list_backends(CommandContext& context) {
  Workplace workplace;
  BH_TRY(const Site site, look(context, workplace, Look::everything));
  std::string text;
  Json all{JsonArray{}};
  for (const discover::BackendEntry& e : site.catalogue.backends) {
    if (e.record) {
      text +=
          fmt::format("{} {}  score {}  {}\n", escape_for_terminal(e.record->id),
                      escape_for_terminal(e.record->version), e.record->score, escape_for_terminal(e.path.string()));
      for (const p::DeviceRecord& d : e.record->devices) {
        text += fmt::format("    {}  {}\n", escape_for_terminal(d.name), escape_for_terminal(d.model()));
      }
      if (e.record->devices.empty()) text += fmt::format("    no device: {}\n", escape_for_terminal(e.record->reason));
    } else {
      text += escape_for_terminal(e.path.string()) + '\n';
    }
    if (e.refusal) text += refusal_lines(*e.refusal);
    Json one;
    one.set("file", e.path.string()).set("usable", e.usable());
    one.set("record", e.record ? p::to_json(*e.record) : Json()).set("refusal", refusal_json(e.refusal));
    all.push(std::move(one));
  }
  if (site.catalogue.backends.empty()) text += "no backend modules were found; --backends DIR names a folder\n";
  text += folder_lines(site.catalogue);
  print_answer(context, "benchhost.backends", "backends", std::move(all), text);
  return ExitStatus::ok;
}

Result<ExitStatus> run_list_suites(CommandContext& context) {
  Workplace workplace;
  std::string text;
  Json all{JsonArray{}};
  BH_TRY(const std::vector<SuiteFile> suites, list_suites(context, workplace));
  for (const SuiteFile& s : suites) {
    text += fmt::format("{}  {}\n", escape_for_terminal(s.name), escape_for_terminal(s.path));
    all.push(Json().set("name", s.name).set("file", s.path));
  }
  print_answer(context, "benchhost.suites", "suites", std::move(all), text.empty() ? "no suite was found\n" : text);
  return ExitStatus::ok;
}

// ---- doctor

Result<ExitStatus> run_doctor(CommandContext& context) {
  Workplace workplace;
  MachineWatch watch(workplace);
  std::string text;
  Json checks{JsonArray{}};
  bool failed = false;
  auto check = [&](std::string_view state, std::string_view what, const std::string& detail) {
    text += fmt::format("{:<4}  {:<12} {}\n", state, what, escape_for_terminal(detail));
    checks.push(Json().set("state", state).set("check", what).set("detail", detail));
    failed = failed || state == "fail";
  };
  auto looked = look(context, workplace, Look::everything);
  BH_CHECK(go_on(context));
  if (!looked.ok()) {
    check("fail", "worker", to_text(looked.error()));
  } else {
    const Site& site = *looked;
    check("ok", "worker", site.worker.path.string());
    std::size_t usable = 0;
    for (const discover::PluginEntry& e : site.catalogue.plugins) {
      usable += e.usable() ? 1 : 0;
      if (e.refusal) check("warn", "plugin", e.path.string() + ": " + e.refusal->gate + ": " + e.refusal->message);
    }
    check(usable > 0 ? "ok" : "warn", "plugins",
          fmt::format("{} of {} files can be used", usable, site.catalogue.plugins.size()));
    const auto& counted = site.catalogue.quarantine.entries();
    const auto shut = std::ranges::count_if(counted, &discover::QuarantineEntry::in_quarantine);
    check(shut == 0 ? "ok" : "warn", "quarantine",
          shut == 0 ? "nothing that crashed is kept from being started"
                    : fmt::format("{} that crashed {} not started: benchhost plugin quarantine", shut,
                                  shut == 1 ? "is" : "are"));
    for (const discover::RefusedFolder& f : site.catalogue.refused_folders) {
      check("warn", "folder", f.path.string() + ": " + f.reason);
    }
    std::size_t devices = 0;
    for (const discover::BackendEntry& e : site.catalogue.backends) {
      if (e.refusal) check("warn", "backend", e.path.string() + ": " + e.refusal->message);
      if (e.usable()) devices += e.record->devices.size();
    }
    check(devices > 0 ? "ok" : "warn", "devices", fmt::format("{}", devices));
    const platform::MachineFacts& m = site.machine;
    check("ok", "machine", fmt::format("{}; {}", m.cpu_model.value_or("unknown processor"), m.topology.summary()));
    const auto findings = watch.findings(m, site.allowed_cpus);
    const auto warnings = report::shown_findings(findings, report::Findings::warnings);
    for (const store::RunFinding& f : warnings) {
      check("warn", f.subject, fmt::format("{} ({}: {})", f.text, f.code, f.help));
    }
    check("ok", "noise",
          fmt::format("{} of {} findings are warnings: benchhost system show", warnings.size(), findings.size()));
    const platform::ClockFacts clock = platform::measure_clock(workplace.clock);
    check("ok", "clock",
          fmt::format("{}: a reading costs {}, smallest step {} ns", clock.source, format_ns(clock.cost_ns),
                      clock.smallest_delta_ns));
  }
  const std::string path = database_path(context.args, workplace);
  if (!platform::exists(workplace.files, path)) {
    check("ok", "database", path + ": will be made by the first run");
  } else {
    store::OpenOptions options;
    options.path = path;
    const auto opened = store::open_reader(options);
    check(opened.ok() ? "ok" : "fail", "database", opened.ok() ? path : to_text(opened.error()));
  }
  print_answer(context, "benchhost.doctor", "checks", std::move(checks), text);
  return failed ? ExitStatus::incomplete : ExitStatus::ok;
}

Command listing(std::string name, std::string summary, CommandFunction run, std::vector<OptionSpec> options) {
  CommandSpec spec;
  spec.examples = {name};
  spec.name = std::move(name);
  spec.summary = std::move(summary);
  spec.options = std::move(options);
  return {std::move(spec), run};
}

}  // namespace

std::vector<Command> list_commands() {
  std::vector<OptionSpec> search = search_options();
  search.push_back({"cache-dir", "DIR", "Where probes are remembered."});
  search.push_back(state_option());
  std::vector<OptionSpec> devices = search;
  devices.push_back({"facts", "", "Also every fact that the backend reports."});
  return {listing("list plugins", "Lists plugin files; of a refused one, the gate and what to do.", run_list_plugins,
                  search),
          listing("list benchmarks", "Lists the benchmarks of all plugins with their parameters.", run_list_benchmarks,
                  search),
          listing("list devices", "Lists devices.", run_list_devices, devices),
          listing("list backends", "Lists backend modules with their devices, or the reason for none.",
                  run_list_backends, search),
          listing("list suites", "Lists the suites that are found by name.", run_list_suites, {})};
}

Command doctor_command() {
  std::vector<OptionSpec> options = search_options();
  options.push_back(db_option());
  options.push_back(state_option());
  return listing("doctor", "Checks plugins, backends, machine, clock and database, and says what to mend.", run_doctor,
                 std::move(options));
}

}  // namespace benchhost::cli
