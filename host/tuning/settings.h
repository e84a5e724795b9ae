// The settings of the kernel that make measurements steadier: which they are, how they stand, how they should.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/platform/files.h"

namespace benchhost::tuning {

/// One file of the kernel's, relative to the root, and what it says.
struct SettingFile {
  std::string file;  ///< "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"
  std::string now;
  friend bool operator==(const SettingFile&, const SettingFile&) = default;
};

/// A setting that is not as it should be.
struct Change {
  std::string name;                ///< "governor"
  std::vector<SettingFile> files;  ///< those that differ, ascending by CPU
  std::string then;                ///< the same for all
  std::string why;                 ///< a sentence without a full stop
  friend bool operator==(const Change&, const Change&) = default;
};

/// A setting that is not changed: it is as it should be, or it is not there.
struct Kept {
  std::string name;
  std::string because;  ///< "it is performance", "this system has no such setting"
  friend bool operator==(const Kept&, const Kept&) = default;
};

/// What benchhost leaves to people, since it takes more than a measurement to decide it.
struct Advice {
  std::string name;
  std::string text;
  friend bool operator==(const Advice&, const Advice&) = default;
};

struct TunePlan {
  std::vector<Change> changes;
  std::vector<Kept> kept;
  std::vector<Advice> advice;
};

/// Reads the settings below `root` and says what to change. Never fails: what cannot be read is kept, with its reason.
[[nodiscard]] TunePlan plan_tuning(platform::Files& files, const std::filesystem::path& root);

/// What a file of the kernel's says now: the word in brackets of those that list what they could say. nullopt: not
/// readable, or no single word.
[[nodiscard]] std::optional<std::string> read_setting(platform::Files& files, const std::filesystem::path& path);

/// Whether benchhost ever changes this file, given relative to the root. A file of saved settings names files to be
/// written by whoever may write them: it must not lead anywhere else.
[[nodiscard]] bool is_setting_file(std::string_view file);
/// Whether a text may stand in such a file: one short word.
[[nodiscard]] bool is_setting_value(std::string_view text);

}  // namespace benchhost::tuning
