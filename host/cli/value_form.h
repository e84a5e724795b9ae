// What the words in capitals of help texts stand for: "FILE", "[RUN]", "text|json". Completion reads from them what may
// stand there, so that a command says it once, to people and to shells.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"

namespace benchhost::cli {

/// What completes a value.
enum class ValueKind : std::uint8_t {
  file,
  folder,
  suite,
  benchmark,
  plugin,
  device,
  parameter,  ///< with its value
  tag,
  run,
  result,     ///< run and case
  case_name,  ///< title of a case
  error_code,
  command,
  report_format,
  quarantined,  ///< what crashed, by any of its names
};

struct ValueForm {
  std::vector<std::string> words;  ///< fixed ones
  bool words_only = false;         ///< nothing but those words may stand there
  std::vector<ValueKind> kinds;
};

/// Of one form: alternatives between '|', brackets and "..." around it left aside. A word in small letters
/// stands for itself. A word in capitals that is in no row of the table here may be anything, and nothing completes it.
[[nodiscard]] ValueForm read_value_form(std::string_view text);

/// Of the operand number `index` of a command; nullopt: it takes no such operand.
[[nodiscard]] std::optional<ValueForm> operand_form(const CommandSpec& spec, std::size_t index);

}  // namespace benchhost::cli
