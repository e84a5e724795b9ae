// What flags leave open: environment, the project's benchhost.yaml, the user's.
#pragma once

#include "cli/console.h"
#include "cli/options.h"
#include "common/platform/environment.h"
#include "common/platform/files.h"
#include "suite/preferences.h"

namespace benchhost::cli {

/// The files' settings, the nearest first: --config FILE, else the project's benchhost.yaml; then the user's
/// ($XDG_CONFIG_HOME or ~/.config)/benchhost/config.yaml. Errors: one of them cannot be read or is wrong; all errors
/// but the first are printed.
[[nodiscard]] Result<suite::Preferences> load_preferences(const Arguments& args,
                                                          const platform::Environment& environment,
                                                          platform::Files& files, Console& console);

/// Puts what is said elsewhere where a flag would have said it: --db, --cache-dir, --state-dir, --format, --color,
/// --progress, by BENCHHOST_DB, BENCHHOST_CACHE_DIR, BENCHHOST_STATE_DIR, BENCHHOST_FORMAT, BENCHHOST_COLOR,
/// BENCHHOST_PROGRESS, else by the files, but for flags in `not_in_files`. Errors: a variable that has no such choice.
[[nodiscard]] Result<void> fill_arguments(Arguments& args, const platform::Environment& environment,
                                          const suite::Preferences& preferences,
                                          const std::vector<std::string>& not_in_files = {});

}  // namespace benchhost::cli
