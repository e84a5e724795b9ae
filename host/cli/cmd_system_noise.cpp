#include <fmt/format.h>

#include <cmath>
#include <string>
#include <utility>

#include "analysis/noise.h"
#include "cli/cmd_system.h"
#include "cli/machine_watch.h"
#include "cli/run_plan.h"
#include "cli/temp_scratch.h"
#include "common/base/terminal_text.h"
#include "common/base/units.h"
#include "report/finding_text.h"
#include "report/run_view.h"
#include "report/table.h"
#include "schedule/noise_session.h"
#include "schedule/supervised_runner.h"
#include "tuning/audit.h"

namespace benchhost::cli {

namespace {

constexpr std::string_view kDefaultDuration = "60s";

Json number(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Result<schedule::NoisePlan> noise_plan(const Arguments& args) {
  const std::string given = args.value("duration").value_or(std::string(kDefaultDuration));
  auto duration = parse_duration(given);
  if (!duration.ok()) return std::move(duration).error().in("--duration");
  return schedule::plan_noise(duration->count, schedule::kNoiseBodiesNs);
}

// The one case that is measured against itself.
Result<void> check_case(const schedule::Plan& plan) {
  if (plan.cases.size() != 1) {
    return make_error("BH0106", fmt::format("a session measures one case, and {} are selected", plan.cases.size()),
                      "name one benchmark, one device and one value for each parameter");
  }
  const schedule::PlanCase& work = plan.cases.front();
  if (work.runs()) return {};
  return make_error("BH0106", fmt::format("{} does not run here: {}", work.spec.name, work.blocked_because()),
                    fmt::format("benchhost why '{}'", work.spec.benchmark_id));
}

std::string difference_text(const std::optional<stats::Interval>& ratio) {
  if (!ratio) return "-";
  const double half = (ratio->high - ratio->low) / 2;
  return fmt::format("{:+.2g} % ±{:.2g} %", (ratio->estimate - 1) * 100, half * 100);
}

Json body_json(const analysis::BodyNoise& b, const std::string& stopped) {
  Json json;
  json.set("body_ns", b.body_ns).set("n", b.n).set("measured_ns", number(b.measured_ns));
  json.set("pairs", std::uint64_t{b.pairs});
  json.set("resolution_ratio", number(b.resolves_ratio)).set("clock_step_ratio", number(b.step_ratio));
  json.set("resolution_pairs", analysis::kComparisonPairs);
  json.set("level", b.resolution ? Json(b.resolution->level) : Json());
  json.set("power", b.resolution ? Json(b.resolution->power) : Json());
  json.set("a_over_b", b.a_over_b ? Json(b.a_over_b->estimate) : Json());
  json.set("a_over_b_low", b.a_over_b ? Json(b.a_over_b->low) : Json());
  json.set("a_over_b_high", b.a_over_b ? Json(b.a_over_b->high) : Json());
  json.set("within_ratio", number(b.within_ratio)).set("between_ratio", number(b.between_ratio));
  json.set("explained_ratio", number(b.explained_ratio)).set("tail_ratio", number(b.tail_ratio));
  json.set("batches", b.batches).set("disturbed_batches", b.disturbed_batches);
  json.set("switches_per_second", number(b.switches_per_second)).set("steal_ratio", number(b.steal_ratio));
  Json reasons{JsonArray{}};
  for (const std::string& reason : analysis::noise_reasons(b)) reasons.push(reason);
  json.set("reasons", std::move(reasons));
  json.set("null_reason", b.null_reason.empty() ? Json() : Json(b.null_reason));
  json.set("stopped_because", stopped.empty() ? Json() : Json(stopped));
  return json;
}

// What a session came to, ready to be shown.
struct Outcome {
  std::string benchmark;
  std::uint64_t seed = 0;
  schedule::NoiseSession session;
  std::vector<analysis::BodyNoise> bodies;  ///< parallel to session.series
  std::vector<std::uint32_t> cores;         ///< to which workers were bound; empty: none
  store::Labels load;
  std::vector<store::RunFinding> findings;
};

std::string table_text(const Outcome& o, const Console& console) {
  report::Table table;
  table.columns = {{"body", report::Align::right, false},      {"resolves", report::Align::right, false},
                   {"within", report::Align::right, false, 3}, {"between", report::Align::right, false, 2},
                   {"p99", report::Align::right, false, 4},    {"A against B", report::Align::right, false, 1},
                   {"pairs", report::Align::right, false, 5}};
  for (const analysis::BodyNoise& b : o.bodies) {
    table.rows.push_back({format_ns(static_cast<double>(b.body_ns)), report::share_text(b.resolves_ratio),
                          report::share_text(b.within_ratio), report::share_text(b.between_ratio),
                          b.tail_ratio ? "+" + report::share_text(b.tail_ratio) : "-", difference_text(b.a_over_b),
                          fmt::format("{}", b.pairs)});
  }
  const report::Style style = console.style();
  return report::draw_console(table, style.width, style.ascii);
}

std::string outcome_text(const Outcome& o, const Console& console) {
  const std::size_t width = console.out_facts().width;
  std::string text =
      report::wrapped(fmt::format("{} against itself: {} fresh processes in {}, {}", escape_for_terminal(o.benchmark),
                                  o.session.invocations, format_ns(static_cast<double>(o.session.elapsed_ns)),
                                  o.cores.empty() ? std::string("wherever the system put them")
                                                  : fmt::format("bound to CPU {}", fmt::join(o.cores, " "))),
                      2, width) +
      "\n\n" + table_text(o, console) + '\n';
  text +=
      report::wrapped(
          fmt::format("resolves: the least difference that a comparison of {} pairs finds in 8 of 10 cases, with one "
                      "false alarm in 100. within: between batches of a process. between: between processes. p99: "
                      "how much longer the slowest batch in a hundred is. A against B: the same body twice, interval "
                      "at 99 %.",
                      analysis::kComparisonPairs),
          2, width) +
      "\n\n";
  for (std::size_t i = 0; i < o.bodies.size(); ++i) {
    const std::string body = format_ns(static_cast<double>(o.bodies[i].body_ns));
    const auto line = [&](const std::string& said) {
      text += report::wrapped(fmt::format("{}: {}", body, escape_for_terminal(said)), 2, width) + '\n';
    };
    if (!o.bodies[i].null_reason.empty()) line(o.bodies[i].null_reason);
    if (!o.session.series[i].reason.empty()) line(o.session.series[i].reason);
    for (const std::string& reason : analysis::noise_reasons(o.bodies[i])) line(reason);
  }
  text += '\n';
  for (const auto& [name, value] : o.load) text += fmt::format("{}: {}\n", name, value);
  for (const store::RunFinding& f : o.findings) text += report::wrapped(report::finding_line(f), 2, width) + '\n';
  return text;
}

Json outcome_json(const Outcome& o, std::int64_t duration_ns, const MachineState& state) {
  Json json;
  json.set("format", "benchhost.system_noise").set("version", 1);
  json.set("benchmark", o.benchmark).set("seed", o.seed);
  json.set("duration_ns", duration_ns).set("elapsed_ns", o.session.elapsed_ns);
  json.set("invocations", o.session.invocations);
  Json cores{JsonArray{}};
  for (const std::uint32_t core : o.cores) cores.push(core);
  json.set("cores", std::move(cores));
  Json bodies{JsonArray{}};
  for (std::size_t i = 0; i < o.bodies.size(); ++i) bodies.push(body_json(o.bodies[i], o.session.series[i].reason));
  json.set("bodies", std::move(bodies));
  Json load;
  load.set("busy_ratio", number(state.load.busy_ratio)).set("steal_ratio", number(state.load.steal_ratio));
  load.set("others_cpus", number(tuning::others_cpus(state.load, state.conditions)));
  load.set("load_1_minute", number(state.load.load_1_minute));
  json.set("load", std::move(load)).set("findings", report::findings_json(o.findings));
  return json;
}

Result<ExitStatus> run_noise(CommandContext& context) {
  Workplace workplace;
  BH_TRY(const schedule::NoisePlan noise, noise_plan(context.args));
  std::vector<std::string> benchmarks = context.args.operands();
  if (benchmarks.empty()) benchmarks.emplace_back(kYardstick);
  BH_TRY(const PlanRequest request, plan_request(context, workplace, benchmarks));
  BH_TRY(Interrupts * interrupts, take_interrupts(context));
  BH_TRY(const Site site, look_around(context, workplace, Look::everything, interrupts->cancel()));
  BH_TRY(const Planned planned, make_plan(request, site, context, workplace, interrupts->cancel()));
  BH_CHECK(check_case(planned.plan));

  // From here to the end of the session: what it was disturbed by.
  MachineWatch watch(workplace);
  schedule::SupervisedRunner runner(site.worker, supervise::Limits{}, interrupts->cancel());
  TempScratch scratch;
  const bool says = context.args.value("progress").value_or("auto") != "none";
  std::int64_t said_ns = workplace.clock.now_ns();
  const auto progress = [&](std::uint64_t done, std::uint64_t all) {
    constexpr std::int64_t kBetweenNs = 5'000'000'000;
    if (!says || workplace.clock.now_ns() - said_ns < kBetweenNs) return;
    said_ns = workplace.clock.now_ns();
    context.console.say(fmt::format("{} of about {} processes measured\n", done, all));
  };
  const schedule::NoiseParts parts{runner,  workplace.clock, scratch, interrupts->signals(), core_chooser(site),
                                   progress};
  BH_TRY(schedule::NoiseSession session, schedule::measure_noise(planned.plan, noise, parts));

  Outcome o;
  o.benchmark = planned.plan.cases.front().spec.name;
  o.seed = request.seed;
  bool worker_failed = false;
  for (const schedule::NoiseSeries& s : session.series) {
    o.bodies.push_back(analysis::estimate_noise(s.body_ns, s.n, s.pairs));
    if (!s.pairs.empty()) o.cores = s.pairs.front().a.cores;
  }
  worker_failed = session.failed;
  const MachineState& state = watch.look(site.machine, site.allowed_cpus);
  o.findings = report::shown_findings(
      watch.findings(site.machine, site.allowed_cpus),
      context.args.has("verbose") || context.json ? report::Findings::all : report::Findings::warnings);
  if (const auto others = tuning::others_cpus(state.load, state.conditions)) {
    o.load["other work"] = fmt::format("{:.2g} CPUs on the average", *others);
  }
  if (state.load.steal_ratio) o.load["stolen time"] = report::share_text(state.load.steal_ratio);
  o.session = std::move(session);
  if (context.json) {
    context.console.out(to_pretty_text(outcome_json(o, noise.duration_ns, state)) + '\n');
  } else {
    context.console.text(outcome_text(o, context.console));
  }
  return worst({worker_failed ? ExitStatus::failed : ExitStatus::ok, signal_status(o.session.signal)});
}

}  // namespace

Command system_noise_command() {
  CommandSpec spec;
  spec.name = "system noise";
  spec.operands = "[BENCHMARK]";
  spec.summary =
      "Measures a benchmark against itself at several lengths of body: what differences this machine can tell, and why "
      "no smaller ones.";
  spec.options = {
      {"duration", "D", fmt::format("How long to measure: {} if it is not given, 24h at most.", kDefaultDuration)},
      {"seed", "N", "Seed of data and order; 1 if it is not given."},
      {"param", "PARAM=VALUE", "A parameter of the benchmark.", true},
      {"device", "SEL", "The device: a kind, kind:index, a glob, or name=, vendor=, where=.", true},
      {"cache-dir", "DIR", "Where probes and compiled programs are remembered."},
      state_option()};
  for (OptionSpec& o : search_options()) spec.options.push_back(std::move(o));
  spec.examples = {"system noise --duration 30s"};
  spec.max_operands = 1;
  return {std::move(spec), run_noise};
}

}  // namespace benchhost::cli
