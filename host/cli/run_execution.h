// Executing a plan with real workers, and what follows a run: exit status, report.
#pragma once

#include <string>
#include <vector>

#include "cli/run_plan.h"
#include "cli/run_requests.h"
#include "schedule/executor.h"

namespace benchhost::cli {

/// What a run came to, for the caller to print.
struct RunResult {
  schedule::RunSummary summary;
  ExitStatus status = ExitStatus::ok;
  std::string reason;  ///< of the status, one sentence
};

/// Whether crashes of a run count for the quarantine. A replay is somebody's look at one case.
enum class CountCrashes { yes, no };

/// Runs the plan with progress on standard error and Ctrl-C as documented (take_interrupts). The run is left unfinished
/// in the store: its exit status is known once its reports are written. Errors: the store refused.
[[nodiscard]] Result<schedule::RunSummary> execute_plan(const schedule::Plan& plan, const Site& site,
                                                        store::RunStore& store, CommandContext& context,
                                                        Workplace& workplace, CountCrashes count = CountCrashes::yes);

/// The exit status that the outcomes and gates of a run mean.
[[nodiscard]] RunResult judge(schedule::RunSummary summary, const FailOn& fail_on);

}  // namespace benchhost::cli
