// Time: the interface through which everything reads it, and the system's clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace benchhost::platform {

/// What a clock can tell apart and what reading it costs.
struct ClockFacts {
  /// "CLOCK_MONOTONIC (tsc)": the call and, where the system says so, what stands behind it.
  std::string source;
  /// As the system states it; nullopt if it does not.
  std::optional<std::int64_t> resolution_ns;
  /// Median cost of one reading.
  double cost_ns = 0;
  /// Smallest difference above 0 seen between two readings: the real resolution.
  std::int64_t smallest_delta_ns = 0;
};

/// Thread: every function may be called from every thread.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  /// Never goes back; its zero means nothing. Comparable between processes of one boot.
  [[nodiscard]] virtual std::int64_t now_ns() noexcept = 0;
  /// Since 1970-01-01 UTC; may jump.
  [[nodiscard]] virtual std::int64_t wall_ns() noexcept = 0;
  /// Returns when now_ns() >= deadline_ns, at once if it already is.
  virtual void sleep_until(std::int64_t deadline_ns) noexcept = 0;
  /// "CLOCK_MONOTONIC (tsc)", for ClockFacts.
  [[nodiscard]] virtual std::string source() const = 0;
  [[nodiscard]] virtual std::optional<std::int64_t> resolution_ns() const = 0;
};

/// The system's monotonic clock, read without a system call where the kernel offers that (vDSO). Final, so that a
/// caller who holds it by its own type pays no virtual call.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] std::int64_t now_ns() noexcept override;
  [[nodiscard]] std::int64_t wall_ns() noexcept override;
  void sleep_until(std::int64_t deadline_ns) noexcept override;
  [[nodiscard]] std::string source() const override;
  [[nodiscard]] std::optional<std::int64_t> resolution_ns() const override;
};

/// Measures a clock by reading it some ten thousand times (about a millisecond). The cost is the median over blocks, so
/// that an interruption does not count.
[[nodiscard]] ClockFacts measure_clock(Clock& clock);

}  // namespace benchhost::platform
