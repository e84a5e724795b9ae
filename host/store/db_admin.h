// Looking after a database file: `benchhost db check | backup | migrate`.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "store/records.h"

namespace benchhost::store {

struct CheckReport {
  std::vector<std::string> damage;       ///< what is wrong, for people; empty: the file is sound
  std::vector<RunId> interrupted;        ///< runs whose process is gone
  std::vector<RunId> running;            ///< runs whose process lives, or cannot be seen from here
  std::uint64_t unfinished_results = 0;  ///< of interrupted runs
  std::uint64_t orphan_samples = 0;      ///< belong to no segment
  std::uint64_t missing_samples = 0;     ///< of segments, absent from the file
  int schema = 0;
  [[nodiscard]] bool sound() const { return damage.empty(); }
};

/// Reads the whole file and reports; writes nothing. A database that cannot even be opened is an Error, one with damage
/// in its pages a report.
[[nodiscard]] Result<CheckReport> check_database(const std::string& path);

/// Copies a database that may be in use into a new file and checks the copy. Returns its bytes.
/// Errors: the target exists; not writable; source damaged.
[[nodiscard]] Result<std::uint64_t> backup_database(const std::string& path, const std::string& to);

/// Brings an older database up to date, keeping a copy beside it. Returns what was done, for people; empty: nothing to
/// do.
[[nodiscard]] Result<std::vector<std::string>> migrate_database(const std::string& path);

struct SizeReport {
  std::uint64_t file_bytes = 0;
  std::uint64_t wal_bytes = 0;
  std::uint64_t free_bytes = 0;                             ///< pages that the next rows fill
  std::vector<std::pair<std::string, std::uint64_t>> rows;  ///< by table, by name
};

[[nodiscard]] Result<SizeReport> database_size(const std::string& path);

}  // namespace benchhost::store
