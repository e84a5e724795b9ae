// Whether somebody writes a run now: what takes long in a database must not happen beside it. Private to this folder.
#pragma once

#include <vector>

#include "common/base/result.h"
#include "store/connection.h"
#include "store/records.h"
#include "store/writer_process.h"

namespace benchhost::store {

/// A run that has not ended.
struct OpenRun {
  RunId id = 0;
  Liveness liveness = Liveness::unknown;  ///< of the process that writes it
};

/// Runs in state `running`, ascending.
[[nodiscard]] Result<std::vector<OpenRun>> open_runs(Connection& connection);

/// Errors: a run is under way (BH0412).
[[nodiscard]] Result<void> need_no_run_under_way(Connection& connection);

}  // namespace benchhost::store
