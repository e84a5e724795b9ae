#include "worker/measure/sampler.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "common/stats/disturbance.h"
#include "common/stats/linear_fit.h"
#include "common/stats/warmup.h"
#include "worker/measure/calibrator.h"
#include "worker/measure/energy_window.h"
#include "worker/measure/random_fill.h"
#include "worker/measure/repeats.h"

namespace benchhost::measure {
namespace {

using protocol::BatchPolicy;
using protocol::Domain;
using protocol::MetricKind;
using protocol::MetricRecord;
using protocol::Phase;
using protocol::SegmentPhase;

/// A batch lasts at least so many steps of the clock, so that a step is a thousandth of it.
constexpr std::int64_t kTicksPerBatch = 1000;
/// Share of the measuring time that a probe, and the fit, may take; never less than the time of so many least batches.
constexpr double kProbeShare = 0.1;
constexpr double kFitShare = 0.1;
constexpr double kDoubtShare = 0.5;
constexpr double kLeastBatches = 20;
constexpr int kFitRounds = 10;
/// Measured batches that take part in the line: more do not make it better and cost time.
constexpr std::size_t kLineBatches = 200;
/// An overhead is believed where its error moves no cost by more than this, or where it is surely not 0.
constexpr double kOverheadError = 0.001;
constexpr double kSureErrors = 4;
/// Series are looked at for warm-up in at most so many points.
constexpr std::size_t kWarmUpPoints = 1000;
constexpr double kMaxJitter = 0.2;

double uniform(std::uint64_t word) { return static_cast<double>(word >> 11) * 0x1p-53; }

/// What an invocation adds to n, as a share: the same wherever case and invocation are the same, so that two builds of
/// a plugin that are compared have the same batches.
double jitter_of(std::uint64_t seed, std::uint32_t invocation) {
  return kMaxJitter * uniform(random_word(seed, invocation, 0));
}

}  // namespace

TimingNeed timing_need(const protocol::BenchmarkRecord& benchmark, const std::function<bool(std::uint32_t)>& withheld) {
  TimingNeed need;
  for (std::uint32_t i = 0; i < benchmark.metrics.size(); ++i) {
    const MetricRecord& m = benchmark.metrics[i];
    const bool host = m.domain == Domain::host || m.domain == Domain::queue;
    if (m.domain == Domain::queue) need.queue = true;
    if (m.primary) need.primary = i;
    if (host && (m.kind == MetricKind::time || m.kind == MetricKind::rate) && !withheld(i)) {
      need.fitted = true;
      if (m.primary && m.domain == Domain::queue) need.by_span = true;
    }
  }
  return need;
}

std::uint32_t assured_batches(const protocol::MeasurePlan& plan, double expected_ns) {
  const std::uint32_t most = std::max(1u, plan.min_batches);
  if (!(expected_ns > 0)) return most;
  const double room = std::floor(static_cast<double>(plan.time_budget_ns) / expected_ns);
  return static_cast<std::uint32_t>(std::clamp<double>(room, 1, most));
}

Sampler::Sampler(SamplerSetup setup, BatchRunner& runner, BatchLog& log, HostServices& services, platform::Clock& clock)
    : setup_(std::move(setup)),
      runner_(runner),
      log_(log),
      services_(services),
      clock_(clock),
      need_(timing_need(*setup_.benchmark, setup_.withheld)) {
  const auto& facts = setup_.clock_facts;
  sampled_.calibration.clock = facts.source;
  sampled_.calibration.clock_step_ns = facts.smallest_delta_ns;
  sampled_.calibration.clock_cost_ns = facts.cost_ns;
}

std::uint64_t Sampler::limit_n(std::uint64_t n) const {
  const auto& b = *setup_.benchmark;
  std::uint64_t most = b.batch_max;
  if (b.batch == BatchPolicy::cold && most == 0) most = b.batch_min;
  n = std::max(n, b.batch_min);
  return most == 0 ? n : std::min(n, most);
}

CallEnd Sampler::batch(std::uint64_t n, SegmentPhase phase) {
  CallEnd ended = runner_.run(n, phase, log_.rows().size() - first_row_);
  if (ended.ok()) batch_ns_ = time_of(runner_.last());
  return ended;
}

CallEnd Sampler::calibrate() {
  const auto& b = *setup_.benchmark;
  const auto& plan = setup_.plan;
  const bool grows = need_.fitted && b.batch == BatchPolicy::hot;
  n_ = limit_n(b.batch_min);
  if (!grows) return {};
  const double jitter = jitter_of(setup_.seed, setup_.invocation);
  if (plan.fixed_n != 0) {
    // The first invocation found it, its own share included.
    const double scale = (1 + jitter) / (1 + jitter_of(setup_.seed, 0));
    n_ = limit_n(static_cast<std::uint64_t>(std::llround(static_cast<double>(plan.fixed_n) * scale)));
    return {};
  }

  runner_.announce(Phase::calibrating);
  CalibrationLimits limits;
  limits.tick_ns = std::max<std::int64_t>(1, setup_.clock_facts.smallest_delta_ns);
  limits.target_ns = std::max(plan.min_batch_ns, kTicksPerBatch * limits.tick_ns);
  limits.batch_min = b.batch_min;
  limits.batch_max = b.batch_max;
  limits.probe_budget_ns = static_cast<std::int64_t>(std::max(kLeastBatches * static_cast<double>(limits.target_ns),
                                                              kProbeShare * static_cast<double>(plan.time_budget_ns)));
  Calibrator calibrator(limits);
  while (const auto n = calibrator.next()) {
    if (stop()) return {};
    if (CallEnd ended = batch(*n, SegmentPhase::calibration); !ended.ok()) return ended;
    calibrator.record(*n, batch_ns_);
  }
  n_ = limit_n(calibrator.chosen(jitter));
  batch_ns_ = calibrator.expected_ns(n_);
  line_.assign(calibrator.probes().begin(), calibrator.probes().end());
  // The first probe meets cold caches and pages that were never touched.
  if (line_.size() > 2) line_.erase(line_.begin());
  return {};
}

CallEnd Sampler::warm_up() {
  if (setup_.plan.warmup_budget_ns <= 0) return {};
  runner_.announce(Phase::warming_up);
  std::vector<double> costs;
  std::size_t look_at = stats::kMinWarmUpBatches;
  const bool nothing_ran = log_.rows().size() == first_row_;
  while (!stop()) {
    const bool spent = clock_.now_ns() - began_ns_ >= setup_.plan.warmup_budget_ns;
    if (spent && !(nothing_ran && costs.empty())) return {};
    if (CallEnd ended = batch(n_, SegmentPhase::warmup); !ended.ok()) return ended;
    costs.push_back(std::max(1e-9, static_cast<double>(batch_ns_) / static_cast<double>(n_)));
    // Emptied caches have no warm state to wait for: one batch brings in code and pages.
    if (setup_.benchmark->batch == BatchPolicy::cold) return {};
    if (costs.size() < look_at) continue;
    look_at += look_at / 2;
    const auto seen = stats::find_warm_up(costs);
    if (seen && seen->first_steady) {
      sampled_.calibration.warmup_class = stats::to_text(seen->kind);
      return {};
    }
  }
  return {};
}

CallEnd Sampler::fit() {
  if (!need_.fitted || setup_.benchmark->batch != BatchPolicy::hot || batch_ns_ <= 0) return {};
  std::set<std::uint64_t> sizes;
  for (const std::uint64_t part : {16u, 8u, 4u, 2u, 1u}) sizes.insert(limit_n(std::max<std::uint64_t>(1, n_ / part)));
  if (sizes.size() < 3) {
    // Few iterations fill a batch: the line goes upwards from there.
    sizes = {n_};
    for (const std::uint64_t times : {2u, 3u, 4u}) sizes.insert(limit_n(times * n_));
  }
  if (sizes.size() < 2) return {};
  double round_ns = 0;
  for (const std::uint64_t n : sizes)
    round_ns += static_cast<double>(batch_ns_) * static_cast<double>(n) / static_cast<double>(n_);
  // A line that does not tell yet whether the body is there at all is worth more.
  const double share = growth() == stats::Growth::grows ? kFitShare : kDoubtShare;
  const double budget = std::max(share * static_cast<double>(setup_.plan.time_budget_ns),
                                 kLeastBatches * static_cast<double>(setup_.plan.min_batch_ns));
  const int rounds = static_cast<int>(std::min<double>(kFitRounds, std::floor(budget / std::max(1.0, round_ns))));
  if (rounds < 2) return {};
  runner_.announce(Phase::measuring);
  std::vector<std::uint64_t> order(sizes.begin(), sizes.end());
  std::uint64_t word = 1;
  for (int round = 0; round < rounds; ++round) {
    // Seeded order, so that a drift does not lean on one end of the line.
    for (std::size_t i = order.size(); i > 1; --i) {
      std::swap(order[i - 1], order[random_word(setup_.seed, setup_.invocation, word++) % i]);
    }
    for (const std::uint64_t n : order) {
      if (stop()) return {};
      if (CallEnd ended = batch(n, SegmentPhase::fit); !ended.ok()) return ended;
      line_.push_back({static_cast<std::int64_t>(n), static_cast<double>(batch_ns_)});
      line_rows_.push_back(log_.rows().size() - 1);
    }
  }
  return {};
}

stats::Growth Sampler::growth() const {
  const double tick = static_cast<double>(std::max<std::int64_t>(1, setup_.clock_facts.smallest_delta_ns));
  return stats::time_growth(line_, tick, static_cast<std::int64_t>(setup_.benchmark->batch_max));
}

bool Sampler::work_grows() const {
  std::vector<stats::BatchTime> used;
  for (const BatchRow& row : log_.rows().subspan(first_row_)) {
    const bool asked = row.phase == SegmentPhase::calibration || row.phase == SegmentPhase::fit;
    if (asked && row.cpu_ns) used.push_back({static_cast<std::int64_t>(row.n), static_cast<double>(*row.cpu_ns)});
  }
  const double tick = static_cast<double>(std::max<std::int64_t>(1, setup_.clock_facts.smallest_delta_ns));
  return stats::time_growth(used, tick, static_cast<std::int64_t>(setup_.benchmark->batch_max)) == stats::Growth::grows;
}

std::size_t Sampler::measured() const {
  return static_cast<std::size_t>(
      std::ranges::count(log_.rows().subspan(first_row_), SegmentPhase::measure, &BatchRow::phase));
}

std::int64_t Sampler::measured_ns() const {
  std::int64_t sum = 0;
  for (const BatchRow& row : log_.rows().subspan(first_row_)) {
    if (row.phase == SegmentPhase::measure) sum += row.wall_ns;
  }
  return sum;
}

double Sampler::expected_batch_ns() const {
  const auto rows = log_.rows().subspan(first_row_);
  for (std::size_t i = rows.size(); i-- > 0;) {
    if (rows[i].n == n_) return static_cast<double>(rows[i].wall_ns);
  }
  return static_cast<double>(batch_ns_);
}

std::optional<double> Sampler::primary_value() const {
  const MetricRecord& primary = setup_.benchmark->metrics[need_.primary];
  // The mean over batches is an estimate of nothing else.
  const bool central = primary.statistic.empty() || primary.statistic == "mean" || primary.statistic == "median";
  if (!central || setup_.withheld(need_.primary)) return std::nullopt;
  if (primary.domain == Domain::self) return services_.last_batch(need_.primary);
  if (primary.domain == Domain::none || primary.kind != MetricKind::time) return std::nullopt;
  const BatchRow& row = runner_.last();
  return static_cast<double>(time_of(row)) / static_cast<double>(row.n);
}

CallEnd Sampler::measure() {
  const auto& plan = setup_.plan;
  runner_.announce(Phase::measuring);
  double sum = 0;
  double count = 0;
  // What a late cut made warm-up gives its time back; what stayed counts.
  const std::size_t kept = measured();
  const double budget_ns = static_cast<double>(plan.time_budget_ns - measured_ns());
  const EnergyWindow window(setup_.energy, clock_);
  const std::int64_t start = clock_.now_ns();
  std::size_t good = 0;
  std::size_t spoilt = 0;
  CallEnd ended;
  while (!stop()) {
    // Spoilt batches are made up for within the budget; one that spoils them all ends too.
    const std::size_t most = std::max(1u, plan.max_batches);
    const std::size_t ran = good + spoilt;
    if (kept + good >= most || spoilt > most) break;
    if (kept + good >= assured_ || spoilt >= assured_) {
      // Where few batches fit, how many was settled before the first.
      if (assured_ < plan.min_batches || ran == 0) break;
      const double each = static_cast<double>(clock_.now_ns() - start) / static_cast<double>(ran);
      if (each * static_cast<double>(ran + 1) > budget_ns) break;
    }
    window.keep_up();
    if (ended = batch(n_, SegmentPhase::measure); !ended.ok()) break;
    if (runner_.last().spoilt) {
      ++spoilt;
      continue;
    }
    ++good;
    if (const auto value = primary_value()) {
      sum += *value;
      runner_.estimate(sum / ++count);
    }
  }
  measuring_ns_ += clock_.now_ns() - start;
  measuring_rows_ += good + spoilt;
  return ended;
}

CallEnd Sampler::repeat_disturbed() {
  const std::int64_t start = clock_.now_ns();
  std::optional<EnergyWindow> window;
  Repeats repeats(measured(), setup_.plan.time_budget_ns);
  // Settled before the first, as in measure(): by the time of those they replace.
  const double each_ns =
      static_cast<double>(measuring_ns_) / static_cast<double>(std::max<std::size_t>(1, measuring_rows_));
  const auto spent = [&] { return clock_.now_ns() - start; };
  CallEnd ended;
  std::size_t ran = 0;
  while (ended.ok() && !stop()) {
    const Marks marks = log_.judge(setup_.threads);
    const std::size_t next = repeats.next(marks.measured, marks.measured_disturbed, spent());
    if (next == 0) break;
    if (!window) {
      runner_.announce(Phase::measuring);
      window.emplace(setup_.energy, clock_);
    }
    for (std::size_t i = 0; i < next && !stop() && repeats.has_time(spent(), each_ns); ++i) {
      window->keep_up();
      if (ended = batch(n_, SegmentPhase::measure); !ended.ok()) break;
      ++ran;
    }
    if (!repeats.has_time(spent(), each_ns)) break;
  }
  if (ran == 0) return ended;
  measuring_ns_ += spent();
  measuring_rows_ += ran;
  return ended;
}

void Sampler::tell_times() {
  // What ran while measuring and turned out to be of the warm-up, or was spoilt, took its share.
  const auto rows = static_cast<double>(std::max<std::size_t>(1, measuring_rows_));
  const double share = static_cast<double>(measured()) / rows;
  sampled_.measure_ns = std::llround(static_cast<double>(measuring_ns_) * std::min(1.0, share));
  sampled_.settle_ns = std::max<std::int64_t>(0, clock_.now_ns() - began_ns_ - sampled_.measure_ns);
}

void Sampler::draw_line() {
  if (!need_.fitted || setup_.benchmark->batch != BatchPolicy::hot) return;
  const Marks marks = log_.judge(setup_.threads);
  std::vector<stats::BatchTime> points = line_;
  if (stats::clean_suffice(marks.fit, marks.fit_disturbed)) {
    const std::size_t probes = line_.size() - line_rows_.size();
    points.resize(probes);
    for (std::size_t i = 0; i < line_rows_.size(); ++i) {
      if (!marks.has(line_rows_[i])) points.push_back(line_[probes + i]);
    }
  }
  const bool clean = stats::clean_suffice(marks.measured, marks.measured_disturbed);
  std::vector<const BatchRow*> measured;
  const auto rows = log_.rows();
  for (std::size_t i = first_row_; i < rows.size(); ++i) {
    if (rows[i].phase == SegmentPhase::measure && !(clean && marks.has(i))) measured.push_back(&rows[i]);
  }
  const std::size_t step = std::max<std::size_t>(1, measured.size() / kLineBatches);
  for (std::size_t i = 0; i < measured.size(); i += step) {
    points.push_back({static_cast<std::int64_t>(measured[i]->n), static_cast<double>(time_of(*measured[i]))});
  }
  const auto line = stats::fit_line(points, static_cast<double>(setup_.clock_facts.smallest_delta_ns));
  if (!line) return;
  sampled_.calibration.fit_cost_ns = line->b_ns;
  sampled_.calibration.fit_residual_ratio = line->residual_relative_sd;
  if (!line->a_se_ns) return;
  // Where the iterations are lost in the noise of the overhead, subtracting it would leave noise.
  if (!(line->b_ns > kSureErrors * *line->b_se_ns)) {
    sampled_.overhead_hides_work = !setup_.benchmark->is_null;
    return;
  }
  const bool exact = *line->a_se_ns <= kOverheadError * line->b_ns * static_cast<double>(n_);
  if (exact || std::abs(line->a_ns) > kSureErrors * *line->a_se_ns) sampled_.calibration.fit_overhead_ns = line->a_ns;
}

bool Sampler::cut_late() {
  if (setup_.benchmark->batch != BatchPolicy::hot) return false;
  const Marks marks = log_.judge(setup_.threads);
  const bool clean = stats::clean_suffice(marks.measured, marks.measured_disturbed);
  const auto rows = log_.rows().subspan(first_row_);
  std::vector<std::size_t> at;
  std::size_t warm = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    // What the processor was taken away from tells nothing of the body's own pace.
    if (rows[i].phase == SegmentPhase::measure && clean && marks.has(first_row_ + i)) continue;
    if (rows[i].spoilt || rows[i].n != n_ ||
        (rows[i].phase != SegmentPhase::warmup && rows[i].phase != SegmentPhase::measure))
      continue;
    if (rows[i].phase == SegmentPhase::warmup) ++warm;
    at.push_back(i);
  }
  const std::size_t group = at.size() / kWarmUpPoints + 1;
  std::vector<double> costs;
  for (std::size_t begin = 0; begin + group <= at.size(); begin += group) {
    double sum = 0;
    for (std::size_t i = begin; i < begin + group; ++i) sum += static_cast<double>(time_of(rows[at[i]]));
    costs.push_back(std::max(1e-9, sum / static_cast<double>(group * n_)));
  }
  const auto seen = stats::find_warm_up(costs);
  if (!seen) return false;
  sampled_.calibration.warmup_class = stats::to_text(seen->kind);
  if (!seen->first_steady) return false;
  const std::size_t steady = std::min(at.size(), *seen->first_steady * group);
  if (steady > warm) {
    const std::size_t first = steady < at.size() ? at[steady] : rows.size();
    for (BatchRow& row : rows.first(first)) {
      if (row.phase == SegmentPhase::measure) row.phase = SegmentPhase::warmup;
    }
    sampled_.calibration.steady_from = services_.cut_before(first_row_ + first);
  }
  return steady > 0 && steady >= warm;
}

