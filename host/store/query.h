// SQL by strangers, for reading only. Safe against a statement that wants to write, to reach another file, or to eat
// the machine; a caller that serves others runs it in a child process all the same, with limits on its memory and time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/base/result.h"

namespace benchhost::store {

struct QueryLimits {
  std::uint64_t rows = 1'000;                ///< more are cut off, and `cut` says so
  std::uint64_t value_bytes = 1'000'000;     ///< longest text or blob, also in between
  std::uint64_t total_bytes = 64'000'000;    ///< of all rows together; more are cut off
  std::int64_t deadline_ns = 2'000'000'000;  ///< CPU steps are interrupted after this much time
  std::int64_t busy_wait_ms = 1'000;
};

/// NULL, INTEGER, REAL, TEXT, or BLOB.
struct BlobValue {
  std::string bytes;
  friend bool operator==(const BlobValue&, const BlobValue&) = default;
};
using SqlValue = std::variant<std::monostate, std::int64_t, double, std::string, BlobValue>;

/// The limit that cut an answer's rows off.
enum class QueryCut { none, rows, bytes };

struct QueryAnswer {
  std::vector<std::string> columns;
  std::vector<std::vector<SqlValue>> rows;
  QueryCut cut = QueryCut::none;
};

/// Runs one SELECT (or WITH … SELECT, VALUES, EXPLAIN QUERY PLAN is refused) on a connection of its own that cannot
/// write. Pure in that nothing but its arguments and the file decides the answer. Thread: any. Errors: syntax (with
/// SQLite's text); not exactly one statement; anything but reading (BH0410, naming what was refused); a limit (BH0411);
/// as open_reader.
[[nodiscard]] Result<QueryAnswer> query_database(const std::string& path, std::string_view sql,
                                                 const QueryLimits& limits);

}  // namespace benchhost::store
