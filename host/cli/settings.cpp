#include "cli/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "common/base/suggest.h"
#include "discover/search_path.h"

namespace benchhost::cli {

namespace fs = std::filesystem;

namespace {

// A flag that may be said elsewhere.
struct Elsewhere {
  const char* flag;
  const char* variable;
  std::optional<std::string> suite::Preferences::*member;
};

constexpr Elsewhere kElsewhere[] = {
    {"db", "BENCHHOST_DB", &suite::Preferences::db},
    {"cache-dir", "BENCHHOST_CACHE_DIR", &suite::Preferences::cache_dir},
    {"state-dir", "BENCHHOST_STATE_DIR", &suite::Preferences::state_dir},
    {"format", "BENCHHOST_FORMAT", &suite::Preferences::format},
    {"color", "BENCHHOST_COLOR", &suite::Preferences::color},
    {"progress", "BENCHHOST_PROGRESS", &suite::Preferences::progress},
};

Result<suite::Preferences> read(const std::string& path, platform::Files& files, Console& console) {
  suite::PreferencesReading reading = suite::read_preferences(files, path);
  if (reading.preferences) return std::move(*reading.preferences);
  const std::vector<Error>& errors = reading.diagnostics.errors();
  for (std::size_t i = 1; i < errors.size(); ++i) console.error(errors[i]);
  return Error(errors.front());
}

std::string user_file(const platform::Environment& environment) {
  const auto config = environment.get("XDG_CONFIG_HOME");
  if (config && config->starts_with('/')) return *config + "/benchhost/config.yaml";
  const auto home = environment.get("HOME");
  return home && home->starts_with('/') ? *home + "/.config/benchhost/config.yaml" : "";
}

}  // namespace

Result<suite::Preferences> load_preferences(const Arguments& args, const platform::Environment& environment,
                                            platform::Files& files, Console& console) {
  suite::Preferences found;
  if (const auto named = args.value("config")) {
    BH_TRY(found, read(*named, files, console));
  } else {
    std::error_code failed;
    const fs::path current = fs::current_path(failed);
    // One that may be somebody else's is no project; what searches plugins says so.
    const discover::Project project = failed ? discover::Project{} : discover::find_project(current, files);
    if (project.folder) {
      BH_TRY(found, read((*project.folder / "benchhost.yaml").string(), files, console));
    }
  }
  const std::string user = user_file(environment);
  if (user.empty() || discover::is_elevated() || !platform::exists(files, user)) return found;
  BH_TRY(const suite::Preferences weak, read(user, files, console));
  return merge(std::move(found), weak);
}

Result<void> fill_arguments(Arguments& args, const platform::Environment& environment,
                            const suite::Preferences& preferences, const std::vector<std::string>& not_in_files) {
  for (const Elsewhere& one : kElsewhere) {
    if (args.has(one.flag)) continue;
    const auto variable = environment.get(one.variable);
    if (variable && !variable->empty()) {
      const std::vector<std::string> choices = choices_of(one.flag);
      if (!choices.empty() && std::ranges::find(choices, *variable) == choices.end()) {
        return make_error("BH0001",
                          fmt::format("{} is one of {}, not '{}'", one.variable, fmt::join(choices, ", "), *variable),
                          did_you_mean(*variable, choices));
      }
      args.set(one.flag, *variable);
    } else if (const auto& said = preferences.*one.member;
               said && std::ranges::find(not_in_files, one.flag) == not_in_files.end()) {
      args.set(one.flag, *said);
    }
  }
  return {};
}

}  // namespace benchhost::cli