Sampled Sampler::run() {
  first_row_ = log_.rows().size();
  began_ns_ = clock_.now_ns();
  const auto step = [&](CallEnd ended) {
    sampled_.end = std::move(ended);
    sampled_.cancelled = sampled_.end.ok() && stop();
    return sampled_.end.ok() && !sampled_.cancelled;
  };
  if (step(calibrate()) && step(warm_up()) && step(fit())) {
    const bool asked = need_.fitted && !setup_.benchmark->is_null && setup_.benchmark->batch == BatchPolicy::hot;
    sampled_.elided = asked && growth() == stats::Growth::elided;
    sampled_.kept_waiting = sampled_.elided && !need_.by_span && work_grows();
    assured_ = assured_batches(setup_.plan, expected_batch_ns());
    if (!sampled_.elided && step(measure()) && cut_late()) {
      // What was taken for steady was not: the line was drawn through slower batches, and is drawn again.
      line_.clear();
      line_rows_.clear();
      if (step(fit()) && measured() < assured_) static_cast<void>(step(measure()));
    }
    if (!sampled_.elided && sampled_.end.ok() && !sampled_.cancelled) static_cast<void>(step(repeat_disturbed()));
  }
  tell_times();
  draw_line();
  sampled_.calibration.n = n_;
  return std::move(sampled_);
}

}  // namespace benchhost::measure
