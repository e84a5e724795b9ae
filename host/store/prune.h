// Old runs go: `benchhost db prune`.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "store/records.h"

namespace benchhost::store {

/// Which runs go. With `runs` these; else of the runs that have all of `labels` those that are older than `before` and
/// are none of the newest `keep_newest`, as far as either is given.
struct PruneWish {
  std::vector<RunId> runs;
  std::optional<std::int64_t> before_wall_ns;  ///< runs that started earlier
  std::optional<std::uint64_t> keep_newest;    ///< of those with the labels
  std::vector<std::pair<std::string, std::string>> labels;
  /// Runs with such a label stay in any case; without a value: with any value of it.
  std::vector<std::pair<std::string, std::optional<std::string>>> keep_labels;
};

/// What the choice depends on.
struct PruneCandidate {
  RunId id = 0;
  std::int64_t started_wall_ns = 0;
  Labels labels;
  bool under_way = false;         ///< its process lives
  bool may_be_under_way = false;  ///< nobody here can tell
  std::vector<RunId> stands_on;   ///< runs whose numbers its cached results are
};

struct KeptRun {
  RunId id = 0;
  std::string reason;  ///< for people
  friend bool operator==(const KeptRun&, const KeptRun&) = default;
};

struct PruneChoice {
  std::vector<RunId> go;      ///< ascending
  std::vector<KeptRun> kept;  ///< asked for, and kept all the same; ascending
};

/// A run under way never goes; one that may be only if it was named. A run on whose numbers a run stands that stays
/// stays as well. Pure.
[[nodiscard]] PruneChoice choose_runs_to_prune(std::span<const PruneCandidate> candidates, const PruneWish& wish);

struct PrunedRun {
  RunId id = 0;
  std::int64_t started_wall_ns = 0;
  std::string suite_name;
  std::uint64_t results = 0;
};

struct PruneReport {
  std::vector<PrunedRun> runs;
  std::vector<KeptRun> kept;
  std::uint64_t bytes_before = 0;  ///< of the database file
  std::uint64_t bytes_after = 0;
  std::string not_compacted;  ///< why the file did not shrink; "" if it did, or had no need to
};

/// Deletes runs with all that belongs to them, and cases, devices, backends and testbeds that no run names any more;
/// what plugins say of themselves stays. Then the file is made smaller (VACUUM), unless a run is under way. Each run
/// goes in a transaction of its own: a kill in between leaves whole runs. dry_run: only says what would go, and writes
/// nothing. Errors: a named run is not there; as open_store, with dry_run as open_reader.
[[nodiscard]] Result<PruneReport> prune_database(const std::string& path, const PruneWish& wish, bool dry_run);

}  // namespace benchhost::store
