// What differences a machine can tell at a length of body: the same body against itself, in pairs of fresh processes.
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/invocation.h"
#include "common/stats/interval.h"
#include "common/stats/resolution.h"

namespace benchhost::analysis {

/// Pairs that the comparison behind "this machine resolves differences of x %" is thought to have: the number at which
/// the design's own A/B comparison decides.
inline constexpr std::int64_t kComparisonPairs = 10;

/// Fewest pairs that an answer is given on: paired intervals of fewer are too wide to be read.
inline constexpr std::size_t kLeastPairs = 5;

/// What one invocation says, samples left behind: a session of hours fits into memory.
struct InvocationNoise {
  /// Median of its measured batches, what a batch costs beside its iterations included: that is the same on both sides
  /// of a comparison, and an estimate of it would be noise of its own.
  double batch_ns = 0;
  std::uint64_t n = 0;  ///< iterations of one
  /// Standard deviation of its batches by their quartiles, relative: slow and rare ones do not count.
  std::optional<double> within_ratio;
  /// How far the 99th percentile of its batches lies above their median, relative; nullopt under 100 batches.
  std::optional<double> tail_ratio;
  std::optional<double> effective_batches;  ///< how many independent ones would say as much
  std::int64_t clock_step_ns = 0;           ///< as the worker found it; 0: it did not say
  std::uint64_t batches = 0;
  std::uint64_t disturbed_batches = 0;
  std::optional<std::uint64_t> involuntary_switches;  ///< of its whole life
  std::optional<std::int64_t> steal_ns;               ///< likewise
  std::int64_t life_ns = 0;
  std::vector<std::uint32_t> cores;  ///< where it ran; empty: wherever the system put it
};

/// Errors, in words: no batches were measured, or of several lengths; they took no time.
struct InvocationNoiseOrReason {
  std::optional<InvocationNoise> noise;
  std::string reason;
};
[[nodiscard]] InvocationNoiseOrReason noise_of(const Invocation& invocation);

/// Two invocations of the same body, one right after the other, called A and B by chance.
struct NoisePair {
  InvocationNoise a;
  InvocationNoise b;
  bool b_first = false;
};

/// Of one length of body. Ratios are relative: 0.01 is 1 %. nullopt: `null_reason`, or too few samples for it.
struct BodyNoise {
  std::int64_t body_ns = 0;           ///< asked for
  std::uint64_t n = 0;                ///< iterations that make such a body
  std::optional<double> measured_ns;  ///< median length of a batch, over all invocations
  std::size_t pairs = 0;
  /// Of a comparison of kComparisonPairs pairs at a level of 99 % with a power of 80 %, by how the processes differ.
  std::optional<stats::Resolution> resolution;
  /// A step of the clock, relative to the body: medians of such batches do not differ by less.
  std::optional<double> step_ratio;
  /// The least difference that can be told: of the two above, the larger one.
  std::optional<double> resolves_ratio;
  /// A over B, geometric mean with its interval at 99 %: 1 lies outside of it once in a hundred sessions by chance.
  std::optional<stats::Interval> a_over_b;
  std::optional<double> within_ratio;   ///< between batches of a process: median over the processes
  std::optional<double> tail_ratio;     ///< likewise
  std::optional<double> between_ratio;  ///< between processes, slow drift not counted
  /// What the batches alone would make of `between_ratio`, were all processes alike.
  std::optional<double> explained_ratio;
  std::uint64_t batches = 0;
  std::uint64_t disturbed_batches = 0;
  std::optional<double> switches_per_second;  ///< involuntary ones beyond those of a start and an end, of workers' life
  std::optional<double> steal_ratio;          ///< of workers' life
  std::string null_reason;                    ///< why there is no resolution
};

/// Pairs in the order in which they ran. Source of the formulas: stats/resolution.h, stats/interval.h; the standard
/// error of a median of m independent normal values is sqrt(pi / (2 m)) times their standard deviation.
[[nodiscard]] BodyNoise estimate_noise(std::int64_t body_ns, std::uint64_t n, std::span<const NoisePair> pairs);

/// What lies behind the figures, in sentences without a full stop, the most telling first; empty: nothing stands out.
[[nodiscard]] std::vector<std::string> noise_reasons(const BodyNoise& body);

}  // namespace benchhost::analysis
