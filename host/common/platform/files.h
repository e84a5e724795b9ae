// Files: reading and writing that never blocks, never follows a trap and never leaves half a file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/base/units.h"
#include "common/platform/temp_folder.h"  // IWYU pragma: export

namespace benchhost::platform {

enum class FileType : std::uint8_t { regular, directory, symlink, fifo, socket, device, other };

/// "regular file", "directory", …
[[nodiscard]] std::string_view to_text(FileType type);

struct FileStatus {
  FileType type = FileType::other;
  std::uint64_t size_bytes = 0;
  /// Since 1970-01-01 UTC.
  std::int64_t modified_ns = 0;
  /// Likewise: content or attributes, which nobody can set back.
  std::int64_t changed_ns = 0;
  /// Together they name the file on this machine for as long as it exists.
  std::uint64_t inode = 0;
  std::uint64_t device = 0;
  /// Permission bits as POSIX has them.
  std::uint32_t mode = 0;
  /// Owner's number (uid).
  std::uint32_t owner = 0;
  /// Its group's number (gid).
  std::uint32_t group = 0;
  bool owned_by_caller = false;
  /// Anybody but the owner may write to it: group or world.
  bool writable_by_group = false;
  bool writable_by_world = false;
};

/// What changes when a file is written to or replaced, as text: device, inode, size and both times. Two files that were
/// never the same one never share it; an equal one may still have been written twice within a tick of the file system.
[[nodiscard]] std::string stamp_of(const FileStatus& status);

struct DirectoryEntry {
  /// Name inside the folder, as the system gives its bytes.
  std::string name;
  /// Of the entry itself: a link is a symlink, whatever it points to.
  FileType type = FileType::other;
  friend bool operator==(const DirectoryEntry&, const DirectoryEntry&) = default;
};

/// The file system, behind an interface so that tests can make it fail. Errors: BH0002 for reading, BH0003 for writing.
/// Thread: any.
class Files {
 public:
  Files() = default;
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;
  virtual ~Files() = default;

  /// The whole of a regular file. Links are followed. Refuses whatever is no regular file without waiting for it, and a
  /// file larger than the limit, also one that grows while it is read.
  [[nodiscard]] virtual Result<std::string> read(const std::filesystem::path& path, Bytes limit) = 0;
  /// The first bytes of a regular file, as many as there are up to the count. Otherwise as read.
  [[nodiscard]] virtual Result<std::string> read_start(const std::filesystem::path& path, Bytes count) = 0;
  /// Of the file that a link points to.
  [[nodiscard]] virtual Result<FileStatus> status(const std::filesystem::path& path) = 0;
  /// Of the link itself.
  [[nodiscard]] virtual Result<FileStatus> link_status(const std::filesystem::path& path) = 0;
  /// The entries of one folder without . and .., ascending by the bytes of their names. Never descends.
  [[nodiscard]] virtual Result<std::vector<DirectoryEntry>> list(const std::filesystem::path& folder) = 0;
  /// Writes the whole file or leaves what was there: temporary file in the same folder, flushed to the disk, renamed.
  /// Keeps the permissions of a file that exists; a new one gets `mode` less the umask.
  [[nodiscard]] virtual Result<void> write(const std::filesystem::path& path, std::string_view content,
                                           std::uint32_t mode = 0666) = 0;
  /// Makes a folder and those above it; succeeds if it is there.
  [[nodiscard]] virtual Result<void> make_folder(const std::filesystem::path& folder) = 0;
  /// Removes a file or an empty folder; succeeds if it is not there.
  [[nodiscard]] virtual Result<void> remove(const std::filesystem::path& path) = 0;
};

/// The file system of the machine.
class SystemFiles final : public Files {
 public:
  [[nodiscard]] Result<std::string> read(const std::filesystem::path& path, Bytes limit) override;
  [[nodiscard]] Result<std::string> read_start(const std::filesystem::path& path, Bytes count) override;
  [[nodiscard]] Result<FileStatus> status(const std::filesystem::path& path) override;
  [[nodiscard]] Result<FileStatus> link_status(const std::filesystem::path& path) override;
  [[nodiscard]] Result<std::vector<DirectoryEntry>> list(const std::filesystem::path& folder) override;
  [[nodiscard]] Result<void> write(const std::filesystem::path& path, std::string_view content,
                                   std::uint32_t mode = 0666) override;
  [[nodiscard]] Result<void> make_folder(const std::filesystem::path& folder) override;
  [[nodiscard]] Result<void> remove(const std::filesystem::path& path) override;
};

/// True if it exists and can be looked at. Links are followed.
[[nodiscard]] bool exists(Files& files, const std::filesystem::path& path);

/// The file of the running program. Errors: BH0011.
[[nodiscard]] Result<std::filesystem::path> executable_path();

}  // namespace benchhost::platform
