// What a project or a user sets once instead of saying it with every command: the content of a benchhost.yaml. Read
// here because YAML is read nowhere else.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/platform/files.h"
#include "suite/diagnostics.h"
#include "suite/keys.h"

namespace benchhost::suite {

/// Absent: not said. Paths are absolute: relative ones are meant from the folder of the file.
struct Preferences {
  std::optional<std::string> db;
  std::optional<std::string> cache_dir;
  std::optional<std::string> state_dir;
  std::optional<std::string> format;    ///< text json
  std::optional<std::string> color;     ///< auto always never
  std::optional<std::string> progress;  ///< auto bar lines none
  std::vector<std::string> plugins;     ///< folders, searched in this order
  std::vector<std::string> backends;
  std::vector<std::string> suites;

  friend bool operator==(const Preferences&, const Preferences&) = default;
};

struct PreferencesReading {
  std::optional<Preferences> preferences;  ///< empty if there are errors
  Diagnostics diagnostics;
};

/// Reads a file. One without content, or with comments alone, says nothing and is no error. Errors: all that is wrong,
/// each at file:line:column, unknown keys with the nearest.
[[nodiscard]] PreferencesReading read_preferences(platform::Files& files, const std::string& path);

/// Reads a text as if it were the file at the absolute path `file`.
[[nodiscard]] PreferencesReading read_preferences_text(std::string_view text, const std::string& file);

/// `strong` where it says something, else `weak`; of folders those of both, strong ones first.
[[nodiscard]] Preferences merge(Preferences strong, const Preferences& weak);

/// The keys and what they mean, for help.
[[nodiscard]] KeyTable preference_keys();

}  // namespace benchhost::suite
