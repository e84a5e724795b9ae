#include "store/run_presence.h"

#include <fmt/format.h>

#include "store/error_ids.h"
#include "store/sqlite_rows.h"

namespace benchhost::store {

Result<std::vector<OpenRun>> open_runs(Connection& connection) {
  std::vector<OpenRun> runs;
  BH_CHECK(each(connection.query("SELECT id, " BH_WRITER_COLUMNS " FROM runs WHERE state = 'running' ORDER BY id"),
                [&runs](Cursor& c) -> Result<void> {
                  runs.push_back({c.integer(0), liveness(writer_at(c, 1))});
                  return {};
                }));
  return runs;
}

Result<void> need_no_run_under_way(Connection& connection) {
  BH_TRY(const auto runs, open_runs(connection));
  for (const OpenRun& run : runs) {
    if (run.liveness != Liveness::alive) continue;
    return make_error(kRunUnderWay, fmt::format("run {} is under way", run.id),
                      "wait for its end: what it measures could not be stored meanwhile")
        .in(connection.path());
  }
  return {};
}

}  // namespace benchhost::store
