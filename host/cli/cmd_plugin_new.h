// benchhost plugin new: a project for a plugin, from a template of the SDK.
#pragma once

#include "cli/command.h"

namespace benchhost::cli {

[[nodiscard]] Command plugin_new_command();

}  // namespace benchhost::cli
