// How a run is shown while it goes on: a live bar on a terminal, a line per case and a heartbeat elsewhere.
#pragma once

#include <memory>
#include <string>

#include "cli/console.h"
#include "common/platform/clock.h"
#include "schedule/observer.h"

namespace benchhost::cli {

enum class ProgressStyle { bar, lines, none };

/// What was asked for, but none with --quiet. auto: a bar where standard error is a terminal that can be redrawn, lines
/// elsewhere, none with --quiet.
[[nodiscard]] ProgressStyle choose_progress(const std::string& flag, const Console& console);

/// Owns: nothing but its text; console and clock outlive it.
[[nodiscard]] std::unique_ptr<schedule::Observer> make_progress(ProgressStyle style, Console& console,
                                                                platform::Clock& clock);

}  // namespace benchhost::cli
