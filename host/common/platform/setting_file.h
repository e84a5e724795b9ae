// Files by which the kernel is told how to behave: below /sys and /proc/sys. They are no files in which text is kept,
// so they are written in place and in one piece, never replaced.
#pragma once

#include <filesystem>
#include <string_view>

#include "common/base/result.h"

namespace benchhost::platform {

/// Writes the text in one call to a file that is there. Errors: BH0003, with what the system said, also where it took
/// the text and refused its meaning.
[[nodiscard]] Result<void> write_setting(const std::filesystem::path& file, std::string_view text);

/// Whether this process may write to the file, as far as can be told without doing so. Errors: BH0003, why not.
[[nodiscard]] Result<void> may_write_setting(const std::filesystem::path& file);

}  // namespace benchhost::platform
