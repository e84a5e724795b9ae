// Whether a file or folder that nobody named may be somebody else's work.
//
// Code that is found by itself (a project above the current folder, ./plugins, the install prefix) runs with the
// caller's rights. So all on the way to it must belong to the caller or the system, and nobody else may be able to
// change it: else whoever can write to /tmp could have code run by everybody who works below it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "common/platform/files.h"

namespace benchhost::discover {

/// Whom something that nobody named may come from, besides the caller and root.
struct Trust {
  /// Owner of the running program, for what is installed beside it: who can replace the program need not replace more.
  std::optional<std::uint32_t> owner;
  /// The program's group, if that may write to the program.
  std::optional<std::uint32_t> group;
};

/// Trust in what lies beside a program; in nobody more than always if it cannot be looked at.
[[nodiscard]] Trust trust_beside(const std::filesystem::path& program, platform::Files& files);

/// Why it may be somebody else's, for people; "" if it may not.
[[nodiscard]] std::string distrust(const platform::FileStatus& status, const Trust& trust = {});

/// The same of a library: where its name is a link, the folder that it leads into counts too, since who may write there
/// may exchange it. Requires: status is that of the file that the path leads to.
[[nodiscard]] std::string distrust_library(const std::filesystem::path& path, const platform::FileStatus& status,
                                           const Trust& trust, platform::Files& files);

}  // namespace benchhost::discover
