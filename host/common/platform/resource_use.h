// What a process or a thread has used so far: read between batches, never in the timed region.
#pragma once

#include <cstdint>
#include <optional>

namespace benchhost::platform {

struct ResourceUse {
  /// Largest resident size so far; of processes only. On Linux a child's includes what its parent had resident when it
  /// forked, so it bounds a worker's size from above; a worker that wants its own reads it itself.
  std::optional<std::uint64_t> max_rss_bytes;
  std::int64_t user_ns = 0;
  std::int64_t system_ns = 0;
  std::uint64_t minor_faults = 0;
  std::uint64_t major_faults = 0;
  /// The thread waited for something.
  std::uint64_t voluntary_switches = 0;
  /// The thread was ready to go on but had to give its core away: a sign of disturbance.
  std::uint64_t involuntary_switches = 0;
};

/// later - earlier, member by member; max_rss_bytes is later's.
[[nodiscard]] ResourceUse operator-(const ResourceUse& later, const ResourceUse& earlier);

}  // namespace benchhost::platform
