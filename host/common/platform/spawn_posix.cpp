// Starting child processes on POSIX systems.
//
// Between vfork and exec the child of a program with threads may only call what is async-signal-safe: no allocation, no
// locks. So all it needs (argument vectors, descriptor plan, CPU set) is laid out before vfork in a Plan, and the child
// only walks through it. Whatever fails there is sent through a close-on-exec pipe; its end without a word means exec
// worked.
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "common/platform/child_registry.h"
#include "common/platform/os_error.h"
#include "common/platform/process.h"

namespace benchhost::platform {
namespace {

enum class Step : int { group, parent, signals, folder, descriptors, limits, affinity, execute };

std::string_view to_text(Step step) {
  switch (step) {
    case Step::group:
      return "making its process group";
    case Step::parent:
      return "tying it to its parent";
    case Step::signals:
      return "resetting its signals";
    case Step::folder:
      return "entering its working folder";
    case Step::descriptors:
      return "passing its handles";
    case Step::limits:
      return "setting its limits";
    case Step::affinity:
      return "choosing its CPUs";
    case Step::execute:
      return "executing it";
  }
  return "starting it";
}

struct Failure {
  Step step = Step::execute;
  int error = 0;
};

struct Move {
  int from = -1;
  int to = -1;
};

struct Limit {
  int resource = 0;
  rlim_t value = 0;
};

struct CpuSetDelete {
  void operator()(cpu_set_t* set) const { CPU_FREE(set); }
};

/// All that the child walks through.
struct Plan {
  const char* program = nullptr;
  const char* folder = nullptr;  // nullptr: stays
  std::vector<char*> arguments;
  std::vector<char*> variables;
  std::vector<Move> moves;  // ascending by `to`
  int first_free = 3;       // above every number that the child gets
  std::vector<Limit> limits;
  cpu_set_t* cpus = nullptr;
  std::size_t cpus_bytes = 0;
  bool own_group = false;
  bool dies_with_parent = false;
  bool adopts_orphans = false;
  pid_t parent = 0;
  int report = -1;
};

[[noreturn]] void fail(int report, Step step, int error) {
  const Failure failure{step, error};
  while (::write(report, &failure, sizeof failure) < 0 && errno == EINTR) {
  }
  _exit(127);
}

/// Marks all descriptors from `first` on to be closed by exec: the report's own pipe is still needed until then.
void close_on_exec_from(unsigned first) {
#if defined(SYS_close_range)
  constexpr unsigned kCloseOnExec = 4;  // CLOSE_RANGE_CLOEXEC, Linux 5.11
  if (syscall(SYS_close_range, first, ~0u, kCloseOnExec) == 0) return;
#endif
  rlimit most{};
  // A limit lowered after opening leaves larger numbers open; 64 Ki covers what a program has in practice.
  constexpr rlim_t kMost = 65536;
  const rlim_t end =
      getrlimit(RLIMIT_NOFILE, &most) == 0 ? std::min(std::max(most.rlim_cur, rlim_t{1024}), kMost) : kMost;
  for (rlim_t fd = first; fd < end; ++fd) fcntl(static_cast<int>(fd), F_SETFD, FD_CLOEXEC);
}

[[noreturn]] void run_child(Plan& plan) {
  if (plan.own_group && setpgid(0, 0) != 0) fail(plan.report, Step::group, errno);
#if defined(__linux__)
  if (plan.dies_with_parent) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) fail(plan.report, Step::parent, errno);
    // The parent may have ended before the request: then nobody would ever send the signal.
    if (getppid() != plan.parent) _exit(127);
  }
  if (plan.adopts_orphans && prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) fail(plan.report, Step::parent, errno);
#endif

  // Ignored signals and a blocked mask would survive exec. The mask is opened last, when no handler of the parent is
  // left.
  // What came to the parent's group before this child had one of its own was for the parent: ignoring a signal drops it
  // where it waits. A Ctrl-Z that was left would stop the child here, and with it the parent, which waits for exec.
  struct sigaction standard {};
  for (int number = 1; number < NSIG; ++number) {
    if (plan.own_group) {
      standard.sa_handler = SIG_IGN;
      sigaction(number, &standard, nullptr);
    }
    standard.sa_handler = SIG_DFL;
    sigaction(number, &standard, nullptr);  // KILL and STOP refuse: no matter
  }
  sigset_t none;
  sigemptyset(&none);
  if (sigprocmask(SIG_SETMASK, &none, nullptr) != 0) fail(plan.report, Step::signals, errno);

