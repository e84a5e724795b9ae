#include "schedule/executor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <vector>

#include "analysis/estimate.h"
#include "analysis/gate.h"
#include "analysis/summary.h"
#include "common/base/units.h"
#include "common/stats/resolution.h"
#include "schedule/case_planner.h"
#include "schedule/invocation_job.h"
#include "schedule/rounds.h"
#include "suite/expressions.h"

namespace benchhost::schedule {

namespace p = protocol;

namespace {

// Pairs that the comparison behind "this machine resolves differences of x %" is thought to have: the number at which
// the design's own A/B comparison decides.
constexpr std::int64_t kResolutionPairs = 10;

constexpr const char* kInQuarantine = "BH0215";

// A case on its way.
struct Running {
  CasePlanner planner;
  const PlanCase* work = nullptr;
  std::optional<store::ResultId> result = {};
  std::vector<analysis::Invocation> invocations = {};
  std::int64_t wall_ns = 0;
  std::uint64_t fixed_n = 0;
  std::optional<stats::StopReason> stopped = {};  // by its values
  bool done = false;
  bool passed = false;
  std::vector<store::Measurement> measurements = {};  // once it has passed
};

// Marks an invocation whose numbers are none of the result's (case_planner.h).
constexpr const char* kPilotFlag = "pilot";

bool is_pilot(const analysis::Invocation& invocation) {
  return std::ranges::find(invocation.record.flags, kPilotFlag) != invocation.record.flags.end();
}

std::string plural(std::uint64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

class Taker final : public MessageTaker {
 public:
  Taker(Observer& observer, std::optional<std::size_t> index, std::function<Standing()> standing,
        analysis::Invocation& into)
      : observer_(observer), index_(index), standing_(std::move(standing)), into_(into) {}

  void on_message(const p::Message& message) override {
    if (const auto* progress = std::get_if<p::Progress>(&message)) observer_.progress(index_, *progress);
    into_.add(message);
  }
  void on_slow(std::int64_t elapsed_ns, p::Phase phase) override {
    observer_.slow(index_, elapsed_ns, p::phase_name(phase));
  }
  void on_tick() override { observer_.tick(standing_()); }

 private:
  Observer& observer_;
  std::optional<std::size_t> index_;
  std::function<Standing()> standing_;
  analysis::Invocation& into_;
};

class Execution {
 public:
  Execution(const Plan& plan, const ExecutorParts& parts) : plan_(plan), parts_(parts) {}

  Result<RunSummary> run() {
    started_ns_ = parts_.clock.now_ns();
    BH_CHECK(begin());
    BH_CHECK(record_cases_that_never_run());
    for (const Block& block : make_blocks(cases_.size())) {
      BH_CHECK(run_block(block));
      if (over()) break;
    }
    BH_CHECK(interrupt_the_rest());
    warn_of_time();
    BH_CHECK(finish_yardstick());
    BH_CHECK(store_summaries());
    // A signal after the last case kept the run from nothing.
    if (summary_.outcomes.contains(p::Outcome::interrupted)) summary_.signal = parts_.stop.signal();
    return summary_;
  }

 private:
  [[nodiscard]] bool over() const { return parts_.stop.signal() != 0 || summary_.stopped_by_failures; }

  Result<void> begin() {
    for (const PlanPlugin& plugin : plan_.plugins) {
      BH_CHECK(parts_.store.register_plugin(plugin.row, plugin.record.benchmarks));
    }
    BH_TRY(summary_.run, parts_.store.begin_run(plan_.start));
    for (const PlanCase& c : plan_.cases) cases_.push_back(running_of(c));
    for (const PlanCase& c : plan_.cases) {
      if (c.runs()) expected_ += c.policy.min_invocations;
    }
    if (plan_.yardstick) yardstick_ = running_of(*plan_.yardstick);
    yardstick_.done = !plan_.yardstick || !plan_.yardstick->quarantine.empty();
    parts_.observer.run_started(summary_.run, plan_);
    warn_of_contradictions();
    for (const std::string& text : plan_.warnings) {
      parts_.observer.warning(text);
      BH_TRY(const auto event, parts_.store.add_event(summary_.run, "warning", Json().set("text", text)));
      static_cast<void>(event);
    }
    return {};
  }

  [[nodiscard]] Running running_of(const PlanCase& work) const {
    Running running{CasePlanner(work.policy, work.benchmark(plan_.plugins).primary())};
    running.work = &work;
    return running;
  }

  // Once each, however many cases have the same limits.
  void warn_of_contradictions() {
    std::set<std::string> said;
    for (const PlanCase& c : plan_.cases) {
      if (!c.runs()) continue;
      std::string text = contradiction(c.spec.limits);
      if (text.empty() || !said.insert(text).second) continue;
      parts_.observer.warning(text);
    }
  }

  // Cases that had no time for their precision, all in one warning.
  void warn_of_time() {
    if (timed_out_of_precision_ == 0) return;
    const store::CasePlan& plan = first_without_time_;
    std::string text = fmt::format("the time that was allowed ended {} before the wanted precision; {}",
                                   plural(timed_out_of_precision_, "case"), first_title_);
    if (plan.planned_invocations) {
      text += fmt::format(" would take about {} and {} for {:g} %", plural(*plan.planned_invocations, "invocation"),
                          format_ns(*plan.planned_ns), *plan.precision_ratio * 100);
    } else {
      text += fmt::format(" was the first: {}", plan.null_reason);
    }
    parts_.observer.warning(text);
  }

  [[nodiscard]] Standing standing() const {
    Standing s;
    s.cases = cases_.size();
    s.finished = finished_;
    s.invocations = invocations_done_;
    s.invocations_expected = std::max(expected_, invocations_done_);
    s.elapsed_ns = parts_.clock.now_ns() - started_ns_;
    if (invocations_done_ > 0) {
      // What one takes is known by those that have ended; what the one under way has taken already is off the rest.
      const double each = static_cast<double>(last_done_ns_ - started_ns_) / static_cast<double>(invocations_done_);
      const double all = each * static_cast<double>(s.invocations_expected - invocations_done_);
      const auto under_way = static_cast<double>(parts_.clock.now_ns() - last_done_ns_);
      s.remaining_ns = static_cast<std::int64_t>(std::max(0.0, all - under_way));
    }
    return s;
  }

  [[nodiscard]] store::CaseStart case_start(const PlanCase& work, std::uint64_t ordinal, std::string role) const {
    const suite::CaseSpec& spec = work.spec;
    const p::BenchmarkRecord& benchmark = work.benchmark(plan_.plugins);
    store::CaseStart start;
    start.ordinal = ordinal;
    start.role = std::move(role);
    start.case_.key = spec.key;
    start.case_.benchmark = spec.benchmark_id;
    start.case_.workload_revision = benchmark.workload_revision;
    start.case_.canonical_parameters = spec.canonical_parameters;
    start.case_.input = spec.input;
    start.case_.title = spec.name;
    for (const p::DeviceRecord& d : work.devices) start.case_.device_models.push_back(d.model());
    for (std::size_t i = 0; i < benchmark.parameters.size() && i < spec.values.size(); ++i) {
      start.parameters.emplace_back(benchmark.parameters[i].name, spec.values[i]);
      if (!benchmark.parameters[i].is_apart()) {
        start.case_.parameters.emplace_back(benchmark.parameters[i].name, spec.values[i]);
      }
    }
    for (const p::SlotDevice& d : spec.devices) start.device_names.push_back(d.name);
    start.plugin_fingerprint = plan_.plugins[work.plugin].row.fingerprint;
    start.content_digest = spec.content_digest;
    start.seed = data_seed(spec, plan_.seed);
    start.started_wall_ns = parts_.clock.wall_ns();
    start.repeat_command = work.repeat_command;
    start.priority = suite::to_text(spec.priority);
    for (const auto& [name, value] : spec.labels) start.labels[name] = value;
    return start;
  }

  Result<void> record_cases_that_never_run() {
    for (std::size_t i = 0; i < cases_.size(); ++i) {
      const PlanCase& work = *cases_[i].work;
      if (work.runs()) continue;
      if (!work.spec.skip_reason.empty()) {
        BH_CHECK(record_unstarted(i, p::Outcome::skipped, "", work.blocked_because()));
      } else if (!work.spec.fail_reason.empty()) {
        BH_CHECK(record_unstarted(i, p::Outcome::failed, "", work.blocked_because()));
      } else {
        const std::string_view code = work.refused_because.empty() ? kInQuarantine : "";
        BH_CHECK(record_unstarted(i, p::Outcome::infra_error, std::string(code), work.blocked_because()));
      }
    }
    return {};
  }

  Result<void> record_unstarted(std::size_t index, p::Outcome outcome, std::string code, std::string reason) {
    const PlanCase& work = *cases_[index].work;
    store::CaseEnd end;
    end.outcome = outcome;
    end.code = std::move(code);
    end.reason = std::move(reason);
    end.measurements = absent_measurements(work, end.reason);
    BH_TRY(const store::ResultId id, parts_.store.record_case(summary_.run, case_start(work, index, "primary"), end));
    close(index, id, end);
    return {};
  }

  static std::pair<std::size_t, std::uint32_t> benchmark_of(const PlanCase& work) {
    return {work.plugin, work.spec.benchmark};
  }

  // Ends the case if its benchmark came into quarantine during this run; what it has measured it keeps.
  Result<bool> end_in_quarantine(std::size_t index) {
    const auto found = shut_.find(benchmark_of(*cases_[index].work));
    if (found == shut_.end()) return false;
    if (cases_[index].result) {
      BH_CHECK(end_case(index, p::Outcome::infra_error, kInQuarantine, found->second, std::nullopt));
    } else {
      BH_CHECK(record_unstarted(index, p::Outcome::infra_error, kInQuarantine, found->second));
    }
    return true;
  }

  // Counts for and against the benchmark what became of an invocation.
  void count(const Running& running, std::optional<std::size_t> index, const store::Invocation& record,
             const std::string& own_fault) {
    if (parts_.crashes == nullptr) return;
    const PlanCase& work = *running.work;
    const PlanPlugin& plugin = plan_.plugins[work.plugin];
    if (record.outcome == p::Outcome::passed) return parts_.crashes->passed(plugin, work.spec.benchmark_id);
    if (own_fault.empty()) return;
    const std::uint64_t ordinal = index ? *index : cases_.size();
    std::string reason =
        parts_.crashes->crashed({plugin, work, summary_.run, ordinal, own_fault, record.signal.has_value(),
                                 record.phase.value_or(p::Phase::starting), record.reason});
    if (reason.empty()) return;
    parts_.observer.warning(reason);
    shut_[benchmark_of(work)] = std::move(reason);
  }

  // A case without numbers still says of each metric why it has none.
  [[nodiscard]] std::vector<store::Measurement> absent_measurements(const PlanCase& work,
                                                                    const std::string& reason) const {
    std::vector<store::Measurement> all;
    for (const p::MetricRecord& metric : work.benchmark(plan_.plugins).metrics) {
      if (metric.labelled) continue;
      store::Measurement m;
      m.metric = metric.id;
      m.null_reason = reason;
      all.push_back(std::move(m));
    }
    return all;
  }

  void close(std::size_t index, store::ResultId id, const store::CaseEnd& end) {
    cases_[index].done = true;
    ++finished_;
    cases_[index].passed = end.outcome == p::Outcome::passed;
    if (cases_[index].passed) cases_[index].measurements = end.measurements;
    // Samples by the million are in the store, and nobody asks for them here again.
    cases_[index].invocations = {};
    ++summary_.outcomes[end.outcome];
    if (std::ranges::any_of(end.flags, [](const std::string& f) { return f == "imprecise" || f == "disturbed"; }))
      ++summary_.noisy_cases;
    for (const store::GateCheck& gate : end.gates) {
      summary_.gates_tripped += gate.verdict == store::GateVerdict::tripped ? 1 : 0;
      summary_.gates_undecided += gate.verdict == store::GateVerdict::undecided ? 1 : 0;
    }
    const bool bad =
        end.outcome != p::Outcome::passed && end.outcome != p::Outcome::skipped && end.outcome != p::Outcome::cached;
    // What was not started for its past crashes or for the state of the machine is no failure of this run, and must not
    // end it for all others.
    const bool held_back = end.code == kInQuarantine || !cases_[index].work->refused_because.empty();
    if (bad && !held_back) ++failures_;
    if (plan_.max_failures != 0 && failures_ >= plan_.max_failures) summary_.stopped_by_failures = true;
    parts_.observer.case_finished(index, id, end, standing());
  }

  Result<void> run_block(const Block& block) {
    for (std::uint32_t round = 0;; ++round) {
      std::vector<std::size_t> active;
      for (std::size_t i = block.begin; i < block.end; ++i) {
        if (cases_[i].done) continue;
        BH_TRY(const bool ended, end_in_quarantine(i));
        if (!ended) active.push_back(i);
      }
      if (active.empty()) return {};
      if (plan_.yardstick && !yardstick_.done && !over()) BH_CHECK(invoke_yardstick());
      for (const std::size_t i : round_order(active, plan_.seed, block, round)) {
        if (over()) return {};
        BH_TRY(const bool ended, end_in_quarantine(i));
        if (ended) continue;
        BH_CHECK(invoke(cases_[i], i));
        // What the user ended says nothing about the case. Anything else does, a wish to stop or not: a crash is one,
        // and the last invocation of a case finishes it.
        const bool stopped = cases_[i].invocations.back().record.outcome == p::Outcome::interrupted;
        if (stopped && parts_.stop.signal() != 0) return {};
        BH_CHECK(decide(i));
      }
    }
  }

  // Runs one more invocation and commits it.
  Result<void> invoke(Running& running, std::optional<std::size_t> index) {
    const PlanCase& work = *running.work;
    if (!running.result) {
      const auto ordinal = index ? *index : cases_.size();
      const store::CaseStart start = case_start(work, ordinal, index ? "primary" : "yardstick");
      BH_TRY(running.result, parts_.store.start_case(summary_.run, start));
    }
    const auto number = static_cast<std::uint32_t>(running.invocations.size());
    parts_.observer.invocation_started(index, number, standing());

    analysis::Invocation invocation;
    store::Invocation& record = invocation.record;
    record.index = number;
    record.started_wall_ns = parts_.clock.wall_ns();
    std::string own_fault;
    auto scratch = parts_.scratch.make();
    if (scratch.ok()) {
      Taker taker(
          parts_.observer, index, [this] { return standing(); }, invocation);
      auto report = parts_.workers.run(job_for(running, number, *scratch), work.policy.timeout_ns, taker);
      parts_.scratch.remove(*scratch);
      if (report.ok()) {
        own_fault = std::move(report->own_fault);
        take_report(std::move(report).value(), record);
      } else {
        take_error(report.error(), record);
      }
    } else {
      take_error(scratch.error(), record);
    }
    // The yardstick's are over and above what was asked for: they would fill the bar before the cases are through.
    if (index) {
      ++invocations_done_;
      last_done_ns_ = parts_.clock.now_ns();
    }
    running.wall_ns += record.duration_ns;
    if (record.calibration && running.fixed_n == 0) running.fixed_n = record.calibration->n;
    if (record.outcome == p::Outcome::passed && !running.planner.add(invocation)) record.flags.emplace_back(kPilotFlag);
    const auto stored = parts_.store.add_invocation(*running.result, record);
    if (!stored.ok()) return Error(stored.error());
    count(running, index, record, own_fault);
    running.invocations.push_back(std::move(invocation));
    parts_.observer.invocation_done(index, so_far(running.planner.values()), standing());
    return {};
  }

  static std::optional<stats::Interval> so_far(const std::vector<double>& values) {
    if (auto interval = stats::log_mean_interval(values)) return interval;
    if (values.empty()) return std::nullopt;
    // One value has no interval; its bounds are itself only for whoever prints n beside it.
    stats::Interval single;
    single.estimate = single.low = single.high = values.back();
    single.n = 1;
    return single;
  }

  static void take_report(WorkerReport report, store::Invocation& record) {
    record.outcome = report.outcome;
    record.code = std::move(report.code);
    record.reason = std::move(report.reason);
    record.phase = report.phase;
    record.flags = std::move(report.flags);
    record.duration_ns = report.wall_ns;
    record.exit_code = report.exit_code;
    record.signal = report.signal;
    for (store::LogLine& line : report.output) record.logs.push_back(std::move(line));
  }

  static void take_error(const Error& error, store::Invocation& record) {
    record.outcome = p::Outcome::infra_error;
    record.code = error.code;
    record.reason = to_text(error);
  }

  [[nodiscard]] p::RunJob job_for(const Running& running, std::uint32_t number, const std::string& scratch) const {
    p::RunJob job = job_of(*running.work, plan_, parts_.choose_cores);
    job.case_id = static_cast<std::uint64_t>(*running.result);
    job.invocation = number;
    job.scratch_dir = scratch;
    job.plan.fixed_n = running.fixed_n;
    job.plan.time_budget_ns = running.planner.next_measuring_ns();
    return job;
  }

  // Ends the case if its last invocation failed, or if there are enough.
  Result<void> decide(std::size_t index) {
    Running& running = cases_[index];
    const store::Invocation& last = running.invocations.back().record;
    if (last.outcome != p::Outcome::passed) return end_case(index, last.outcome, last.code, last.reason, last.phase);
    const CasePlanner& planner = running.planner;
    // A primary metric that was withheld or never reported gives no value; the number of invocations still bounds the
    // case.
    if (planner.values().size() < planner.counted()) {
      if (planner.counted() < running.work->policy.min_invocations) return {};
      return end_case(index, p::Outcome::passed, {}, {}, std::nullopt);
    }
    const stats::StopDecision decision = planner.decide();
    if (!decision.stop()) {
      expected_ = std::max(expected_, invocations_done_ + 1);
      return {};
    }
    running.stopped = decision.reason;
    if (decision.imprecise && decision.reason == stats::StopReason::budget_spent && timed_out_of_precision_++ == 0) {
      first_without_time_ = planner.record(decision.reason);
      first_title_ = running.work->spec.name;
    }
    return end_case(index, p::Outcome::passed, {}, {}, std::nullopt);
  }

  Result<void> end_case(std::size_t index, p::Outcome outcome, std::string code, std::string reason,
                        std::optional<p::Phase> phase) {
    Running& running = cases_[index];
    store::CaseEnd end = case_end(running, outcome, std::move(code), std::move(reason), phase);
    BH_CHECK(parts_.store.finish_case(*running.result, end));
    close(index, *running.result, end);
    return {};
  }

  [[nodiscard]] store::CaseEnd case_end(const Running& running, p::Outcome outcome, std::string code,
                                        std::string reason, std::optional<p::Phase> phase) const {
    // Numbers come from invocations that passed; what a crashed one sent before it died is stored, and not believed.
    std::vector<analysis::Invocation> good;
    for (const analysis::Invocation& i : running.invocations) {
      if (i.record.outcome == p::Outcome::passed && !is_pilot(i)) good.push_back(i);
    }
    const p::BenchmarkRecord& benchmark = running.work->benchmark(plan_.plugins);
    analysis::Estimate estimate = analysis::estimate_case(benchmark, good, running.work->policy.precision_ratio);
    store::CaseEnd end;
    end.outcome = outcome;
    end.code = std::move(code);
    end.reason = std::move(reason);
    end.phase = phase;
    end.flags = std::move(estimate.flags);
    end.verification = estimate.verification;
    end.duration_ns = running.wall_ns;
    end.measurements = std::move(estimate.measurements);
    end.added_metrics = std::move(estimate.added_metrics);
    end.modes = std::move(estimate.modes);
    end.plan = running.planner.record(running.stopped);
    if (outcome == p::Outcome::passed) end.gates = analysis::check_gates(running.work->spec.gates, end.measurements);
    if (outcome != p::Outcome::passed) {
      if (!running.invocations.empty()) {
        // What was seen of the invocation that decided, such as that it had to be killed.
        for (const std::string& flag : running.invocations.back().record.flags) {
          if (std::ranges::find(end.flags, flag) == end.flags.end()) end.flags.push_back(flag);
        }
        std::erase(end.flags, kPilotFlag);
      }
      // An unverified failure is only a failure; the flag would say nothing.
      std::erase(end.flags, "unverified");
      if (!running.invocations.empty() && running.invocations.back().verdict) {
        const p::Verdict& v = *running.invocations.back().verdict;
        if (v.status != 0) end.verification = {false, v.checked, v.error, v.tolerance, v.what};
      }
    }
    return end;
  }

  // Cases that were begun and not decided when the user stopped the run keep what they have.
  Result<void> interrupt_the_rest() {
    for (std::size_t i = 0; i < cases_.size(); ++i) {
      Running& running = cases_[i];
      if (running.done || !running.result) continue;
      const CasePolicy& policy = running.work->policy;
      BH_CHECK(end_case(i, p::Outcome::interrupted, "",
                        fmt::format("the run was stopped after {} of at least {}",
                                    plural(running.planner.counted(), "invocation"), policy.min_invocations),
                        std::nullopt));
    }
    for (std::size_t i = 0; i < cases_.size(); ++i) {
      if (!cases_[i].done) ++summary_.outcomes[p::Outcome::interrupted];
    }
    return {};
  }

  // Summaries are over what passed; a case that failed is a point that is missing.
  Result<void> store_summaries() {
    std::map<std::string, std::pair<const p::BenchmarkRecord*, std::vector<analysis::SweepPoint>>> by_benchmark;
    for (const Running& running : cases_) {
      if (!running.passed) continue;
      const p::BenchmarkRecord& benchmark = running.work->benchmark(plan_.plugins);
      if (benchmark.summaries.empty()) continue;
      const store::CaseStart start = case_start(*running.work, 0, "primary");
      auto& [record, points] = by_benchmark[benchmark.id];
      record = &benchmark;
      points.push_back({start.parameters, start.case_.device_models, start.case_.input, running.measurements});
    }
    std::vector<store::SummaryValue> all;
    const ExprFacts machine = suite::machine_facts(plan_.machine);
    for (const auto& [id, sweep] : by_benchmark) {
      const auto values = analysis::summarise(*sweep.first, sweep.second, &machine);
      all.insert(all.end(), values.begin(), values.end());
    }
    if (all.empty()) return {};
    return parts_.store.add_summaries(summary_.run, all);
  }

  Result<void> invoke_yardstick() {
    BH_CHECK(invoke(yardstick_, std::nullopt));
    const store::Invocation& last = yardstick_.invocations.back().record;
    if (last.outcome == p::Outcome::passed || parts_.stop.signal() != 0) return {};
    yardstick_.done = true;
    parts_.observer.warning(
        fmt::format("the null benchmark did not pass ({}), so what this machine resolves is not known", last.reason));
    return {};
  }

  Result<void> finish_yardstick() {
    if (!yardstick_.result) {
      summary_.resolution_reason = !plan_.yardstick ? "the null benchmark is not installed"
                                   : !plan_.yardstick->quarantine.empty()
                                       ? plan_.yardstick->quarantine
                                       : "no case was invoked beside the null benchmark";
      return {};
    }
    // A run of few rounds has seen too little of it; it costs less than its answer is worth.
    while (!over() && !yardstick_.done && std::ssize(yardstick_.invocations) < stats::kMinResolutionInvocations) {
      BH_CHECK(invoke_yardstick());
    }
    std::vector<analysis::Invocation> good;
    for (const analysis::Invocation& i : yardstick_.invocations) {
      if (i.record.outcome == p::Outcome::passed) good.push_back(i);
    }
    std::vector<double> logs;
    for (const double v : analysis::primary_values(yardstick_.work->benchmark(plan_.plugins), good)) {
      if (v > 0) logs.push_back(std::log(v));
    }
    if (const auto resolution = stats::resolvable_difference(logs, kResolutionPairs)) {
      summary_.resolution_ratio = resolution->difference_ratio;
      summary_.resolution_reason.clear();
    } else {
      summary_.resolution_reason = fmt::format("only {} of the null benchmark, {} are needed",
                                               plural(logs.size(), "invocation"), stats::kMinResolutionInvocations);
    }
    const auto& last = yardstick_.invocations.back().record;
    const bool passed = last.outcome == p::Outcome::passed;
    return parts_.store.finish_case(
        *yardstick_.result, case_end(yardstick_, last.outcome, last.code, passed ? "" : last.reason, last.phase));
  }

  const Plan& plan_;
  const ExecutorParts& parts_;
  RunSummary summary_;
  std::vector<Running> cases_;
  Running yardstick_{CasePlanner({}, nullptr)};
  std::map<std::pair<std::size_t, std::uint32_t>, std::string> shut_;  // benchmarks in quarantine since, and why
  std::int64_t started_ns_ = 0;
  std::int64_t last_done_ns_ = 0;
  std::uint64_t invocations_done_ = 0;
  std::uint64_t expected_ = 0;
  std::uint64_t failures_ = 0;
  std::uint64_t timed_out_of_precision_ = 0;  // cases that their time ended as imprecise, the first of them below
  store::CasePlan first_without_time_;
  std::string first_title_;
  std::size_t finished_ = 0;
};

}  // namespace

Result<RunSummary> execute(const Plan& plan, const ExecutorParts& parts) { return Execution(plan, parts).run(); }

Result<void> finish(const RunSummary& summary, int exit_code, const std::string& reason, std::int64_t ended_wall_ns,
                    store::RunStore& store) {
  store::RunEnd end;
  end.ended_wall_ns = ended_wall_ns;
  end.exit_code = exit_code;
  end.reason = reason;
  end.resolution_ratio = summary.resolution_ratio;
  return store.finish_run(summary.run, end);
}

}  // namespace benchhost::schedule
