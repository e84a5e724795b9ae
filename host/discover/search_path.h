// Where plugins, backends and suites are looked for, and which of these places are not trusted.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/platform/environment.h"
#include "common/platform/files.h"
#include "discover/trust.h"

namespace benchhost::discover {

enum class SearchKind : std::uint8_t { plugins, backends, suites };
/// "plugins", "backends", "suites": also the name of the folder.
[[nodiscard]] std::string_view to_text(SearchKind kind);

struct SearchRequest {
  SearchKind kind = SearchKind::plugins;
  /// Of the command line, in order; a single library file too.
  std::vector<std::filesystem::path> flags;
  platform::Environment environment;
  /// Of settings files, absolute, after what the environment names.
  std::vector<std::filesystem::path> settings;
  /// The program runs with more rights than its caller: BENCHHOST_* is not asked.
  bool elevated = false;
  std::filesystem::path current_folder;
  /// The running program; "" leaves the install prefix and the build tree out.
  std::filesystem::path executable;
};

struct SearchFolder {
  std::filesystem::path path;
  /// Who named it: "--plugins", "BENCHHOST_PLUGIN_PATH", "settings", "project", "current folder", "install prefix",
  /// "build tree".
  std::string origin;
  /// Whom its files may come from; nullopt where it was named: that is the user's own word.
  std::optional<Trust> trust = std::nullopt;
};

/// A place, or the file that would have made one, and why it is not searched.
struct RefusedFolder {
  std::filesystem::path path;
  std::string origin;
  std::string reason;
};

struct SearchPath {
  std::vector<SearchFolder> folders;  ///< in order, each place once
  std::vector<RefusedFolder> refused;
};

/// Places that nobody named and that do not exist are left out in silence. Refused with its reason is a place that was
/// named and does not exist, one that was named and that everybody may write to, and one that nobody named and that may
/// be somebody else's work.
[[nodiscard]] SearchPath find_search_path(const SearchRequest& request, platform::Files& files);

/// The folder of the nearest benchhost.yaml upward from a folder. One that may be somebody else's work, it or its
/// folder, makes no project and is refused; nothing above it is asked then.
struct Project {
  std::optional<std::filesystem::path> folder;
  std::optional<RefusedFolder> refused;
};
[[nodiscard]] Project find_project(const std::filesystem::path& from, platform::Files& files);

/// This program runs with more rights than its caller (set-user-id, capabilities).
[[nodiscard]] bool is_elevated();

}  // namespace benchhost::discover
