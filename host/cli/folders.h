// Folders that the system names, and that may be gone.
#pragma once

#include <filesystem>

#include "common/base/result.h"

namespace benchhost::cli {

/// Where temporary files go: TMPDIR, else the system's folder. Errors: BH0003, when it is no folder.
[[nodiscard]] Result<std::filesystem::path> temporary_folder();

/// The current folder. Errors: BH0002, when it was removed meanwhile or may not be looked at.
[[nodiscard]] Result<std::filesystem::path> current_folder();

/// `path` as seen from the current folder. Errors: it is relative and the current folder is gone.
[[nodiscard]] Result<std::filesystem::path> absolute_path(const std::filesystem::path& path);

}  // namespace benchhost::cli