  if (plan.folder != nullptr && chdir(plan.folder) != 0) fail(plan.report, Step::folder, errno);

  // First everything, the report too, moves above all numbers in use, so that no move destroys the source of another.
  plan.report = fcntl(plan.report, F_DUPFD_CLOEXEC, plan.first_free);
  if (plan.report < 0) _exit(127);
  for (Move& move : plan.moves) {
    move.from = fcntl(move.from, F_DUPFD_CLOEXEC, plan.first_free);
    if (move.from < 0) fail(plan.report, Step::descriptors, errno);
  }
  int next = 0;
  for (const Move& move : plan.moves) {
    for (; next < move.to; ++next) {
      if (next >= 3) fcntl(next, F_SETFD, FD_CLOEXEC);  // a gap; fails if it is not open, which is as good
    }
    if (dup2(move.from, move.to) < 0) fail(plan.report, Step::descriptors, errno);
    next = move.to + 1;
  }
  close_on_exec_from(static_cast<unsigned>(plan.first_free));

  for (const Limit& limit : plan.limits) {
    rlimit value{};
    getrlimit(static_cast<__rlimit_resource_t>(limit.resource), &value);
    value.rlim_cur = value.rlim_max = std::min(limit.value, value.rlim_max);  // never above what the parent may
    if (setrlimit(static_cast<__rlimit_resource_t>(limit.resource), &value) != 0)
      fail(plan.report, Step::limits, errno);
  }
  if (plan.cpus != nullptr && sched_setaffinity(0, plan.cpus_bytes, plan.cpus) != 0) {
    fail(plan.report, Step::affinity, errno);
  }
  execve(plan.program, plan.arguments.data(), plan.variables.data());
  fail(plan.report, Step::execute, errno);
}

Error spawn_error(const SpawnRequest& request, std::string_view what, int number) {
  return os_error("BH0010", "start '" + request.program.string() + "' (" + std::string(what) + ")", number);
}

/// Adds the moves of the standard streams. `null` opens /dev/null once, when first needed.
Result<void> plan_streams(const SpawnRequest& request, Plan& plan, OwnedHandle& null) {
  const std::array<const ChildStream*, 3> streams = {&request.input, &request.output, &request.error};
  for (int number = 0; number < 3; ++number) {
    const ChildStream& stream = *streams[static_cast<std::size_t>(number)];
    if (std::holds_alternative<InheritStream>(stream)) {
      // A parent whose own stream is closed gives nothing to inherit.
      if (fcntl(number, F_GETFD) >= 0) plan.moves.push_back({number, number});
    } else if (const auto* handle = std::get_if<HandleStream>(&stream)) {
      plan.moves.push_back({handle->handle, number});
    } else {
      if (!null.valid()) null = OwnedHandle(::open("/dev/null", O_RDWR | O_CLOEXEC));
      if (!null.valid()) return spawn_error(request, "opening /dev/null", errno);
      plan.moves.push_back({null.get(), number});
    }
  }
  return {};
}

Result<void> plan_passed(const SpawnRequest& request, Plan& plan) {
  constexpr int kMostNumber = 1023;
  for (const PassedHandle& passed : request.passed) {
    if (passed.number < 3 || passed.number > kMostNumber) {
      return make_error("BH0010",
                        "a handle can be passed as number 3 to 1023, not as " + std::to_string(passed.number));
    }
    plan.moves.push_back({passed.handle, passed.number});
  }
  std::sort(plan.moves.begin(), plan.moves.end(), [](const Move& a, const Move& b) { return a.to < b.to; });
  const auto twice = std::adjacent_find(plan.moves.begin(), plan.moves.end(),
                                        [](const Move& a, const Move& b) { return a.to == b.to; });
  if (twice != plan.moves.end()) {
    return make_error("BH0010", "two handles are passed as number " + std::to_string(twice->to));
  }
  plan.first_free = plan.moves.empty() ? 3 : std::max(3, plan.moves.back().to + 1);
  return {};
}

