// Batches during which the processor was taken away.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace benchhost::stats {

/// What the system says about one batch; unknown figures are nullopt.
struct BatchUsage {
  double wall_ns = 0.0;
  /// CPU time of the threads that did the work, together.
  std::optional<double> cpu_ns;
  /// Time the hypervisor gave to others, of the cores used. Counted in ticks (often 10 ms) by the kernel.
  std::optional<double> steal_ns;
  std::optional<std::int64_t> involuntary_switches;
  /// Waits that the process itself entered: sleeping, a lock, input.
  std::optional<std::int64_t> voluntary_switches;
};

/// Reasons, each on its own evidence.
struct Disturbance {
  /// Less CPU time per wall time than the process's usual batch, and not by a wait of its own.
  bool off_cpu = false;
  /// Preempted and visibly off the CPU, in a process that does not wait by nature.
  bool preempted = false;
  /// The hypervisor took time.
  bool stolen = false;
  /// False when nothing but the wall time was known: then the batch is neither clean nor disturbed.
  bool known = false;

  [[nodiscard]] bool disturbed() const { return off_cpu || preempted || stolen; }
  friend bool operator==(const Disturbance&, const Disturbance&) = default;
};

/// Off-CPU share, above that of the usual batch, at which a batch counts as disturbed: twice the usual precision of 1
/// %, so that a batch called clean can hardly move a result.
inline constexpr double kOffCpuExcessRatio = 0.02;
/// Off-CPU share, of itself, at which a batch with an involuntary switch counts as disturbed even when every other
/// batch was hit as well (a hog that stays). Only where being off the CPU is not the process's own doing: its usual
/// share is below this, or its usual batch enters no wait; and not where the process has threads of its own.
inline constexpr double kPreemptedRatio = 0.02;
/// An excess counts where it is also so many times the usual distance from the usual share (the median absolute
/// deviation): threads that share work, and sleeps, vary by nature.
inline constexpr double kOffCpuSpreads = 5;
/// Off-CPU time below this is the price of reading two clocks and of a timer tick, never a disturbance.
inline constexpr double kOffCpuFloorNs = 20'000.0;
/// Share of the wall time of all threads that stealing must reach.
inline constexpr double kStealRatio = 0.01;

/// Judges each batch of one process. A body that sleeps or waits by nature has a high but usual off-CPU share (the
/// median over the batches) and is not flagged for it. What exceeds that is, unless the batch may have waited by its
/// own doing: it entered a wait, or it is not known whether and the body waits by nature, and it was not preempted more
/// often than usual. Of a body that waits, the share off the CPU grows with the time that a batch took: by it alone the
/// slow batches would be left out, which are as much the body's as the fast ones. Shape: batches[n] of one invocation,
/// any order; result[n]. `threads`: threads that can run at the same time, so at most the CPUs that they have (at least
/// 1 is taken); a process whose usual batch uses more, by threads of its own, is measured against what that uses. A
/// batch with a wall time that is not finite and positive, or with negative or NaN figures, has those figures treated
/// as unknown. n = 1: the usual share is taken as 0.
[[nodiscard]] std::vector<Disturbance> find_disturbed(std::span<const BatchUsage> batches, int threads = 1);

/// Batches that were not disturbed stand for all where there are at least so many of them, and at least this share of
/// all: of fewer, those that call themselves clean are mostly those in which nothing was noticed.
inline constexpr std::size_t kFewestClean = 5;
inline constexpr double kLeastCleanShare = 0.1;

/// Whether estimates and fits are taken from the clean batches alone; if not, all are used.
[[nodiscard]] bool clean_suffice(std::size_t batches, std::size_t disturbed);

/// Share of the batches from which on a result that stands on all of them is flagged: the median moves by less than
/// their spread while fewer are disturbed.
inline constexpr double kDisturbedShare = 0.10;
/// Share from which on a result is flagged although it stands on clean ones: caches and frequency are disturbed between
/// them too.
inline constexpr double kMostlyDisturbedShare = 0.5;

/// Whether a result of these batches is flagged `disturbed`.
[[nodiscard]] bool result_disturbed(std::size_t batches, std::size_t disturbed);

/// Share of the known batches that were disturbed. Errors: nullopt when none is known.
[[nodiscard]] std::optional<double> disturbed_ratio(std::span<const Disturbance> batches);

}  // namespace benchhost::stats
