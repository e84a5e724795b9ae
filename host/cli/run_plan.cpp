#include "cli/run_plan.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "cli/cmd_report.h"
#include "cli/folders.h"
#include "cli/machine_watch.h"
#include "cli/progress.h"
#include "cli/repeat_command.h"
#include "cli/shell_words.h"
#include "cli/version.h"
#include "common/base/digest.h"
#include "common/base/glob.h"
#include "common/base/suggest.h"
#include "common/base/terminal_text.h"
#include "common/base/units.h"
#include "common/platform/load.h"
#include "discover/search_path.h"
#include "suite/machine_scope.h"
#include "suite/path_content.h"
#include "suite/selection.h"
#include "suite/yaml_reader.h"

namespace benchhost::cli {

namespace fs = std::filesystem;
namespace p = protocol;

namespace {

// Enumerate runs plugin code, so it runs in a worker; the answers are collected here.
class CaseCollector final : public supervise::Observer {
 public:
  explicit CaseCollector(std::vector<p::FoundCase>& cases) : cases_(cases) {}
  void on_message(const p::Message& message) override {
    if (const auto* found = std::get_if<p::FoundCase>(&message)) cases_.push_back(*found);
  }

 private:
  std::vector<p::FoundCase>& cases_;
};

// Prints all errors but one, which the caller returns and somebody prints after them: the last, so that they stand in
// order; with JSON the first, which standard output gets.
Error one_of_all(const suite::Diagnostics& diagnostics, const CommandContext& context) {
  const std::vector<Error>& errors = diagnostics.errors();
  const std::size_t kept = context.json ? 0 : errors.size() - 1;
  for (std::size_t i = 0; i < errors.size(); ++i) {
    if (i != kept) context.console.error(errors[i]);
  }
  return errors[kept];
}

Result<void> enumerate(const suite::Suite& suite, SiteInputs& inputs, const Site& site, CommandContext& context,
                       const supervise::CancelToken& cancel) {
  suite::Diagnostics diagnostics;
  const auto wanted = suite::plan_enumerations(suite, inputs.inputs.plugins, diagnostics);
  if (!diagnostics.ok()) return one_of_all(diagnostics, context);
  for (const suite::EnumerationRequest& request : wanted) {
    const discover::PluginEntry& plugin = *inputs.plugins[request.plugin];
    BH_TRY(const fs::path temporary, temporary_folder());
    BH_TRY(auto scratch, platform::TempFolder::make(temporary));
    suite::FoundInput found;
    found.plugin = request.plugin;
    found.settings = request.settings;
    p::EnumerateJob job;
    job.file = plugin.path.string();
    job.asset_dir = plugin.asset_dir;
    job.scratch_dir = scratch.path().string();
    job.settings = request.settings;
    CaseCollector collector(found.cases);
    supervise::Limits limits;
    limits.total_ns = 300'000'000'000;
    // It may open files of any size, and there is no bar yet.
    if (choose_progress(context.args.value("progress").value_or("auto"), context.console) != ProgressStyle::none) {
      context.console.say(fmt::format("{} is asked for its cases\n", escape_for_terminal(plugin.record->id)));
    }
    BH_TRY(const supervise::WorkerReport report,
           supervise::run_worker(site.worker, p::Job(job), limits, collector, cancel));
    BH_CHECK(go_on(context));
    if (report.outcome != p::Outcome::passed) {
      const std::string said = supervise::last_words(report.stderr_text);
      return make_error(report.code,
                        fmt::format("{} could not list its cases: {}{}{}", plugin.record->id, report.reason,
                                    said.empty() ? "" : "; the last it wrote to standard error: ", said),
                        fmt::format("benchhost why '{}'", plugin.record->id));
    }
    inputs.inputs.found.push_back(std::move(found));
  }
  return {};
}

store::PluginRow row_of(const discover::PluginEntry& entry) {
  const p::PluginRecord& record = *entry.record;
  return {
      entry.fingerprint, record.id,           record.version,     record.vendor, record.licence,
      record.url,        entry.path.string(), record.sdk_version, record.abi,    entry.note ? entry.note->text : ""};
}

schedule::PlanCase plan_case(suite::CaseSpec spec, const SiteInputs& inputs, const PlanRequest& request,
                             const discover::Quarantine& quarantine) {
  schedule::PlanCase c;
  c.plugin = spec.plugin;
  for (const std::size_t device : spec.device_inputs) c.devices.push_back(inputs.inputs.devices[device].record);
  c.policy = schedule::resolve_policy(spec.limits);
  if (const auto* shut = quarantine.find_shut(inputs.plugins[c.plugin]->fingerprint, spec.benchmark_id)) {
    c.quarantine = discover::reason_of(*shut);
  }
  c.spec = std::move(spec);
  c.repeat_command = repeat_command(c.spec, *inputs.plugins[c.plugin]->record, request);
  return c;
}

Json environment_json(const platform::MachineFacts& m, Workplace& workplace) {
  Json json{JsonObject{}};
  auto set = [&](std::string_view name, const auto& value) { json.set(name, value ? Json(*value) : Json()); };
  set("os_name", m.os_name);
  set("kernel", m.kernel);
  set("hostname", m.hostname);
  set("cpu_model", m.cpu_model);
  set("microcode", m.microcode);
  set("hypervisor", m.hypervisor);
  set("governor", m.governor);
  set("turbo", m.turbo);
  set("smt", m.smt);
  set("address_randomisation", m.address_randomisation);
  set("transparent_huge_pages", m.transparent_huge_pages);
  json.set("topology", m.topology.summary());
  // Where the state was read that findings speak of, if that is not this machine's own.
  if (const fs::path root = system_root(workplace); root != "/") json.set("system_root", root.string());
  platform::LoadMeter meter(workplace.files);
  const platform::LoadFacts load = meter.read();
  set("load_1_minute", load.load_1_minute);
  set("runnable", load.runnable);
  set("temperature_celsius", load.temperature_celsius);
  return json;
}

store::Testbed testbed_of(const Site& site, const SiteInputs& inputs, const Workplace& workplace) {
  std::vector<std::string> models;
  for (const suite::DeviceInput& d : inputs.inputs.devices) {
    if (d.record.reason.empty() && !d.record.simulated()) models.push_back(d.record.kind + " " + d.record.model());
  }
  const platform::TestbedKey key = platform::testbed_key(site.machine, models);
  store::Testbed testbed;
  testbed.key = key.digest;
  testbed.name = workplace.environment.get("BENCHHOST_TESTBED").value_or("");
  // A name that the user gives stands for the machine, whatever changes in it.
  if (!testbed.name.empty()) testbed.key = "name:" + testbed.name;
  testbed.facts.set("text", key.text);
  testbed.facts.set("cpu_model", site.machine.cpu_model ? Json(*site.machine.cpu_model) : Json());
  testbed.facts.set("cores", site.machine.topology.cores);
  testbed.facts.set("memory_bytes", site.machine.memory_bytes ? Json(*site.machine.memory_bytes) : Json());
  return testbed;
}

// The commit and branch that a CI system says it is at.
std::string first_set(const Workplace& workplace, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (auto value = workplace.environment.get(name); value && !value->empty()) return *value;
  }
  return {};
}

store::RunStart run_start(const PlanRequest& request, const Site& site, const SiteInputs& inputs, std::size_t cases,
                          Workplace& workplace) {
  store::RunStart start;
  start.labels = request.labels;
  for (const auto& [name, value] : request.suite.labels) start.labels.try_emplace(name, value);
  start.commit = first_set(workplace, {"BENCHHOST_COMMIT", "GITHUB_SHA", "CI_COMMIT_SHA"});
  start.branch = first_set(workplace, {"BENCHHOST_BRANCH", "GITHUB_REF_NAME", "CI_COMMIT_REF_NAME"});
  start.suite_name = request.suite.name;
  start.suite_hash = request.suite.digest;
  start.seed = request.seed;
  start.started_wall_ns = workplace.clock.wall_ns();
  start.host_version = std::string(host_version());
  start.command_line = request.command_line;
  start.sandbox_tier = "T0";
  start.environment = environment_json(site.machine, workplace);
  start.planned_cases = cases;
  start.testbed = testbed_of(site, inputs, workplace);
  for (const discover::BackendEntry& b : site.catalogue.backends) {
    if (!b.usable()) continue;
    const p::BackendRecord& r = *b.record;
    start.backends.push_back(
        {r.id, r.kind, r.version, r.vendor, b.path.string(), b.fingerprint, r.abi, r.score, r.reason});
    for (const p::DeviceRecord& d : r.devices) start.devices.push_back({r.id, d});
  }
  return start;
}

// The null benchmark, unless it is not installed or the suite says that everything is simulated or misbehaves anyway.
std::optional<schedule::PlanCase> yardstick(const SiteInputs& inputs, const PlanRequest& request,
                                            const discover::Quarantine& quarantine) {
  auto selection = suite::from_selection({std::string(kYardstick)}, {});
  if (!selection.ok()) return std::nullopt;
  suite::ExpandInputs plain = inputs.inputs;
  plain.overrides = {};
  suite::Expansion found = suite::expand(*selection, plain);
  if (!found.diagnostics.ok() || found.cases.size() != 1 || !found.cases[0].skip_reason.empty()) return std::nullopt;
  schedule::PlanCase c = plan_case(std::move(found.cases[0]), inputs, request, quarantine);
  c.policy.invocation_ns = 50'000'000;
  return c;
}

Result<std::pair<std::string, std::string>> key_and_value(const std::string& text, std::string_view flag) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    return make_error("BH0001", fmt::format("--{} is NAME=VALUE, not '{}'", flag, text));
  }
  return std::pair{text.substr(0, equals), text.substr(equals + 1)};
}

