// What protects the machine, from the outside in: the file is opened read-only with query_only; an authorizer allows a
// list of actions and of functions and refuses the rest, so that ATTACH, PRAGMA, VACUUM INTO, writes and functions that
// make large values never compile; length limits bound each value; a progress handler ends long statements; rows and
// bytes are capped. Length limits matter because one call of a built-in function is one step, which no progress handler
// interrupts.
#include "store/query.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <set>

#include "store/database_file.h"
#include "store/error_ids.h"

namespace benchhost::store {
namespace {

using Clock = std::chrono::steady_clock;

/// Functions whose cost is proportional to the size of their arguments, and that touch nothing but them.
/// Each between blanks.
constexpr std::string_view kFunctions =
    " -> ->> abs acos asin atan atan2 avg ceil ceiling coalesce cos count cume_dist date datetime degrees dense_rank "
    "exp "
    "first_value floor glob group_concat hex ifnull iif instr json json_array json_array_length json_each json_extract "
    "json_group_array json_group_object json_object json_quote json_tree json_type json_valid julianday lag last_value "
    "lead "
    "length like likelihood likely ln log log10 log2 lower ltrim max min mod nth_value ntile nullif percent_rank pi "
    "pow "
    "power quote radians rank round row_number rtrim sign sin sqrt strftime substr substring sum tan time total trim "
    "trunc "
    "typeof unicode unixepoch unlikely upper ";

struct Guard {
  Clock::time_point deadline;
  bool late = false;
  std::string refused;  ///< what the authorizer refused first
  /// What may be read, in lower case: the file's tables and views, none of them virtual, for a virtual table is code.
  std::set<std::string, std::less<>> tables;
  /// What may not, whatever else has that name: the file's virtual tables, and modules, which can be read without a
  /// table.
  std::set<std::string, std::less<>> virtuals;
};

std::string lower(const char* text) {
  std::string lowered(text != nullptr ? text : "");
  std::ranges::transform(lowered, lowered.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lowered;
}

Result<void> find_tables(Connection& connection, Guard& guard) {
  guard.tables = {"json_each", "json_tree", "sqlite_master", "sqlite_schema"};
  // Only a virtual table has no page of its own.
  BH_TRY(Cursor cursor, connection.query("SELECT name, type = 'table' AND coalesce(rootpage, 0) = 0 FROM sqlite_schema "
                                         "WHERE type IN ('table', 'view')"));
  for (;;) {
    BH_TRY(const bool row, cursor.step());
    if (!row) break;
    (cursor.integer(1) != 0 ? guard.virtuals : guard.tables).insert(lower(cursor.text(0).c_str()));
  }
  // Connecting a virtual table runs SQL of its own, which the authorizer would refuse: done before there is one.
  BH_CHECK(connection.execute("SELECT 1 FROM json_each('[]'); SELECT 1 FROM json_tree('[]')"));
  BH_TRY(Cursor modules, connection.query("SELECT name FROM pragma_module_list"));
  for (;;) {
    BH_TRY(const bool row, modules.step());
    if (!row) return {};
    guard.virtuals.insert(lower(modules.text(0).c_str()));
  }
}

/// Whether a read is of the file's own tables. Of a common table expression SQLite reports the name only, and only
/// where no column is used; a virtual table is reported likewise, so those are told apart by name.
bool is_readable(const Guard& guard, const char* table, const char* column) {
  const std::string name = lower(table);
  if (name.empty() || guard.tables.contains(name)) return true;
  return (column == nullptr || *column == '\0') && !guard.virtuals.contains(name) && !name.starts_with("pragma_");
}

std::string action_name(int action, const char* first, const char* second) {
  const auto text = [](const char* t) { return std::string(t != nullptr ? t : ""); };
  switch (action) {
    case SQLITE_FUNCTION:
      return fmt::format("the function {}()", text(second));
    case SQLITE_PRAGMA:
      return fmt::format("PRAGMA {}", text(first));
    case SQLITE_ATTACH:
      return "ATTACH, or VACUUM";
    case SQLITE_DETACH:
      return "DETACH";
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
      return fmt::format("writing to {}", text(first));
    case SQLITE_READ:
      return fmt::format("reading {}", text(first));
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
      return "a transaction";
    default:
      return "anything but SELECT";
  }
}

int authorize(void* context, int action, const char* first, const char* second, const char*, const char*) {
  auto* guard = static_cast<Guard*>(context);
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
      return SQLITE_OK;
    case SQLITE_READ:
      if (is_readable(*guard, first, second)) return SQLITE_OK;
      break;
    case SQLITE_FUNCTION:
      if (kFunctions.find(" " + lower(second) + " ") != std::string_view::npos) return SQLITE_OK;
      break;
    default:
      break;
  }
  if (guard->refused.empty()) guard->refused = action_name(action, first, second);
  return SQLITE_DENY;
}

int interrupt_when_late(void* context) {
  auto* guard = static_cast<Guard*>(context);
  if (Clock::now() < guard->deadline) return 0;
  guard->late = true;
  return 1;
}

Error failure(sqlite3* db, int code, const Guard& guard, const std::string& path) {
  if (!guard.refused.empty()) {
    return make_error(kQueryRefused, fmt::format("{} is not allowed here", guard.refused),
                      "`benchhost query` only reads: write one SELECT");
  }
  switch (code & 0xff) {
    case SQLITE_INTERRUPT:
      return make_error(kQueryLimit, "the statement took too long and was ended", "narrow it with WHERE, or LIMIT");
    case SQLITE_TOOBIG:
      return make_error(kQueryLimit, "a value, or the statement, is longer than allowed");
    case SQLITE_NOMEM:
      return make_error(kQueryLimit, "the statement needs more memory than allowed", "narrow it with WHERE, or LIMIT");
    case SQLITE_ERROR:
    case SQLITE_RANGE:
    case SQLITE_MISMATCH:
      return make_error(kQueryRefused, fmt::format("SQL: {}", sqlite3_errmsg(db)));
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      return make_error(kQueryRefused, "only reading is allowed here", "write one SELECT");
    default:
      return sqlite_error(db, code, path);
  }
}

SqlValue value_of(sqlite3_stmt* statement, int column, std::uint64_t& bytes) {
  const auto text = [&](const void* data) {
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
    bytes += size;
    return data != nullptr ? std::string(static_cast<const char*>(data), size) : std::string();
  };
  bytes += sizeof(SqlValue);
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      return std::int64_t{sqlite3_column_int64(statement, column)};
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, column);
    case SQLITE_TEXT:
      return text(sqlite3_column_text(statement, column));
    case SQLITE_BLOB:
      return BlobValue{text(sqlite3_column_blob(statement, column))};
    default:
      return std::monostate();
  }
}

}  // namespace

