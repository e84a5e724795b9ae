// The child of process_test.cpp: its first argument says what it does; what it finds goes to stdout.
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

extern char** environ;

namespace {

/// The numbers of the open descriptors, ascending.
void list_descriptors() {
  DIR* folder = opendir("/proc/self/fd");
  std::vector<int> numbers;
  while (const dirent* entry = readdir(folder)) {
    const int number = std::atoi(entry->d_name);
    if (entry->d_name[0] != '.' && number != dirfd(folder)) numbers.push_back(number);
  }
  closedir(folder);
  std::sort(numbers.begin(), numbers.end());
  for (const int number : numbers) std::printf("%d ", number);
}

void show_signals() {
  sigset_t mask;
  sigprocmask(SIG_SETMASK, nullptr, &mask);
  int blocked = 0;
  int ignored = 0;
  for (int number = 1; number < NSIG; ++number) {
    if (sigismember(&mask, number) == 1) ++blocked;
    struct sigaction action {};
    if (sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) ++ignored;
  }
  std::printf("blocked %d ignored %d", blocked, ignored);
}

/// Leaves a process behind that runs until it is killed, and says its number; `session`: in a session of its own.
void leave_grandchild(bool session) {
  int ready[2];
  if (pipe(ready) != 0) std::exit(9);
  const pid_t pid = fork();
  if (pid == 0) {
    if (session) setsid();
    close(1);  // whoever waits for the end of stdout must not wait for this one
    if (write(ready[1], "x", 1) != 1) _exit(9);
    for (;;) pause();
  }
  char byte = 0;
  if (read(ready[0], &byte, 1) != 1) std::exit(9);
  std::printf("%d", static_cast<int>(pid));
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  const std::string with = argc > 2 ? argv[2] : "";
  if (what == "exit") return std::atoi(with.c_str());
  if (what == "raise") {
    // A sanitizer's handler would turn the signal into an exit code.
    signal(std::atoi(with.c_str()), SIG_DFL);
    raise(std::atoi(with.c_str()));
  } else if (what == "arguments") {
    for (int i = 0; i < argc; ++i) std::printf("[%s]", argv[i]);
  } else if (what == "descriptors") {
    list_descriptors();
  } else if (what == "read") {
    char buffer[100];
    const ssize_t got = read(std::atoi(with.c_str()), buffer, sizeof buffer);
    std::printf("%.*s", static_cast<int>(got), buffer);
  } else if (what == "environment") {
    for (char** entry = environ; *entry != nullptr; ++entry) std::printf("%s\n", *entry);
  } else if (what == "folder") {
    char buffer[4096];
    std::printf("%s", getcwd(buffer, sizeof buffer));
  } else if (what == "group") {
    std::printf("%s", getpgrp() == getpid() ? "own" : "foreign");
  } else if (what == "signals") {
    show_signals();
  } else if (what == "cpus") {
    cpu_set_t set;
    sched_getaffinity(0, sizeof set, &set);
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (CPU_ISSET(cpu, &set)) std::printf("%d ", cpu);
    }
  } else if (what == "limits") {
    rlimit core{};
    rlimit file{};
    getrlimit(RLIMIT_CORE, &core);
    getrlimit(RLIMIT_FSIZE, &file);
    std::printf("core %llu file %llu", static_cast<unsigned long long>(core.rlim_cur),
                static_cast<unsigned long long>(file.rlim_cur));
  } else if (what == "leave") {
    leave_grandchild(false);
  } else if (what == "leave-session") {
    leave_grandchild(true);
  } else if (what == "orphan-and-wait") {
    int adopted[2];
    if (pipe(adopted) != 0) return 97;
    const pid_t middle = fork();
    if (middle == 0) {
      if (fork() != 0) _exit(0);
      setsid();
      char byte = 0;
      if (read(adopted[0], &byte, 1) != 1) _exit(9);
      const std::int64_t id = getpid();
      if (write(1, &id, sizeof id) != sizeof id) _exit(9);
      for (;;) pause();
    }
    if (waitpid(middle, nullptr, 0) != middle || write(adopted[1], "x", 1) != 1) return 96;
    for (;;) pause();
  } else if (what == "wait") {
    std::printf("ready\n");
    std::fflush(stdout);
    for (;;) pause();
  } else if (what == "leave-group") {
    if (setpgid(0, getpgid(getppid())) != 0) return 98;
    std::printf("ready\n");
    std::fflush(stdout);
    for (;;) pause();
  } else if (what == "stubborn") {
    signal(SIGTERM, SIG_IGN);
    std::printf("ready\n");
    std::fflush(stdout);
    for (;;) pause();
  } else {
    return 99;
  }
  std::fflush(stdout);
  return 0;
}
