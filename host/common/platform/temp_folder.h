// Folders for what must not outlive this process.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

#include "common/base/result.h"
#include "common/platform/handle.h"

namespace benchhost::platform {

inline constexpr std::string_view kTempFolderPrefix = "benchhost-scratch-";

/// A folder of our own that nobody else may enter, removed with all that is in it when the object ends. Links inside
/// are removed, not followed. While the object lives the folder is locked, so that a process that was killed can be
/// told from one that works: sweep_temp_folders removes what it left.
class TempFolder {
 public:
  /// Inside `parent`, named `prefix` and random letters. Errors: BH0003.
  [[nodiscard]] static Result<TempFolder> make(const std::filesystem::path& parent,
                                               std::string_view prefix = kTempFolderPrefix);
  TempFolder(TempFolder&& other) noexcept;
  TempFolder& operator=(TempFolder&& other) noexcept;
  ~TempFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Keeps the folder: it is the caller's from now on, and if it keeps its name it is swept like one that was left.
  std::filesystem::path release();
  /// Removes it now and says whether that worked. Errors: BH0003 with the first entry that stayed.
  [[nodiscard]] Result<void> remove();

 private:
  TempFolder(std::filesystem::path path, OwnedHandle lock) : path_(std::move(path)), lock_(std::move(lock)) {}
  std::filesystem::path path_;
  OwnedHandle lock_;
};

/// Removes folders that a TempFolder of a process made which ended without removing it (it was killed): those in
/// `parent` whose names begin so, that belong to the caller, that nobody has locked, and that nobody has changed for an
/// hour. Returns how many. What cannot be removed or locked stays.
std::size_t sweep_temp_folders(const std::filesystem::path& parent, std::string_view prefix = kTempFolderPrefix);

}  // namespace benchhost::platform
