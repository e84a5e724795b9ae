// benchhost db check | backup | migrate.
#pragma once

#include <vector>

#include "cli/command.h"

namespace benchhost::cli {

[[nodiscard]] std::vector<Command> db_commands();

}  // namespace benchhost::cli
