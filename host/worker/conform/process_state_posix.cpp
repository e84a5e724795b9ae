#include "worker/conform/process_state.h"

#include <algorithm>
#include <cfenv>
#include <clocale>

#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

// Of the C library, whose headers declare it under an extension only.
extern char** environ;

namespace benchhost::conform {
namespace {

namespace fs = std::filesystem;
using protocol::Requirement;

std::string first_line(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

std::string locale_text() {
  const char* all = std::setlocale(LC_ALL, nullptr);
  return all == nullptr ? "" : all;
}

std::string signals_text() {
  std::string text;
  for (int number = 1; number < NSIG; ++number) {
    struct sigaction action {};
    if (sigaction(number, nullptr, &action) != 0) continue;
    const void* handler = (action.sa_flags & SA_SIGINFO) != 0 ? reinterpret_cast<const void*>(action.sa_sigaction)
                                                              : reinterpret_cast<const void*>(action.sa_handler);
    if (handler != nullptr) text += fmt::format("{}:{}:{:x} ", number, handler, action.sa_flags);
  }
  sigset_t blocked;
  sigemptyset(&blocked);
  pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  text += "blocked:";
  for (int number = 1; number < NSIG; ++number) {
    if (sigismember(&blocked, number) == 1) text += fmt::format(" {}", number);
  }
  return text;
}

std::string floating_point_text() {
  std::string text = fmt::format("rounding {}", std::fegetround());
#if defined(__x86_64__)
  // Without the six flags of what happened, which every computation sets.
  text += fmt::format(", MXCSR {:#x}", _mm_getcsr() & ~0x3fu);
  std::uint16_t control = 0;
  __asm__ __volatile__("fnstcw %0" : "=m"(control));
  text += fmt::format(", x87 control {:#x}", control);
#elif defined(__aarch64__)
  std::uint64_t control = 0;
  __asm__ __volatile__("mrs %0, fpcr" : "=r"(control));
  text += fmt::format(", FPCR {:#x}", control);
#endif
  return text;
}

std::string affinity_text() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::string text = "CPUs";
  if (sched_getaffinity(0, sizeof set, &set) == 0) {
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (CPU_ISSET(cpu, &set)) text += fmt::format(" {}", cpu);
    }
  }
  return text + fmt::format(", policy {}, nice {}", sched_getscheduler(0), getpriority(PRIO_PROCESS, 0));
}

/// As the system has it: setting it to read it would change what other threads make meanwhile.
std::string umask_text() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("Umask:")) return line.substr(line.find_first_not_of("\t ", 6));
  }
  return {};
}

std::string environment_text() {
  std::vector<std::string> all;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) all.emplace_back(*entry);
  std::ranges::sort(all);
  std::string text;
  for (const std::string& one : all) text += one + "\n";
  return text;
}

std::string streams_text() {
  std::string text;
  for (const int fd : {0, 1, 2}) {
    struct stat status {};
    text += fstat(fd, &status) == 0 ? fmt::format("{}: device {} file {}; ", fd, status.st_dev, status.st_ino)
                                    : fmt::format("{}: closed; ", fd);
  }
  return text;
}

std::string limits_text() {
  std::string text;
  for (const auto& [name, resource] : {std::pair{"core", RLIMIT_CORE},
                                       {"files", RLIMIT_NOFILE},
                                       {"stack", RLIMIT_STACK},
                                       {"data", RLIMIT_DATA},
                                       {"memory", RLIMIT_AS},
                                       {"time", RLIMIT_CPU},
                                       {"locked", RLIMIT_MEMLOCK}}) {
    rlimit limit{};
    if (getrlimit(resource, &limit) == 0) text += fmt::format("{} {}/{}; ", name, limit.rlim_cur, limit.rlim_max);
  }
  return text;
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    names.push_back(at->path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

/// "the working folder": as a sentence begins.
std::string_view noun(Requirement requirement) {
  switch (requirement) {
    case Requirement::keeps_working_folder:
      return "the working folder";
    case Requirement::keeps_locale:
      return "the locale";
    case Requirement::keeps_signals:
      return "signal handling";
    case Requirement::keeps_floating_point:
      return "the floating-point mode";
    case Requirement::keeps_affinity:
      return "where and how the thread is scheduled";
    case Requirement::keeps_umask:
      return "the file mode mask";
    case Requirement::keeps_environment:
      return "the environment";
    case Requirement::keeps_streams:
      return "a standard stream";
    default:
      return "a resource limit";
  }
}

/// The lines, or words, in which two texts differ.
std::string difference(const std::string& before, const std::string& after) {
  if (before.find('\n') == std::string::npos) return fmt::format("was '{}' and is '{}'", before, after);
  std::string text;
  const auto lines = [](const std::string& all) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < all.size();) {
      const std::size_t end = std::min(all.find('\n', at), all.size());
      out.push_back(all.substr(at, end - at));
      at = end + 1;
    }
    return out;
  };
  const std::vector<std::string> old_lines = lines(before);
  const std::vector<std::string> new_lines = lines(after);
  for (const std::string& line : old_lines) {
    if (std::ranges::find(new_lines, line) == new_lines.end()) text += fmt::format(" -'{}'", line);
  }
  for (const std::string& line : new_lines) {
    if (std::ranges::find(old_lines, line) == old_lines.end()) text += fmt::format(" +'{}'", line);
  }
  return "changed:" + text;
}

