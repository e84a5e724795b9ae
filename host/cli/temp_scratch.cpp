#include "cli/temp_scratch.h"

#include <filesystem>
#include <utility>

#include "cli/folders.h"

namespace benchhost::cli {

Result<std::string> TempScratch::make() {
  BH_TRY(const std::filesystem::path temporary, temporary_folder());
  BH_TRY(auto folder, platform::TempFolder::make(temporary));
  std::string path = folder.path().string();
  open_.emplace(path, std::move(folder));
  return path;
}

}  // namespace benchhost::cli
