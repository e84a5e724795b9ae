// What is asked of a run beside its cases: reports, what trips a gate, what the machine must be like.
#pragma once

#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/machine_watch.h"
#include "cli/workplace.h"
#include "schedule/plan.h"
#include "suite/environment.h"
#include "suite/model.h"

namespace benchhost::cli {

/// What ends a run with exit status 3 beside the limits that its suite sets: --fail-on.
struct FailOn {
  bool noise = false;    ///< a case that is imprecise or disturbed; a limit that is not decided
  bool skipped = false;  ///< a case that was skipped
};
[[nodiscard]] OptionSpec fail_on_option();
/// Errors: BH0001, regressions, for which there is nothing yet to compare with.
[[nodiscard]] Result<FailOn> fail_on(const Arguments& args);

[[nodiscard]] std::vector<OptionSpec> report_options();
/// The reports of --report and then of the suite, as FORMAT[:FILE] with files in the folder of --output-dir. With
/// --format json the suite's to standard output are left out: it holds one JSON text. Errors: those of
/// check_report_request, at their place in the suite.
[[nodiscard]] Result<std::vector<std::string>> requested_reports(const CommandContext& context,
                                                                 const suite::Suite& suite);
/// Makes the folder of --output-dir, if one is named. Errors: it cannot be made.
[[nodiscard]] Result<void> make_output_folder(const CommandContext& context, Workplace& workplace);

/// What the demands of the plan's cases are compared with, of what was seen of the machine. What the machine resolves
/// is what the newest run on it says, if it is younger than a day; the database is asked only where somebody demands
/// it.
[[nodiscard]] suite::EnvironmentFacts demanded_facts(const MachineState& state, const schedule::Plan& plan,
                                                     CommandContext& context, Workplace& workplace);

}  // namespace benchhost::cli
