// Starts one worker, gives it its job, watches it, ends it, and says in one outcome what became of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/platform/environment.h"
#include "common/platform/process.h"
#include "common/protocol/job.h"
#include "common/protocol/message.h"
#include "supervise/cancel.h"
#include "supervise/captured_output.h"

namespace benchhost::supervise {

/// What is started. The worker gets `--job-fd 3 --result-fd 4`, these two, standard streams, and nothing else.
struct WorkerProgram {
  std::filesystem::path path;
  /// All that the worker sees.
  platform::Environment environment;
  /// Where it runs unless its job has a scratch folder: then there, so that what a plugin drops lies in it.
  std::filesystem::path working_folder;
  platform::ProcessLimits limits;
};

/// How long and how much. Times are of the monotonic clock.
struct Limits {
  /// No life sign (any message) for so long: TERM, and KILL after the grace. A Progress with a deadline of its own
  /// replaces it until the next message.
  std::int64_t silence_ns = 30'000'000'000;
  /// From start to end; 0: none.
  std::int64_t total_ns = 0;
  /// Without a life sign for so long the observer is told; nothing else happens.
  std::int64_t slow_notice_ns = 10'000'000'000;
  std::int64_t grace_ns = 2'000'000'000;
  /// How often the observer is told that time passes while the worker works; 0: never.
  std::int64_t tick_ns = 0;
  /// Of each standard stream.
  std::uint64_t output_head_bytes = 64u << 10;
  std::uint64_t output_tail_bytes = 64u << 10;
  /// All messages together.
  std::uint64_t message_bytes_max = 1u << 30;
  /// Resident memory of the worker and its child processes, looked at every 20 ms: no limit of the address space, which
  /// breaks CUDA and sanitizers. nullopt: none.
  std::optional<std::uint64_t> rss_limit_bytes;
};

/// Told what happens while it happens, on the supervising thread; must return soon.
class Observer {
 public:
  Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  virtual ~Observer() = default;
  /// Every message in order, also those of a worker that fails later.
  virtual void on_message(const protocol::Message& message) = 0;
  /// Once per silence.
  virtual void on_slow(std::int64_t /*silent_ns*/, protocol::Phase /*phase*/) {}
  /// Every Limits::tick_ns, whatever the worker says or does not say.
  virtual void on_tick() {}
};

/// What became of a worker.
struct WorkerReport {
  /// passed only after a Final that says so, a stream that ends between two frames, and exit 0.
  protocol::Outcome outcome = protocol::Outcome::infra_error;
  /// "" if passed; else a code of `benchhost explain`, the worker's own where it gave one.
  std::string code;
  /// For people; never empty unless passed.
  std::string reason;
  /// Last phase that the worker announced; that of its Final where it named one.
  protocol::Phase phase = protocol::Phase::starting;
  std::optional<int> exit_code;
  std::optional<int> signal;
  std::string signal_name;  ///< "SIGSEGV"; "" if no signal ended it
  std::string own_fault;    ///< "SIGSEGV", "exit 3": the plugin's own code ended the process (ending.h); "": it did not
  std::int64_t wall_ns = 0;  ///< from start to end of the process
  platform::ResourceUse use;
  /// Those of Final, and: "leaked" (processes were left behind and ended; what would have passed is protocol_error),
  /// "killed" (it did not end when asked), "noisy" (more output than is kept), "unkillable" (the system did not end it:
  /// it was given up).
  std::vector<std::string> flags;
  CapturedOutput stdout_text;
  CapturedOutput stderr_text;
  std::string sandbox_tier = "T0";
  std::optional<protocol::Final> final;
  std::uint64_t messages = 0;

  [[nodiscard]] bool has_flag(std::string_view flag) const;
};

/// Runs one worker to its end. Never waits for the end of a pipe, which a grandchild may hold open; wakes by the
/// process's end and never by a timer where the system can tell. Makes this process a subreaper, and ends what the
/// worker left behind: its group, and whatever became a child of this process since, in any session and environment. If
/// this process is killed, the worker is killed by the system; what the worker had started is not, and runs until it
/// ends by itself: a plugin that starts processes ties them to itself (PR_SET_PDEATHSIG, or a pipe that they read to
/// its end). Errors: BH0011, when the system gives no pipes. A program that cannot be started is a report: infra_error.
/// Thread: any, several at once; the worker dies with the calling thread.
[[nodiscard]] Result<WorkerReport> run_worker(const WorkerProgram& program, const protocol::Job& job,
                                              const Limits& limits, Observer& observer, const CancelToken& cancel);

}  // namespace benchhost::supervise
