#include "worker/measure/case_runner.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "common/protocol/descriptor_rules.h"
#include "common/stats/disturbance.h"
#include "worker/loader/value_reader.h"
#include "worker/measure/batch_runner.h"
#include "worker/measure/energy_window.h"
#include "worker/measure/event_batches.h"
#include "worker/measure/oracle.h"
#include "worker/measure/outcome.h"
#include "worker/measure/repeats.h"
#include "worker/measure/sampler.h"
#include "worker/measure/usage_sum.h"

namespace benchhost::measure {
namespace {

using protocol::BatchPolicy;
using protocol::BenchmarkRecord;
using protocol::Domain;
using protocol::Final;
using protocol::MetricKind;
using protocol::MetricRecord;
using protocol::Outcome;
using protocol::Phase;
using protocol::RunJob;
using protocol::SegmentPhase;

/// "" or what is wrong with the parameters of the job.
std::string broken_values(const BenchmarkRecord& benchmark, const RunJob& job) {
  if (job.values.size() != benchmark.parameters.size()) {
    return fmt::format("{} values for {} parameters", job.values.size(), benchmark.parameters.size());
  }
  for (std::size_t i = 0; i < job.values.size(); ++i) {
    const auto problem = protocol::value_problem(benchmark.parameters[i], job.values[i]);
    if (problem) return fmt::format("parameter '{}' {}", benchmark.parameters[i].name, *problem);
  }
  return {};
}

/// One invocation in progress.
class Invocation {
 public:
  explicit Invocation(const CaseSetup& setup)
      : setup_(setup),
        benchmark_(*setup.benchmark),
        job_(*setup.job),
        need_(timing_need(benchmark_, [](std::uint32_t) { return false; })),
        services_(services_setup()),
        instance_(*setup.lifecycle, services_, setup.devices, open_run()),
        runner_(batch_setup()),
        values_(job_.values),
        settings_(job_.settings),
        events_(setup.events, *setup.clock, setup.job->plan.time_budget_ns) {}

  Final run();

 private:
  ServiceSetup services_setup();
  BatchSetup batch_setup();
  /// Timed as a whole or by the plugin itself (base.h, state open).
  [[nodiscard]] bool open_run() const {
    return !need_.queue && (benchmark_.batch == BatchPolicy::once || !need_.fitted);
  }
  [[nodiscard]] bool asked() const { return setup_.cancelled->load(std::memory_order_relaxed) != 0; }

  /// Threads that can run at the same time: of 64 clients on 4 CPUs, four.
  [[nodiscard]] int at_once() const {
    const std::size_t cpus = setup_.cores ? setup_.cores().size() : 0;
    return cpus == 0 ? threads_ : std::min(threads_, static_cast<int>(cpus));
  }

  void announce(Phase phase) { setup_.reporter->send(protocol::Progress{phase, 0, 0, 0, {}, std::nullopt}); }
  void withhold_energy();
  void cycles();
  /// One that is kept, unless the host asked for the end.
  bool next_cycle();
  /// One cycle; false: the case ends with it.
  bool cycle(bool keep);
  CallEnd measure(bool keep);
  CallEnd verify();
  void end_usage(bool keep);
  void send_all();
  void send_counts();
  /// Index of the last batch but those in which events were counted; 0: none was run.
  [[nodiscard]] std::uint64_t last_batch() const {
    const std::size_t ran = log_.rows().size() - events_.batches();
    return ran == 0 ? 0 : ran - 1;
  }
  Final finish();

  /// Keeps the first failure.
  void failed(const CallEnd& ended);
  void failed(Outcome outcome, bh_status_t status, std::string code, std::string reason, Phase phase);
  void flag(const std::string& name) {
    if (std::ranges::find(final_.flags, name) == final_.flags.end()) final_.flags.push_back(name);
  }

