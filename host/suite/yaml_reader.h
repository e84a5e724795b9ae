// Reads suites. yaml-cpp is seen in yaml_tree.cpp only.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "common/platform/files.h"
#include "suite/diagnostics.h"
#include "suite/model.h"

namespace benchhost::suite {

/// Bounds that make a hostile file an error in well under a second.
inline constexpr std::size_t kMostFileBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMostNodes = 100'000;  ///< aliases counted as what they stand for
inline constexpr std::size_t kMostDepth = 32;
inline constexpr std::size_t kMostIncludes = 64;

struct SuiteReading {
  std::optional<Suite> suite;  ///< empty if there are errors
  Diagnostics diagnostics;
};

/// Reads a file and its includes. Only regular files are opened; an include lies in the folder of the file that was
/// given, or below it. Errors: all that can be found in one pass, each at file:line:column as `path` was given.
[[nodiscard]] SuiteReading read_suite(platform::Files& files, const std::string& path);

/// Reads a text as if it were the file `name`. Includes are errors: a text lies in no folder.
[[nodiscard]] SuiteReading read_suite_text(std::string_view text, const std::string& name);

}  // namespace benchhost::suite
