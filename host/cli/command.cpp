#include "cli/command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <exception>

#include "cli/settings.h"
#include "cli/version.h"
#include "common/base/suggest.h"
#include "report/table.h"

namespace benchhost::cli {

namespace {

When parse_when(const std::string& text) {
  if (text == "always") return When::always;
  if (text == "never") return When::never;
  return When::automatic;
}

// A command line that could not be parsed says all the same how its answer is read.
bool asks_for_json(const std::vector<std::string>& args) {
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (args[i] == "--") return false;
    if (args[i] == "--format=json" || (args[i] == "--format" && i + 1 < args.size() && args[i + 1] == "json")) {
      return true;
    }
  }
  return false;
}

// Flags over environment over files; the folder to work in comes first, for the project is looked for there.
Result<suite::Preferences> settle(const Command& command, Arguments& args, Console& console) {
  if (const auto folder = args.value("directory"); folder && chdir(folder->c_str()) != 0) {
    return make_error("BH0002", fmt::format("cannot work in '{}': no such folder, or it may not be entered", *folder));
  }
  if (!command.obeys_settings) return suite::Preferences{};
  const platform::Environment environment = platform::Environment::of_process();
  platform::SystemFiles files;
  BH_TRY(suite::Preferences preferences, load_preferences(args, environment, files, console));
  BH_CHECK(fill_arguments(args, environment, preferences, command.spec.not_in_settings));
  return preferences;
}

int run_parsed(const Command& command, Arguments args, const std::vector<std::string>& line) {
  const auto console_of = [&args] {
    const When colour = parse_when(args.value("color").value_or("auto"));
    return Console(stream_facts(stdout, colour), stream_facts(stderr, colour), args.has("quiet"));
  };
  Console early = console_of();
  if (args.has("help")) {
    early.text(help_page(command.spec, help_width(early)));
    return static_cast<int>(ExitStatus::ok);
  }
  const auto preferences = settle(command, args, early);
  const bool json = args.value("format") == "json";
  if (!preferences.ok()) {
    report_error(early, preferences.error(), json, ExitStatus::usage);
    return static_cast<int>(ExitStatus::usage);
  }
  Console console = console_of();
  CommandContext context{args, console, line, json, nullptr, *preferences};
  auto status = command.run(context);
  if (status.ok()) return static_cast<int>(*status);
  // Whatever became of the command after the user had asked for its end, that he did comes first.
  const int signal = context.interrupts ? context.interrupts->signals().signal() : 0;
  const ExitStatus failed = worst({error_status(status.error()), signal_status(signal)});
  report_error(console, status.error(), json, failed);
  return static_cast<int>(failed);
}

int run_checked(const std::vector<std::string>& args) {
  Console plain(stream_facts(stdout, When::automatic), stream_facts(stderr, When::automatic), false);
  if (args.empty()) {
    plain.raw_err(overview_page(help_width(plain)));
    return static_cast<int>(ExitStatus::usage);
  }
  if (args.front() == "--help" || args.front() == "-h") {
    plain.text(overview_page(help_width(plain)));
    return static_cast<int>(ExitStatus::ok);
  }
  if (args.front() == "--version") {
    plain.out(version_text());
    return static_cast<int>(ExitStatus::ok);
  }
  auto found = find_command(args);
  if (!found.ok()) {
    report_error(plain, found.error(), asks_for_json(args), ExitStatus::usage);
    return static_cast<int>(ExitStatus::usage);
  }
  const std::vector<std::string> rest(args.begin() + static_cast<std::ptrdiff_t>(found->words), args.end());
  auto parsed = parse_arguments(found->command->spec, rest);
  if (!parsed.ok()) {
    report_error(plain, parsed.error(), asks_for_json(args), ExitStatus::usage);
    return static_cast<int>(ExitStatus::usage);
  }
  return run_parsed(*found->command, *parsed, args);
}

}  // namespace

std::size_t help_width(const Console& console) { return std::min<std::size_t>(console.out_facts().width, 100); }

const std::vector<OptionSpec>& program_options() {
  static const std::vector<OptionSpec> options = {{"help", "", "Show the commands."},
                                                  {"version", "", "Show the version."}};
  return options;
}

Result<Interrupts*> take_interrupts(CommandContext& context) {
  if (!context.interrupts) {
    BH_TRY(context.interrupts, Interrupts::make());
  }
  return context.interrupts.get();
}

Result<void> go_on(const CommandContext& context) {
  if (!context.interrupts) return {};
  const int signal = context.interrupts->signals().signal();
  if (signal == 0) return {};
  return make_error("", signal == SIGINT ? "interrupted" : "terminated");
}

