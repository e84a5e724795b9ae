// Who writes a run, told so that a later process can see whether the writer still lives.
#pragma once

#include <cstdint>
#include <string>

namespace benchhost::store {

/// A process, unique among all processes that ever ran: a number that is used again has another start time.
/// Texts are "" and numbers 0 where the system does not say.
struct WriterProcess {
  std::int64_t pid = 0;
  std::int64_t start_ticks = 0;  ///< since boot, in clock ticks
  std::string machine;           ///< machine id, else host name
  std::string boot;              ///< id of the boot
  std::string pid_namespace;     ///< in which `pid` counts
  friend bool operator==(const WriterProcess&, const WriterProcess&) = default;
};

/// Whether a process has ended. `unknown`: it runs, or ran, where this process cannot look.
enum class Liveness { alive, gone, unknown };

[[nodiscard]] WriterProcess this_process();
[[nodiscard]] Liveness liveness(const WriterProcess& process);

}  // namespace benchhost::store
