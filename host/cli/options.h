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
  std::string argument;  ///< "FILE"; "": a switch
  std::string help;      ///< one sentence
  bool repeatable = false;
};

/// What a command takes.
struct CommandSpec {
  std::string name;      ///< "run", "suite check"
  std::string operands;  ///< "[BENCHMARK…]", "" for none
  std::string summary;   ///< one sentence
  std::vector<OptionSpec> options;
  std::vector<std::string> examples;  ///< command lines without "benchhost "
  std::vector<std::string> formats;   ///< what --format may say beside what every command takes
  std::size_t min_operands = 0;
  std::size_t max_operands = 0;
};

/// Flags every command takes.
[[nodiscard]] const std::vector<OptionSpec>& global_options();

/// What a global flag may say; empty: anything.
[[nodiscard]] std::vector<std::string> choices_of(std::string_view flag);

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

 private:
  friend Result<Arguments> parse_arguments(const CommandSpec&, const std::vector<std::string>&);
  std::map<std::string, std::vector<std::string>> values_;
  std::vector<std::string> operands_;
};

/// Errors: unknown flag (with the nearest one), missing or superfluous value, a flag given twice that may stand once,
/// too few or too many operands. Code BH0001.
[[nodiscard]] Result<Arguments> parse_arguments(const CommandSpec& spec, const std::vector<std::string>& args);

/// The help page of a command, `width` columns wide.
[[nodiscard]] std::string help_page(const CommandSpec& spec, std::size_t width);

}  // namespace benchhost::cli
