// benchhost plugin quarantine: what crashed and is not started again; and how other commands speak of it.
#pragma once

#include <string_view>
#include <vector>

#include "cli/command.h"
#include "discover/quarantine.h"

namespace benchhost::cli {

[[nodiscard]] Command quarantine_command();

/// What of a plugin is not started: probe, benchmarks. fingerprint "": nothing.
[[nodiscard]] std::vector<discover::QuarantineEntry> in_quarantine(const discover::Quarantine& quarantine,
                                                                   std::string_view fingerprint);

/// For a command that starts a plugin all the same: says that its probe or one of its benchmarks ("": any) is in
/// quarantine, and how that ends.
void warn_of_quarantine(const discover::Quarantine& quarantine, std::string_view fingerprint,
                        std::string_view benchmark, Console& console);

}  // namespace benchhost::cli
