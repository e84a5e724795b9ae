// Starting, watching and ending child processes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "common/base/result.h"
#include "common/base/units.h"
#include "common/platform/environment.h"
#include "common/platform/handle.h"
#include "common/platform/resource_use.h"

namespace benchhost::platform {

using ProcessId = std::int64_t;

/// What a standard stream of a child is connected to.
struct InheritStream {};
/// Reads nothing, writes nowhere.
struct NullStream {};
/// The caller's handle, which stays the caller's.
struct HandleStream {
  NativeHandle handle = kNoHandle;
};
using ChildStream = std::variant<InheritStream, NullStream, HandleStream>;

/// A handle of the caller that the child gets under a fixed number. It stays the caller's.
struct PassedHandle {
  NativeHandle handle = kNoHandle;
  /// Number in the child, 3 or more; each at most once.
  int number = 3;
};

/// nullopt: as the parent has it. A limit on the address space breaks CUDA and sanitizers: set it only if asked to.
struct ProcessLimits {
  std::optional<std::uint64_t> core_bytes = 0;
  std::optional<std::uint64_t> file_bytes;
  std::optional<std::uint64_t> cpu_seconds;
  std::optional<std::uint64_t> open_files;
};

struct SpawnRequest {
  /// The file itself: never looked up in PATH.
  std::filesystem::path program;
  /// Without the program's name, which the child gets as its argument 0.
  std::vector<std::string> arguments;
  /// All that the child sees: nothing is inherited.
  Environment environment;
  /// Empty: the parent's.
  std::filesystem::path working_folder;
  ChildStream input = NullStream{};
  ChildStream output = InheritStream{};
  ChildStream error = InheritStream{};
  /// Everything else is closed in the child.
  std::vector<PassedHandle> passed;
  /// A group of its own, so that all that it starts can be ended with it and a terminal's Ctrl-C does not reach it.
  bool own_group = true;
  /// The child is killed when the thread that started it ends (on Linux; elsewhere ignored). So start children that
  /// must outlive a thread from the main thread.
  bool dies_with_parent = true;
  /// While the child lives, orphans below it become its children and not this process's (on Linux; elsewhere ignored).
  bool adopts_orphans = false;
  ProcessLimits limits;
  /// Logical CPUs that it may run on, by number; empty: as the parent.
  std::vector<unsigned> cpus;
};

/// How a process ended.
struct ExitStatus {
  /// Its exit code, if it ended by itself.
  std::optional<int> code;
  /// The signal that ended it, if one did; POSIX numbers.
  std::optional<int> signal;
  bool dumped_core = false;
  /// Of the process and those of its children that it waited for.
  ResourceUse use;

  [[nodiscard]] bool succeeded() const { return code == 0; }
};

/// "exit code 3", "killed by signal 11 (SIGSEGV, invalid memory access), core dumped".
[[nodiscard]] std::string to_text(const ExitStatus& status);
/// "SIGSEGV"; "signal 99" for a number without a name.
[[nodiscard]] std::string signal_name(int signal);

/// What can be asked of a running process.
enum class ProcessSignal : std::uint8_t {
  interrupt,  ///< as Ctrl-C
  terminate,  ///< please end
  abort,      ///< end with a trace of where it was
  kill,       ///< ends it, cannot be refused
  stop,       ///< pause
  resume,
};

/// A started process. Ends and collects it, with its group, when the object ends.
/// Thread: one object, one thread at a time; wait_handle() may be polled by another.
class Child {
 public:
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  ~Child();

  [[nodiscard]] ProcessId id() const { return id_; }
  /// Becomes readable when the process ends; kNoHandle where the system has no such handle (then use wait_for).
  [[nodiscard]] NativeHandle wait_handle() const { return ended_.get(); }

  /// True once the process has ended; waits for that at most so long. Does not collect it.
  [[nodiscard]] bool wait_for(Nanoseconds limit);
  /// Waits without limit for the end of the process and collects it; the same answer afterwards. Errors: BH0011.
  [[nodiscard]] Result<ExitStatus> reap();

  /// To the process, wherever it moved, and to the group that it was given. Does nothing once it is collected.
  /// Errors: BH0011.
  Result<void> signal(ProcessSignal signal);

  /// Kills what the process left behind in its group, collects it, and tells what still ran: leaked processes. Needs
  /// become_subreaper(), without which nothing is found. Requires: reap() succeeded. Waits at most two seconds for
  /// processes that the system cannot end yet.
  [[nodiscard]] std::vector<ProcessId> reap_strays();

 private:
  friend Result<Child> spawn(const SpawnRequest& request);
  Child(ProcessId id, OwnedHandle ended, bool own_group) : id_(id), ended_(std::move(ended)), own_group_(own_group) {}
  void end() noexcept;

  ProcessId id_ = 0;  // 0: moved from
  OwnedHandle ended_;
  bool own_group_ = false;
  std::optional<ExitStatus> status_;
};

/// Starts a program and returns once it runs. Errors: BH0010 with the step that failed and the system's reason: a
/// program that cannot be executed is an error here, not a child that exits with 127. Thread: any; see
/// SpawnRequest::dies_with_parent.
[[nodiscard]] Result<Child> spawn(const SpawnRequest& request);

/// From now on orphans below this process become its children instead of the system's. Children that it has when this
/// is called first, and did not start by spawn, came with the program and are none of its orphans. Errors: BH0011.
[[nodiscard]] Result<void> become_subreaper();

/// Children started by spawn whose Child object lives.
[[nodiscard]] std::size_t started_children();

/// A process that became ours because its parent ended.
struct Orphan {
  ProcessId id = 0;
  /// Name of its program, as the system keeps it (cut to 15 bytes).
  std::string name;
  friend bool operator==(const Orphan&, const Orphan&) = default;
};

/// Children of this process that it did not start: what its children left behind outside their groups, whatever session
/// and environment it has. So a program that uses this starts its children by spawn; only a fork of the program itself,
/// in its own group, is left alone. What is in the group of a child whose object lives is that one's, see reap_strays.
/// Ended ones are collected and left out. Requires: become_subreaper. Empty where the system does not tell. Thread:
/// any.
[[nodiscard]] std::vector<Orphan> find_orphans();

/// Kills orphans and collects them. Returns how many did not end within two seconds: the system could not end them;
/// they are given up and not found again. Requires: they come from find_orphans.
std::size_t end_orphans(std::span<const Orphan> orphans);

}  // namespace benchhost::platform