template <class Number>
Result<Number> number_flag(const std::string& text, std::string_view flag) {
  Number value{};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size()) {
    return make_error("BH0001", fmt::format("--{} is a whole number, not '{}'", flag, text));
  }
  return value;
}

// "1%", "1 %" or "0.01".
Result<double> precision_flag(std::string text) {
  double scale = 1;
  while (!text.empty() && (text.back() == '%' || text.back() == ' ')) {
    if (text.back() == '%') scale = 0.01;
    text.pop_back();
  }
  double value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size() || !(value * scale > 0) || !(value * scale < 1)) {
    return make_error("BH0001", "--precision is a share above 0 and below 1: 1% or 0.01");
  }
  return value * scale;
}

Result<suite::Invocations> invocations_flag(const std::string& text) {
  const std::size_t dots = text.find("..");
  BH_TRY(const auto low, number_flag<std::uint32_t>(text.substr(0, dots), "invocations"));
  auto high = low;
  if (dots != std::string::npos) {
    BH_TRY(high, number_flag<std::uint32_t>(text.substr(dots + 2), "invocations"));
  }
  if (low == 0 || high < low) return make_error("BH0001", "--invocations is N or MIN..MAX, at least 1");
  return suite::Invocations{low, high};
}

// --plugins and --backends as they were given, absolute, and after them what the environment and settings name: a
// repeat command is run somewhere else on another day.
Result<std::vector<std::string>> search_flags(const CommandContext& context, const Workplace& workplace) {
  std::vector<std::string> words;
  for (const auto& [flag, variable] :
       {std::pair{"plugins", "BENCHHOST_PLUGIN_PATH"}, std::pair{"backends", "BENCHHOST_BACKEND_PATH"}}) {
    std::vector<std::string> folders = context.args.values(flag);
    std::string_view rest;
    const auto given = workplace.environment.get(variable);
    if (given) rest = *given;
    while (!rest.empty()) {
      const std::string_view one = rest.substr(0, rest.find(':'));
      rest.remove_prefix(std::min(rest.size(), one.size() + 1));
      if (!one.empty()) folders.emplace_back(one);
    }
    const auto& settings =
        flag == std::string_view("plugins") ? context.preferences.plugins : context.preferences.backends;
    folders.insert(folders.end(), settings.begin(), settings.end());
    std::vector<std::string> said;
    for (const std::string& folder : folders) {
      BH_TRY(const fs::path absolute, absolute_path(folder));
      // What a flag says once more than the environment, or the other way round, is searched once all the same.
      if (std::ranges::find(said, absolute.string()) != said.end()) continue;
      said.push_back(absolute.string());
      words.push_back(std::string("--") + flag);
      words.push_back(absolute.string());
    }
  }
  return words;
}

