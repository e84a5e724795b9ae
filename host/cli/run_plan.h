// From a suite to a plan that can be executed: enumerate, expand, look everything up.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/site.h"
#include "schedule/plan.h"
#include "suite/model.h"

namespace benchhost::cli {

/// The benchmark by which a run tells what the machine resolves, and the body of `system noise`.
inline constexpr std::string_view kYardstick = "org.benchhost.null.empty";

struct PlanRequest {
  suite::Suite suite;
  suite::Overrides overrides;
  std::uint64_t seed = 1;
  store::Labels labels;
  std::string command_line;
  std::uint64_t max_failures = 0;
  std::vector<std::string> search_flags;  ///< as typed, to go into repeat commands
};

struct Planned {
  schedule::Plan plan;
  suite::Expansion expansion;  ///< its cases have moved into the plan
};

/// Errors: what the expansion found, all of it printed but one, which is returned.
[[nodiscard]] Result<Planned> make_plan(const PlanRequest& request, const Site& site, CommandContext& context,
                                        Workplace& workplace, const supervise::CancelToken& cancel);

/// Finds a suite: a path, or a name searched in suites/ of the project, the current folder and the install, with or
/// without its extension. Errors: not there (with the nearest name), not readable, not valid: all errors printed but
/// one.
[[nodiscard]] Result<suite::Suite> load_suite(const std::string& name, CommandContext& context, Workplace& workplace);

/// Suites that load_suite finds by name.
struct SuiteFile {
  std::string name;
  std::string path;
};
/// Errors: the current folder is gone.
[[nodiscard]] Result<std::vector<SuiteFile>> list_suites(const CommandContext& context, Workplace& workplace);

/// The suite and overrides that the flags of run, why, and suite expand say; benchmarks: globs, where no suite is
/// named.
[[nodiscard]] Result<PlanRequest> plan_request(CommandContext& context, Workplace& workplace,
                                               const std::vector<std::string>& benchmarks);
/// Those flags.
[[nodiscard]] std::vector<OptionSpec> selection_options();

}  // namespace benchhost::cli
