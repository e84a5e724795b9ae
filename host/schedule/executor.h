// Runs a plan: which case is invoked when, how often, and what becomes of it. Workers, clock and store come in through
// interfaces, so a run of a thousand cases is tested in a millisecond.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/platform/clock.h"
#include "schedule/crash_book.h"
#include "schedule/observer.h"
#include "schedule/plan.h"
#include "schedule/worker_runner.h"
#include "store/run_store.h"

namespace benchhost::schedule {

/// What a run came to.
struct RunSummary {
  store::RunId run = 0;
  std::map<protocol::Outcome, std::uint64_t> outcomes;  ///< of cases, last attempt
  int signal = 0;                                       ///< that kept it from something; 0: none
  std::optional<double> resolution_ratio;               ///< what the machine resolved today; nullopt: not known
  std::string resolution_reason;                        ///< why not
  bool stopped_by_failures = false;
  std::uint64_t gates_tripped = 0;    ///< limits of the suite that a case does not keep
  std::uint64_t gates_undecided = 0;  ///< limits that lie inside the interval, or have none to look at
  std::uint64_t noisy_cases = 0;      ///< flagged imprecise or disturbed
};

/// Where the executor puts an invocation's private folder.
class ScratchFolders {
 public:
  virtual ~ScratchFolders() = default;
  /// An empty folder that nobody else uses. Errors: it cannot be made.
  [[nodiscard]] virtual Result<std::string> make() = 0;
  virtual void remove(const std::string& folder) = 0;
};

/// Everything the executor depends on. Owns: nothing; all outlive it.
struct ExecutorParts {
  store::RunStore& store;
  WorkerRunner& workers;
  platform::Clock& clock;
  ScratchFolders& scratch;
  Observer& observer;
  const StopWish& stop;
  /// Logical CPUs for a claim of so many cores, the control thread's first; empty: no pinning.
  std::function<std::vector<std::uint32_t>(std::uint64_t cores)> choose_cores;
  /// nullptr: crashes are not counted, and every case is invoked.
  CrashBook* crashes = nullptr;
};

/// Runs the plan to its end, to the user's wish to stop, or to the first thing that cannot be stored. Each invocation
/// is committed when its worker has ended, each case when it is decided; `finish` then takes the exit status. Errors:
/// the store refused; what was acknowledged before stays.
[[nodiscard]] Result<RunSummary> execute(const Plan& plan, const ExecutorParts& parts);

/// Ends the run in the store with its exit status.
[[nodiscard]] Result<void> finish(const RunSummary& summary, int exit_code, const std::string& reason,
                                  std::int64_t ended_wall_ns, store::RunStore& store);

}  // namespace benchhost::schedule
