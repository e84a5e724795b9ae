#include "store/new_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "store/error_ids.h"

namespace benchhost::store {
namespace {

// A -wal holds commits that the database file lacks, a -journal what to undo; a -shm is an index that SQLite makes
// again.
constexpr std::array kLogs{"-wal", "-journal"};

bool exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

/// An open folder, closed at destruction.
class Folder {
 public:
  explicit Folder(const std::string& path) : handle_(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {}
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    if (handle_ >= 0) close(handle_);
  }
  /// Names must survive a power cut. Not every file system can do that; the contents are safe either way.
  void flush() const {
    if (handle_ >= 0) static_cast<void>(fsync(handle_));
  }
  /// Held until destruction; leaves no file behind.
  [[nodiscard]] bool lock(int wait_ms) const {
    constexpr int kStepMs = 5;
    for (int waited = 0; flock(handle_, LOCK_EX | LOCK_NB) != 0; waited += kStepMs) {
      if ((errno != EWOULDBLOCK && errno != EINTR) || waited >= wait_ms) return false;
      poll(nullptr, 0, kStepMs);
    }
    return true;
  }

 private:
  int handle_;
};

/// A name beside `name` of which no file is there yet, logs included: with the old database file back under it, SQLite
/// reads the two together again.
std::string unused_name(const std::string& name) {
  for (int n = 1;; ++n) {
    std::string other = fmt::format("{}.removed-{}", name, n);
    const auto taken = [&other](const char* suffix) { return exists(other + suffix); };
    if (!exists(other) && std::ranges::none_of(kLogs, taken)) return other;
  }
}

bool is_empty(const std::string& path) {
  struct stat facts {};
  return stat(path.c_str(), &facts) == 0 && facts.st_size == 0;
}

}  // namespace

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Error not_writable(const std::string& what, const std::string& path) {
  return make_error(kNotWritable, fmt::format("{} cannot be written: {}", what, std::strerror(errno)),
                    "make it writable, or write to another file with --db")
      .in(path);
}

void remove_database(const std::string& path) {
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) unlink((path + suffix).c_str());
}

Result<bool> give_name(const std::string& file, const std::string& name) {
  if (link(file.c_str(), name.c_str()) == 0) {
    unlink(file.c_str());
  } else if (errno == EEXIST) {
    unlink(file.c_str());
    return false;
  } else if (exists(name) || rename(file.c_str(), name.c_str()) != 0) {
    // A file system without hard links.
    const Error error = not_writable("the file", name);
    unlink(file.c_str());
    return error;
  }
  Folder(folder_of(name)).flush();
  return true;
}

std::string log_left_beside(const std::string& name) {
  for (const char* suffix : kLogs) {
    // The log first: of a database that another process makes meanwhile, the file is there before its log is.
    if (std::string log = name + suffix; exists(log) && !exists(name)) return log;
  }
  return "";
}

Result<std::string> set_logs_aside(const std::string& name, int wait_ms) {
  if (log_left_beside(name).empty()) return std::string();
  // Without the lock, one process could take away the log of the database that another has just made here.
  const Folder folder(folder_of(name));
  if (!folder.lock(wait_ms)) {
    return make_error(kLocked,
                      fmt::format("'{}' is of a database that is gone, and the folder is locked by another program",
                                  log_left_beside(name)),
                      "wait for that program to end, or write to another file with --db")
        .in(name);
  }
  if (log_left_beside(name).empty()) return std::string();
  unlink((name + "-shm").c_str());
  const std::string other = unused_name(name);
  std::string kept;
  for (const char* suffix : kLogs) {
    const std::string log = name + suffix;
    if (!exists(log)) continue;
    const bool empty = is_empty(log);
    const int done = empty ? unlink(log.c_str()) : rename(log.c_str(), (other + suffix).c_str());
    if (done != 0) return not_writable(fmt::format("'{}', left of a database that is gone,", log), name);
    if (!empty) kept += fmt::format("{}'{}{}'", kept.empty() ? "" : " and ", other, suffix);
  }
  folder.flush();
  if (kept.empty()) return std::string();
  return fmt::format("{} is new; what was left of an earlier database of that name, which is gone, was kept as {}",
                     name, kept);
}

}  // namespace benchhost::store
