#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "cli/cmd_system.h"
#include "cli/folders.h"
#include "cli/machine_watch.h"
#include "cli/site.h"
#include "common/base/terminal_text.h"
#include "common/platform/setting_file.h"
#include "report/table.h"
#include "tuning/tune.h"

namespace benchhost::cli {

namespace fs = std::filesystem;

namespace {

const tuning::SettingWriter& kernel_writer() {
  static const tuning::SettingWriter writer{platform::may_write_setting, platform::write_setting};
  return writer;
}

// The settings are the machine's, and whoever puts them back need not be whoever changed them, nor have the same HOME.
constexpr std::string_view kStateBelowRoot = "var/lib/benchhost";

// Where the saved settings are. Errors: there is to be no folder for them.
Result<fs::path> folder_of_state(const CommandContext& context, const Workplace& workplace) {
  const auto given = given_state_folder(context.args, workplace);
  if (!given) return system_root(workplace) / kStateBelowRoot;
  if (given->empty()) {
    return make_error("BH0001", "there is no folder in which settings could be saved",
                      fmt::format("name one with --state-dir, or leave it out: /{}", kStateBelowRoot));
  }
  return absolute_path(*given);
}

OptionSpec saved_option() {
  return {"state-dir", "DIR",
          fmt::format("Where the settings that were are saved; /{} if it is not given.", kStateBelowRoot)};
}

std::string now_text(const tuning::Change& change) {
  std::vector<std::string> all;
  for (const tuning::SettingFile& f : change.files) {
    if (std::ranges::find(all, f.now) == all.end()) all.push_back(f.now);
  }
  return fmt::format("{}", fmt::join(all, ","));
}

std::string files_text(const tuning::Change& change, const fs::path& root) {
  std::string first = (root / change.files.front().file).string();
  if (change.files.size() == 1) return first;
  return fmt::format("{} and {} more", first, change.files.size() - 1);
}

std::string plan_text(const tuning::TunePlan& plan, const fs::path& root, std::size_t width) {
  std::string text;
  const auto line = [&](std::string_view before, std::string_view one) {
    text += std::string(before) + report::wrapped(escape_for_terminal(one), 4, width) + '\n';
  };
  for (const tuning::Change& c : plan.changes) {
    line("", fmt::format("{}: {} -> {}", c.name, now_text(c), c.then));
    line("    ", c.why);
    // Whole, so that it can be copied.
    text += "    " + escape_for_terminal(files_text(c, root)) + '\n';
  }
  if (plan.changes.empty()) text += "nothing is to be changed\n";
  for (const tuning::Kept& k : plan.kept) line("", fmt::format("{}: left as it is: {}", k.name, k.because));
  for (const tuning::Advice& a : plan.advice) line("", fmt::format("{}: not changed by benchhost: {}", a.name, a.text));
  return text;
}

Json plan_json(const tuning::TunePlan& plan) {
  Json changes{JsonArray{}};
  for (const tuning::Change& c : plan.changes) {
    Json files{JsonArray{}};
    for (const tuning::SettingFile& f : c.files) files.push(Json().set("file", f.file).set("now", f.now));
    changes.push(Json().set("name", c.name).set("then", c.then).set("why", c.why).set("files", std::move(files)));
  }
  Json kept{JsonArray{}};
  for (const tuning::Kept& k : plan.kept) kept.push(Json().set("name", k.name).set("because", k.because));
  Json advice{JsonArray{}};
  for (const tuning::Advice& a : plan.advice) advice.push(Json().set("name", a.name).set("text", a.text));
  Json json;
  json.set("changes", std::move(changes)).set("kept", std::move(kept)).set("advice", std::move(advice));
  return json;
}

Json steps_json(const tuning::TuneReport& report) {
  Json steps{JsonArray{}};
  for (const tuning::Step& s : report.steps) {
    Json one;
    one.set("name", s.name).set("file", s.file).set("from", s.from.empty() ? Json() : Json(s.from)).set("to", s.to);
    one.set("result", tuning::to_text(s.result)).set("remark", s.reason.empty() ? Json() : Json(s.reason));
    steps.push(std::move(one));
  }
  return steps;
}

std::string steps_text(const tuning::TuneReport& report, const fs::path& root) {
  std::string text;
  for (const tuning::Step& s : report.steps) {
    std::string line = fmt::format("{:<9} {}: {} -> {}", tuning::to_text(s.result), (root / s.file).string(),
                                   s.from.empty() ? "?" : s.from, s.to);
    if (!s.reason.empty()) line += fmt::format(" ({})", s.reason);
    text += escape_for_terminal(line) + '\n';
  }
  return text;
}

void print_json(CommandContext& context, std::string_view format, const Json& json) {
  Json all;
  all.set("format", format).set("version", 1);
  for (const auto& [name, value] : json.members()) all.set(name, value);
  context.console.out(to_pretty_text(all) + '\n');
}

Result<ExitStatus> run_tune(CommandContext& context) {
  Workplace workplace;
  const fs::path root = system_root(workplace);
  const tuning::TunePlan plan = tuning::plan_tuning(workplace.files, root);
  Json json;
  json.set("root", root.string()).set("applied", context.args.has("yes")).set("plan", plan_json(plan));
  const std::string planned = plan_text(plan, root, context.console.out_facts().width);
  if (!context.args.has("yes")) {
    if (context.json) {
      print_json(context, "benchhost.system_tune", json);
    } else {
      context.console.text(planned);
    }
    if (!plan.changes.empty()) {
      context.console.say(
          "nothing was changed: benchhost system tune --yes does it, benchhost system restore puts back what was\n");
    }
    return ExitStatus::ok;
  }
  BH_TRY(const fs::path folder, folder_of_state(context, workplace));
  // Before the first change, so that whoever is stopped half-way has read what was meant.
  if (!context.json) context.console.text(planned);
  const tuning::TunePlace place{workplace.files, kernel_writer(), root, folder};
  BH_TRY(const tuning::TuneReport report, tuning::tune(plan, place, workplace.clock.wall_ns()));
  if (context.json) {
    json.set("steps", steps_json(report));
    json.set("state_file", report.state_kept ? Json(report.state_file.string()) : Json());
    print_json(context, "benchhost.system_tune", json);
  } else {
    context.console.text(steps_text(report, root));
  }
  if (report.state_kept) {
    context.console.say(fmt::format("what was is in {}: benchhost system restore puts it back\n",
                                    escape_for_terminal(report.state_file.string())));
  }
  return report.failed() ? ExitStatus::incomplete : ExitStatus::ok;
}

Result<ExitStatus> run_restore(CommandContext& context) {
  Workplace workplace;
  const fs::path root = system_root(workplace);
  BH_TRY(const fs::path folder, folder_of_state(context, workplace));
  const tuning::TunePlace place{workplace.files, kernel_writer(), root, folder};
  BH_TRY(const std::optional<tuning::TuneReport> report, tuning::restore(place));
  if (context.json) {
    Json json;
    json.set("root", root.string()).set("saved", report.has_value());
    json.set("steps", report ? steps_json(*report) : Json(JsonArray{}));
    json.set("state_file", report && report->state_kept ? Json(report->state_file.string()) : Json());
    print_json(context, "benchhost.system_restore", json);
  } else if (report) {
    context.console.text(steps_text(*report, root));
  }
  if (!report) {
    context.console.say(fmt::format("nothing is to be put back: there are no saved settings in {}\n",
                                    escape_for_terminal(folder.string())));
    return ExitStatus::ok;
  }
  context.console.say(report->state_kept ? fmt::format("what could not be put back is still in {}\n",
                                                       escape_for_terminal(report->state_file.string()))
                                         : std::string("all settings are as they were\n"));
  return report->failed() ? ExitStatus::incomplete : ExitStatus::ok;
}

}  // namespace

std::vector<Command> system_tune_commands() {
  CommandSpec tune;
  tune.name = "system tune";
  tune.summary =
      "Shows which settings of the kernel would make measurements steadier; with --yes saves what they are and changes "
      "them.";
  tune.options = {{"yes", "", "Change them; without it nothing is changed."}, saved_option()};
  tune.examples = {"system tune"};
  tune.not_in_settings = {"state-dir"};
  CommandSpec restore;
  restore.name = "system restore";
  restore.summary = "Puts back the settings that system tune has changed.";
  restore.options = {saved_option()};
  restore.examples = {"system restore"};
  restore.not_in_settings = {"state-dir"};
  return {{std::move(tune), run_tune}, {std::move(restore), run_restore}};
}

}  // namespace benchhost::cli
