#include "tuning/tune_state.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/json.h"
#include "tuning/settings.h"

namespace benchhost::tuning {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFormat = "benchhost.tune_state";
constexpr std::int64_t kVersion = 1;
constexpr Bytes kMostState{std::uint64_t{16} << 20};

Error damaged(std::string why) {
  return make_error("BH0751", fmt::format("the saved settings cannot be used: {}", why),
                    "benchhost explain BH0751 tells how to go on; nothing was changed");
}

// By far the most usual case: root has saved them, and its own command is what puts them back.
Error not_ours(std::string_view what, const fs::path& path) {
  return make_error(
             "BH0751",
             fmt::format("the saved settings cannot be used: {} belongs to somebody else, or others may write to "
                         "it",
                         what),
             "whoever saved them may use them (sudo benchhost …), or name another folder with --state-dir; nothing was "
             "changed")
      .in(path.string());
}

}  // namespace

std::string state_text(const TuneState& state) {
  Json settings{JsonArray{}};
  for (const SavedSetting& s : state.settings) {
    settings.push(Json().set("name", s.name).set("file", s.file).set("before", s.before).set("after", s.after));
  }
  Json json;
  json.set("format", kFormat).set("version", kVersion).set("root", state.root);
  json.set("saved_wall_ns", state.saved_wall_ns).set("settings", std::move(settings));
  return to_pretty_text(json) + '\n';
}

Result<TuneState> state_from_text(const std::string& text) {
  const auto json = parse_json(text);
  if (!json.ok()) return damaged(json.error().message);
  if ((*json)["format"].as_string() != kFormat) return damaged("they are not of benchhost");
  if ((*json)["version"].as_int() != kVersion) return damaged("they are of another version of benchhost");
  TuneState state;
  state.root = (*json)["root"].as_string();
  if (state.root.empty() || !(*json)["settings"].is_array()) return damaged("something is missing in them");
  state.saved_wall_ns = (*json)["saved_wall_ns"].as_int();
  for (const Json& one : (*json)["settings"].items()) {
    SavedSetting s{one["name"].as_string(), one["file"].as_string(), one["before"].as_string(),
                   one["after"].as_string()};
    if (!is_setting_file(s.file)) return damaged(fmt::format("they name '{}', which benchhost never changes", s.file));
    if (!is_setting_value(s.before) || !is_setting_value(s.after)) {
      return damaged(fmt::format("they hold no value for {}", s.file));
    }
    if (std::ranges::any_of(state.settings, [&](const SavedSetting& other) { return other.file == s.file; })) {
      return damaged(fmt::format("they name {} twice", s.file));
    }
    state.settings.push_back(std::move(s));
  }
  return state;
}

Result<void> check_state_folder(platform::Files& files, const fs::path& folder) {
  // Whoever may write to the folder may put another file in the place of the saved one, between two looks at it.
  const auto status = files.status(folder);
  if (status.ok() && (!status->owned_by_caller || status->writable_by_world)) return not_ours("their folder", folder);
  return {};
}

Result<std::optional<TuneState>> load_state(platform::Files& files, const fs::path& path) {
  if (!files.link_status(path).ok()) {
    // Not there, or a folder that may not be looked into: only the first is an answer.
    const auto entries = files.list(path.parent_path());
    if (entries.ok() || !platform::exists(files, path.parent_path())) return std::optional<TuneState>();
    return Error(entries.error());
  }
  BH_CHECK(check_state_folder(files, path.parent_path()));
  BH_TRY(const platform::FileStatus status, files.status(path));
  if (!status.owned_by_caller || status.writable_by_group || status.writable_by_world) {
    return not_ours("their file", path);
  }
  BH_TRY(const std::string text, files.read(path, kMostState));
  auto state = state_from_text(text);
  if (!state.ok()) return std::move(state).error().in(path.string());
  return std::optional(*std::move(state));
}

TuneState merged(const std::optional<TuneState>& saved, TuneState plan) {
  if (!saved) return plan;
  TuneState all = *saved;
  for (SavedSetting& s : plan.settings) {
    const auto known = std::ranges::find(all.settings, s.file, &SavedSetting::file);
    if (known == all.settings.end()) {
      all.settings.push_back(std::move(s));
    } else {
      known->after = std::move(s.after);
    }
  }
  return all;
}

}  // namespace benchhost::tuning
