// Where plugins, backends and suites are looked for, and which of these places are not trusted.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/platform/environment.h"
#include "common/platform/files.h"

namespace benchhost::discover {

enum class SearchKind : std::uint8_t { plugins, backends, suites };
/// "plugins", "backends", "suites": also the name of the folder.
[[nodiscard]] std::string_view to_text(SearchKind kind);

struct SearchRequest {
  SearchKind kind = SearchKind::plugins;
  /// Of the command line, in order; a single library file too.
  std::vector<std::filesystem::path> flags;
  platform::Environment environment;
  /// The program runs with more rights than its caller: BENCHHOST_* is not asked.
  bool elevated = false;
  std::filesystem::path current_folder;
  /// The running program; "" leaves the install prefix and the build tree out.
  std::filesystem::path executable;
  /// Settings name more places ("library folders of the install", from configuration): after all of the above.
  std::vector<std::filesystem::path> configured;
};

struct SearchFolder {
  std::filesystem::path path;
  /// Who named it: "--plugins", "BENCHHOST_PLUGIN_PATH", "project", "current folder", "install prefix", "build tree".
  std::string origin;
};

struct RefusedFolder {
  std::filesystem::path path;
  std::string origin;
  std::string reason;
};

struct SearchPath {
  std::vector<SearchFolder> folders;  ///< in order, each place once
  std::vector<RefusedFolder> refused;
};

/// Places that nobody named and that do not exist are left out in silence; a place that was named and does not exist,
/// and every place that others may write to, is refused with its reason.
[[nodiscard]] SearchPath find_search_path(const SearchRequest& request, platform::Files& files);

/// The folder of the benchhost.yaml found upward from a folder.
[[nodiscard]] std::optional<std::filesystem::path> find_project(const std::filesystem::path& from,
                                                                platform::Files& files);

/// This program runs with more rights than its caller (set-user-id, capabilities).
[[nodiscard]] bool is_elevated();

}  // namespace benchhost::discover
