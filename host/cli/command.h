// A subcommand: what it takes, and the function that does it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console.h"
#include "cli/exit_status.h"
#include "cli/options.h"
#include "cli/signals.h"
#include "common/base/json.h"
#include "common/base/result.h"
#include "suite/preferences.h"

namespace benchhost::cli {

/// What every command gets.
struct CommandContext {
  const Arguments& args;
  Console& console;
  std::vector<std::string> command_line;   ///< as typed, for the record
  bool json = false;                       ///< --format json
  std::shared_ptr<Interrupts> interrupts;  ///< once taken
  suite::Preferences preferences;          ///< of files; what flags can say is in args already
};

/// From here on Ctrl-C and its like end the command in order; for commands that start workers. Errors: BH0011.
[[nodiscard]] Result<Interrupts*> take_interrupts(CommandContext& context);
/// An Error once the user has asked for the end; to be asked between two steps of a command.
[[nodiscard]] Result<void> go_on(const CommandContext& context);

/// The status of the command; an Error is printed by the caller, and its status is error_status().
using CommandFunction = Result<ExitStatus> (*)(CommandContext&);

struct Command {
  CommandSpec spec;
  CommandFunction run;
  /// Whether environment and files may say what flags leave open. Not so for what is asked while benchhost is built or
  /// at every press of a key: mistakes in somebody's settings must not stop it.
  bool obeys_settings = true;
};

/// Every subcommand, in the order in which help lists them. A name of two words ("suite check") is one command.
[[nodiscard]] const std::vector<Command>& commands();

/// What an error that ended a command means: usage, unless it is one of the store or of the infrastructure.
[[nodiscard]] ExitStatus error_status(const Error& error);

/// Prints an error; with --format json standard output gets it too, as one JSON text.
void report_error(Console& console, const Error& error, bool json, ExitStatus status);

/// The answer of a command that lists or explains: its text, or with --format json the member of a versioned object.
void print_answer(CommandContext& context, std::string_view format, std::string_view member, Json all,
                  const std::string& text);

/// Finds the command for the leading words of a command line. Errors: none given, unknown (with the nearest).
struct FoundCommand {
  const Command* command = nullptr;
  std::size_t words = 0;  ///< how many of the arguments its name takes
};
[[nodiscard]] Result<FoundCommand> find_command(const std::vector<std::string>& args);

/// What stands in place of a command: --help and --version.
[[nodiscard]] const std::vector<OptionSpec>& program_options();

/// What benchhost is, in a sentence.
inline constexpr std::string_view kAbout = "benchhost runs benchmark plugins on every device and says what got slower.";

/// The page of `benchhost --help`.
[[nodiscard]] std::string overview_page(std::size_t width);
/// Columns of help pages: those of the terminal, as long as lines are easily read.
[[nodiscard]] std::size_t help_width(const Console& console);

/// Parses and runs a whole command line without the program's name. Never throws.
[[nodiscard]] int run_command_line(const std::vector<std::string>& args);

}  // namespace benchhost::cli
