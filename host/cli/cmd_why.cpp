// benchhost why: each gate from the plugin's file to the last verdict, and which one is shut.
#include <fmt/format.h>

#include <algorithm>

#include "cli/case_name.h"
#include "cli/cmd_list.h"
#include "cli/cmd_quarantine.h"
#include "cli/repeat_command.h"
#include "cli/run_plan.h"
#include "cli/site.h"
#include "common/base/suggest.h"
#include "common/base/terminal_text.h"

namespace benchhost::cli {

namespace p = protocol;

namespace {

// Runs back in which a case is looked for.
constexpr std::size_t kRunsBack = 20;

// The gates that were asked, as text and for programs.
class Gates {
 public:
  void add(std::string_view name, bool open, const std::string& what) {
    text_ += fmt::format("  {} {:<12} {}\n", open ? "ok  " : "FAIL", name, escape_for_terminal(what));
    all_.push(Json().set("gate", name).set("open", open).set("text", what));
    shut_ = shut_ || !open;
  }
  void add(const discover::Refusal& refusal) {
    add(refusal.gate, false, refusal.message + (refusal.help.empty() ? "" : " -- " + refusal.help));
  }
  ExitStatus print(CommandContext& context) && {
    const std::string& asked = context.args.operands().front();
    print_answer(context, "benchhost.why", "gates", std::move(all_), escape_for_terminal(asked) + '\n' + text_);
    return shut_ ? ExitStatus::failed : ExitStatus::ok;
  }

 private:
  std::string text_;
  Json all_{JsonArray{}};
  bool shut_ = false;
};

// "org.benchhost.cpu_stream" may be called cpu_stream, as names of cases do.
bool is_called(std::string_view id, std::string_view name) {
  return id == name || (id.size() > name.size() && id.ends_with(name) && id[id.size() - name.size() - 1] == '.');
}

// What of the catalogue was asked for.
struct Meant {
  const discover::PluginEntry* plugin = nullptr;
  std::string benchmark;  ///< id; "": all of the plugin
};

// A file by path or name, a plugin by id, a benchmark by id or the end of it. What can be used goes before what is
// refused; of a refused plugin the note alone is known, so a benchmark is its by the beginning of the id.
std::optional<Meant> find_meant(const discover::Catalogue& catalogue, const std::string& asked, const std::string& id) {
  for (const discover::PluginEntry& e : catalogue.plugins) {
    if (e.path == asked || e.path.filename() == asked) return Meant{&e, ""};
  }
  for (const discover::PluginEntry& e : catalogue.plugins) {
    if (!e.usable()) continue;
    for (const p::BenchmarkRecord& b : e.record->benchmarks) {
      if (is_called(b.id, id)) return Meant{&e, b.id};
    }
    if (e.record->id == id) return Meant{&e, ""};
  }
  for (const discover::PluginEntry& e : catalogue.plugins) {
    if (e.usable() || !e.note) continue;
    const std::size_t dot = id.find('.');
    const bool begins =
        id.starts_with(e.note->id + ".") || (dot != std::string::npos && id.find('.', dot + 1) == std::string::npos &&
                                             is_called(e.note->id, std::string_view(id).substr(0, dot)));
    if (e.note->id == id || begins) return Meant{&e, ""};
  }
  return std::nullopt;
}

Error unknown(const discover::Catalogue& catalogue, const std::string& asked, const std::string& id) {
  std::vector<std::string> known;
  for (const discover::PluginEntry& e : catalogue.plugins) {
    if (!e.usable()) continue;
    for (const p::BenchmarkRecord& b : e.record->benchmarks) known.push_back(b.id);
  }
  return make_error("BH0102", fmt::format("'{}' is unknown", asked), did_you_mean(id, known));
}

// What the newest runs know of cases. Without a database: nothing.
class PastCases {
 public:
  PastCases(CommandContext& context, Workplace& workplace) {
    store::OpenOptions options;
    options.path = database_path(context.args, workplace);
    if (!platform::exists(workplace.files, options.path)) return;
    auto opened = store::open_reader(options);
    if (!opened.ok()) return;
    const auto runs = opened->reader->list_runs(kRunsBack);
    for (std::size_t r = 0; runs.ok() && r < runs->size(); ++r) {
      auto results = opened->reader->results((*runs)[r].id, store::Attempts::last);
      if (!results.ok()) continue;
      for (store::StoredResult& one : *results) results_.push_back(std::move(one));
    }
  }

