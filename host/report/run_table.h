// The result table that the console and Markdown reports share.
#pragma once

#include "report/run_view.h"
#include "report/table.h"

namespace benchhost::report {

/// The device that all cases of a run ran on, "" if they differ: it is said once and left out of the names.
[[nodiscard]] std::string common_device(const RunView& view);
/// A row per case: name, value, interval, spread between invocations, n, flags or how it ended. `with_order`: also the
/// run order of its batches as a line; requires view.detail.
[[nodiscard]] Table result_table(const RunView& view, bool ascii, bool with_order = false);
/// A row per sweep summary; no rows without summaries.
[[nodiscard]] Table summary_table(const RunView& view, bool ascii);
/// Flags joined by ", "; for a case that did not pass, its outcome in words.
[[nodiscard]] std::string remarks_of(const store::StoredResult& result);

}  // namespace benchhost::report
