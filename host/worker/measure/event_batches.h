// Batches in which events are counted: a few of their own after the measured ones, as warm-up. Counters that are open
// make it dearer to start a thread or a process, so that none is while batches are measured.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "common/platform/clock.h"
#include "common/platform/event_counters.h"
#include "common/protocol/message.h"
#include "worker/measure/batch_runner.h"
#include "worker/measure/instance.h"

namespace benchhost::measure {

/// At most.
inline constexpr std::size_t kEventBatches = 5;
/// Part of the measuring time that all but the first may take together.
inline constexpr double kEventShare = 0.05;
/// A batch that takes more than this part of the measuring time is not run again to be counted.
inline constexpr double kLongBatchShare = 0.1;

/// Of one invocation. Thread: control.
class EventBatches {
 public:
  /// source: nullptr: nothing is counted. It and the clock outlive this. time_budget_ns: for measuring.
  EventBatches(platform::EventSource* source, platform::Clock& clock, std::int64_t time_budget_ns)
      : source_(source), clock_(clock), time_budget_ns_(static_cast<double>(time_budget_ns)) {}

  /// Runs and counts them, or none, with a reason: those of a team would be left out, and long ones cost too much. n:
  /// of a batch. index: that of the first, as the plugin is told it. threads: of the case. Requires: a batch has run.
  [[nodiscard]] CallEnd run(BatchRunner& runner, std::uint64_t n, std::size_t index, int threads,
                            const std::atomic<std::uint32_t>& cancelled);
  /// Those that ran so far: the last rows of the log.
  [[nodiscard]] std::size_t batches() const { return batches_; }
  /// One entry an event; without a value, and with the reason, where nothing was counted.
  [[nodiscard]] protocol::EventCounts counts() const;

 private:
  platform::EventSource* source_;
  platform::Clock& clock_;
  double time_budget_ns_;
  std::size_t batches_ = 0;
  std::string why_not_ = "no batch of it is run for nothing but counting";  ///< where `counts_` is empty
  protocol::EventCounts counts_;
};

}  // namespace benchhost::measure
