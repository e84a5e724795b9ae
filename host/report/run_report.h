// A run in each of the forms that reports have. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/base/json.h"
#include "report/run_view.h"

namespace benchhost::report {

/// How text for a terminal is drawn.
struct Style {
  std::size_t width = 80;
  bool ascii = false;         ///< no byte above 0x7f
  bool colour = false;        ///< SGR escapes
  bool all_findings = false;  ///< of the machine, not only the warnings
};

/// Head, what was found of the machine, result table (value ± interval, unit in the value, spread, n, flags), failures
/// with their next step, summaries, counts, and what the machine resolves.
[[nodiscard]] std::string console_report(const RunView& view, const Style& style);
[[nodiscard]] std::string markdown_report(const RunView& view);
/// Version 1, additive only: members may be added, none is renamed or removed. Unknown is null.
[[nodiscard]] Json json_report(const RunView& view);
/// A row for each number, with its unit, and one for each case without; parameters in columns of their own.
[[nodiscard]] std::string csv_report(const RunView& view);
/// For CI systems: a test case for each case; one error more if the run never came to some.
[[nodiscard]] std::string junit_report(const RunView& view);
/// One file that needs no other, no script and no network, and that is XML too: facts, table, plots; in light, dark and
/// on paper. Its size is bounded: it says what it leaves out. Requires: view.detail.
[[nodiscard]] std::string html_report(const RunView& view);

/// One result with all its metrics, and its samples as a line and bars.
[[nodiscard]] std::string result_page(const store::StoredResult& result,
                                      const std::vector<store::StoredInvocation>& invocations, const CaseShape& shape,
                                      const Style& style);
[[nodiscard]] Json result_json(const store::StoredResult& result);

}  // namespace benchhost::report
