#include "store/lock_holder.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

namespace benchhost::store {
namespace {

/// SQLite's write lock in WAL mode: one byte of the -shm file (wal.c, WAL_WRITE_LOCK). In rollback mode writers lock
/// bytes from 1 GiB on of the database file (os.h, PENDING_BYTE).
constexpr std::int64_t kWalWriteLock = 120;
constexpr std::int64_t kPendingByte = 0x40000000;

std::optional<std::uint64_t> inode(const std::string& file) {
  struct stat facts {};
  if (stat(file.c_str(), &facts) != 0) return std::nullopt;
  return facts.st_ino;
}

std::string command_line(std::int64_t pid) {
  std::ifstream in(fmt::format("/proc/{}/cmdline", pid), std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  while (!text.empty() && text.back() == '\0') text.pop_back();
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  constexpr std::size_t kShown = 120;
  if (text.size() > kShown) text.resize(kShown);
  return text;
}

}  // namespace

std::string lock_holder(const std::string& database) {
  const auto shm = inode(database + "-shm");
  const auto file = inode(database);
  std::ifstream locks("/proc/locks");
  std::string line;
  while (std::getline(locks, line)) {
    // "1: POSIX  ADVISORY  WRITE 1234 08:01:131 120 120"; a waiter's line has "->" after its number.
    std::istringstream fields(line);
    std::string number, kind, mode, access, place, first;
    std::int64_t pid = 0;
    if (!(fields >> number >> kind >> mode >> access >> pid >> place >> first)) continue;
    if (access != "WRITE" || pid <= 0 || pid == getpid()) continue;
    const auto colon = place.rfind(':');
    if (colon == std::string::npos) continue;
    const std::string node = place.substr(colon + 1);
    const auto digits = [](const std::string& s) {
      return !s.empty() && std::ranges::all_of(s, [](char c) { return c >= '0' && c <= '9'; });
    };
    if (!digits(node) || !digits(first)) continue;
    const std::int64_t start = std::stoll(first);
    const std::uint64_t held = std::stoull(node);
    if (!(shm && held == *shm && start <= kWalWriteLock) && !(file && held == *file && start >= kPendingByte)) continue;
    const std::string command = command_line(pid);
    return command.empty() ? fmt::format("process {}", pid) : fmt::format("process {} ({})", pid, command);
  }
  return {};
}

}  // namespace benchhost::store
