// What the system says about this process around a batch and over a cycle.
#pragma once

#include <cstdint>
#include <optional>

namespace benchhost::measure {

/// Counters that only rise; unknown is nullopt.
struct UsageReading {
  std::optional<std::int64_t> cpu_ns;  ///< all threads of the process
  std::optional<std::uint64_t> involuntary_switches;
  std::optional<std::int64_t> steal_ns;  ///< of the cores used
};

/// Totals of the process.
struct UsageTotals {
  std::optional<std::uint64_t> minor_faults, major_faults, voluntary_switches, involuntary_switches;
  std::optional<std::int64_t> user_ns, system_ns, steal_ns;
};

/// Thread: control; never inside a timed region.
class UsageMeter {
 public:
  UsageMeter() = default;
  UsageMeter(const UsageMeter&) = delete;
  UsageMeter& operator=(const UsageMeter&) = delete;
  virtual ~UsageMeter() = default;

  /// A microsecond or so. steal_ns is read anew only now and then: the kernel counts it in ticks.
  [[nodiscard]] virtual UsageReading read() noexcept = 0;
  [[nodiscard]] virtual UsageTotals totals() = 0;
  /// Forgets the peak so far, where the system can; resident bytes now.
  virtual std::optional<std::uint64_t> start_peak() = 0;
  /// Largest resident size since start_peak, children included as far as the system tells; nullopt: start_peak could
  /// not forget what was before.
  [[nodiscard]] virtual std::optional<std::uint64_t> peak_rss_bytes() = 0;
};

}  // namespace benchhost::measure
