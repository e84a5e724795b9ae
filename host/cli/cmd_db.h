// benchhost db check | backup | migrate, and explain.
#pragma once

#include <vector>

#include "cli/command.h"

namespace benchhost::cli {

[[nodiscard]] std::vector<Command> db_commands();
[[nodiscard]] Command explain_command();

}  // namespace benchhost::cli
