// The commands that read the store: report, show, list runs, replay, query.
#pragma once

#include <string>
#include <vector>

#include "cli/command.h"
#include "report/run_view.h"

namespace benchhost::cli {

[[nodiscard]] Command report_command();
[[nodiscard]] Command show_command();
[[nodiscard]] Command list_runs_command();
[[nodiscard]] Command query_command();

/// The formats of reports.
[[nodiscard]] const std::vector<std::string>& report_formats();

/// "console, md or json", as help lists them.
[[nodiscard]] std::string report_formats_text();

/// How much of a run reports in these formats need. Requests as for write_report.
[[nodiscard]] report::Depth report_depth(const std::vector<std::string>& requests);

/// Writes a report in one of those formats to standard output or, after "FORMAT:", to a file. Requires: the view is of
/// the depth that the format needs.
/// Errors: an unknown format (with the nearest); another one than JSON to standard output with --format json; the
/// folder is not there; the file cannot be written.
[[nodiscard]] Result<void> write_report(const report::RunView& view, const std::string& format_and_file,
                                        CommandContext& context);
/// Errors: what write_report would refuse, found before anything runs. `json`: --format json was given, so that
/// standard output holds one JSON text and nothing else.
[[nodiscard]] Result<void> check_report_request(const std::string& format_and_file, bool json);

/// "214/3" is case 3 of run 214, "latest/3" of the newest; a plain number is a result of the database.
/// Errors: malformed; no such run, case or result.
[[nodiscard]] Result<store::StoredResult> find_result(store::RunReader& reader, const std::string& reference);

}  // namespace benchhost::cli