// The inputs and settings of cases that a plugin finds.
Result<void> add_found(const Arguments& args, suite::Entry& entry) {
  for (const std::string& glob : args.values("input")) {
    if (const auto parsed = Glob::parse(glob); !parsed.ok()) return Error(parsed.error()).in("--input " + glob);
    entry.inputs.push_back({glob, {"--input", 0, 0}});
  }
  for (const std::string& text : args.values("setting")) {
    BH_TRY(suite::Axis axis, suite::parse_parameter(text, "--setting"));
    if (axis.sweep.form != suite::Sweep::Form::values || axis.sweep.values.size() != 1) {
      return make_error("BH0001", "a setting has one value", "a list is written in two brackets: name=[[1, 2]]")
          .in(to_text(axis.at));
    }
    const bool twice = std::ranges::any_of(entry.settings, [&](const suite::Axis& a) { return a.name == axis.name; });
    if (twice) return make_error("BH0001", "the setting is given twice").in(to_text(axis.at));
    entry.settings.push_back(std::move(axis));
  }
  return {};
}

Result<void> overrides_from_flags(CommandContext& context, suite::Overrides& overrides) {
  const Arguments& args = context.args;
  for (const std::string& text : args.values("param")) {
    BH_TRY(suite::Axis axis, suite::parse_parameter(text));
    overrides.parameters.push_back(std::move(axis));
  }
  for (const std::string& text : args.values("device")) {
    BH_TRY(suite::DeviceSelector device, suite::parse_device_selector(text, {"--device", 0, 0}));
    overrides.devices.push_back(std::move(device));
  }
  overrides.filter = args.value("filter").value_or("");
  overrides.tags = args.values("tag");
  BH_TRY(const fs::path here, current_folder());
  overrides.folder = here.string();
  if (const auto v = args.value("precision")) {
    BH_TRY(overrides.precision_ratio, precision_flag(*v));
  }
  if (const auto v = args.value("time")) {
    BH_TRY(const Nanoseconds time, parse_duration(*v));
    overrides.time_ns = time.count;
  }
  if (const auto v = args.value("timeout")) {
    BH_TRY(const Nanoseconds time, parse_duration(*v));
    overrides.timeout_ns = time.count;
  }
  if (const auto v = args.value("invocations")) {
    BH_TRY(overrides.invocations, invocations_flag(*v));
  }
  return {};
}

