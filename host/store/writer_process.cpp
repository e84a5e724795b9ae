#include "store/writer_process.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <optional>
#include <sstream>

namespace benchhost::store {
namespace {

std::string first_line(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

std::string pid_namespace() {
  std::array<char, 64> target{};
  const ssize_t size = readlink("/proc/self/ns/pid", target.data(), target.size());
  return size > 0 ? std::string(target.data(), static_cast<std::size_t>(size)) : std::string();
}

std::string machine() {
  if (std::string id = first_line("/etc/machine-id"); !id.empty()) return id;
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : std::string();
}

/// Field 22 of /proc/PID/stat, counted after the name in parentheses, which may itself hold blanks and parentheses.
/// nullopt: there is no such process, or it is a zombie, which writes no more.
std::optional<std::int64_t> start_ticks(std::int64_t pid) {
  const std::string stat = first_line(fmt::format("/proc/{}/stat", pid));
  const auto name_end = stat.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(stat.substr(name_end + 1));
  std::string field;
  for (int number = 3; number < 22; ++number) {
    if (!(fields >> field)) return std::nullopt;
    if (number == 3 && (field == "Z" || field == "X")) return std::nullopt;
  }
  std::int64_t ticks = 0;
  if (!(fields >> ticks)) return std::nullopt;
  return ticks;
}

}  // namespace

WriterProcess this_process() {
  WriterProcess process;
  process.pid = getpid();
  process.start_ticks = start_ticks(process.pid).value_or(0);
  process.machine = machine();
  process.boot = first_line("/proc/sys/kernel/random/boot_id");
  process.pid_namespace = pid_namespace();
  return process;
}

Liveness liveness(const WriterProcess& process) {
  const WriterProcess self = this_process();
  if (process == self) return Liveness::alive;
  if (process.boot.empty() || self.boot.empty()) {
    // A system without boot ids: only a number that nobody uses tells something.
    return process.pid > 0 && kill(static_cast<pid_t>(process.pid), 0) != 0 && errno == ESRCH ? Liveness::gone
                                                                                              : Liveness::unknown;
  }
  if (process.machine != self.machine) return Liveness::unknown;
  if (process.boot != self.boot) return Liveness::gone;
  if (process.pid_namespace != self.pid_namespace) return Liveness::unknown;
  const auto ticks = start_ticks(process.pid);
  return ticks && *ticks == process.start_ticks ? Liveness::alive : Liveness::gone;
}

}  // namespace benchhost::store
