#include "cli/cmd_plugin.h"

#include <fmt/format.h>

#include <charconv>

#include "cli/check_subjects.h"
#include "cli/cmd_quarantine.h"
#include "cli/folders.h"
#include "common/base/units.h"
#include "conform/supervised_trials.h"
#include "report/check_report.h"

namespace benchhost::cli {

namespace {

/// A case may be silent for longer than a probe, as plugin.h says of batches: a minute, while a probe has 10 s.
constexpr std::int64_t kSilentProbes = 6;
constexpr Bytes kMaxFile{std::uint64_t{512} << 20};

Result<std::uint64_t> number(const Arguments& args, const std::string& flag, std::uint64_t otherwise,
                             std::uint64_t least, std::uint64_t most) {
  const auto text = args.value(flag);
  if (!text) return otherwise;
  std::uint64_t value = 0;
  const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (failed != std::errc{} || end != text->data() + text->size() || value < least || value > most) {
    return make_error("BH0001",
                      fmt::format("--{} is a whole number from {} to {}, not '{}'", flag, least, most, *text));
  }
  return value;
}

bool is_of(const discover::PluginEntry& entry, const std::filesystem::path& file) {
  std::error_code error;
  return entry.path == file || std::filesystem::equivalent(entry.path, file, error);
}

// The file as the catalogue has it; nullptr: it was not looked at.
const discover::PluginEntry* entry_of(const Site& site, const std::filesystem::path& file) {
  for (const discover::PluginEntry& e : site.catalogue.plugins) {
    if (is_of(e, file)) return &e;
  }
  return nullptr;
}

Result<ExitStatus> run_check(CommandContext& context) {
  Workplace workplace;
  const Arguments& args = context.args;
  BH_TRY(const std::uint64_t strictness,
         number(args, "strictness", conform::kDefaultStrictness, conform::kLeastStrictness, conform::kMostStrictness));
  BH_TRY(const std::uint64_t seed, number(args, "seed", 1, 0, UINT64_MAX));
  const bool junit = args.value("format").value_or("") == "junit";
  BH_TRY(const std::filesystem::path file, absolute_path(args.operands().front()));
  BH_TRY(const std::string bytes, workplace.files.read(file, kMaxFile));

  BH_TRY(Interrupts * interrupts, take_interrupts(context));
  Arguments searched = args;
  searched.set("plugins", file.string());
  CommandContext around{searched,     context.console,    context.command_line,
                        context.json, context.interrupts, context.preferences};
  BH_TRY(const Site site, look_around(around, workplace, Look::everything, interrupts->cancel(),
                                      [&](const discover::PluginEntry& e) { return is_of(e, file); }));
  const discover::PluginEntry* entry = entry_of(site, file);
  if (entry != nullptr) warn_of_quarantine(site.catalogue.quarantine, entry->fingerprint, "", context.console);

  conform::SupervisedTrials trials(site.worker, kSilentProbes * site.probe_deadline_ns, interrupts->cancel());
  conform::Validator validator(trials, file.string(), static_cast<std::uint32_t>(strictness), seed);
  protocol::RunJob job;
  job.plugin_file = file.string();
  job.seed = seed;
  if (entry != nullptr) {
    job.plugin_stamp = entry->stamp;
    job.asset_dir = entry->asset_dir;
  }
  BH_CHECK(validator.examine_file(bytes, {site.machine.os, site.machine.arch, site.machine.isa}, job));
  if (validator.record() && entry != nullptr && entry->usable()) {
    for (const conform::BenchmarkSubject& subject : check_subjects(*entry, static_cast<std::uint32_t>(strictness), seed,
                                                                   site, around, workplace, interrupts->cancel())) {
      BH_CHECK(go_on(context));
      context.console.say(fmt::format("{} is being tried\n", subject.id));
      BH_CHECK(validator.examine_benchmark(subject));
    }
  } else if (validator.record()) {
    // It can be read here and not be used: `list plugins` has the gate.
    for (const protocol::BenchmarkRecord& b : validator.record()->benchmarks) {
      const std::string why =
          entry != nullptr && entry->refusal ? entry->refusal->message : "the file is not where plugins are looked for";
      BH_CHECK(validator.examine_benchmark({b.id, std::nullopt, why, {}, {}}));
    }
  }
  const conform::CheckReport report = validator.report();
  if (junit) {
    context.console.out(report::junit_check(report));
  } else if (context.json) {
    context.console.out(to_pretty_text(report::json_check(report)) + '\n');
  } else {
    context.console.out(report::console_check(report, context.console.style()));
  }
  return report.passed() ? ExitStatus::ok : ExitStatus::failed;
}

Result<ExitStatus> run_requirements(CommandContext& context) {
  context.console.out(conform::requirements_document());
  return ExitStatus::ok;
}

Command check_command() {
  CommandSpec spec;
  spec.name = "plugin check";
  spec.operands = "FILE";
  spec.summary = "Examines a plugin against every requirement, each trial in a process of its own.";
  spec.options = {
      {"strictness", "N",
       "1: file and descriptors; 2: and life; 3: and a host that refuses (default); 4, 5: and what no "
       "host does.",
       false},
      {"seed", "N", "Seed of the data (default 1).", false},
      {"format", "text|json|junit", "How the report is written on standard output.", false},
  };
  for (OptionSpec& option : search_options()) {
    if (option.name == "backends") spec.options.push_back(std::move(option));
  }
  spec.options.push_back(state_option());
  spec.examples = {"plugin check build/plugins/example_triad.so",
                   "plugin check example.so --strictness 5 --format junit"};
  spec.min_operands = spec.max_operands = 1;
  return {std::move(spec), run_check};
}

Command requirements_command() {
  CommandSpec spec;
  spec.name = "plugin requirements";
  spec.summary = "Prints the requirements that plugin check examines, as Markdown.";
  spec.examples = {"plugin requirements"};
  return {std::move(spec), run_requirements};
}

}  // namespace

std::vector<Command> plugin_commands() { return {check_command(), requirements_command(), quarantine_command()}; }

}  // namespace benchhost::cli
