// Where this invocation of benchhost works: files, environment, folders, database. Made once per command.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "common/base/result.h"
#include "common/platform/clock.h"
#include "common/platform/environment.h"
#include "common/platform/files.h"
#include "store/run_store.h"
#include "store/sqlite_store.h"

namespace benchhost::cli {

/// Flags that say where things are; commands add those they obey to their spec.
[[nodiscard]] OptionSpec db_option();
[[nodiscard]] std::vector<OptionSpec> search_options();

struct Workplace {
  platform::Environment environment;
  platform::SystemFiles files;
  platform::SystemClock clock;

  Workplace() : environment(platform::Environment::of_process()) {}
};

/// --db (or what settings say in its place), else BENCHHOST_DB, else benchhost.db beside the project's benchhost.yaml,
/// else the user's data folder
/// ($XDG_DATA_HOME or ~/.local/share)/benchhost/benchhost.db.
[[nodiscard]] std::string database_path(const Arguments& args, Workplace& workplace);

/// Opens for reading and prints its warnings.
[[nodiscard]] Result<std::unique_ptr<store::RunReader>> open_for_reading(CommandContext& context, Workplace& workplace);
/// Opens for writing, makes the folder of a new database, and prints warnings.
[[nodiscard]] Result<std::unique_ptr<store::RunStore>> open_for_writing(CommandContext& context, Workplace& workplace);

}  // namespace benchhost::cli
