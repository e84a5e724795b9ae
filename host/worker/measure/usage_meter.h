// What the system says about this process around a batch and over a cycle.
#pragma once

#include <cstdint>
#include <optional>

namespace benchhost::measure {

/// Counters that only rise; unknown is nullopt.
struct UsageReading {
  std::optional<std::int64_t> cpu_ns;  ///< all threads of the process, and its children that ended
  std::optional<std::uint64_t> involuntary_switches;
  std::optional<std::uint64_t> voluntary_switches;
  std::optional<std::int64_t> steal_ns;  ///< of the cores used
};

/// Totals of the process and its children that ended.
struct UsageTotals {
  std::optional<std::uint64_t> minor_faults, major_faults, voluntary_switches, involuntary_switches;
  std::optional<std::int64_t> user_ns, system_ns, steal_ns;
};

/// How stolen time is read, which costs more than all else and which the kernel counts in ticks.
enum class StealReading {
  kept,  ///< the last reading again, if there is one
  due,   ///< anew if the last one is a tick old
  now,
};

/// Thread: control; never inside a timed region.
class UsageMeter {
 public:
  UsageMeter() = default;
  UsageMeter(const UsageMeter&) = delete;
  UsageMeter& operator=(const UsageMeter&) = delete;
  virtual ~UsageMeter() = default;

  /// A microsecond or so, without a new reading of steal_ns.
  [[nodiscard]] virtual UsageReading read(StealReading steal) noexcept = 0;
  [[nodiscard]] virtual UsageTotals totals() = 0;
  /// Forgets the peak so far, where the system can; resident bytes now.
  virtual std::optional<std::uint64_t> start_peak() = 0;
  /// Largest resident size since start_peak, with the largest child that ended since. nullopt: start_peak could not
  /// forget what was before, or a child ended since and a larger one had before, beside which the system does not tell.
  [[nodiscard]] virtual std::optional<std::uint64_t> peak_rss_bytes() = 0;
};

}  // namespace benchhost::measure
