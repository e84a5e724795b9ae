// The commands that say what there is to say about benchhost itself: help, explain, man, completions, complete.
#pragma once

#include <vector>

#include "cli/command.h"

namespace benchhost::cli {

[[nodiscard]] std::vector<Command> help_commands();

}  // namespace benchhost::cli
