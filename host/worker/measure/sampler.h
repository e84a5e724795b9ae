// The batches of one cycle of a hot or cold benchmark: calibration, warm-up, fit, measuring (sdk plugin.h, "Batches").
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/platform/energy.h"
#include "common/protocol/descriptor.h"
#include "common/protocol/job.h"
#include "common/stats/elision.h"
#include "worker/measure/batch_runner.h"

namespace benchhost::measure {

/// What decides how a cycle is sampled.
struct SamplerSetup {
  const protocol::BenchmarkRecord* benchmark = nullptr;
  protocol::MeasurePlan plan;
  platform::ClockFacts clock_facts;
  std::uint64_t seed = 0;
  std::uint32_t invocation = 0;
  const std::atomic<std::uint32_t>* cancelled = nullptr;
  int threads = 1;                          ///< that can run at the same time
  platform::EnergyMeter* energy = nullptr;  ///< adds up what is used while measuring; may be null
  /// Whether a metric (by index) was withheld.
  std::function<bool(std::uint32_t)> withheld;
};

/// What sampling found beside the rows in the log.
struct Sampled {
  CallEnd end;
  bool cancelled = false;  ///< the host asked, between two batches
  bool elided = false;     ///< time does not grow with n; the case fails
  /// Of what is elided: the processor time of a batch does grow, so that its threads did work, and waited for longer.
  bool kept_waiting = false;
  /// The line cannot tell the iterations from a batch's overhead, which therefore stays in the costs.
  bool overhead_hides_work = false;
  protocol::Calibration calibration;
  std::int64_t settle_ns = 0;   ///< as protocol::PhaseTimes
  std::int64_t measure_ns = 0;  ///< as protocol::PhaseTimes
};

/// How the host's own metrics of a benchmark are taken.
struct TimingNeed {
  bool fitted = false;   ///< a TIME or RATE of domain HOST or QUEUE that is not withheld: n grows, the line is fitted
  bool queue = false;    ///< a QUEUE metric
  bool by_span = false;  ///< the primary is one: the device's time leads
  std::uint32_t primary = 0;
};
[[nodiscard]] TimingNeed timing_need(const protocol::BenchmarkRecord& benchmark,
                                     const std::function<bool(std::uint32_t)>& withheld);

/// How many batches (or cycles) are measured whatever they turn out to last: as many as the budget has room for when
/// one lasts `expected_ns`, at most plan.min_batches, at least one. `expected_ns` must not come from the measured ones:
/// a number that hangs on their times leans the mean to the slow side. <= 0: not known, plan.min_batches.
[[nodiscard]] std::uint32_t assured_batches(const protocol::MeasurePlan& plan, double expected_ns);

/// Thread: control.
class Sampler {
 public:
  Sampler(SamplerSetup setup, BatchRunner& runner, BatchLog& log, HostServices& services, platform::Clock& clock);

  /// Runs the cycle's batches. The instance is prepared, and stays so unless a call fails.
  [[nodiscard]] Sampled run();

 private:
  CallEnd batch(std::uint64_t n, protocol::SegmentPhase phase);
  [[nodiscard]] bool stop() const { return setup_.cancelled->load(std::memory_order_relaxed) != 0; }
  [[nodiscard]] std::int64_t time_of(const BatchRow& row) const { return row.time_ns(need_.by_span); }
  [[nodiscard]] std::uint64_t limit_n(std::uint64_t n) const;

  CallEnd calibrate();
  CallEnd warm_up();
  CallEnd fit();
  CallEnd measure();
  /// Runs batches again in place of disturbed ones, within measure/repeats.h. These stay in the log.
  CallEnd repeat_disturbed();
  /// What a batch of n_ lasts, by the last one before any was measured.
  [[nodiscard]] double expected_batch_ns() const;
  /// What the primary metric says of the batch just run. nullopt: nothing, or its value is no mean or median of such.
  [[nodiscard]] std::optional<double> primary_value() const;
  [[nodiscard]] stats::Growth growth() const;
  /// Whether the processor time of a batch grows with n, as far as it is known.
  [[nodiscard]] bool work_grows() const;
  /// The line through fit and measured batches; through the clean ones alone where these suffice.
  void draw_line();
  /// Moves the cut between warm-up and measured batches to where the whole series is steady. True if none of the
  /// batches that ran as warm-up was steady yet, so that what came between them and the measured ones may not have been
  /// either.
  bool cut_late();
  [[nodiscard]] std::size_t measured() const;
  [[nodiscard]] std::int64_t measured_ns() const;
  /// Divides the time of the cycle into measuring and what came before it.
  void tell_times();

  SamplerSetup setup_;
  BatchRunner& runner_;
  BatchLog& log_;
  HostServices& services_;
  platform::Clock& clock_;
  TimingNeed need_;
  Sampled sampled_;
  std::uint64_t n_ = 1;
  std::int64_t began_ns_ = 0;
  std::int64_t batch_ns_ = 0;           ///< expected
  std::uint32_t assured_ = 1;           ///< batches, see assured_batches
  std::vector<stats::BatchTime> line_;  ///< calibration and fit
  std::vector<std::size_t> line_rows_;  ///< in the log, of the last of these: the fit's
  std::size_t first_row_ = 0;
  std::int64_t measuring_ns_ = 0;  ///< spent in measure(), and batches that ran there
  std::size_t measuring_rows_ = 0;
};

}  // namespace benchhost::measure
