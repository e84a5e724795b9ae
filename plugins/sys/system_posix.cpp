#include "system.h"

#include <benchhost/plugin.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <string>

#if defined(__linux__)
#include <sys/syscall.h>
#include <sys/vfs.h>
#endif

#include "posix_error.h"

namespace sys {

void Handle::close() noexcept {
  if (number_ >= 0) ::close(number_);
  number_ = -1;
}

Pipe open_pipe() {
  int ends[2] = {-1, -1};
#if defined(__linux__)
  if (::pipe2(ends, O_CLOEXEC) != 0) throw io_error("a pipe cannot be made");
  return {Handle(ends[0]), Handle(ends[1])};
#else
  if (::pipe(ends) != 0) throw io_error("a pipe cannot be made");
  Pipe made{Handle(ends[0]), Handle(ends[1])};
  for (const int end : ends) {
    if (::fcntl(end, F_SETFD, FD_CLOEXEC) != 0) throw io_error("a pipe cannot be kept from children");
  }
  return made;
#endif
}

Handle create_file(const std::string& path) {
  Handle file(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (file.number() < 0) throw io_error("'" + path + "' cannot be created");
  return file;
}

void read_at(int file, std::uint64_t offset_bytes, unsigned char* to, std::size_t size_bytes) {
  for (std::size_t at = 0; at < size_bytes;) {
    const ssize_t got = ::pread(file, to + at, size_bytes - at, static_cast<off_t>(offset_bytes + at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw io_error("the file cannot be read back");
    if (got == 0) throw bb::Error(BH_E_MISMATCH, "the file is shorter than what was written");
    at += static_cast<std::size_t>(got);
  }
}

bool is_in_memory([[maybe_unused]] const char* folder) {
#if defined(__linux__)
  // Source: Linux, include/uapi/linux/magic.h.
  constexpr unsigned long kTmpfs = 0x01021994, kRamfs = 0x858458f6;
  struct statfs found {};
  if (::statfs(folder, &found) != 0) return false;
  const auto type = static_cast<unsigned long>(found.f_type);
  return type == kTmpfs || type == kRamfs;
#else
  return false;
#endif
}

std::string install(Tiny which, const char* folder) {
  const std::vector<unsigned char> program = tiny_program(which);
  if (program.empty()) throw bb::Error(BH_E_UNSUPPORTED, "no program is known here for this system and processor");
  std::string path = std::string(folder) + (which == Tiny::leave ? "/leave" : "/echo");
  Handle file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700));
  if (file.number() < 0) throw io_error("'" + path + "' cannot be created");
  const ssize_t written = ::write(file.number(), program.data(), program.size());
  if (written != static_cast<ssize_t>(program.size())) throw io_error("'" + path + "' cannot be written");
  file.close();
  // Also true of root, where the folder lies on a file system without programs.
  if (::access(path.c_str(), X_OK) != 0) {
    throw bb::Error(BH_E_UNSUPPORTED, "the scratch folder may not hold programs (mounted noexec?): " + path);
  }
  return path;
}

Child::Child(const std::string& program, int input, int output) {
  posix_spawn_file_actions_t streams;
  if (const int error = ::posix_spawn_file_actions_init(&streams); error != 0) throw io_error("spawn", error);
  int error = ::posix_spawn_file_actions_adddup2(&streams, input, STDIN_FILENO);
  if (error == 0) error = ::posix_spawn_file_actions_adddup2(&streams, output, STDOUT_FILENO);
  std::string name = program;
  char* const arguments[] = {name.data(), nullptr};
  char* const environment[] = {nullptr};
  pid_t started = 0;
  if (error == 0) error = ::posix_spawn(&started, program.c_str(), &streams, nullptr, arguments, environment);
  ::posix_spawn_file_actions_destroy(&streams);
  if (error != 0) throw io_error("'" + program + "' cannot be started", error);
  id_ = started;
}

Child::~Child() {
  if (id_ == 0) return;
  ::kill(static_cast<pid_t>(id_), SIGKILL);
  wait();
}

int Child::wait() noexcept {
  int status = 0;
  pid_t ended = -1;
  do {
    ended = ::waitpid(static_cast<pid_t>(id_), &status, 0);
  } while (ended < 0 && errno == EINTR);
  id_ = 0;
  return ended > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::int64_t read_clock_by_kernel(Clock clock) {
  timespec now{};
#if defined(__linux__)
  // The library reads most clocks without the kernel: this is the other way.
  const long failed = ::syscall(SYS_clock_gettime, clock_id(clock), &now);
#else
  const int failed = ::clock_gettime(clock_id(clock), &now);
#endif
  if (failed != 0) throw io_error("the clock cannot be read");
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

std::uint64_t parent() { return static_cast<std::uint64_t>(::getppid()); }

}  // namespace sys
