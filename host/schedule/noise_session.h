// A/A of this machine: one case against itself, at several lengths of body, each in pairs of fresh processes.
//
// A body of a length is a batch of a fixed number of iterations, the same in every process of the session. Of the two
// invocations before the first pair, one finds how long an iteration takes, the other what a process takes beside its
// measuring; from then on the rounds tell it, and what time is left is divided anew before each. In each round every
// length is measured once, in an order drawn anew; the two processes of a pair follow each other, A or B first by
// chance, as those of a comparison would.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "analysis/noise.h"
#include "common/base/result.h"
#include "common/platform/clock.h"
#include "schedule/executor.h"
#include "schedule/plan.h"
#include "schedule/worker_runner.h"

namespace benchhost::schedule {

/// Lengths of body that are looked at: those of most benchmarks, a decade apart.
inline constexpr std::array<std::int64_t, 5> kNoiseBodiesNs = {1'000, 10'000, 100'000, 1'000'000, 10'000'000};
/// More rounds would tell nothing new; more time makes invocations longer.
inline constexpr std::uint32_t kMostRounds = 20;
/// What a worker takes beside its measuring, at most where the least time of a session is told: start, warm-up, fit and
/// end.
inline constexpr std::int64_t kNoiseOverheadNs = 300'000'000;
inline constexpr std::int64_t kMostSessionNs = 24 * std::int64_t{3600} * 1'000'000'000;

/// What a session is asked for.
struct NoisePlan {
  std::int64_t duration_ns = 0;  ///< of all of it; no invocation is begun after
  std::vector<std::int64_t> bodies_ns;
  std::uint32_t most_rounds = kMostRounds;  ///< 1 or more
};

/// The least time in which a session over these lengths gives an answer.
[[nodiscard]] std::int64_t least_session_ns(std::span<const std::int64_t> bodies_ns);

/// Errors: BH0001, the time is too short (with the least) or longer than a day. Pure.
[[nodiscard]] Result<NoisePlan> plan_noise(std::int64_t duration_ns, std::span<const std::int64_t> bodies_ns);

/// How a time is divided: into rounds first, and what is left makes invocations longer.
struct NoiseDivision {
  std::uint32_t rounds = 1;                ///< pairs of each length; 1 even where the time is too short for it
  std::vector<std::int64_t> measuring_ns;  ///< of one invocation, parallel to the lengths
};
/// `overhead_ns`: what an invocation takes beside its measuring. most_rounds: 1 or more. Empty lengths: no rounds.
/// Pure.
[[nodiscard]] NoiseDivision divide_noise_time(std::int64_t time_ns, std::int64_t overhead_ns,
                                              std::span<const std::int64_t> bodies_ns, std::uint32_t most_rounds);

/// One length, as it came out.
struct NoiseSeries {
  std::int64_t body_ns = 0;
  std::uint64_t n = 0;  ///< 0: no batch of the benchmark is such a body; `reason`
  std::vector<analysis::NoisePair> pairs;
  std::string reason;  ///< why there are no pairs, or too few
};

struct NoiseSession {
  std::vector<NoiseSeries> series;
  std::uint64_t invocations = 0;
  std::int64_t elapsed_ns = 0;
  int signal = 0;       ///< that ended it early; 0: none
  bool failed = false;  ///< a worker did not pass, and it ended there
};

/// Everything a session depends on. Owns: nothing; all outlive it.
struct NoiseParts {
  WorkerRunner& workers;
  platform::Clock& clock;
  ScratchFolders& scratch;
  const StopWish& stop;
  std::function<std::vector<std::uint32_t>(std::uint64_t cores)> choose_cores;
  /// Told before each invocation: how many are done, and of how many as it looks now.
  std::function<void(std::uint64_t done, std::uint64_t all)> progress;
};

/// Measures the first case of the plan, a hot benchmark that the host times. Ends at its time, at the wish to stop, or
/// when a worker does not pass: what was measured before stays. A length whose batches come out with another number of
/// iterations (batch_min, batch_max) is left after the first, with its reason. Errors: a worker cannot be started; the
/// benchmark is not timed in batches (BH0001).
[[nodiscard]] Result<NoiseSession> measure_noise(const Plan& plan, const NoisePlan& noise, const NoiseParts& parts);

}  // namespace benchhost::schedule