void report_error(Console& console, const Error& error, bool json, ExitStatus status) {
  console.error(error);
  if (!json) return;
  Json body;
  body.set("format", "benchhost.error").set("version", 1);
  body.set("code", error.code).set("message", error.message).set("place", error.place).set("help", error.help);
  body.set("exit_code", static_cast<int>(status)).set("exit_reason", std::string(name_of(status)));
  console.out(to_pretty_text(body) + '\n');
}

void print_answer(CommandContext& context, std::string_view format, std::string_view member, Json all,
                  const std::string& text) {
  if (!context.json) {
    context.console.text(text);
    return;
  }
  Json json;
  json.set("format", format).set("version", 1).set(member, std::move(all));
  context.console.out(to_pretty_text(json) + '\n');
}

ExitStatus error_status(const Error& error) {
  if (error.code == "BH0099") return ExitStatus::bug;
  // A worker that cannot be started and a system that refuses are no slip of the user's.
  if (error.code == "BH0010" || error.code == "BH0011") return ExitStatus::incomplete;
  // A run or a device that does not exist and SQL that is refused are the user's; the rest of the store's and devices'
  // errors are the machine's.
  if (error.code == "BH0408" || error.code == "BH0410" || error.code == "BH0411" || error.code == "BH0501") {
    return ExitStatus::usage;
  }
  const std::string_view family = std::string_view(error.code).substr(0, 4);
  if (family == "BH03" || family == "BH04" || family == "BH05" || family == "BH06" || family == "BH07") {
    return ExitStatus::incomplete;
  }
  return ExitStatus::usage;
}

Result<FoundCommand> find_command(const std::vector<std::string>& args) {
  const std::string two = args.size() > 1 ? args[0] + ' ' + args[1] : "";
  std::vector<std::string> names;
  bool group = false;
  for (const Command& c : commands()) {
    if (c.spec.name == two) return FoundCommand{&c, 2};
    group = group || c.spec.name.starts_with(args[0] + ' ');
    names.push_back(c.spec.name);
  }
  for (const Command& c : commands()) {
    if (c.spec.name == args[0]) return FoundCommand{&c, 1};
  }
  if (group) {
    std::vector<std::string> members;
    for (const std::string& n : names) {
      if (n.starts_with(args[0] + ' ')) members.push_back(n.substr(args[0].size() + 1));
    }
    const std::string given = args.size() > 1 ? args[1] : "";
    std::string help = did_you_mean(given, members);
    if (help.empty()) help = fmt::format("there are: {}", fmt::join(members, ", "));
    return make_error("BH0001",
                      given.empty() ? fmt::format("benchhost {} needs to know what to do", args[0])
                                    : fmt::format("benchhost {} has no command '{}'", args[0], given),
                      std::move(help));
  }
  // "lst plugins": the whole name is compared first, then the word that groups have in common.
  std::string help = two.empty() ? "" : did_you_mean(two, names);
  for (const Command& c : commands()) names.push_back(c.spec.name.substr(0, c.spec.name.find(' ')));
  if (help.empty()) help = did_you_mean(args[0], names);
  if (help.empty()) help = "benchhost --help lists the commands";
  return make_error("BH0001", fmt::format("there is no command '{}'", args[0]), std::move(help));
}

std::string overview_page(std::size_t width) {
  std::string out = report::wrapped(kAbout, 0, width) + "\n\nusage: benchhost COMMAND [flags]\n\n";
  std::size_t column = 0;
  for (const Command& c : commands()) column = std::max(column, c.spec.name.size() + 4);
  for (const Command& c : commands()) {
    std::string line = "  " + c.spec.name;
    line.resize(column, ' ');
    out += line + report::wrapped(c.spec.summary, column, width) + '\n';
  }
  out += '\n' + report::wrapped("benchhost COMMAND --help tells more. First steps:", 0, width) +
         "\n  benchhost list benchmarks\n  benchhost run --suite quick.yaml\n";
  return out;
}

int run_command_line(const std::vector<std::string>& args) {
  try {
    return run_checked(args);
  } catch (const std::exception& e) {
    Console console(stream_facts(stdout, When::never), stream_facts(stderr, When::never), false);
    console.error(make_error("BH0099", fmt::format("this is a bug in benchhost: {}", e.what()),
                             "please report it with the command line that showed it"));
    return static_cast<int>(ExitStatus::bug);
  }
}

}  // namespace benchhost::cli
