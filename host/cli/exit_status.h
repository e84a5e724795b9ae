// Every exit status of benchhost, and which one is reported where several apply.
#pragma once

#include <initializer_list>
#include <span>
#include <string_view>

namespace benchhost::cli {

enum class ExitStatus : int {
  ok = 0,          ///< all passed, were cached, or skipped for what the machine lacks; all stored; no gate tripped
  failed = 1,      ///< some case failed, crashed, timed out, ran out of memory or broke the protocol
  usage = 2,       ///< usage, suite or configuration error; nothing ran
  gate = 3,        ///< a gate of --fail-on tripped
  nothing = 4,     ///< nothing was selected, or everything was skipped
  incomplete = 5,  ///< infrastructure: backend lost, database not writable
  bug = 70,        ///< a bug in benchhost
  interrupted = 130,
  terminated = 143,
};

/// The status that counts: 70, then a signal, 5, 1, 3, 2, 4, 0.
[[nodiscard]] ExitStatus worst(std::initializer_list<ExitStatus> statuses);
/// What the signal that stopped a command means; 0: none, ok.
[[nodiscard]] ExitStatus signal_status(int signal);
/// What help and manual say of a status.
struct ExitMeaning {
  ExitStatus status;
  std::string_view name;     ///< as --format json repeats it
  std::string_view meaning;  ///< a sentence without its capital and full stop
};
/// Every status, ascending. Valid for ever.
[[nodiscard]] std::span<const ExitMeaning> exit_meanings();

/// "ok", "failed", … as --format json repeats it.
[[nodiscard]] std::string_view name_of(ExitStatus status);

}  // namespace benchhost::cli