  const CaseSetup& setup_;
  const BenchmarkRecord& benchmark_;
  const RunJob& job_;
  TimingNeed need_;
  HostServices services_;
  Instance instance_;
  BatchLog log_;
  BatchRunner runner_;
  loader::ValueTable values_, settings_;
  UsageTotals totals_;
  std::optional<std::uint64_t> resident_;
  UsageSum usage_;
  protocol::Calibration calibration_;
  std::vector<std::pair<std::uint64_t, double>> peaks_;  ///< batch, peak memory of its cycle
  bool peak_unknown_ = false;
  protocol::PhaseTimes times_;
  EventBatches events_;
  int threads_ = 1;
  bool verified_ = false;
  bool failed_ = false;
  Final final_;
};

ServiceSetup Invocation::services_setup() {
  ServiceSetup s;
  s.clock = setup_.clock;
  s.reporter = setup_.reporter;
  s.cancelled = setup_.cancelled;
  s.devices = setup_.devices;
  s.abi = setup_.abi;
  s.asset_dir = job_.asset_dir;
  s.scratch_dir = job_.scratch_dir;
  s.seed = job_.seed;
  s.cores = setup_.cores;
  s.memory_limit_bytes = job_.memory_limit_bytes;
  s.metrics = benchmark_.metrics;
  s.queue_run = need_.queue;
  return s;
}

BatchSetup Invocation::batch_setup() {
  BatchSetup b;
  b.instance = &instance_;
  b.services = &services_;
  b.devices = setup_.devices;
  b.clock = setup_.clock;
  b.meter = setup_.meter;
  b.reporter = setup_.reporter;
  b.log = &log_;
  b.flusher = benchmark_.batch == BatchPolicy::cold ? setup_.flusher : nullptr;
  b.queue = need_.queue;
  return b;
}

void Invocation::failed(Outcome outcome, bh_status_t status, std::string code, std::string reason, Phase phase) {
  if (failed_) return;
  failed_ = true;
  final_.outcome = outcome;
  final_.status = status;
  final_.code = std::move(code);
  final_.reason = std::move(reason);
  final_.phase = phase;
}

void Invocation::failed(const CallEnd& ended) {
  const Outcome outcome = ended.threw ? Outcome::protocol_error : outcome_of(ended.status, asked());
  failed(outcome, ended.status, code_of(outcome, ended.status), ended.reason, phase_of(ended.call));
}

void Invocation::withhold_energy() {
  for (const MetricRecord& m : benchmark_.metrics) {
    if (m.domain == Domain::host && (m.kind == MetricKind::energy || m.kind == MetricKind::power)) {
      setup_.reporter->send(protocol::Withheld{
          m.id,
          "no sensor tells the energy of a batch; that of the processor's packages while measuring is stored with "
          "each invocation where the system tells it"});
    }
    if (m.domain == Domain::queue && setup_.devices == nullptr) {
      setup_.reporter->send(protocol::Withheld{m.id, "the case has no device"});
    }
  }
}

CallEnd Invocation::measure(bool keep) {
  if (benchmark_.batch == BatchPolicy::once) {
    runner_.announce(keep ? Phase::measuring : Phase::warming_up);
    return runner_.run(1, keep ? SegmentPhase::measure : SegmentPhase::warmup, log_.rows().size());
  }
  SamplerSetup s;
  s.benchmark = &benchmark_;
  s.plan = job_.plan;
  s.clock_facts = setup_.clock_facts;
  s.seed = job_.seed;
  s.invocation = job_.invocation;
  s.cancelled = setup_.cancelled;
  s.threads = at_once();
  s.energy = setup_.energy;
  s.withheld = [this](std::uint32_t metric) { return services_.samples().withheld(metric); };
  Sampler sampler(std::move(s), runner_, log_, services_, *setup_.clock);
  Sampled sampled = sampler.run();
  calibration_ = std::move(sampled.calibration);
  times_.settle_ns += sampled.settle_ns;
  times_.measure_ns += sampled.measure_ns;
  if (sampled.kept_waiting) {
    // Fails all the same: nothing that could be said of an iteration would be its time.
    flag("disturbed");
    failed(Outcome::failed, BH_E_FAILED, "",
           "a batch takes the same time whatever its iterations, and its processor time grows with them: its threads "
           "waited for processors that others use",
           Phase::measuring);
  } else if (sampled.elided) {
    flag("elided");
    failed(Outcome::failed, BH_E_FAILED, "BH0601",
           "the time of a batch does not grow with the number of iterations: the compiler removed the body, or run "
           "ignores n",
           Phase::measuring);
  }
  if (sampled.overhead_hides_work) {
    setup_.reporter->send(protocol::Log{
        protocol::LogLevel::warning, protocol::LogSource::worker,
        "the iterations of a batch cannot be told from its fixed overhead, which therefore is part of the result: a "
        "larger batch_max, or more work in an iteration, would show them"});
  }
  if (sampled.cancelled) {
    failed(Outcome::interrupted, BH_E_CANCELLED, "", "the host asked for the end between two batches",
           Phase::measuring);
  }
  if (!sampled.end.ok() || failed_) return std::move(sampled.end);
  const std::int64_t began_ns = setup_.clock->now_ns();
  CallEnd ended = events_.run(runner_, calibration_.n, log_.rows().size(), threads_, *setup_.cancelled);
  times_.settle_ns += setup_.clock->now_ns() - began_ns;
  return ended;
}

CallEnd Invocation::verify() {
  if (!instance_.has_verify() || !job_.plan.verify) return {};
  announce(Phase::verifying);
  bh_verdict_t verdict = blank_verdict();
  CallEnd ended = instance_.verify(verdict);
  if (ended.threw) return ended;
  Judgement judgement = judge(verdict, ended.status, ended.reason);
  setup_.reporter->send(judgement.verdict);
  verified_ = verified_ || !judgement.unverified;
  if (judgement.wrong) {
    failed(Outcome::failed, BH_E_MISMATCH, "BH0602", judgement.reason, Phase::verifying);
  } else if (!ended.ok()) {
    failed(ended);
  }
  return ended;
}

bool Invocation::cycle(bool keep) {
  announce(Phase::preparing);
  bh_prepare_t args{};
  args.struct_size = sizeof args;
  args.value_count = values_.count();
  args.values = values_.data();
  args.seed = job_.seed;
  args.device_count = static_cast<std::uint32_t>(benchmark_.slots.size());
  if (setup_.devices != nullptr) {
    args.devices = setup_.devices->devices().data();
    setup_.devices->lend();
  }
  totals_ = setup_.meter->totals();
  resident_ = setup_.meter->start_peak();
  const std::size_t first = log_.rows().size();
  const std::int64_t began_ns = setup_.clock->now_ns();
  CallEnd ended = instance_.prepare(args);
  // A cycle of ONCE is one sample, so its preparation is a cost of that.
  if (benchmark_.batch != BatchPolicy::once) times_.prepare_ns += setup_.clock->now_ns() - began_ns;
  bool whole = ended.ok();
  if (whole) {
    threads_ = std::max(threads_, services_.threads());
    ended = measure(keep);
    whole = ended.ok();
  }
  const bool ran = whole && log_.rows().size() > first;
  // A warm-up cycle has nothing to verify or to report; a body that was elided or interrupted has no results.
  if (ran && keep && !failed_ && !(verified_ && benchmark_.batch == BatchPolicy::once)) {
    const CallEnd verdict = verify();
    whole = verdict.ok();
    if (verdict.threw) ended = verdict;
  }
  if (whole && !failed_) {
    announce(Phase::processing);
    ended = instance_.process();
  }
  if (!ended.ok()) failed(ended);
  if (ended.threw) return false;

  announce(Phase::tearing_down);
  const CallEnd torn = instance_.teardown();
  if (!torn.ok()) failed(torn);
  if (torn.threw) return false;
  const std::uint64_t last = last_batch();
  const std::string devices = setup_.devices != nullptr ? setup_.devices->take_back() : std::string();
  const std::string left = services_.end_cycle(last, keep && !failed_);
  for (const std::string& what : {left, devices}) {
    if (what.empty()) continue;
    flag("leaked");
    setup_.reporter->send(protocol::Log{protocol::LogLevel::warning, protocol::LogSource::worker,
                                        fmt::format("the plugin left {} behind at teardown", what)});
  }
  end_usage(keep && !failed_);
  if (benchmark_.batch == BatchPolicy::once) {
    (keep ? times_.measure_ns : times_.settle_ns) += setup_.clock->now_ns() - began_ns;
  }
  return !failed_;
}

void Invocation::end_usage(bool keep) {
  const auto peak = setup_.meter->peak_rss_bytes();
  usage_.add(totals_, setup_.meter->totals(), resident_, peak);
  if (!keep) return;
  if (!peak || !resident_) {
    peak_unknown_ = true;
    return;
  }
  peaks_.emplace_back(last_batch(), static_cast<double>(std::max(*peak, *resident_) - *resident_));
}

bool Invocation::next_cycle() {
  if (!asked()) return cycle(true);
  failed(Outcome::interrupted, BH_E_CANCELLED, "", "the host asked for the end between two cycles", Phase::measuring);
  return false;
}

void Invocation::cycles() {
  if (benchmark_.batch != BatchPolicy::once) {
    cycle(true);
    return;
  }
  if (benchmark_.fresh_process) {
    // The host starts a process for each cycle.
    const EnergyWindow window(setup_.energy, *setup_.clock);
    cycle(true);
    return;
  }
  const auto& plan = job_.plan;
  if (!cycle(false)) return;
  // The first run is slower than those that follow: by it, the budget is rather kept too well than overrun.
  const std::uint32_t assured =
      assured_batches(plan, log_.rows().empty() ? 0 : static_cast<double>(log_.rows().back().wall_ns));
  const auto spent_since = [this](std::int64_t start) { return setup_.clock->now_ns() - start; };
  const EnergyWindow window(setup_.energy, *setup_.clock);
  const std::int64_t start = setup_.clock->now_ns();
  std::uint32_t kept = 0;
  for (; kept < std::max(1u, plan.max_batches); ++kept) {
    const bool few = assured < plan.min_batches;
    if (kept >= assured && (few || spent_since(start) >= plan.time_budget_ns)) break;
    window.keep_up();
    if (!next_cycle()) return;
  }
  const double each_ns = static_cast<double>(spent_since(start)) / std::max(1u, kept);
  const std::int64_t again = setup_.clock->now_ns();
  Repeats repeats(kept, plan.time_budget_ns);
  for (;;) {
    const Marks marks = log_.judge(at_once());
    const std::size_t next = repeats.next(marks.measured, marks.measured_disturbed, spent_since(again));
    for (std::size_t i = 0; i < next && repeats.has_time(spent_since(again), each_ns); ++i) {
      window.keep_up();
      if (!next_cycle()) return;
    }
    if (next == 0 || !repeats.has_time(spent_since(again), each_ns)) return;
  }
}

void Invocation::send_all() {
  Reporter& out = *setup_.reporter;
  if (calibration_.clock.empty()) {
    calibration_.clock = setup_.clock_facts.source;
    calibration_.clock_step_ns = setup_.clock_facts.smallest_delta_ns;
    calibration_.clock_cost_ns = setup_.clock_facts.cost_ns;
    calibration_.n = 1;
  }
  out.send(calibration_);
  log_.send(out);
  services_.send_kept();
  for (const MetricRecord& m : benchmark_.metrics) {
    if (m.domain == Domain::host && m.kind == MetricKind::bytes) {
      if (peaks_.empty() || peak_unknown_) {
        out.send(protocol::Withheld{m.id,
                                    "the system does not tell the peak of resident memory, or not that of each cycle's "
                                    "child processes (a process for each cycle would: BH_BENCHMARK_FRESH_PROCESS)"});
        continue;
      }
      for (const auto& [batch, peak] : peaks_) {
        protocol::Segment segment;
        segment.quantity = protocol::Quantity::reported;
        segment.phase = SegmentPhase::process;
        segment.n = 1;
        segment.first_batch = batch;
        segment.metric = m.id;
        segment.reals = {peak};
        out.send(std::move(segment));
      }
    }
    if (m.domain == Domain::queue && !runner_.no_span().empty()) out.send(protocol::Withheld{m.id, runner_.no_span()});
  }
  if (const std::uint64_t slow = services_.slow_calls_in_run() + runner_.slow_calls();
      slow > 0 && benchmark_.batch == BatchPolicy::hot) {
    out.send(protocol::Log{
        protocol::LogLevel::warning, protocol::LogSource::worker,
        fmt::format("run made, took or waited {} times (functions tagged slow), which is in its time", slow)});
  }
  Marks marks = log_.judge(at_once());
  if (stats::result_disturbed(marks.measured, marks.measured_disturbed)) flag("disturbed");
  protocol::BatchFlags flags{std::move(marks.batches)};
  if (!flags.disturbed.empty()) out.send(std::move(flags));
  protocol::Usage usage = usage_.usage();
  usage.cores = job_.cores.empty() ? std::vector<std::uint32_t>() : std::vector<std::uint32_t>{job_.cores.front()};
  for (const std::uint32_t cpu : services_.team_cpus()) {
    if (std::ranges::find(usage.cores, cpu) == usage.cores.end()) usage.cores.push_back(cpu);
  }
  out.send(std::move(usage));
  out.send(times_);
  send_counts();
}

void Invocation::send_counts() {
  const std::uint64_t batches = runner_.measured_batches();
  const std::uint64_t iterations = runner_.measured_iterations();
  // Of nothing that was measured there is nothing to tell.
  if (batches == 0) return;
  if (setup_.events != nullptr) setup_.reporter->send(events_.counts());
  if (setup_.energy != nullptr) {
    protocol::Energy energy{setup_.energy->window_ns(), batches, iterations, {}};
    for (platform::ZoneEnergy& zone : setup_.energy->used()) {
      energy.zones.push_back({std::move(zone.zone), zone.joules, std::move(zone.null_reason)});
    }
    setup_.reporter->send(std::move(energy));
  }
}

Final Invocation::finish() {
  std::string violation = services_.violation();
  if (violation.empty() && setup_.devices != nullptr) violation = setup_.devices->violation();
  if (!violation.empty() && final_.outcome != Outcome::protocol_error) {
    // What a plugin did out of its state makes every number of the case doubtful, whatever else became of it.
    failed_ = false;
    failed(Outcome::protocol_error, BH_E_STATE, "BH0302", violation, final_.phase);
  }
  if (!verified_) flag("unverified");
  if (setup_.devices != nullptr) {
    for (const std::string& name : setup_.devices->flags()) flag(name);
  }
  return std::move(final_);
}

Final Invocation::run() {
  if (!benchmark_.roles.empty()) {
    final_.outcome = Outcome::skipped;
    final_.status = BH_E_UNSUPPORTED;
    final_.reason =
        "the benchmark has roles (extension benchhost.roles/1), and this worker runs cases of one role only";
    return std::move(final_);
  }
  if (const std::string broken = broken_values(benchmark_, job_); !broken.empty()) {
    failed(Outcome::failed, BH_E_ARGUMENT, "", broken, Phase::creating);
    return std::move(final_);
  }
  announce(Phase::creating);
  withhold_energy();
  if (setup_.flusher != nullptr && benchmark_.batch == BatchPolicy::cold && setup_.flusher->capped()) {
    setup_.reporter->send(protocol::Log{
        protocol::LogLevel::warning, protocol::LogSource::worker,
        fmt::format("caches are flushed with {} bytes only, less than twice the last level", setup_.flusher->bytes())});
  }
  bh_create_t args{};
  args.struct_size = sizeof args;
  args.setting_count = settings_.count();
  args.settings = settings_.data();
  args.benchmark = benchmark_.id.c_str();
  if (!job_.input.empty()) args.input = job_.input.c_str();
  if (!job_.content_digest.empty()) args.content_digest = job_.content_digest.c_str();
  const CallEnd created = instance_.create(args);
  if (!created.ok()) {
    failed(created);
    return finish();
  }
  cycles();
  announce(Phase::destroying);
  instance_.destroy();
  send_all();
  return finish();
}

}  // namespace

Final run_case(const CaseSetup& setup) {
  Invocation invocation(setup);
  return invocation.run();
}

}  // namespace benchhost::measure