Result<QueryAnswer> query_database(const std::string& path, std::string_view sql, const QueryLimits& limits) {
  constexpr std::size_t kLongestStatement = 100'000;
  if (sql.size() > kLongestStatement) return make_error(kQueryLimit, "the statement is longer than 100,000 bytes");
  if (sql.find('\0') != std::string_view::npos) return make_error(kQueryRefused, "the statement holds a NUL byte");
  BH_TRY(OpenedFile file, open_for_reading(path, static_cast<int>(limits.busy_wait_ms)));
  sqlite3* db = file.connection.handle();
  Guard guard{Clock::now() + std::chrono::nanoseconds(limits.deadline_ns), false, {}, {}, {}};
  BH_CHECK(find_tables(file.connection, guard));
  BH_CHECK(file.connection.execute("PRAGMA temp_store = MEMORY"));  // a large sort leaves nothing on the disk
  sqlite3_limit(db, SQLITE_LIMIT_LENGTH, static_cast<int>(std::min<std::uint64_t>(limits.value_bytes, 1'000'000'000)));
  sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, static_cast<int>(kLongestStatement));
  sqlite3_limit(db, SQLITE_LIMIT_COLUMN, 200);
  sqlite3_limit(db, SQLITE_LIMIT_EXPR_DEPTH, 200);
  sqlite3_limit(db, SQLITE_LIMIT_COMPOUND_SELECT, 50);
  sqlite3_limit(db, SQLITE_LIMIT_VDBE_OP, 100'000);
  sqlite3_limit(db, SQLITE_LIMIT_FUNCTION_ARG, 32);
  sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_limit(db, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200);
  sqlite3_limit(db, SQLITE_LIMIT_WORKER_THREADS, 0);
  // 1,000 steps take some ten microseconds: often enough for a deadline, seldom enough to cost nothing.
  sqlite3_progress_handler(db, 1'000, interrupt_when_late, &guard);
  sqlite3_set_authorizer(db, authorize, &guard);
  // Views may call functions: which, the authorizer decides, within views as anywhere. Without this SQLite 3.40 takes
  // its own JSON functions for unsafe there.
  sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 1, static_cast<int*>(nullptr));

  struct Finalize {
    void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
  };
  sqlite3_stmt* raw = nullptr;
  const char* tail = nullptr;
  int code = sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()), 0, &raw, &tail);
  std::unique_ptr<sqlite3_stmt, Finalize> statement(raw);
  if (code != SQLITE_OK) return failure(db, code, guard, path);
  if (raw == nullptr) return make_error(kQueryRefused, "there is no statement", "write one SELECT");
  // What follows may only be blanks and comments: SQLite compiles those to nothing.
  while (tail != nullptr && tail < sql.data() + sql.size()) {
    const char* from = tail;
    sqlite3_stmt* second = nullptr;
    code = sqlite3_prepare_v3(db, from, static_cast<int>(sql.data() + sql.size() - from), 0, &second, &tail);
    const bool more = second != nullptr || code != SQLITE_OK;
    sqlite3_finalize(second);
    if (more) return make_error(kQueryRefused, "only one statement is allowed", "write one SELECT");
    if (tail <= from) break;
  }
  if (sqlite3_stmt_readonly(raw) == 0)
    return make_error(kQueryRefused, "only reading is allowed here", "write one SELECT");
  if (sqlite3_stmt_isexplain(raw) != 0)
    return make_error(kQueryRefused, "EXPLAIN is not allowed here", "write one SELECT");

  QueryAnswer answer;
  const int width = sqlite3_column_count(raw);
  for (int column = 0; column < width; ++column) {
    const char* name = sqlite3_column_name(raw, column);
    answer.columns.emplace_back(name != nullptr ? name : "");
  }
  std::uint64_t bytes = 0;
  while ((code = sqlite3_step(raw)) == SQLITE_ROW) {
    if (answer.rows.size() >= limits.rows || bytes >= limits.total_bytes) {
      answer.cut = answer.rows.size() >= limits.rows ? QueryCut::rows : QueryCut::bytes;
      return answer;
    }
    std::vector<SqlValue> row;
    row.reserve(static_cast<std::size_t>(width));
    for (int column = 0; column < width; ++column) row.push_back(value_of(raw, column, bytes));
    answer.rows.push_back(std::move(row));
  }
  if (code != SQLITE_DONE) return failure(db, code, guard, path);
  return answer;
}

}  // namespace benchhost::store
