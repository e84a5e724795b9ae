#include "cli/cmd_help.h"

#include <fmt/format.h>

#include "cli/completion_script.h"
#include "cli/known_names.h"
#include "cli/man_page.h"
#include "cli/typed_line.h"
#include "cli/version.h"
#include "common/base/error_codes.h"
#include "common/base/suggest.h"
#include "common/base/terminal_text.h"
#include "report/table.h"

namespace benchhost::cli {

namespace {

// More words than anybody types in a line that is to be completed.
constexpr std::size_t kMostWords = 100'000;

// The command that the operands name. Errors: as find_command, and words that are too many.
Result<const CommandSpec*> named_command(const Arguments& args) {
  BH_TRY(const FoundCommand found, find_command(args.operands()));
  if (found.words == args.operands().size()) return &found.command->spec;
  return make_error("BH0001", fmt::format("there is no command '{} {}'", args.operands()[0], args.operands()[1]),
                    fmt::format("benchhost help {} shows the one there is", found.command->spec.name));
}

Result<ExitStatus> run_help(CommandContext& context) {
  const std::size_t width = help_width(context.console);
  if (context.args.operands().empty()) {
    context.console.text(overview_page(width));
    return ExitStatus::ok;
  }
  BH_TRY(const CommandSpec* spec, named_command(context.args));
  context.console.text(help_page(*spec, width));
  return ExitStatus::ok;
}

Result<ExitStatus> run_man(CommandContext& context) {
  if (context.args.operands().empty()) {
    context.console.out(manual_page(commands(), host_version()));
    return ExitStatus::ok;
  }
  BH_TRY(const CommandSpec* spec, named_command(context.args));
  context.console.out(manual_page_of(*spec, host_version()));
  return ExitStatus::ok;
}

Result<ExitStatus> run_completions(CommandContext& context) {
  // Another word was refused with the command line.
  context.console.out(completion_script(context.args.operands().front()).value_or(""));
  return ExitStatus::ok;
}

std::string lines_of(const Completion& completion) {
  std::string out;
  for (const Candidate& c : completion.candidates) {
    if (is_insertable(c.text)) out += c.text + '\t' + escape_for_terminal(c.description) + '\n';
  }
  return out;
}

std::string_view paths_word(Paths paths) {
  switch (paths) {
    case Paths::files:
      return "files\n";
    case Paths::folders:
      return "folders\n";
    case Paths::none:
      break;
  }
  return "none\n";
}

Result<ExitStatus> run_complete(CommandContext& context) {
  std::vector<std::string> words = context.args.operands();
  const std::string shell = words.front();
  words.erase(words.begin());
  Workplace workplace;
  SiteNames known(context.console, workplace);
  if (shell == "bash") {
    if (words.size() != 2) {
      return make_error("BH0001", "benchhost complete bash takes the line up to the cursor, and COMP_WORDBREAKS");
    }
    TypedLine line = read_typed_line(words[0], words[1]);
    if (line.words.empty()) return ExitStatus::ok;
    line.words.erase(line.words.begin());
    const Completion found = complete(commands(), line.words, line.current, known);
    std::string out(paths_word(found.paths));
    for (const std::string& reply : bash_replies(found, line)) out += reply + '\n';
    context.console.out(out);
    return ExitStatus::ok;
  }
  if (words.empty()) {
    return make_error("BH0001", fmt::format("benchhost complete {} takes the words up to the cursor", shell));
  }
  std::string current = std::move(words.back());
  words.pop_back();
  // Fish tells the unfinished word as it is typed, with its quotes.
  if (shell == "fish") current = read_typed_line(current, "").current;
  const Completion found = complete(commands(), words, current, known);
  context.console.out(std::string(paths_word(found.paths)) + lines_of(found));
  return ExitStatus::ok;
}

Json code_json(const ErrorCode& code) {
  return Json().set("code", code.code).set("title", code.title).set("explanation", code.explanation);
}

Error unknown_code(const std::string& asked) {
  std::vector<std::string> known;
  for (const ErrorCode& c : error_codes()) known.emplace_back(c.code);
  std::string help = did_you_mean(asked, known);
  help += fmt::format("{}codes look like BH0102, and benchhost explain lists them", help.empty() ? "" : " ");
  return make_error("BH0001", fmt::format("there is no error code '{}'", asked), std::move(help));
}

Result<ExitStatus> run_explain(CommandContext& context) {
  if (context.args.operands().empty()) {
    std::string text;
    Json all{JsonArray{}};
    for (const ErrorCode& c : error_codes()) {
      text += fmt::format("{}  {}\n", c.code, c.title);
      all.push(code_json(c));
    }
    print_answer(context, "benchhost.error_codes", "codes", std::move(all), text);
    return ExitStatus::ok;
  }
  const std::string& asked = context.args.operands().front();
  const ErrorCode* found = find_error_code(asked);
  if (found == nullptr) return unknown_code(asked);
  if (context.json) {
    Json json = code_json(*found);
    json.set("format", "benchhost.error_code").set("version", 1);
    context.console.out(to_pretty_text(json) + '\n');
    return ExitStatus::ok;
  }
  context.console.text(fmt::format("{}: {}\n\n{}\n", found->code, found->title,
                                   report::wrapped(found->explanation, 0, help_width(context.console))));
  return ExitStatus::ok;
}

}  // namespace

std::vector<Command> help_commands() {
  CommandSpec explain;
  explain.name = "explain";
  explain.operands = "[CODE]";
  explain.summary = "Explains an error code, or lists all of them.";
  explain.examples = {"explain BH0102"};
  explain.max_operands = 1;
  CommandSpec help;
  help.name = "help";
  help.operands = "[COMMAND]";
  help.summary = "Lists the commands, or shows what one of them takes.";
  help.examples = {"help run", "help suite check"};
  help.max_operands = 2;
  CommandSpec man;
  man.name = "man";
  man.operands = "[COMMAND]";
  man.summary = "Prints the manual page, or that of a command, for man -l - or a file.";
  man.examples = {"man | man -l -", "man run > benchhost-run.1"};
  man.max_operands = 2;
  CommandSpec completions;
  completions.name = "completions";
  completions.operands = "bash|zsh|fish";
  completions.summary = "Prints the script by which a shell completes command lines of benchhost.";
  // The folders need not be there yet.
  completions.examples = {
      "completions bash | install -Dm644 /dev/stdin ~/.local/share/bash-completion/completions/benchhost",
      "completions zsh | install -Dm644 /dev/stdin ~/.zfunc/_benchhost",
      "completions fish | install -Dm644 /dev/stdin ~/.config/fish/completions/benchhost.fish"};
  completions.min_operands = completions.max_operands = 1;
  CommandSpec complete;
  complete.name = "complete";
  complete.operands = "bash|zsh|fish WORD...";
  complete.summary = "Says how an unfinished command line may go on; the scripts of completions ask it.";
  complete.examples = {"complete fish -- run --sui", "complete bash -- 'benchhost run --sui' ' ='"};
  complete.min_operands = 1;
  complete.max_operands = kMostWords;
  return {{std::move(explain), run_explain},
          {std::move(help), run_help, false},
          {std::move(man), run_man, false},
          {std::move(completions), run_completions, false},
          {std::move(complete), run_complete, false}};
}

}  // namespace benchhost::cli
