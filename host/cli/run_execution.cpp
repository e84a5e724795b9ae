#include "cli/run_execution.h"

#include <fmt/format.h>

#include <csignal>
#include <filesystem>

#include "cli/folders.h"
#include "cli/progress.h"
#include "cli/temp_scratch.h"
#include "schedule/kept_crash_book.h"
#include "schedule/supervised_runner.h"

namespace benchhost::cli {

namespace fs = std::filesystem;
namespace p = protocol;

namespace {

// "2 limits of the suite are not kept; 1 case was skipped"; "": none.
std::string tripped_gates(const schedule::RunSummary& summary, const FailOn& fail_on) {
  std::vector<std::string> reasons;
  const auto add = [&](std::uint64_t count, std::string_view one, std::string_view many) {
    if (count > 0) reasons.push_back(fmt::format("{} {}", count, count == 1 ? one : many));
  };
  add(summary.gates_tripped, "limit of the suite is not kept", "limits of the suite are not kept");
  if (fail_on.noise) {
    add(summary.gates_undecided, "limit of the suite is not decided", "limits of the suite are not decided");
    add(summary.noisy_cases, "case is imprecise or disturbed", "cases are imprecise or disturbed");
  }
  const auto skipped = summary.outcomes.find(p::Outcome::skipped);
  if (fail_on.skipped && skipped != summary.outcomes.end()) {
    add(skipped->second, "case was skipped", "cases were skipped");
  }
  return fmt::format("{}", fmt::join(reasons, "; "));
}

}  // namespace

RunResult judge(schedule::RunSummary summary, const FailOn& fail_on) {
  auto count = [&](p::Outcome outcome) -> std::uint64_t {
    const auto it = summary.outcomes.find(outcome);
    return it == summary.outcomes.end() ? 0 : it->second;
  };
  std::uint64_t all = 0;
  for (const auto& [outcome, n] : summary.outcomes) all += n;
  const std::uint64_t bad = count(p::Outcome::failed) + count(p::Outcome::crashed) + count(p::Outcome::timed_out) +
                            count(p::Outcome::out_of_memory) + count(p::Outcome::protocol_error);
  const std::uint64_t good = count(p::Outcome::passed) + count(p::Outcome::cached);
  RunResult result;
  auto take = [&](ExitStatus status, std::string reason) {
    if (worst({result.status, status}) == result.status) return;
    result.status = status;
    result.reason = std::move(reason);
  };
  result.reason = "every case passed, or was skipped for what this machine lacks";
  if (good + bad + count(p::Outcome::infra_error) + count(p::Outcome::interrupted) == 0) {
    take(ExitStatus::nothing, all == 0 ? "nothing was selected" : "every case was skipped");
  }
  if (const std::string tripped = tripped_gates(summary, fail_on); !tripped.empty()) {
    take(ExitStatus::gate, tripped);
  }
  if (bad > 0) {
    take(ExitStatus::failed, fmt::format("{} of {} cases did not pass{}", bad, all,
                                         summary.stopped_by_failures ? "; the run was stopped for it" : ""));
  }
  if (count(p::Outcome::infra_error) > 0) {
    take(ExitStatus::incomplete, fmt::format("{} of {} cases could not be run", count(p::Outcome::infra_error), all));
  }
  take(signal_status(summary.signal), summary.signal == SIGINT ? "interrupted; what was finished is stored"
                                                               : "terminated; what was finished is stored");
  result.summary = std::move(summary);
  return result;
}

Result<schedule::RunSummary> execute_plan(const schedule::Plan& plan, const Site& site, store::RunStore& store,
                                          CommandContext& context, Workplace& workplace, CountCrashes count) {
  BH_TRY(Interrupts * interrupts, take_interrupts(context));
  const auto progress = make_progress(choose_progress(context.args.value("progress").value_or("auto"), context.console),
                                      context.console, workplace.clock, &interrupts->signals());
  schedule::SupervisedRunner runner(site.worker, supervise::Limits{}, interrupts->cancel());
  TempScratch scratch;
  BH_TRY(const fs::path database, absolute_path(database_path(context.args, workplace)));
  schedule::KeptCrashBook crashes(quarantine_file(context.args, workplace), site.catalogue.quarantine,
                                  {database.string(), site.machine.hostname.value_or("")}, workplace.clock,
                                  [&](std::string_view text) { progress->warning(text); });
  const schedule::ExecutorParts parts{store,
                                      runner,
                                      workplace.clock,
                                      scratch,
                                      *progress,
                                      interrupts->signals(),
                                      core_chooser(site),
                                      count == CountCrashes::yes ? &crashes : nullptr};
  return schedule::execute(plan, parts);
}

}  // namespace benchhost::cli