/// Those that are there now and were not, by their ids: "id (name)".
std::vector<std::string> only_in(const std::map<std::string, std::string>& after,
                                 const std::map<std::string, std::string>& before) {
  std::vector<std::string> added;
  for (const auto& [id, name] : after) {
    if (!before.contains(id)) added.push_back(fmt::format("{} ({})", id, name));
  }
  return added;
}

}  // namespace

ProcessState read_process_state() {
  ProcessState state;
  std::error_code error;
  state.settings[Requirement::keeps_working_folder] = fs::current_path(error).string();
  state.settings[Requirement::keeps_locale] = locale_text();
  state.settings[Requirement::keeps_signals] = signals_text();
  state.settings[Requirement::keeps_floating_point] = floating_point_text();
  state.settings[Requirement::keeps_affinity] = affinity_text();
  state.settings[Requirement::keeps_umask] = umask_text();
  state.settings[Requirement::keeps_environment] = environment_text();
  state.settings[Requirement::keeps_streams] = streams_text();
  state.settings[Requirement::keeps_limits] = limits_text();
  for (const std::string& id : names_in("/proc/self/task")) {
    state.threads[id] = first_line(fs::path("/proc/self/task") / id / "comm");
    // Children are listed by the thread that made them.
    std::ifstream children(fs::path("/proc/self/task") / id / "children");
    for (std::string child; children >> child;) state.children[child] = first_line(fs::path("/proc") / child / "comm");
  }
  for (const std::string& name : names_in("/proc/self/fd")) {
    const fs::path target = fs::read_symlink(fs::path("/proc/self/fd") / name, error);
    // The one through which this folder is being read is gone by now.
    if (!error) state.descriptors[std::stoi(name)] = target.string();
  }
  return state;
}

std::vector<StateChange> changes(const ProcessState& before, const ProcessState& after, std::uint32_t own_threads) {
  std::vector<StateChange> found;
  for (const auto& [requirement, text] : before.settings) {
    const std::string& now = after.settings.at(requirement);
    if (now != text) found.push_back({requirement, fmt::format("{} {}", noun(requirement), difference(text, now))});
  }
  if (const auto added = only_in(after.threads, before.threads); added.size() > own_threads) {
    found.push_back({Requirement::leaves_no_threads, fmt::format("{} threads more than before ({}), {} declared",
                                                                 added.size(), fmt::join(added, ", "), own_threads)});
  }
  for (const auto& [fd, target] : after.descriptors) {
    const auto was = before.descriptors.find(fd);
    if (was != before.descriptors.end() && was->second == target) continue;
    found.push_back({Requirement::leaves_no_descriptors, fmt::format("descriptor {} to '{}' is open", fd, target)});
  }
  for (const auto& [fd, target] : before.descriptors) {
    if (!after.descriptors.contains(fd)) {
      found.push_back({Requirement::leaves_no_descriptors,
                       fmt::format("descriptor {} to '{}', which is not the plugin's, was closed", fd, target)});
    }
  }
  if (const auto added = only_in(after.children, before.children); !added.empty()) {
    found.push_back(
        {Requirement::leaves_no_children, fmt::format("child processes are left: {}", fmt::join(added, ", "))});
  }
  return found;
}

std::vector<Requirement> process_requirements() {
  std::vector<Requirement> all;
  for (std::uint32_t number = static_cast<std::uint32_t>(Requirement::keeps_working_folder);
       number <= static_cast<std::uint32_t>(Requirement::leaves_no_children); ++number) {
    all.push_back(static_cast<Requirement>(number));
  }
  return all;
}

}  // namespace benchhost::conform
