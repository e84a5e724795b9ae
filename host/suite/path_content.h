// Digest of what a path parameter names: a model or data set that is moved keeps its history, one that changes does
// not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "common/platform/files.h"
#include "suite/expand.h"

namespace benchhost::suite {

/// Digests of files and folders as the SDK's params.h defines them ("Content of a path"), each computed once.
/// Thread: one.
class PathContent final : public ContentSource {
 public:
  static constexpr std::size_t kMostFiles = 1'000'000;  ///< below one folder, and folders
  static constexpr std::size_t kMostDepth = 64;

  /// files: outlives this object.
  explicit PathContent(platform::Files& files) : files_(files) {}

  /// Errors: BH0002: not there, not readable, neither file nor folder; a link that leads out of the folder, or a file
  /// that changes size while it is read.
  [[nodiscard]] Result<std::string> digest(const std::string& path) override;

  /// Whether all that was digested has the sizes and times it had then. Errors: BH0002 with the first that has not.
  [[nodiscard]] Result<void> check_unchanged();

 private:
  struct Seen {
    std::string path;
    std::uint64_t size_bytes = 0;
    std::int64_t modified_ns = 0;
  };
  [[nodiscard]] Result<std::string> file_hex(const std::string& path, const platform::FileStatus& status);
  [[nodiscard]] Result<std::string> folder_hex(const std::string& path);
  /// A walk through a folder.
  struct Walk {
    std::vector<std::filesystem::path> above;  ///< real paths of the folders that are open, the root first
    std::vector<std::string> files;            ///< relative to the root
    std::size_t folders = 0;
  };
  [[nodiscard]] Result<void> collect(const std::string& root, const std::string& relative, Walk& walk);

  platform::Files& files_;
  std::map<std::string, std::string> digests_;
  std::vector<Seen> seen_;
};

}  // namespace benchhost::suite
