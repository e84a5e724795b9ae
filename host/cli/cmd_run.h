// benchhost run, replay, suite check | expand | schema: the commands that plan and execute.
#pragma once

#include <vector>

#include "cli/command.h"

namespace benchhost::cli {

[[nodiscard]] Command run_command();
[[nodiscard]] Command replay_command();
[[nodiscard]] std::vector<Command> suite_commands();

}  // namespace benchhost::cli
