// Flags of a command: one table gives the parser, the help text and the nearest name of a misspelt flag.
// Boost.Program_options does the parsing in options.cpp and is seen nowhere else.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace benchhost::cli {

struct OptionSpec {
  std::string name;      ///< without dashes
  std::string argument;  ///< "FILE", or the words it may be: "text|json" (value_form.h); "": a switch
  std::string help;      ///< one sentence
  bool repeatable = false;
};

/// What a command takes.
struct CommandSpec {
  std::string name;      ///< "run", "suite check"
  std::string operands;  ///< "[BENCHMARK…]", "bash|zsh|fish", "" for none (value_form.h)
  std::string summary;   ///< one sentence
  std::vector<OptionSpec> options;
  std::vector<std::string> examples;  ///< command lines without "benchhost "
  std::size_t min_operands = 0;
  std::size_t max_operands = 0;
  /// Flags whose values do not come from settings files, though their names are keys there.
  std::vector<std::string> not_in_settings;
};

/// Flags every command takes; a command that takes more of one has a row of its own for it.
[[nodiscard]] const std::vector<OptionSpec>& global_options();

/// What a global flag may say; empty: anything.
[[nodiscard]] std::vector<std::string> choices_of(std::string_view flag);

/// The letter by which a flag goes too, as -C for --directory; 0: none.
[[nodiscard]] char letter_of(std::string_view flag);

/// A parsed command line.
class Arguments {
 public:
  [[nodiscard]] bool has(std::string_view name) const { return values_.contains(std::string(name)); }
  /// The last value given.
  [[nodiscard]] std::optional<std::string> value(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> values(std::string_view name) const;
  [[nodiscard]] const std::vector<std::string>& operands() const { return operands_; }
  /// As if the flag had been given once with this value.
  void set(const std::string& name, std::string value) { values_[name] = {std::move(value)}; }
  /// One more word of a command line: a switch, a flag with one more value, an operand.
  void add_switch(const std::string& name) { values_[name]; }
  void add(const std::string& name, std::string value) { values_[name].push_back(std::move(value)); }
  void add_operand(std::string operand) { operands_.push_back(std::move(operand)); }

 private:
  std::map<std::string, std::vector<std::string>> values_;
  std::vector<std::string> operands_;
};

/// Errors: unknown flag (with the nearest one), missing or superfluous value, a flag given twice that may stand once,
/// too few or too many operands, a word that is none of those that its place may be (with the nearest one). Code
/// BH0001.
[[nodiscard]] Result<Arguments> parse_arguments(const CommandSpec& spec, const std::vector<std::string>& args);

/// The flags of a command, its own and the global ones.
[[nodiscard]] std::vector<OptionSpec> all_options(const CommandSpec& spec);

/// "run [flags] [BENCHMARK...]": how a command is written, without the name of the program.
[[nodiscard]] std::string usage_of(const CommandSpec& spec);

/// The sentence on an option, as help and manual give it.
[[nodiscard]] std::string help_of(const OptionSpec& option);

/// The help page of a command, `width` columns wide.
[[nodiscard]] std::string help_page(const CommandSpec& spec, std::size_t width);

}  // namespace benchhost::cli
