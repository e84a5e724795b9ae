#include "common/platform/temp_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

#include "common/platform/os_error.h"

namespace benchhost::platform {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kQuietSeconds = 3600;

Error write_error(std::string_view verb, const fs::path& path, int number) {
  return os_error("BH0003", std::string(verb) + " '" + path.string() + "'", number);
}

/// Opens a folder that denies its owner: what a tool unpacked read-only must be removable too.
void open_up(const fs::path& folder) {
  std::error_code ignored;
  fs::permissions(folder, fs::perms::owner_all, fs::perm_options::add | fs::perm_options::nofollow, ignored);
  fs::recursive_directory_iterator end;
  for (fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, ignored);
       !ignored && at != end; at.increment(ignored)) {
    std::error_code failed;
    if (at->symlink_status(failed).type() == fs::file_type::directory) {
      fs::permissions(at->path(), fs::perms::owner_all, fs::perm_options::add | fs::perm_options::nofollow, failed);
    }
  }
}

/// Not of the file system's own: a link is no folder.
OwnedHandle open_folder(const fs::path& folder) {
  return OwnedHandle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

Result<void> remove_tree(const fs::path& path) {
  std::error_code failed;
  fs::remove_all(path, failed);
  if (failed) {
    open_up(path);
    failed.clear();
    fs::remove_all(path, failed);
  }
  if (failed) return write_error("remove", path, failed.value());
  return {};
}

}  // namespace

Result<TempFolder> TempFolder::make(const fs::path& parent, std::string_view prefix) {
  std::string name = (parent / (std::string(prefix) + "XXXXXX")).string();
  if (mkdtemp(name.data()) == nullptr) return write_error("make a temporary folder in", parent, errno);
  OwnedHandle lock = open_folder(name);
  // A file system without locks leaves the folder to be swept an hour after its last use: better than not to work.
  if (lock.valid()) (void)flock(lock.get(), LOCK_SH | LOCK_NB);
  return TempFolder(fs::path(name), std::move(lock));
}

TempFolder::TempFolder(TempFolder&& other) noexcept
    : path_(std::exchange(other.path_, fs::path())), lock_(std::move(other.lock_)) {}

TempFolder& TempFolder::operator=(TempFolder&& other) noexcept {
  if (this != &other) {
    (void)remove();
    path_ = std::exchange(other.path_, fs::path());
    lock_ = std::move(other.lock_);
  }
  return *this;
}

TempFolder::~TempFolder() { (void)remove(); }

fs::path TempFolder::release() {
  lock_.close();
  return std::exchange(path_, fs::path());
}

Result<void> TempFolder::remove() {
  if (path_.empty()) return {};
  auto removed = remove_tree(path_);
  (void)release();
  return removed;
}

std::size_t sweep_temp_folders(const fs::path& parent, std::string_view prefix) {
  std::vector<fs::path> found;
  std::error_code failed;
  fs::directory_iterator entry(parent, failed);
  for (; !failed && entry != fs::directory_iterator(); entry.increment(failed)) {
    if (entry->path().filename().string().starts_with(prefix)) found.push_back(entry->path());
  }
  std::size_t swept = 0;
  for (const fs::path& folder : found) {
    const OwnedHandle lock = open_folder(folder);
    struct stat status {};
    if (!lock.valid() || fstat(lock.get(), &status) != 0 || status.st_uid != geteuid()) continue;
    if (std::time(nullptr) - status.st_mtime < kQuietSeconds || flock(lock.get(), LOCK_EX | LOCK_NB) != 0) continue;
    if (remove_tree(folder)) ++swept;
  }
  return swept;
}

}  // namespace benchhost::platform
