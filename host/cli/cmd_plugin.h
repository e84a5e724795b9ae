// Commands for authors of plugins.
#pragma once

#include <vector>

#include "cli/command.h"

namespace benchhost::cli {

/// plugin check, plugin requirements, plugin quarantine.
[[nodiscard]] std::vector<Command> plugin_commands();

}  // namespace benchhost::cli