Result<std::vector<discover::SearchFolder>> suite_folders(const CommandContext& context, Workplace& workplace) {
  discover::SearchRequest request;
  request.kind = discover::SearchKind::suites;
  request.settings.assign(context.preferences.suites.begin(), context.preferences.suites.end());
  request.environment = workplace.environment;
  request.elevated = discover::is_elevated();
  BH_TRY(request.current_folder, current_folder());
  if (auto self = platform::executable_path(); self.ok()) request.executable = *self;
  return discover::find_search_path(request, workplace.files).folders;
}

}  // namespace

Result<std::vector<SuiteFile>> list_suites(const CommandContext& context, Workplace& workplace) {
  std::vector<SuiteFile> all;
  BH_TRY(const auto folders, suite_folders(context, workplace));
  for (const discover::SearchFolder& folder : folders) {
    const auto entries = workplace.files.list(folder.path);
    if (!entries.ok()) continue;
    for (const platform::DirectoryEntry& entry : *entries) {
      const fs::path path = folder.path / entry.name;
      if (path.extension() != ".yaml" && path.extension() != ".yml") continue;
      const std::string name = path.stem().string();
      if (std::ranges::any_of(all, [&](const SuiteFile& s) { return s.name == name; })) continue;
      all.push_back({name, path.string()});
    }
  }
  return all;
}

Result<suite::Suite> load_suite(const std::string& name, CommandContext& context, Workplace& workplace) {
  std::string path = name;
  if (!platform::exists(workplace.files, path)) {
    BH_TRY(const std::vector<SuiteFile> known, list_suites(context, workplace));
    std::vector<std::string> names;
    path.clear();
    for (const SuiteFile& s : known) {
      names.push_back(s.name);
      const bool same = s.name == name || fs::path(s.path).filename() == name;
      if (same && path.empty()) path = s.path;
    }
    if (path.empty()) {
      std::string help = did_you_mean(fs::path(name).stem().string(), names);
      if (help.empty()) help = "benchhost list suites shows what there is";
      return make_error("BH0101", fmt::format("there is no suite '{}'", name), std::move(help));
    }
  }
  suite::SuiteReading reading = suite::read_suite(workplace.files, path);
  for (const Error& warning : reading.diagnostics.warnings()) context.console.warning(warning);
  if (!reading.suite) return one_of_all(reading.diagnostics, context);
  for (const suite::ReportRequest& report : reading.suite->reports) {
    // The format of suites knows reports that this program cannot write.
    if (auto known = check_report_request(report.format, false); !known.ok()) {
      return std::move(known).error().in(to_text(report.at));
    }
  }
  return std::move(*reading.suite);
}

