#include "report/finding_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "common/base/terminal_text.h"

namespace benchhost::report {

std::string finding_line(const store::RunFinding& finding) {
  std::string line = fmt::format("{}[{}]: {}", finding.severity, finding.code, escape_for_terminal(finding.text));
  if (!finding.help.empty()) line += fmt::format(" ({})", escape_for_terminal(finding.help));
  return line;
}

std::vector<store::RunFinding> shown_findings(const std::vector<store::RunFinding>& findings, Findings which) {
  std::vector<store::RunFinding> shown;
  std::ranges::copy_if(findings, std::back_inserter(shown),
                       [&](const store::RunFinding& f) { return which == Findings::all || f.severity == "warning"; });
  return shown;
}

Json findings_json(const std::vector<store::RunFinding>& findings) {
  Json all{JsonArray{}};
  for (const store::RunFinding& f : findings) {
    Json one;
    one.set("code", f.code).set("subject", f.subject).set("severity", f.severity).set("text", f.text);
    one.set("help", f.help.empty() ? Json() : Json(f.help));
    all.push(std::move(one));
  }
  return all;
}

}  // namespace benchhost::report
