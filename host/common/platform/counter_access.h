// What this process could count and meter of the hardware: which counters and energy zones there are, and why not.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "common/platform/files.h"

namespace benchhost::platform {

struct SourceAccess {
  std::string name;    ///< "instructions", "package-0"
  std::string reason;  ///< why it cannot be had; "": it can
  [[nodiscard]] bool available() const { return reason.empty(); }
};

/// Opens each counter of the kernel's perf events for this thread and closes it again, in user mode only, as a worker
/// without privileges would. Of this machine, whatever root others look below.
[[nodiscard]] std::vector<SourceAccess> counter_access();

/// The energy zones of powercap (RAPL) below `root`; empty: there are none.
[[nodiscard]] std::vector<SourceAccess> energy_access(Files& files, const std::filesystem::path& root = "/");

}  // namespace benchhost::platform
