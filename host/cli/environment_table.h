// The environment variables that benchhost obeys, as the manual lists them. contract.tree.interface compares it with
// what the source asks for.
#pragma once

#include <span>
#include <string_view>

namespace benchhost::cli {

struct VariableMeaning {
  std::string_view names;    ///< of one meaning, blanks between them
  std::string_view meaning;  ///< one or two sentences
};

/// benchhost's own first. Valid for ever.
[[nodiscard]] std::span<const VariableMeaning> environment_variables();

}  // namespace benchhost::cli
