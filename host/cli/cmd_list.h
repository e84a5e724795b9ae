// benchhost list plugins | benchmarks | devices | backends | suites, why, doctor.
#pragma once

#include <vector>

#include "cli/command.h"

namespace benchhost::cli {

[[nodiscard]] std::vector<Command> list_commands();
[[nodiscard]] Command why_command();
[[nodiscard]] Command doctor_command();

}  // namespace benchhost::cli
