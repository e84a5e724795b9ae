#include "cli/folders.h"

#include <fmt/format.h>

#include <cstdlib>
#include <system_error>

namespace benchhost::cli {

namespace fs = std::filesystem;

Result<fs::path> temporary_folder() {
  std::error_code failed;
  fs::path folder = fs::temp_directory_path(failed);
  if (!failed) return folder;
  const char* given = std::getenv("TMPDIR");
  const std::string place = given != nullptr ? fmt::format("TMPDIR is '{}'", given) : "TMPDIR is not set";
  return make_error("BH0003", fmt::format("there is no folder for temporary files: {}: {}", place, failed.message()),
                    "make the folder, or let TMPDIR name one that may be written");
}

Result<fs::path> current_folder() {
  std::error_code failed;
  fs::path folder = fs::current_path(failed);
  if (!failed) return folder;
  return make_error("BH0002", fmt::format("the current folder cannot be used: {}", failed.message()),
                    "it may have been removed: go to one that is there, or name one with --directory");
}

Result<fs::path> absolute_path(const fs::path& path) {
  if (path.is_absolute()) return path;
  BH_TRY(const fs::path here, current_folder());
  return (here / path).lexically_normal();
}

}  // namespace benchhost::cli
