#include "cli/cmd_system.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "cli/machine_watch.h"
#include "common/base/terminal_text.h"
#include "common/base/units.h"
#include "common/base/utf8.h"
#include "common/platform/affinity.h"
#include "common/platform/counter_access.h"
#include "report/finding_text.h"
#include "report/run_view.h"
#include "report/table.h"
#include "tuning/audit.h"

namespace benchhost::cli {

namespace {

// One line of the page: a fact by its name, in JSON by its key.
struct Fact {
  std::string key;
  std::string text;  ///< "": not known
  Json value;
};
struct Group {
  std::string name;
  std::vector<Fact> facts;
};

Fact text_fact(std::string key, const std::optional<std::string>& value) {
  return {std::move(key), value.value_or(""), value ? Json(to_valid_utf8(*value)) : Json()};
}
Fact switch_fact(std::string key, const std::optional<bool>& value) {
  return {std::move(key), value ? (*value ? "on" : "off") : "", value ? Json(*value) : Json()};
}
Fact yes_fact(std::string key, const std::optional<bool>& value) {
  return {std::move(key), value ? (*value ? "yes" : "no") : "", value ? Json(*value) : Json()};
}
template <class Number, class Text>
Fact number_fact(std::string key, const std::optional<Number>& value, Text text) {
  return {std::move(key), value ? text(*value) : std::string(), value ? Json(*value) : Json()};
}
std::string bytes(std::uint64_t count) { return format_quantity(static_cast<double>(count), "By"); }

Fact cpus_fact(std::string key, const std::optional<std::vector<unsigned>>& cpus) {
  if (!cpus) return {std::move(key), "", Json()};
  Json all{JsonArray{}};
  for (const unsigned cpu : *cpus) all.push(cpu);
  return {std::move(key), cpus->empty() ? "none" : fmt::format("{}", fmt::join(*cpus, " ")), std::move(all)};
}

Group machine_group(const platform::MachineFacts& m) {
  const auto plain = [](auto value) { return fmt::format("{}", value); };
  const std::string topology = m.topology.summary();
  const std::string isa = fmt::format("{}", fmt::join(m.isa, " "));
  return {"machine",
          {text_fact("cpu_model", m.cpu_model),
           text_fact("microcode", m.microcode),
           {"topology", topology, Json(topology)},
           {"isa", isa, isa.empty() ? Json() : Json(isa)},
           number_fact("cores_available", m.cores_available, plain),
           number_fact("threads_available", m.threads_available, plain),
           number_fact("memory_bytes", m.memory_bytes, bytes),
           text_fact("os_name", m.os_name),
           text_fact("kernel", m.kernel),
           text_fact("hostname", m.hostname),
           yes_fact("virtual_machine", m.virtual_machine),
           text_fact("hypervisor", m.hypervisor)}};
}

Group settings_group(const MachineState& s) {
  const platform::MachineFacts& m = s.machine;
  const platform::ConditionFacts& c = s.conditions;
  const std::string container = !c.container ? "" : c.container->empty() ? "none" : *c.container;
  const std::string quota = !c.cpu_limited ? "" : !c.cpu_quota ? "none" : fmt::format("{:.3g} CPUs", *c.cpu_quota);
  return {
      "settings",
      {text_fact("governor", m.governor),
       switch_fact("turbo", m.turbo),
       switch_fact("smt", m.smt),
       number_fact("address_randomisation", m.address_randomisation, [](int v) { return fmt::format("{}", v); }),
       text_fact("transparent_huge_pages", m.transparent_huge_pages),
       cpus_fact("online_cpus", c.online),
       cpus_fact("isolated_cpus", c.isolated),
       cpus_fact("allowed_cpus", s.allowed),
       {"container", container, c.container && !c.container->empty() ? Json(*c.container) : Json()},
       {"cpu_quota", quota, c.cpu_quota ? Json(*c.cpu_quota) : Json()},
       text_fact("clock_source", c.clock_source),
       {"clock_cost_ns", format_ns(s.clock.cost_ns), Json(s.clock.cost_ns)},
       {"clock_step_ns", format_ns(static_cast<double>(s.clock.smallest_delta_ns)), Json(s.clock.smallest_delta_ns)}}};
}

Group load_group(const MachineState& s) {
  const platform::LoadFacts& l = s.load;
  const platform::ConditionFacts& c = s.conditions;
  const auto two_digits = [](double v) { return fmt::format("{:.2g}", v); };
  const auto hz = [](double v) { return format_quantity(v, "Hz"); };
  Json others;
  std::string names;
  if (c.others) {
    others = Json(JsonArray{});
    for (const platform::OtherProcess& one : *c.others) {
      others.push(Json().set("pid", one.pid).set("name", one.name).set("cpus", one.cpus));
      names += fmt::format("{}{} ({}) {}", names.empty() ? "" : ", ", one.name, one.pid, format_percent(one.cpus));
    }
    if (names.empty()) names = "none";
  }
  return {
      "load",
      {number_fact("busy_ratio", l.busy_ratio, format_percent),
       number_fact("steal_ratio", l.steal_ratio, format_percent),
       number_fact("others_cpus", tuning::others_cpus(l, c), two_digits),
       {"busiest", names, std::move(others)},
       number_fact("load_1_minute", l.load_1_minute, two_digits),
       number_fact("free_memory_bytes", l.free_memory_bytes, bytes),
       number_fact("swap_used_bytes", c.swap_used_bytes, bytes),
       number_fact("temperature_celsius", l.temperature_celsius, [](double v) { return fmt::format("{:.0f} °C", v); }),
       number_fact("lowest_hz", l.lowest_hz, hz),
       number_fact("highest_hz", l.highest_hz, hz),
       yes_fact("ac_power", l.ac_power)}};
}

// Where values begin.
constexpr std::size_t kIndent = 28;

std::string words(std::string key) {
  for (const std::string_view end : {"_bytes", "_ns", "_celsius", "_ratio"}) {
    if (key.ends_with(end)) key.resize(key.size() - end.size());
  }
  for (char& c : key) c = c == '_' ? ' ' : c;
  return key;
}

std::string group_text(const Group& group, std::size_t width) {
  std::string text = group.name + '\n';
  for (const Fact& f : group.facts) {
    const std::string value = f.text.empty() ? "not known" : escape_for_terminal(f.text);
    text += fmt::format("  {:<25} ", words(f.key)) + report::wrapped(value, kIndent, width) + '\n';
  }
  return text + '\n';
}

Json group_json(const Group& group) {
  Json json{JsonObject{}};
  for (const Fact& f : group.facts) json.set(f.key, f.value);
  return json;
}

std::string access_text(std::string_view title, const std::vector<platform::SourceAccess>& all, std::string_view none,
                        std::size_t width) {
  std::string text = fmt::format("{}\n", title);
  for (const platform::SourceAccess& one : all) {
    const std::string value = one.available() ? "yes" : "no: " + escape_for_terminal(one.reason);
    text += fmt::format("  {:<25} ", escape_for_terminal(one.name)) + report::wrapped(value, kIndent, width) + '\n';
  }
  if (all.empty()) text += fmt::format("  {}\n", none);
  return text + '\n';
}

Json access_json(const std::vector<platform::SourceAccess>& all) {
  Json json{JsonArray{}};
  for (const platform::SourceAccess& one : all) {
    json.push(Json()
                  .set("name", one.name)
                  .set("available", one.available())
                  .set("reason", one.available() ? Json() : Json(one.reason)));
  }
  return json;
}

Result<ExitStatus> run_show(CommandContext& context) {
  Workplace workplace;
  MachineWatch watch(workplace);
  BH_TRY(platform::Topology topology, platform::read_topology());
  BH_TRY(const std::vector<unsigned> allowed, platform::allowed_cpus());
  const platform::MachineFacts machine = platform::read_machine(workplace.files, std::move(topology), allowed);
  const MachineState& state = watch.look(machine, allowed);
  const auto findings = watch.findings(machine, allowed);
  const std::filesystem::path root = system_root(workplace);
  const auto counters = platform::counter_access(*platform::system_event_source());
  const auto energy = platform::energy_access(workplace.files, root);
  const std::vector<Group> groups = {machine_group(state.machine), settings_group(state), load_group(state)};

  if (context.json) {
    Json json;
    json.set("format", "benchhost.system").set("version", 1);
    json.set("root", root.string());
    for (const Group& group : groups) json.set(group.name, group_json(group));
    json.set("counters", access_json(counters)).set("energy", access_json(energy));
    json.set("findings", report::findings_json(findings));
    context.console.out(to_pretty_text(json) + '\n');
    return ExitStatus::ok;
  }
  const std::size_t width = context.console.out_facts().width;
  std::string text;
  if (root != "/") text += fmt::format("as seen below {}\n\n", escape_for_terminal(root.string()));
  for (const Group& group : groups) text += group_text(group, width);
  text += access_text("counters", counters, "this system has no perf events", width);
  text += access_text("energy", energy, "this system has no powercap zones", width);
  text += "what disturbs measurements here\n";
  for (const store::RunFinding& f : findings) text += "  " + report::wrapped(report::finding_line(f), 4, width) + '\n';
  if (findings.empty()) text += "  nothing that can be seen\n";
  context.console.text(text);
  return ExitStatus::ok;
}

}  // namespace

Command system_show_command() {
  CommandSpec spec;
  spec.name = "system show";
  spec.summary = "Shows the machine as benchhost sees it, and what disturbs measurements on it now.";
  spec.examples = {"system show"};
  return {std::move(spec), run_show};
}

std::vector<Command> system_commands() {
  std::vector<Command> all = {system_show_command(), system_noise_command()};
  for (Command& c : system_tune_commands()) all.push_back(std::move(c));
  return all;
}

}  // namespace benchhost::cli
