#include "worker/main/process_setup.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <system_error>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

namespace benchhost::worker_main {
namespace {

constexpr int kFirstFd = 3;
constexpr int kWantedFd = 900;

int highest_fd() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return 1 << 20;
  return static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 1 << 20)) - 1;
}

/// Closes [first, last]; both may lie outside what is open.
void close_from_to(int first, int last) {
  if (first > last) return;
#if defined(__linux__) && defined(SYS_close_range)
  if (syscall(SYS_close_range, static_cast<unsigned>(first), static_cast<unsigned>(last), 0u) == 0) return;
#endif
  for (int fd = first; fd <= last; ++fd) close(fd);
}

Result<platform::OwnedHandle> move_up(int fd, int wanted) {
  const int moved = fcntl(fd, F_DUPFD_CLOEXEC, wanted);
  if (moved < 0)
    return make_error("BH0011", "cannot move a handle of the worker: " + std::generic_category().message(errno));
  return platform::OwnedHandle(moved);
}

}  // namespace

Result<WorkerHandles> take_handles(int job_fd, int result_fd) {
  const int most = highest_fd();
  const int wanted = std::max(kFirstFd, std::min(kWantedFd, most - 8));
  WorkerHandles handles;
  BH_TRY(handles.job, move_up(job_fd, wanted));
  BH_TRY(handles.result, move_up(result_fd, wanted));
  const int low = std::min(handles.job.get(), handles.result.get());
  const int high = std::max(handles.job.get(), handles.result.get());
  close_from_to(kFirstFd, low - 1);
  close_from_to(low + 1, high - 1);
  close_from_to(high + 1, most);
  return handles;
}

void die_with_parent() {
#if defined(__linux__)
  int signal = 0;
  if (prctl(PR_GET_PDEATHSIG, &signal) == 0 && signal == 0) prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
}

}  // namespace benchhost::worker_main
