#include "cli/workplace.h"

#include <fmt/format.h>

#include "discover/search_path.h"

namespace benchhost::cli {

namespace fs = std::filesystem;

OptionSpec db_option() { return {"db", "FILE", "Database of results; BENCHHOST_DB says so for every command."}; }

std::vector<OptionSpec> search_options() {
  return {{"plugins", "DIR", "Search plugins in DIR, before the usual places.", true},
          {"backends", "DIR", "Search backend modules in DIR, before the usual places.", true}};
}

std::string database_path(const Arguments& args, Workplace& workplace) {
  if (const auto given = args.value("db")) return *given;
  if (const auto given = workplace.environment.get("BENCHHOST_DB"); given && !given->empty()) return *given;
  std::error_code failed;
  if (const fs::path current = fs::current_path(failed); !failed) {
    const discover::Project project = discover::find_project(current, workplace.files);
    if (project.folder) return (*project.folder / "benchhost.db").string();
  }
  const auto data = workplace.environment.get("XDG_DATA_HOME");
  if (data && data->starts_with('/')) return *data + "/benchhost/benchhost.db";
  const auto home = workplace.environment.get("HOME");
  return home && !home->empty() ? *home + "/.local/share/benchhost/benchhost.db" : "benchhost.db";
}

Result<std::unique_ptr<store::RunReader>> open_for_reading(CommandContext& context, Workplace& workplace) {
  store::OpenOptions options;
  options.path = database_path(context.args, workplace);
  BH_TRY(store::OpenedReader opened, store::open_reader(options));
  for (const std::string& text : opened.warnings) context.console.warning(make_error("", text));
  return std::move(opened.reader);
}

Result<std::unique_ptr<store::RunStore>> open_for_writing(CommandContext& context, Workplace& workplace) {
  store::OpenOptions options;
  options.path = database_path(context.args, workplace);
  const fs::path folder = fs::path(options.path).parent_path();
  // The user's own data folder is made; a folder that was named and is not there is more likely a slip.
  const bool named = context.args.has("db") || !workplace.environment.get("BENCHHOST_DB").value_or("").empty();
  if (!named && !folder.empty()) BH_CHECK(workplace.files.make_folder(folder));
  BH_TRY(store::OpenedStore opened, store::open_store(options));
  for (const std::string& text : opened.warnings) context.console.warning(make_error("", text));
  return std::move(opened.store);
}

}  // namespace benchhost::cli
