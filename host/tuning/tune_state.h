// What settings were before benchhost changed them: the file by which `system restore` puts them back.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/platform/files.h"

namespace benchhost::tuning {

struct SavedSetting {
  std::string name;    ///< "governor"
  std::string file;    ///< relative to the root
  std::string before;  ///< what it said before the first tune
  std::string after;   ///< what the last tune wrote
  friend bool operator==(const SavedSetting&, const SavedSetting&) = default;
};

struct TuneState {
  std::string root = "/";
  std::int64_t saved_wall_ns = 0;  ///< of the first tune
  std::vector<SavedSetting> settings;
  friend bool operator==(const TuneState&, const TuneState&) = default;
};

[[nodiscard]] std::string state_text(const TuneState& state);
/// Errors: BH0751: no JSON, of another version, or with a file or value that benchhost never writes.
[[nodiscard]] Result<TuneState> state_from_text(const std::string& text);

/// Errors: the folder belongs to somebody else, or everybody may write to it (BH0751). One that is not there is fine.
[[nodiscard]] Result<void> check_state_folder(platform::Files& files, const std::filesystem::path& folder);

/// The saved state; nullopt: there is none. Errors: as state_from_text; the file cannot be read; it or its folder
/// belongs to somebody else or others may write to it, and whoever restores would write what they wish (BH0751).
[[nodiscard]] Result<std::optional<TuneState>> load_state(platform::Files& files, const std::filesystem::path& path);

/// `plan` on top of what was saved: a file that is there keeps its oldest value.
[[nodiscard]] TuneState merged(const std::optional<TuneState>& saved, TuneState plan);

}  // namespace benchhost::tuning
