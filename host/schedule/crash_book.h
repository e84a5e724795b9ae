// Who counts what crashes in a run, and says when to stop starting it. A seam: tests count in memory.
#pragma once

#include <cstdint>
#include <string>

#include "common/protocol/message.h"
#include "schedule/plan.h"
#include "store/records.h"

namespace benchhost::schedule {

/// An invocation that code of the plugin's own ended.
struct Crash {
  const PlanPlugin& plugin;
  const PlanCase& work;
  store::RunId run = 0;
  std::uint64_t ordinal = 0;  ///< of the case in the run
  std::string own_fault;      ///< as WorkerReport
  bool by_signal = false;     ///< else the plugin called exit
  protocol::Phase phase = protocol::Phase::starting;
  std::string reason;  ///< of the invocation's outcome
};

/// Told of every invocation that counts, in order. Thread: the executor's, between two invocations.
class CrashBook {
 public:
  virtual ~CrashBook() = default;
  /// Why nothing more of that benchmark is to be started; "": go on.
  [[nodiscard]] virtual std::string crashed(const Crash& crash) = 0;
  /// An invocation of the benchmark passed.
  virtual void passed(const PlanPlugin& plugin, const std::string& benchmark) = 0;
};

}  // namespace benchhost::schedule
