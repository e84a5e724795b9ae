// The result table that the console and Markdown reports share.
#pragma once

#include "report/run_view.h"
#include "report/table.h"

namespace benchhost::report {

/// A row per case: name, value, interval, spread between invocations, n, flags or how it ended.
[[nodiscard]] Table result_table(const RunView& view, bool ascii);
/// A row per sweep summary; no rows without summaries.
[[nodiscard]] Table summary_table(const RunView& view, bool ascii);
/// Flags joined by ", "; for a case that did not pass, its outcome in words.
[[nodiscard]] std::string remarks_of(const store::StoredResult& result);

}  // namespace benchhost::report
