// benchhost system show | noise | tune | restore.
#pragma once

#include <vector>

#include "cli/command.h"

namespace benchhost::cli {

[[nodiscard]] std::vector<Command> system_commands();

/// The parts of which that is made, each in a source of its own.
[[nodiscard]] Command system_show_command();
[[nodiscard]] Command system_noise_command();
[[nodiscard]] std::vector<Command> system_tune_commands();

}  // namespace benchhost::cli
