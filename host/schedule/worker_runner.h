// The executor's view of a worker: one job in, messages while it runs, one report at the end. A seam: tests put a
// scripted worker behind it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/protocol/job.h"
#include "common/protocol/message.h"
#include "store/records.h"

namespace benchhost::schedule {

/// How an invocation's worker ended.
struct WorkerReport {
  protocol::Outcome outcome = protocol::Outcome::passed;
  std::string code;
  std::string reason;
  std::optional<protocol::Phase> phase;
  std::vector<std::string> flags;
  std::optional<int> exit_code;
  std::optional<int> signal;
  std::string own_fault;  ///< as supervise::WorkerReport: the plugin's own code ended the process
  std::int64_t wall_ns = 0;
  std::vector<store::LogLine> output;  ///< captured stdout and stderr, capped
};

/// Takes the messages of one worker as they come.
class MessageTaker {
 public:
  virtual ~MessageTaker() = default;
  virtual void on_message(const protocol::Message& message) = 0;
  virtual void on_slow(std::int64_t elapsed_ns, protocol::Phase phase) = 0;
  /// Time passes; about every second, also while the worker is silent.
  virtual void on_tick() = 0;
};

class WorkerRunner {
 public:
  virtual ~WorkerRunner() = default;
  /// Runs the job to its end, within `timeout_ns`. A worker that fails in any way is a report; an Error means that none
  /// could be started. Thread: one job at a time.
  [[nodiscard]] virtual Result<WorkerReport> run(const protocol::RunJob& job, std::int64_t timeout_ns,
                                                 MessageTaker& taker) = 0;
  /// Sandbox tier that workers get: "T0".
  [[nodiscard]] virtual std::string_view sandbox_tier() const = 0;
};

/// The user's wish to stop. Thread: any.
class StopWish {
 public:
  virtual ~StopWish() = default;
  /// 0: go on; else the signal that asked (SIGINT, SIGTERM).
  [[nodiscard]] virtual int signal() const = 0;
};

}  // namespace benchhost::schedule
