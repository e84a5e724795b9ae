// The state of this machine while a command prepares: what the audit before a run and `benchhost system` look at.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "cli/workplace.h"
#include "common/platform/clock.h"
#include "common/platform/conditions.h"
#include "common/platform/load.h"
#include "common/platform/machine.h"
#include "store/records.h"

namespace benchhost::cli {

/// The folder in whose proc and sys that state is read, absolute: BENCHHOST_SYSTEM_ROOT, else "/".
[[nodiscard]] std::filesystem::path system_root(const Workplace& workplace);

/// What was seen between two moments.
struct MachineState {
  platform::MachineFacts machine;
  platform::LoadFacts load;
  platform::ConditionFacts conditions;
  platform::ClockFacts clock;
  std::vector<unsigned> allowed;  ///< logical CPUs that workers may run on
};

/// Watches from when it is made, early in a command, to when it is asked first. Thread: one.
class MachineWatch {
 public:
  /// A tick of the kernel's counters is 10 ms: less than this shows nothing but whole ticks.
  static constexpr std::int64_t kLeastWindowNs = 60'000'000;

  explicit MachineWatch(Workplace& workplace);

  /// Looks, at the first call; sleeps before for as long as the window is still too short. `machine` and `allowed` are
  /// this machine's; below another root the first is read there.
  [[nodiscard]] const MachineState& look(const platform::MachineFacts& machine, const std::vector<unsigned>& allowed);

  /// What disturbs measurements, as stored with a run. Of what look() saw.
  [[nodiscard]] std::vector<store::RunFinding> findings(const platform::MachineFacts& machine,
                                                        const std::vector<unsigned>& allowed);

 private:
  Workplace& workplace_;
  std::filesystem::path root_;
  platform::LoadMeter load_;
  platform::ConditionMeter conditions_;
  std::int64_t since_ns_ = 0;
  std::optional<MachineState> state_;
};

}  // namespace benchhost::cli
