// benchhost db check | backup | migrate | prune | merge.
#pragma once

#include <vector>

#include "cli/command.h"

namespace benchhost::cli {

[[nodiscard]] std::vector<Command> db_commands();

}  // namespace benchhost::cli
