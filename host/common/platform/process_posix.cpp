// Watching, ending and collecting child processes on POSIX systems. Starting them is in spawn_posix.cpp, what they
// leave behind outside their groups in orphans_posix.cpp.
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "common/platform/child_registry.h"
#include "common/platform/clock.h"
#include "common/platform/os_error.h"
#include "common/platform/process.h"
#include "common/platform/resource_use_posix.h"

namespace benchhost::platform {
namespace {

int number_of(ProcessSignal signal) {
  switch (signal) {
    case ProcessSignal::interrupt:
      return SIGINT;
    case ProcessSignal::terminate:
      return SIGTERM;
    case ProcessSignal::abort:
      return SIGABRT;
    case ProcessSignal::kill:
      return SIGKILL;
    case ProcessSignal::stop:
      return SIGSTOP;
    case ProcessSignal::resume:
      return SIGCONT;
  }
  return SIGKILL;
}

/// True once the process has ended; it stays to be collected.
bool has_ended(pid_t pid) {
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == pid;
}

}  // namespace

Child::Child(Child&& other) noexcept
    : id_(std::exchange(other.id_, 0)),
      ended_(std::move(other.ended_)),
      own_group_(other.own_group_),
      status_(other.status_) {}

Child& Child::operator=(Child&& other) noexcept {
  if (this != &other) {
    end();
    id_ = std::exchange(other.id_, 0);
    ended_ = std::move(other.ended_);
    own_group_ = other.own_group_;
    status_ = other.status_;
  }
  return *this;
}

Child::~Child() { end(); }

void Child::end() noexcept {
  if (id_ == 0) return;
  if (!status_) {
    (void)signal(ProcessSignal::kill);
    (void)reap();
  }
  ChildRegistry::of_process().remove(static_cast<pid_t>(id_));
}

bool Child::wait_for(Nanoseconds limit) {
  if (status_) return true;
  const auto pid = static_cast<pid_t>(id_);
  SystemClock clock;
  const std::int64_t deadline = clock.now_ns() + std::max<std::int64_t>(0, limit.count);
  for (;;) {
    if (has_ended(pid)) return true;
    const std::int64_t left = deadline - clock.now_ns();
    if (left <= 0) return false;
    if (ended_.valid()) {
      pollfd wanted{ended_.get(), POLLIN, 0};
      timespec span{static_cast<time_t>(left / 1'000'000'000), static_cast<long>(left % 1'000'000'000)};
      ppoll(&wanted, 1, &span, nullptr);
    } else {
      // No handle to wait on (Linux before 5.3): look again every millisecond.
      clock.sleep_until(clock.now_ns() + std::min<std::int64_t>(left, 1'000'000));
    }
  }
}

Result<ExitStatus> Child::reap() {
  if (status_) return *status_;
  int raw = 0;
  rusage use{};
  const auto pid = static_cast<pid_t>(id_);
  siginfo_t info{};
  while (waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
  }
  // Its number becomes free with it: forgotten together, while nobody looks for strays.
  ChildRegistry& registry = ChildRegistry::of_process();
  const auto lock = registry.starting();
  registry.collected(pid);
  while (wait4(pid, &raw, 0, &use) < 0) {
    if (errno != EINTR) return os_error("BH0011", "wait for process " + std::to_string(id_), errno);
  }
  ExitStatus status;
  if (WIFEXITED(raw)) status.code = WEXITSTATUS(raw);
  if (WIFSIGNALED(raw)) {
    status.signal = WTERMSIG(raw);
    status.dumped_core = WCOREDUMP(raw);
  }
  status.use = from_rusage(use, true);
  status_ = status;
  return status;
}

Result<void> Child::signal(ProcessSignal signal) {
  // Once collected its number may be another's.
  if (id_ == 0 || status_) return {};
  const auto pid = static_cast<pid_t>(id_);
  const int number = number_of(signal);
  if (own_group_ && ::kill(-pid, number) != 0 && errno != ESRCH) {
    return os_error("BH0011", "signal the processes of " + std::to_string(id_), errno);
  }
  // A child may have left its group: asked after the group was signalled, so that it is missed by neither. To be killed
  // twice does no harm; another signal is sent once where once is enough.
  if (own_group_ && signal != ProcessSignal::kill && getpgid(pid) == pid) return {};
  if (::kill(pid, number) != 0 && errno != ESRCH) {
    return os_error("BH0011", "signal process " + std::to_string(id_), errno);
  }
  return {};
}

std::vector<ProcessId> Child::reap_strays() {
  std::vector<ProcessId> leaked;
  if (!own_group_ || !status_) return leaked;
  const auto group = static_cast<pid_t>(id_);
  SystemClock clock;
  const std::int64_t deadline = clock.now_ns() + 2'000'000'000;
  for (;;) {
    int raw = 0;
    const pid_t stray = waitpid(-group, &raw, WNOHANG);
    if (stray < 0 && errno == EINTR) continue;
    if (stray < 0) return leaked;  // ECHILD: nobody is left
    if (stray > 0) {
      // One that ended by itself leaves nothing behind; only one that we had to kill still ran.
      if (WIFSIGNALED(raw) && WTERMSIG(raw) == SIGKILL) leaked.push_back(stray);
      continue;
    }
    // They are our children and not collected, so the group's number is still theirs.
    ::kill(-group, SIGKILL);
    if (clock.now_ns() > deadline) return leaked;
    clock.sleep_until(clock.now_ns() + 200'000);
  }
}

std::string signal_name(int signal) {
  const char* name = sigabbrev_np(signal);
  return name != nullptr ? "SIG" + std::string(name) : "signal " + std::to_string(signal);
}

std::string to_text(const ExitStatus& status) {
  if (status.code) return "exit code " + std::to_string(*status.code);
  if (!status.signal) return "ended in an unknown way";
  std::string text = "killed by signal " + std::to_string(*status.signal) + " (" + signal_name(*status.signal);
  const char* description = sigdescr_np(*status.signal);
  if (description != nullptr) text += ", " + std::string(description);
  return text + (status.dumped_core ? "), core dumped" : ")");
}

}  // namespace benchhost::platform
