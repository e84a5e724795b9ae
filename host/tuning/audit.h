// What of this machine, as it is now, will disturb a measurement. Pure: rules over facts that were read before.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/platform/clock.h"
#include "common/platform/conditions.h"
#include "common/platform/load.h"
#include "common/platform/machine.h"

namespace benchhost::tuning {

/// How much a finding matters. What is fine gives no finding; what cannot be seen is none that is fine.
enum class Severity : std::uint8_t {
  unknown,  ///< the system does not tell
  note,     ///< to be known when numbers are read
  warning,  ///< numbers will differ for it
};
/// "unknown", "note", "warning".
[[nodiscard]] std::string_view to_text(Severity severity);

/// One thing that disturbs, or that nobody can tell.
struct Finding {
  std::string_view code;     ///< its page of `benchhost explain`: BH07xx; valid for ever
  std::string_view subject;  ///< "governor": one finding a subject at most; valid for ever
  Severity severity = Severity::note;
  std::string text;  ///< with the figures that were seen: one sentence without a full stop; may hold text of others
  std::string help;  ///< what to do; a command where there is one

  friend bool operator==(const Finding&, const Finding&) = default;
};

/// All that is looked at. Owns: nothing.
struct AuditInput {
  const platform::MachineFacts& machine;
  const platform::LoadFacts& load;
  const platform::ConditionFacts& conditions;
  const platform::ClockFacts& clock;
  /// Logical CPUs that workers may run on.
  std::span<const unsigned> allowed;
};

/// What was found, warnings first, then notes, then what is not known; within those in the order of codes.
[[nodiscard]] std::vector<Finding> audit(const AuditInput& input);

/// CPUs' worth of time that neither this command nor its workers took, over the window of the facts. nullopt: not
/// known.
[[nodiscard]] std::optional<double> others_cpus(const platform::LoadFacts& load,
                                                const platform::ConditionFacts& conditions);

}  // namespace benchhost::tuning
