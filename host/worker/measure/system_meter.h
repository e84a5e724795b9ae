// The usage meter of a real process.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "common/platform/clock.h"
#include "common/platform/files.h"
#include "common/platform/handle.h"
#include "common/platform/resource_use.h"
#include "worker/measure/usage_meter.h"

namespace benchhost::measure {

/// Reads the process's clocks and counters, and the steal time of the CPUs given (all, if none is) from the system.
class SystemMeter final : public UsageMeter {
 public:
  SystemMeter(platform::Clock& clock, platform::Files& files, std::vector<std::uint32_t> cpus);

  [[nodiscard]] UsageReading read(StealReading steal) noexcept override;
  [[nodiscard]] UsageTotals totals() override;
  std::optional<std::uint64_t> start_peak() override;
  [[nodiscard]] std::optional<std::uint64_t> peak_rss_bytes() override;

 private:
  [[nodiscard]] std::optional<std::int64_t> read_steal() noexcept;
  [[nodiscard]] std::optional<std::uint64_t> status_bytes(std::string_view key);

  platform::Clock& clock_;
  platform::Files& files_;
  std::vector<std::uint32_t> cpus_;
  platform::OwnedHandle stat_;  ///< /proc/stat, opened once
  std::vector<char> text_;
  std::int64_t stolen_at_ns_ = 0;
  std::optional<std::int64_t> stolen_ns_;
  bool peak_is_ours_ = false;
  platform::ResourceUse children_;  ///< at start_peak
};

}  // namespace benchhost::measure
