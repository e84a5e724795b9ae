#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <random>

#include <fmt/format.h>

#include "common/platform/files.h"
#include "common/platform/handle.h"
#include "common/platform/os_error.h"

namespace benchhost::platform {
namespace {

namespace fs = std::filesystem;

std::string quoted(const fs::path& path) { return "'" + path.string() + "'"; }

Error read_error(std::string_view verb, const fs::path& path, int number) {
  return os_error("BH0002", std::string(verb) + " " + quoted(path), number);
}

Error write_error(std::string_view verb, const fs::path& path, int number) {
  return os_error("BH0003", std::string(verb) + " " + quoted(path), number);
}

FileType type_of(mode_t mode) {
  if (S_ISREG(mode)) return FileType::regular;
  if (S_ISDIR(mode)) return FileType::directory;
  if (S_ISLNK(mode)) return FileType::symlink;
  if (S_ISFIFO(mode)) return FileType::fifo;
  if (S_ISSOCK(mode)) return FileType::socket;
  if (S_ISBLK(mode) || S_ISCHR(mode)) return FileType::device;
  return FileType::other;
}

FileStatus from_stat(const struct stat& raw) {
  FileStatus status;
  status.type = type_of(raw.st_mode);
  status.size_bytes = static_cast<std::uint64_t>(raw.st_size);
#if defined(__APPLE__)
  const timespec modified = raw.st_mtimespec;
  const timespec changed = raw.st_ctimespec;
#else
  const timespec modified = raw.st_mtim;
  const timespec changed = raw.st_ctim;
#endif
  status.modified_ns = static_cast<std::int64_t>(modified.tv_sec) * 1'000'000'000 + modified.tv_nsec;
  status.changed_ns = static_cast<std::int64_t>(changed.tv_sec) * 1'000'000'000 + changed.tv_nsec;
  status.inode = static_cast<std::uint64_t>(raw.st_ino);
  status.device = static_cast<std::uint64_t>(raw.st_dev);
  status.mode = static_cast<std::uint32_t>(raw.st_mode & 07777);
  status.owner = static_cast<std::uint32_t>(raw.st_uid);
  status.group = static_cast<std::uint32_t>(raw.st_gid);
  status.owned_by_caller = raw.st_uid == geteuid();
  status.writable_by_group = (raw.st_mode & S_IWGRP) != 0;
  status.writable_by_world = (raw.st_mode & S_IWOTH) != 0;
  return status;
}

Error not_regular(const fs::path& path, mode_t mode) {
  return make_error("BH0002", quoted(path) + " is a " + std::string(to_text(type_of(mode))) + ", not a regular file");
}

/// Opens a regular file for reading and nothing else.
Result<OwnedHandle> open_regular(const fs::path& path, struct stat& raw) {
  // Asked before opening, since opening alone acts on some devices (a tape rewinds); and after, since the name may have
  // got another file between the two. O_NONBLOCK: a FIFO without a writer would wait for one.
  if (::stat(path.c_str(), &raw) != 0) return read_error("read", path, errno);
  if (!S_ISREG(raw.st_mode)) return not_regular(path, raw.st_mode);
  OwnedHandle file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (!file.valid()) return read_error("read", path, errno);
  if (fstat(file.get(), &raw) != 0) return read_error("read", path, errno);
  if (!S_ISREG(raw.st_mode)) return not_regular(path, raw.st_mode);
  return file;
}

Result<void> write_all(int fd, std::string_view content, const fs::path& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return write_error("write", path, errno);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

std::string random_letters() {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::random_device source;
  std::string text;
  for (int i = 0; i < 10; ++i) text += kLetters[source() % kLetters.size()];
  return text;
}

}  // namespace

std::string stamp_of(const FileStatus& status) {
  return fmt::format("{}:{}:{}:{}:{}", status.device, status.inode, status.size_bytes, status.modified_ns,
                     status.changed_ns);
}

std::string_view to_text(FileType type) {
  switch (type) {
    case FileType::regular:
      return "regular file";
    case FileType::directory:
      return "directory";
    case FileType::symlink:
      return "symbolic link";
    case FileType::fifo:
      return "FIFO";
    case FileType::socket:
      return "socket";
    case FileType::device:
      return "device";
    case FileType::other:
      return "file of unknown type";
  }
  return "file of unknown type";
}

Result<std::string> SystemFiles::read_start(const fs::path& path, Bytes count) {
  struct stat raw {};
  BH_TRY(const OwnedHandle file, open_regular(path, raw));
  std::string content(static_cast<std::size_t>(count.count), '\0');
  std::size_t size = 0;
  while (size < content.size()) {
    const ssize_t got = ::read(file.get(), content.data() + size, content.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return read_error("read", path, errno);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  content.resize(size);
  return content;
}

Result<std::string> SystemFiles::read(const fs::path& path, Bytes limit) {
  struct stat raw {};
  BH_TRY(const OwnedHandle file, open_regular(path, raw));
  const auto too_large = [&] {
    return make_error("BH0002",
                      quoted(path) + " is larger than the limit of " + std::to_string(limit.count) + " bytes");
  };
  if (static_cast<std::uint64_t>(raw.st_size) > limit.count) return too_large();

  // The size is a hint only: files of /proc have none, and others may grow.
  std::string content;
  content.reserve(static_cast<std::size_t>(raw.st_size) + 1);
  std::array<char, 65536> buffer;
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return read_error("read", path, errno);
    if (got == 0) return content;
    if (content.size() + static_cast<std::size_t>(got) > limit.count) return too_large();
    content.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

Result<FileStatus> SystemFiles::status(const fs::path& path) {
  struct stat raw {};
  if (::stat(path.c_str(), &raw) != 0) return read_error("look at", path, errno);
  return from_stat(raw);
}

Result<FileStatus> SystemFiles::link_status(const fs::path& path) {
  struct stat raw {};
  if (::lstat(path.c_str(), &raw) != 0) return read_error("look at", path, errno);
  return from_stat(raw);
}

Result<std::vector<DirectoryEntry>> SystemFiles::list(const fs::path& folder) {
  const auto close_folder = [](DIR* open) { closedir(open); };
  // O_DIRECTORY refuses a FIFO before it could block.
  OwnedHandle handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK));
  if (!handle.valid()) return read_error("list", folder, errno);
  const std::unique_ptr<DIR, decltype(close_folder)> open(fdopendir(handle.get()), close_folder);
  if (!open) return read_error("list", folder, errno);
  const int fd = handle.release();  // closedir closes it
  std::vector<DirectoryEntry> entries;
  for (;;) {
    errno = 0;
    const dirent* entry = readdir(open.get());
    if (entry == nullptr) {
      if (errno != 0) return read_error("list", folder, errno);
      break;
    }
    const std::string_view name(entry->d_name);
    if (name == "." || name == "..") continue;
    struct stat raw {};
    if (fstatat(fd, entry->d_name, &raw, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT) continue;  // removed meanwhile
      return read_error("look at", folder / entry->d_name, errno);
    }
    entries.push_back({std::string(name), type_of(raw.st_mode)});
  }
  std::sort(entries.begin(), entries.end(),
            [](const DirectoryEntry& a, const DirectoryEntry& b) { return a.name < b.name; });
  return entries;
}

Result<void> SystemFiles::write(const fs::path& path, std::string_view content, std::uint32_t mode) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  struct stat before {};
  const bool exists = ::stat(path.c_str(), &before) == 0;
  if (exists && !S_ISREG(before.st_mode)) {
    return make_error("BH0003",
                      quoted(path) + " is a " + std::string(to_text(type_of(before.st_mode))) + ", not a regular file");
  }
  fs::path temporary;
  OwnedHandle file;
  for (int attempt = 0; attempt < 16 && !file.valid(); ++attempt) {
    temporary = folder / ("." + path.filename().string() + "." + random_letters() + ".tmp");
    file = OwnedHandle(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode_t(mode)));
    if (!file.valid() && errno != EEXIST) return write_error("write", path, errno);
  }
  if (!file.valid()) return write_error("write", path, EEXIST);

