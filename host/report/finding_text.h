// What was found of the machine before a run, in words. Pure.
#pragma once

#include <string>
#include <vector>

#include "common/base/json.h"
#include "store/records.h"

namespace benchhost::report {

/// Which findings a reader is shown.
enum class Findings { warnings, all };

/// "warning[BH0701]: the governor is powersave (benchhost system tune)": one line, harmless for a terminal.
[[nodiscard]] std::string finding_line(const store::RunFinding& finding);

/// The findings that are shown, in their order.
[[nodiscard]] std::vector<store::RunFinding> shown_findings(const std::vector<store::RunFinding>& findings,
                                                            Findings which);

/// code, subject, severity, text, help (null where there is none).
[[nodiscard]] Json findings_json(const std::vector<store::RunFinding>& findings);

}  // namespace benchhost::report
