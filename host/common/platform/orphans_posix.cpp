// Processes that became ours because their parent ended. Of Linux: elsewhere the system neither gives nor lists them.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>

#include "common/platform/child_registry.h"
#include "common/platform/clock.h"
#include "common/platform/os_error.h"
#include "common/platform/process.h"

namespace benchhost::platform {
namespace {

/// For processes that the system cannot end yet: they wait for a device or a dead disk.
constexpr std::int64_t kPatienceNs = 2'000'000'000;

/// All children, ended ones too: each hangs on the thread that made it, adopted ones on any.
std::vector<pid_t> children_of_process() {
  std::vector<pid_t> all;
  std::error_code failed;
  std::filesystem::directory_iterator task("/proc/self/task", failed);
  for (; !failed && task != std::filesystem::directory_iterator(); task.increment(failed)) {
    std::ifstream children(task->path() / "children");
    for (pid_t id = 0; children >> id;) all.push_back(id);
  }
  return all;
}

bool has_ended(pid_t pid) {
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == pid;
}

/// A copy of this program in its own group: made with fork by its own code, not left by another.
bool is_fork_of_this(pid_t pid) {
  if (getpgid(pid) != getpgrp()) return false;
  std::error_code failed;
  const auto mine = std::filesystem::read_symlink("/proc/self/exe", failed);
  const auto its = std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/exe", failed);
  return !failed && mine == its;
}

}  // namespace

Result<void> become_subreaper() {
#if defined(__linux__)
  ChildRegistry& registry = ChildRegistry::of_process();
  const auto lock = registry.looking();
  registry.keep_those_before(children_of_process());
  if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) return os_error("BH0011", "adopt orphaned processes", errno);
  return {};
#else
  return make_error("BH0011", "cannot adopt orphaned processes: this system has no such request");
#endif
}

std::size_t started_children() { return ChildRegistry::of_process().children(); }

std::vector<Orphan> find_orphans() {
  ChildRegistry& registry = ChildRegistry::of_process();
  const auto lock = registry.looking();
  std::vector<Orphan> orphans;
  for (const pid_t pid : children_of_process()) {
    // Asked in this order: the group of a child is told for as long as the child is not collected.
    if (registry.is_known(pid) || registry.is_group_of_child(getpgid(pid))) continue;
    if (has_ended(pid)) {
      int ignored = 0;
      waitpid(pid, &ignored, WNOHANG);
      continue;
    }
    if (is_fork_of_this(pid)) continue;
    Orphan orphan{pid, {}};
    std::ifstream comm("/proc/" + std::to_string(pid) + "/comm");
    std::getline(comm, orphan.name);
    orphans.push_back(std::move(orphan));
  }
  return orphans;
}

std::size_t end_orphans(std::span<const Orphan> orphans) {
  for (const Orphan& orphan : orphans) ::kill(static_cast<pid_t>(orphan.id), SIGKILL);
  SystemClock clock;
  const std::int64_t deadline = clock.now_ns() + kPatienceNs;
  std::size_t left = 0;
  for (const Orphan& orphan : orphans) {
    for (;;) {
      int ignored = 0;
      const pid_t ended = waitpid(static_cast<pid_t>(orphan.id), &ignored, WNOHANG);
      if (ended < 0 && errno == EINTR) continue;
      if (ended != 0) break;
      if (clock.now_ns() > deadline) {
        ChildRegistry::of_process().give_up(static_cast<pid_t>(orphan.id));
        ++left;
        break;
      }
      clock.sleep_until(clock.now_ns() + 200'000);
    }
  }
  return left;
}

}  // namespace benchhost::platform
