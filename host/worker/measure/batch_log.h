// Every batch of an invocation, and what is sent of it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "common/protocol/message.h"
#include "worker/measure/reporter.h"

namespace benchhost::measure {

/// One batch. Its index is its place in the log, all phases counted together.
struct BatchRow {
  std::uint64_t n = 0;
  protocol::SegmentPhase phase = protocol::SegmentPhase::measure;
  std::int64_t wall_ns = 0;
  std::optional<std::int64_t> span_ns;
  std::optional<std::int64_t> cpu_ns;
  std::optional<std::uint64_t> involuntary_switches;
  std::optional<std::uint64_t> voluntary_switches;
  std::optional<std::int64_t> steal_ns;
  bool spoilt = false;  ///< run said a failure and returned none: the row is no sample, of no phase

  /// What calibration, fit and progress go by: the device's time if there is one and it is wanted.
  [[nodiscard]] std::int64_t time_ns(bool by_span) const { return by_span && span_ns ? *span_ns : wall_ns; }
};

/// Batches during which the processor was taken away.
struct Marks {
  std::vector<std::uint64_t> batches;  ///< their indices, ascending; of the phases measure and fit
  std::size_t measured = 0;            ///< batches of the phase measure
  std::size_t measured_disturbed = 0;  ///< and how many of them are marked
  std::size_t fit = 0;                 ///< the same of the phase fit
  std::size_t fit_disturbed = 0;

  [[nodiscard]] bool has(std::uint64_t batch) const { return std::ranges::binary_search(batches, batch); }
};

/// Thread: control.
class BatchLog {
 public:
  /// Room for another batch, taken and touched outside the timed region.
  void make_room();
  /// Requires: make_room() since the last add.
  void add(const BatchRow& row) { rows_.push_back(row); }
  [[nodiscard]] std::span<const BatchRow> rows() const { return rows_; }
  [[nodiscard]] std::span<BatchRow> rows() { return rows_; }

  /// Sends runs of rows that share phase and n as segments: wall, CPU and device time.
  void send(Reporter& reporter) const;
  /// Judges the measured batches and those of the fit (stats/disturbance.h). threads: that can run at the same time.
  [[nodiscard]] Marks judge(int threads) const;

 private:
  std::vector<BatchRow> rows_;
};

}  // namespace benchhost::measure