Result<Planned> make_plan(const PlanRequest& request, const Site& site, CommandContext& context, Workplace& workplace,
                          const supervise::CancelToken& cancel) {
  SiteInputs inputs = site_inputs(site);
  inputs.inputs.machine = suite::machine_scope(site.machine);
  inputs.inputs.overrides = request.overrides;
  suite::PathContent content(workplace.files);
  inputs.inputs.content = &content;
  BH_CHECK(enumerate(request.suite, inputs, site, context, cancel));

  Planned planned;
  planned.expansion = suite::expand(request.suite, inputs.inputs);
  for (const Error& warning : planned.expansion.diagnostics.warnings()) context.console.warning(warning);
  if (!planned.expansion.diagnostics.ok()) return one_of_all(planned.expansion.diagnostics, context);

  schedule::Plan& plan = planned.plan;
  for (const discover::PluginEntry* entry : inputs.plugins) {
    schedule::PlanPlugin plugin;
    plugin.row = row_of(*entry);
    plugin.record = *entry->record;
    plugin.file = entry->path.string();
    plugin.stamp = entry->stamp;
    plugin.asset_dir = entry->asset_dir;
    plugin.descriptor_digest = entry->descriptor_digest;
    plan.plugins.push_back(std::move(plugin));
  }
  for (suite::CaseSpec& spec : planned.expansion.cases) {
    plan.cases.push_back(plan_case(std::move(spec), inputs, request, site.catalogue.quarantine));
  }
  planned.expansion.cases.clear();
  // What matters most comes first, so that a run that is ended early has it.
  std::ranges::stable_sort(plan.cases, {}, [](const schedule::PlanCase& c) { return c.spec.priority; });
  plan.yardstick = yardstick(inputs, request, site.catalogue.quarantine);
  plan.machine = inputs.inputs.machine;
  plan.seed = request.seed;
  plan.cache_dir = site.cache_dir;
  plan.max_failures = request.max_failures;
  plan.start = run_start(request, site, inputs, plan.cases.size(), workplace);
  return planned;
}

Result<PlanRequest> plan_request(CommandContext& context, Workplace& workplace,
                                 const std::vector<std::string>& benchmarks) {
  PlanRequest request;
  const Arguments& args = context.args;
  BH_CHECK(overrides_from_flags(context, request.overrides));
  if (const auto name = args.value("suite")) {
    if (!benchmarks.empty()) {
      return make_error("BH0001", "a suite and benchmarks do not go together",
                        "leave one out, or narrow the suite with --filter \"id == '…'\"");
    }
    if (args.has("input") || args.has("setting")) {
      return make_error("BH0001", "--input and --setting go with benchmarks, not with a suite",
                        "write `inputs` and `settings` into the suite's entry");
    }
    BH_TRY(request.suite, load_suite(*name, context, workplace));
  } else {
    if (benchmarks.empty()) {
      return make_error("BH0001", "nothing was selected", "--suite quick.yaml, or benchmarks by id or glob");
    }
    std::vector<suite::Axis> parameters = std::move(request.overrides.parameters);
    request.overrides.parameters.clear();
    BH_TRY(request.suite, suite::from_selection(benchmarks, parameters));
    suite::Entry& entry = request.suite.entries.front();
    BH_CHECK(add_found(args, entry));
    entry.folder = request.overrides.folder;
  }
  request.seed = request.suite.seed.value_or(1);
  if (const auto v = args.value("seed")) {
    BH_TRY(request.seed, number_flag<std::uint64_t>(*v, "seed"));
  }
  for (const std::string& text : args.values("label")) {
    BH_TRY(auto label, key_and_value(text, "label"));
    request.labels[label.first] = label.second;
  }
  if (const auto v = args.value("max-failures")) {
    BH_TRY(request.max_failures, number_flag<std::uint64_t>(*v, "max-failures"));
  }
  BH_TRY(request.search_flags, search_flags(context, workplace));
  request.command_line = "benchhost";
  for (const std::string& word : context.command_line) request.command_line += ' ' + shell_word(word);
  return request;
}

std::vector<OptionSpec> selection_options() {
  std::vector<OptionSpec> options = {
      {"suite", "SUITE", "The suite to run: a file, or a name searched in suites/."},
      {"device", "SEL", "Devices: a kind, kind:index, a glob, or name=, vendor=, where=.", true},
      {"param", "PARAM=VALUE", "A parameter: a value, several joined by ',', 'sweep', or {log2: [A, B]}.", true},
      {"input", "GLOB", "Of the cases that a plugin finds, those of these inputs.", true},
      {"setting", "NAME=VALUE", "What a plugin that finds cases is told.", true},
      {"filter", "EXPR", "Keep cases for which the expression holds: \"'memory' in tags\"."},
      {"tag", "TAG", "Keep cases with this tag.", true},
      {"precision", "P",
       "Invoke until the 95 % interval is this narrow: 1%. How long each invocation measures is planned for the least "
       "time."},
      {"time", "D",
       "Time of a case's measured batches, all invocations together: 10s. The fewest invocations run in any case; it "
       "goes before --precision."},
      {"invocations", "N|MIN..MAX", "Fresh processes per case."},
      {"timeout", "D", "Longest life of one worker: 5m."},
      {"seed", "N", "Seed of data and order; the suite's, else 1."},
      {"cache-dir", "DIR", "Where probes and compiled programs are remembered."},
      state_option(),
  };
  for (OptionSpec& o : search_options()) options.push_back(std::move(o));
  return options;
}

}  // namespace benchhost::cli
