#include "cli/run_requests.h"

#include <algorithm>
#include <filesystem>

#include "cli/cmd_report.h"
#include "cli/folders.h"

namespace benchhost::cli {

namespace fs = std::filesystem;

namespace {

// Machines are quiet by night and busy by day: what one resolved last week says nothing of now.
constexpr std::int64_t kResolutionValidNs = 24 * std::int64_t{3600} * 1'000'000'000;

// A database of years is not read whole for one number of yesterday.
constexpr std::size_t kRunsLookedAt = 100;

struct Request {
  std::string format;
  std::string file;  // "": standard output
};

Request split(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) return {text, {}};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

// The request with its file in the output folder. One that is refused is refused before anything runs; that the output
// folder is not there yet is no reason, since it is made.
Result<std::string> placed(const Request& request, const fs::path& folder, bool json) {
  if (request.file.empty()) {
    BH_CHECK(check_report_request(request.format, json));
    return request.format;
  }
  const fs::path path = folder / request.file;
  std::error_code failed;
  const bool in_new_folder = !folder.empty() && path.parent_path() == folder && !fs::exists(folder, failed);
  BH_CHECK(check_report_request(request.format + ':' + (in_new_folder ? path.filename() : path).string(), json));
  return request.format + ':' + path.string();
}

Result<fs::path> output_folder(const CommandContext& context) {
  const auto given = context.args.value("output-dir");
  if (!given) return fs::path();
  return absolute_path(*given);
}

// The newest resolution of the testbed that is young enough. The database need not be there yet.
std::optional<double> last_resolution(const schedule::Plan& plan, CommandContext& context, Workplace& workplace) {
  store::OpenOptions options;
  options.path = database_path(context.args, workplace);
  if (!platform::exists(workplace.files, options.path)) return std::nullopt;
  auto opened = store::open_reader(options);
  if (!opened.ok()) return std::nullopt;
  const auto runs = opened->reader->list_runs(kRunsLookedAt);
  if (!runs.ok()) return std::nullopt;
  for (const store::StoredRun& run : *runs) {
    if (run.start.testbed.key != plan.start.testbed.key || !run.end || !run.end->resolution_ratio) continue;
    const bool young = workplace.clock.wall_ns() - run.end->ended_wall_ns < kResolutionValidNs;
    return young ? run.end->resolution_ratio : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

OptionSpec fail_on_option() {
  return {"fail-on", "regression|noise|skipped|any",
          "End with exit status 3 also for cases that are imprecise or disturbed, or skipped; the limits of the suite "
          "count in any case.",
          true};
}

Result<FailOn> fail_on(const Arguments& args) {
  FailOn out;
  for (const std::string& word : args.values("fail-on")) {
    if (word == "regression") {
      return make_error("BH0001", "--fail-on regression has nothing to compare with: there are no baselines yet",
                        "limits on values go into the suite: thresholds: {METRIC: {at_least: VALUE}}");
    }
    out.noise = out.noise || word == "noise" || word == "any";
    out.skipped = out.skipped || word == "skipped" || word == "any";
  }
  return out;
}

std::vector<OptionSpec> report_options() {
  return {{"report", "FORMAT[:FILE]", "Also write a report: console, md or json.", true},
          {"output-dir", "DIR", "Where files of --report and of the suite's reports go; made if it is not there."}};
}

Result<std::vector<std::string>> requested_reports(const CommandContext& context, const suite::Suite& suite) {
  std::vector<std::string> out;
  BH_TRY(const fs::path folder, output_folder(context));
  for (const std::string& text : context.args.values("report")) {
    // Before it is split: a file that is not named is refused there.
    if (text.ends_with(':')) BH_CHECK(check_report_request(text, context.json));
    BH_TRY(std::string request, placed(split(text), folder, context.json));
    out.push_back(std::move(request));
  }
  for (const suite::ReportRequest& request : suite.reports) {
    if (request.file.empty() && context.json) continue;
    auto one = placed({request.format, request.file}, folder, false);
    if (!one.ok()) return std::move(one).error().in(to_text(request.at));
    out.push_back(std::move(one).value());
  }
  return out;
}

Result<void> make_output_folder(const CommandContext& context, Workplace& workplace) {
  BH_TRY(const fs::path folder, output_folder(context));
  if (folder.empty()) return {};
  return workplace.files.make_folder(folder);
}

suite::EnvironmentFacts demanded_facts(const MachineState& state, const schedule::Plan& plan, CommandContext& context,
                                       Workplace& workplace) {
  suite::EnvironmentFacts facts = suite::environment_facts(state.machine, state.load);
  const bool asked = std::ranges::any_of(plan.cases, [](const schedule::PlanCase& c) {
    return std::ranges::any_of(c.spec.environment, [](const auto& d) { return d.name == "max_resolution"; });
  });
  if (asked) facts.resolution_ratio = last_resolution(plan, context, workplace);
  return facts;
}

}  // namespace benchhost::cli
