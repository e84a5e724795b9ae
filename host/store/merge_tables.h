// The part of a merge that happens within the database: the rows of an attached one, under new numbers. Private to this
// folder.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "store/connection.h"
#include "store/records.h"

namespace benchhost::store {

/// What one attached database brought.
struct MergedRows {
  std::vector<RunId> runs;  ///< their numbers here, ascending
  std::uint64_t results = 0;
  std::uint64_t samples = 0;
};

/// Copies the runs with these numbers, and all that they refer to, from the database attached as "source" into the main
/// one, in one transaction: after an Error nothing of it is kept. Testbeds, devices, backends, plugins, benchmarks,
/// metrics and cases that are here already are used and not doubled; where both describe a benchmark, what is known
/// here stays the last word. A run that never finished, and its results without an outcome, become interrupted.
/// Which column refers to what is read from the schema, so that a table or column that a later schema adds to a run is
/// merged without a change here. Requires: both have this program's schema; no run of that uid is here.
/// `after_table` runs within the transaction after each table; for tests.
[[nodiscard]] Result<MergedRows> merge_attached(Connection& connection, const std::vector<RunId>& runs,
                                                const std::function<void(std::string_view table)>& after_table = {});

}  // namespace benchhost::store