void plan_limits(const ProcessLimits& limits, Plan& plan) {
  const auto add = [&](int resource, std::optional<std::uint64_t> value) {
    if (value) plan.limits.push_back({resource, static_cast<rlim_t>(*value)});
  };
  add(RLIMIT_CORE, limits.core_bytes);
  add(RLIMIT_FSIZE, limits.file_bytes);
  add(RLIMIT_CPU, limits.cpu_seconds);
  add(RLIMIT_NOFILE, limits.open_files);
}

OwnedHandle open_process(pid_t pid) {
#if defined(SYS_pidfd_open)
  return OwnedHandle(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
#else
  (void)pid;
  return OwnedHandle();
#endif
}

}  // namespace

Result<Child> spawn(const SpawnRequest& request) {
  Plan plan;
  OwnedHandle null;
  BH_CHECK(plan_streams(request, plan, null));
  BH_CHECK(plan_passed(request, plan));
  plan_limits(request.limits, plan);

  const std::string program = request.program.string();
  const std::string folder = request.working_folder.string();
  plan.program = program.c_str();
  if (!folder.empty()) plan.folder = folder.c_str();
  // execve takes pointers to mutable text and changes none of it.
  plan.arguments.push_back(const_cast<char*>(program.c_str()));
  for (const std::string& argument : request.arguments) plan.arguments.push_back(const_cast<char*>(argument.c_str()));
  plan.arguments.push_back(nullptr);
  std::vector<std::string> variables;
  for (const auto& [name, value] : request.environment.all()) variables.push_back(name + "=" + value);
  for (std::string& variable : variables) plan.variables.push_back(variable.data());
  plan.variables.push_back(nullptr);

  std::unique_ptr<cpu_set_t, CpuSetDelete> cpus;
  if (!request.cpus.empty()) {
    const int most = static_cast<int>(*std::max_element(request.cpus.begin(), request.cpus.end())) + 1;
    cpus.reset(CPU_ALLOC(most));
    if (!cpus) return spawn_error(request, to_text(Step::affinity), ENOMEM);
    plan.cpus_bytes = CPU_ALLOC_SIZE(most);
    CPU_ZERO_S(plan.cpus_bytes, cpus.get());
    for (const unsigned cpu : request.cpus) CPU_SET_S(cpu, plan.cpus_bytes, cpus.get());
    plan.cpus = cpus.get();
  }
  plan.own_group = request.own_group;
  plan.dies_with_parent = request.dies_with_parent;
  plan.adopts_orphans = request.adopts_orphans;
  plan.parent = getpid();

  BH_TRY(Pipe report, make_pipe());
  plan.report = report.write.get();

  ChildRegistry& registry = ChildRegistry::of_process();
  const auto starting = registry.starting();
  // No handler of ours may run in the child before its dispositions are reset.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  // The child borrows this process's memory until it executes: copying the page tables of a host that knows a thousand
  // plugins costs as much as starting a worker. What run_child changes is in plan, which nobody reads afterwards.
  const pid_t pid = vfork();
  if (pid == 0) run_child(plan);
  const int fork_error = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) return spawn_error(request, "forking", fork_error);
  // Both sides ask for the group, so that it exists whoever comes first; after exec ours fails, and is not needed.
  if (request.own_group) setpgid(pid, pid);

  report.write.close();
  Failure failure;
  ssize_t got = 0;
  do {
    got = ::read(report.read.get(), &failure, sizeof failure);
  } while (got < 0 && errno == EINTR);
  if (got == 0) {
    // Exec worked, or the child was killed before it; either way there is a process to collect.
    registry.add(pid);
    return Child(pid, open_process(pid), request.own_group);
  }
  int ignored = 0;
  while (waitpid(pid, &ignored, 0) < 0 && errno == EINTR) {
  }
  if (got != static_cast<ssize_t>(sizeof failure)) return spawn_error(request, "hearing from it", EIO);
  return spawn_error(request, to_text(failure.step), failure.error);
}

}  // namespace benchhost::platform