  /// The newest for which `is_it` holds. Owned by this.
  template <class Predicate>
  const store::StoredResult* newest(Predicate is_it) const {
    const auto found = std::ranges::find_if(results_, is_it);
    return found == results_.end() ? nullptr : &*found;
  }

 private:
  std::vector<store::StoredResult> results_;
};

// The selection that gives the case of that name: its parameters, input and devices are taken from the name.
Result<PlanRequest> request_of_name(const CaseName& name, const std::string& benchmark, CommandContext& context,
                                    Workplace& workplace) {
  BH_TRY(PlanRequest request, plan_request(context, workplace, {benchmark}));
  suite::Entry& entry = request.suite.entries.front();
  for (const auto& parameter : name.parameters) {
    std::erase_if(entry.parameters, [&](const suite::Axis& axis) { return axis.name == parameter.first; });
    entry.parameters.push_back(axis_of(parameter));
  }
  const suite::Position at{"the name of the case", 0, 0};
  if (!name.input.empty()) entry.inputs = {{literal_glob(name.input), at}};
  for (const std::string& device : name.devices) {
    // A benchmark without slots is said to run on cpu:0, whether there is a backend of that kind or not.
    if (device == "none" || device == "cpu:0") continue;
    suite::DeviceSelector selector;
    selector.pattern = device;
    selector.at = at;
    request.overrides.devices.push_back(std::move(selector));
  }
  return request;
}

// How the case was asked for: by a suite, as it ran last, or by what its name says. Names leave out settings and cut
// long texts, so what a result keeps goes before them, unless flags say something else.
Result<PlanRequest> request_of(const CaseName& name, const Meant& meant, const PastCases& past, CommandContext& context,
                               Workplace& workplace) {
  const Arguments& args = context.args;
  if (args.has("suite")) return plan_request(context, workplace, {});
  const bool flags_select = args.has("param") || args.has("device") || args.has("input") || args.has("setting");
  const std::string& asked = args.operands().front();
  const store::StoredResult* before =
      flags_select || !name.is_one_case() ? nullptr : past.newest([&](const store::StoredResult& r) {
        return r.start.case_.title == asked && r.start.case_.benchmark == meant.benchmark;
      });
  if (before == nullptr) {
    const std::string glob = meant.benchmark.empty() ? meant.plugin->record->id + ".*" : meant.benchmark;
    return request_of_name(name, glob, context, workplace);
  }
  BH_TRY(const Arguments stored, repeat_arguments(before->start.repeat_command, args));
  CommandContext again{stored,       context.console,    context.command_line,
                       context.json, context.interrupts, context.preferences};
  return plan_request(again, workplace, stored.operands());
}

// Whether a case of a suite is the one that the name means; a name may leave parameters out.
bool is_named(const suite::CaseSpec& spec, const CaseName& name) {
  const auto own = parse_case_name(spec.name);
  if (!own.ok() || (!name.input.empty() && own->input != name.input)) return false;
  return std::ranges::all_of(name.parameters, [&](const auto& one) {
    return std::ranges::find(own->parameters, one) != own->parameters.end() ||
           std::ranges::find(spec.parameter_texts, one) != spec.parameter_texts.end();
  });
}

bool is_on(const suite::CaseSpec& spec, const std::vector<std::string>& devices) {
  if (devices.empty()) return true;
  const auto own = parse_case_name(spec.name);
  return own.ok() && own->devices == devices;
}

void add_verdict(const suite::CaseSpec& spec, const PastCases& past, Gates& gates) {
  const store::StoredResult* last =
      past.newest([&](const store::StoredResult& r) { return r.start.case_.key == spec.key && r.end; });
  if (last == nullptr) return;
  gates.add("verdict", last->end->outcome == p::Outcome::passed,
            fmt::format("run {}: {}{}", last->run, p::outcome_name(last->end->outcome),
                        last->end->reason.empty() ? "" : ": " + last->end->reason));
}

Result<ExitStatus> run_why(CommandContext& context) {
  Workplace workplace;
  BH_TRY(Interrupts * interrupts, take_interrupts(context));
  BH_TRY(const Site site, look_around(context, workplace, Look::everything, interrupts->cancel()));
  const std::string& asked = context.args.operands().front();
  Gates gates;

  CaseName name;
  std::optional<Meant> meant = find_meant(site.catalogue, asked, asked);
  if (!meant) {
    BH_TRY(name, parse_case_name(asked));
    meant = find_meant(site.catalogue, asked, name.benchmark);
  }
  if (!meant) return unknown(site.catalogue, asked, name.benchmark);

  const discover::PluginEntry& plugin = *meant->plugin;
  gates.add("file", true, plugin.path.string() + " (" + plugin.origin + ")");
  if (!plugin.usable()) {
    if (plugin.refusal) gates.add(*plugin.refusal);
    return std::move(gates).print(context);
  }
  gates.add("note", true, fmt::format("{} {} by {}", plugin.record->id, plugin.record->version, plugin.record->vendor));
  gates.add("abi", true, fmt::format("{}.{}", plugin.record->abi >> 16, plugin.record->abi & 0xffffu));
  gates.add("probe", true,
            fmt::format("{} benchmarks{}", plugin.record->benchmarks.size(),
                        plugin.from_cache ? ", remembered by content" : ""));

  for (const discover::QuarantineEntry& shut : in_quarantine(site.catalogue.quarantine, plugin.fingerprint)) {
    const bool is_meant = meant->benchmark.empty() || meant->benchmark == shut.last.benchmark;
    if (is_meant && !shut.last.benchmark.empty()) gates.add("quarantine", false, reason_of(shut));
  }

  const PastCases past(context, workplace);
  BH_TRY(const PlanRequest request, request_of(name, *meant, past, context, workplace));
  BH_TRY(const Planned planned, make_plan(request, site, context, workplace, interrupts->cancel()));
  std::vector<const suite::CaseSpec*> specs;
  for (const schedule::PlanCase& c : planned.plan.cases) {
    if (c.spec.plugin_id != plugin.record->id) continue;
    if (!meant->benchmark.empty() && c.spec.benchmark_id != meant->benchmark) continue;
    if (!is_on(c.spec, name.devices) || (context.args.has("suite") && !is_named(c.spec, name))) continue;
    specs.push_back(&c.spec);
  }
  for (const suite::Dropped& d : planned.expansion.dropped) {
    if (!meant->benchmark.empty() && d.benchmark_id != meant->benchmark) continue;
    // Left out beside cases that are there is what constraints are for.
    gates.add("expansion", !specs.empty(),
              fmt::format("{}: {} combinations are no case: {}", d.benchmark_id, d.count, d.cause));
  }
  if (specs.empty()) {
    gates.add("expansion", false, "no case of that name comes out; benchhost suite expand shows what does");
  }
  for (const suite::CaseSpec* spec : specs) {
    const std::string& blocked = spec->skip_reason.empty() ? spec->fail_reason : spec->skip_reason;
    gates.add("requirement", blocked.empty(), spec->name + (blocked.empty() ? "" : ": " + blocked));
    add_verdict(*spec, past, gates);
  }
  return std::move(gates).print(context);
}

}  // namespace

Command why_command() {
  CommandSpec spec;
  spec.name = "why";
  spec.operands = "CASE|BENCHMARK|PLUGIN";
  spec.summary = "Shows each gate from the plugin's file to the last verdict, and which one is shut.";
  spec.options = selection_options();
  spec.options.push_back(db_option());
  spec.examples = {"why org.benchhost.cpu_stream.triad --param threads=64",
                   "why 'cpu_stream.triad{bytes=64 KiB}@cpu:0'"};
  spec.min_operands = spec.max_operands = 1;
  return {std::move(spec), run_why};
}

}  // namespace benchhost::cli