  Result<void> done = write_all(file.get(), content, path);
  if (done.ok() && exists && fchmod(file.get(), before.st_mode & 07777) != 0) done = write_error("write", path, errno);
  if (done.ok() && fsync(file.get()) != 0) done = write_error("flush", path, errno);
  if (done.ok() && ::rename(temporary.c_str(), path.c_str()) != 0) done = write_error("replace", path, errno);
  if (!done.ok()) {
    ::unlink(temporary.c_str());
    return done;
  }
  // The rename itself must survive a power cut. Some file systems cannot flush a folder; the file is complete all the
  // same.
  const OwnedHandle parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (parent.valid()) fsync(parent.get());
  return {};
}

Result<void> SystemFiles::make_folder(const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) return write_error("make the folder", folder, failed.value());
  return {};
}

Result<void> SystemFiles::remove(const fs::path& path) {
  std::error_code failed;
  fs::remove(path, failed);
  if (failed) return write_error("remove", path, failed.value());
  return {};
}

bool exists(Files& files, const fs::path& path) { return files.status(path).ok(); }

Result<fs::path> executable_path() {
  std::error_code failed;
  fs::path path = fs::read_symlink("/proc/self/exe", failed);
  if (failed) return os_error("BH0011", "find the running program", failed.value());
  return path;
}

}  // namespace benchhost::platform
