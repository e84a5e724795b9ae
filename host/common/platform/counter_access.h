// What a worker could count and meter of the hardware here: which events and energy zones there are, and why not.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "common/platform/event_counters.h"
#include "common/platform/files.h"

namespace benchhost::platform {

struct SourceAccess {
  std::string name;    ///< "instructions", "package-0": as with the counts of an invocation
  std::string reason;  ///< why it cannot be had; "": it can
  [[nodiscard]] bool available() const { return reason.empty(); }
  friend bool operator==(const SourceAccess&, const SourceAccess&) = default;
};

/// Opens every event as a worker does, lets it count for a moment and closes it again: one that opens, and never has
/// its turn on the processor's counters, cannot be had. Of this machine, whatever root others look below.
[[nodiscard]] std::vector<SourceAccess> counter_access(EventSource& source);

/// The energy zones that a worker meters (energy.h), below `root`; empty: there are none.
[[nodiscard]] std::vector<SourceAccess> energy_access(Files& files, const std::filesystem::path& root = "/");

}  // namespace benchhost::platform
