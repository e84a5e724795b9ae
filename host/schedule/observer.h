// What happens while a run goes on, for whoever shows it: a terminal, a log, a socket.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/protocol/message.h"
#include "common/stats/interval.h"
#include "schedule/plan.h"
#include "store/records.h"

namespace benchhost::schedule {

/// How far a run is.
struct Standing {
  std::size_t cases = 0;
  std::size_t finished = 0;
  std::uint64_t invocations = 0;           ///< finished ones of cases; the yardstick's do not count
  std::uint64_t invocations_expected = 0;  ///< at least
  std::int64_t elapsed_ns = 0;
  /// By what an invocation took so far; runs down while one is under way. nullopt: nothing was finished yet.
  std::optional<std::int64_t> remaining_ns;
};

/// Calls come on the executor's thread, outside every measurement; a slow observer delays the run and nothing else.
/// Case numbers are indices into Plan::cases; nullopt: the yardstick.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void run_started(store::RunId run, const Plan& plan) = 0;
  virtual void invocation_started(std::optional<std::size_t> index, std::uint32_t invocation,
                                  const Standing& standing) = 0;
  /// A life sign of the worker.
  virtual void progress(std::optional<std::size_t> index, const protocol::Progress& progress) = 0;
  /// The worker has said nothing for a while; it will be ended if that goes on.
  virtual void slow(std::optional<std::size_t> index, std::int64_t elapsed_ns, std::string_view phase) = 0;
  /// Time passes, whether the worker says something or not; about every second.
  virtual void tick(const Standing& standing) = 0;
  /// The primary metric over the invocations so far: an interval from two on; nullopt: no value yet.
  virtual void invocation_done(std::optional<std::size_t> index, std::optional<stats::Interval> so_far,
                               const Standing& standing) = 0;
  virtual void case_finished(std::size_t index, store::ResultId result, const store::CaseEnd& end,
                             const Standing& standing) = 0;
  /// Something about the run that its reader should know; stored as an event too.
  virtual void warning(std::string_view text) = 0;
};

}  // namespace benchhost::schedule
