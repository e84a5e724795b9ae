// One batch, from its life sign to its row in the log.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "common/platform/clock.h"
#include "common/platform/event_counters.h"
#include "common/protocol/message.h"
#include "worker/measure/batch_log.h"
#include "worker/measure/cache_flusher.h"
#include "worker/measure/device_bracket.h"
#include "worker/measure/host_services.h"
#include "worker/measure/instance.h"
#include "worker/measure/usage_meter.h"

namespace benchhost::measure {

/// What a batch stands on. All must outlive the runner; devices and flusher may be null.
struct BatchSetup {
  Instance* instance = nullptr;
  HostServices* services = nullptr;
  DeviceBracket* devices = nullptr;
  platform::Clock* clock = nullptr;
  UsageMeter* meter = nullptr;
  Reporter* reporter = nullptr;
  BatchLog* log = nullptr;
  CacheFlusher* flusher = nullptr;  ///< of a cold benchmark
  bool queue = false;               ///< the benchmark has QUEUE metrics: spans are opened
};

/// Thread: control.
class BatchRunner {
 public:
  explicit BatchRunner(const BatchSetup& setup) : setup_(setup) {}

  /// Runs a batch of n; all but measured ones are marked as warm-up and keep nothing but their times.
  /// index: as the plugin is told it. Life signs go out often enough that a batch always runs under its own deadline.
  [[nodiscard]] CallEnd run(std::uint64_t n, protocol::SegmentPhase phase, std::uint64_t index);

  /// What the next life signs say.
  void announce(protocol::Phase phase, std::uint64_t total = 0);
  void estimate(std::optional<double> value) { estimate_ = value; }

  [[nodiscard]] const BatchRow& last() const { return setup_.log->rows().back(); }
  /// Counts while batches run from now on; nullptr: no more. They outlive that.
  void count_with(platform::EventCounters* events) { events_ = events; }
  /// Slow calls of the device table inside runs so far.
  [[nodiscard]] std::uint64_t slow_calls() const { return slow_calls_; }
  /// Batches that ran as measured ones, and their iterations together.
  [[nodiscard]] std::uint64_t measured_batches() const { return measured_batches_; }
  [[nodiscard]] std::uint64_t measured_iterations() const { return measured_iterations_; }
  /// Why a queue run had no device time, "" if every one had.
  [[nodiscard]] const std::string& no_span() const { return no_span_; }

 private:
  void sign(std::uint64_t n);
  CallEnd timed(const bh_batch_t& batch, BatchRow* row);

  BatchSetup setup_;
  platform::EventCounters* events_ = nullptr;
  protocol::Phase phase_ = protocol::Phase::starting;
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;
  std::optional<double> estimate_;
  std::int64_t signed_at_ns_ = 0;
  std::int64_t signed_deadline_ns_ = 0;
  double per_iteration_ns_ = 0;  ///< of the batch before, for the deadline
  std::uint64_t slow_calls_ = 0;
  std::uint64_t measured_batches_ = 0;
  std::uint64_t measured_iterations_ = 0;
  std::string no_span_;
  std::int64_t ended_at_ns_ = 0;  ///< of the batch before
};

}  // namespace benchhost::measure
