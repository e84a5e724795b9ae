// How many iterations a batch has: probes of rising n until a batch is long against the clock. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "common/stats/linear_fit.h"

namespace benchhost::measure {

/// Most probes of a calibration. Twelve tenfold steps lead from 1 to 10^11 iterations, the thousandth part of a clock
/// tick each.
inline constexpr std::size_t kMaxProbes = 12;

struct CalibrationLimits {
  std::int64_t target_ns = 1'000'000;  ///< what the iterations of a batch take at least
  std::int64_t tick_ns = 1;            ///< smallest step of the clock
  std::uint64_t batch_min = 1;
  std::uint64_t batch_max = 0;  ///< 0: no limit
  /// A probe that is expected to take longer is not taken; the first one always is.
  std::int64_t probe_budget_ns = 50'000'000;
};

/// What lasts at least the target: the share of the iterations, not the batch, so that a fixed overhead (starting
/// threads, launching a kernel) is not mistaken for work. n grows at most tenfold at a time, then in proportion.
/// A body that takes longer than the budget is probed once, with the least n. A probe that ends the calibration by
/// taking more per iteration than the one before is repeated, and the quicker of the two believed.
class Calibrator {
 public:
  explicit Calibrator(const CalibrationLimits& limits) : limits_(limits) {}

  /// Iterations of the next probe; nullopt: there is none to take.
  [[nodiscard]] std::optional<std::uint64_t> next() const;
  /// What the probe that next() asked for took.
  void record(std::uint64_t n, std::int64_t time_ns);

  /// The n found, with `jitter` (0 to 0.2) of itself added where that is a whole iteration, so that invocations do not
  /// share one alignment of n. Requires: a probe was recorded.
  [[nodiscard]] std::uint64_t chosen(double jitter = 0) const;
  /// Expected time of a batch of n. Requires: a probe was recorded.
  [[nodiscard]] std::int64_t expected_ns(std::uint64_t n) const;

  /// One for each n, ascending.
  [[nodiscard]] std::span<const stats::BatchTime> probes() const { return probes_; }

 private:
  [[nodiscard]] std::optional<double> slope() const;
  [[nodiscard]] std::uint64_t clamp(double n) const;

  CalibrationLimits limits_;
  std::vector<stats::BatchTime> probes_;
  std::size_t taken_ = 0;
  bool confirmed_ = false;  ///< the last of probes_ was taken twice
};

}  // namespace benchhost::measure
