// Several databases into one: `benchhost db merge`.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "store/records.h"

namespace benchhost::store {

struct MergeWish {
  std::vector<std::string> sources;  ///< database files, each left as it is
  /// Runs without an end of which nobody here can tell whether they go on, because they ran on another machine, are
  /// taken as interrupted; else they are left out.
  bool take_unfinished = false;
};

struct MergeReport {
  std::vector<RunId> runs;    ///< their numbers here, ascending: those of the first source first
  std::uint64_t present = 0;  ///< runs that were here already, or came twice
  std::uint64_t results = 0;  ///< of the runs taken
  std::uint64_t samples = 0;
  std::vector<std::string> notes;  ///< for people: what was left out, and why
};

/// Brings the runs of the sources into the database at `path`, which is made if it is not there. A run is known by its
/// uid: one that is here already is not taken again. All sources are copied beside the database first, and the copies
/// brought to this program's schema and checked as `db check` does; then all runs come in within one transaction.
/// Whatever ends it before that, a kill included, leaves the database as it was. A copy that a kill left is removed by
/// the next merge. Errors: a source that is missing, damaged, of a newer schema, or the database itself; a run is under
/// way in the database (BH0412), which waiting for a merge might cost its results; as open_store.
/// `after_table`: see merge_attached.
[[nodiscard]] Result<MergeReport> merge_databases(const std::string& path, const MergeWish& wish,
                                                  const std::function<void(std::string_view table)>& after_table = {});

}  // namespace benchhost::store
