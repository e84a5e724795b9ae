// How many batches are run again because the processor was taken away during others.
#pragma once

#include <cstddef>
#include <cstdint>

namespace benchhost::measure {

/// At most so many times the clean batches that are wanted are run again: enough where every second one is disturbed.
inline constexpr double kMostRepeatsRatio = 1.0;
/// At most this share of the measuring time goes into it.
inline constexpr double kRepeatTimeRatio = 1.0;
/// Rounds of repeats; each runs as many batches as clean ones are missing.
inline constexpr int kRepeatRounds = 20;
/// Where so many repeats in a row were all disturbed, what disturbs is there to stay.
inline constexpr std::size_t kHopelessRepeats = 20;

/// Decides it by counts and by the time that repeating takes, never by how long a batch took: that would choose among
/// the results. A batch is disturbed by the evidence of stats/disturbance.h alone.
class Repeats {
 public:
  /// `wanted`: clean batches, those that were measured. `budget_ns`: what measuring them was given.
  Repeats(std::size_t wanted, std::int64_t budget_ns);

  /// Batches to run next, where `disturbed` of the `measured` ones are; 0: enough are clean, or no more is spent.
  /// `spent_ns`: on repeats so far.
  [[nodiscard]] std::size_t next(std::size_t measured, std::size_t disturbed, std::int64_t spent_ns);
  /// Whether another repeat may still begin in the round that next() asked for. `each_ns`: what one takes.
  [[nodiscard]] bool has_time(std::int64_t spent_ns, double each_ns) const;

 private:
  std::size_t wanted_;
  std::int64_t most_ns_;
  std::size_t ran_ = 0;
  std::size_t in_vain_ = 0;       ///< repeats in a row that were all disturbed
  std::size_t asked_ = 0;         ///< of the round before
  std::size_t clean_before_ = 0;  ///< when it began
  int rounds_ = 0;
};

}  // namespace benchhost::measure
