#include "store/db_admin.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "store/database_file.h"
#include "store/error_ids.h"
#include "store/schema.h"
#include "store/sqlite_rows.h"

namespace benchhost::store {
namespace {

constexpr int kWaitMs = 10'000;

std::uint64_t file_bytes(const std::string& path) {
  struct stat facts {};
  return stat(path.c_str(), &facts) == 0 ? static_cast<std::uint64_t>(facts.st_size) : 0;
}

/// Collects the texts of column 0. A damaged page ends the reading and is itself a finding.
void collect(Connection& connection, const char* sql, std::string_view prefix, std::string_view fine,
             std::vector<std::string>& into) {
  auto cursor = connection.query(sql);
  if (!cursor.ok()) {
    into.push_back(cursor.error().message);
    return;
  }
  for (;;) {
    const auto row = cursor->step();
    if (!row.ok()) {
      into.push_back(row.error().message);
      return;
    }
    if (!*row) return;
    if (const std::string text = cursor->text(0); text != fine) into.push_back(std::string(prefix) + text);
  }
}

Result<std::uint64_t> count(Connection& connection, const char* sql) {
  BH_TRY(const auto value, connection.integer(sql));
  return static_cast<std::uint64_t>(value.value_or(0));
}

Result<void> look_at_runs(Connection& connection, CheckReport& report) {
  BH_TRY(Cursor cursor,
         connection.query("SELECT id, state, " BH_WRITER_COLUMNS " FROM runs WHERE state <> 'finished' ORDER BY id"));
  for (;;) {
    BH_TRY(const bool row, cursor.step());
    if (!row) return {};
    const bool gone = cursor.text(1) == "interrupted" || liveness(writer_at(cursor, 2)) == Liveness::gone;
    (gone ? report.interrupted : report.running).push_back(cursor.integer(0));
  }
}

Result<void> look_at_samples(Connection& connection, CheckReport& report) {
  BH_TRY(const std::uint64_t present, count(connection, "SELECT count(*) FROM samples"));
  BH_TRY(const std::uint64_t wanted, count(connection, "SELECT total(count) FROM segments"));
  // Ranges never overlap, so the samples that a segment has are those between its ends.
  BH_TRY(const std::uint64_t owned,
         count(connection,
               "SELECT total((SELECT count(*) FROM samples s WHERE s.id >= g.first_sample AND "
               "s.id < g.first_sample + g.count)) FROM segments g"));
  report.missing_samples = wanted > owned ? wanted - owned : 0;
  report.orphan_samples = present > owned ? present - owned : 0;
  if (report.missing_samples > 0) {
    report.damage.push_back(fmt::format("{} samples of segments are missing", report.missing_samples));
  }
  if (report.orphan_samples > 0)
    report.damage.push_back(fmt::format("{} samples belong to no segment", report.orphan_samples));
  return {};
}

}  // namespace

Result<CheckReport> check_database(const std::string& path) {
  BH_TRY(OpenedFile file, open_for_reading(path, kWaitMs));
  Connection& connection = file.connection;
  CheckReport report;
  BH_TRY(const std::uint64_t schema, count(connection, "PRAGMA user_version"));
  report.schema = static_cast<int>(schema);
  collect(connection, "PRAGMA integrity_check", "", "ok", report.damage);
  collect(connection,
          "SELECT \"table\" || ' row ' || coalesce(rowid, '?') || ' refers to nothing in ' || parent FROM "
          "pragma_foreign_key_check",
          "", "", report.damage);
  // What follows reads tables; in a damaged file it may fail, and the report says what is known.
  for (const auto& look : {look_at_runs, look_at_samples}) {
    if (auto done = look(connection, report); !done.ok()) {
      report.damage.push_back(done.error().message);
      return report;
    }
  }
  for (const RunId run : report.interrupted) {
    auto unfinished = connection.integer("SELECT count(*) FROM results WHERE run = ? AND outcome IS NULL", run);
    if (!unfinished.ok()) {
      report.damage.push_back(unfinished.error().message);
      return report;
    }
    report.unfinished_results += static_cast<std::uint64_t>(unfinished->value_or(0));
  }
  return report;
}

Result<std::uint64_t> backup_database(const std::string& path, const std::string& to) {
  BH_TRY(OpenedFile file, open_for_reading(path, kWaitMs));
  BH_CHECK(copy_database(file.connection, to));
  return file_bytes(to);
}

Result<std::vector<std::string>> migrate_database(const std::string& path) {
  if (file_bytes(path) == 0) return make_error(kCannotOpen, "there is no such database").in(path);
  BH_TRY(OpenedFile file, open_for_writing(path, kWaitMs));
  return std::move(file.warnings);
}

Result<SizeReport> database_size(const std::string& path) {
  BH_TRY(OpenedFile file, open_for_reading(path, kWaitMs));
  Connection& connection = file.connection;
  SizeReport report;
  report.file_bytes = file_bytes(path);
  report.wal_bytes = file_bytes(path + "-wal");
  BH_TRY(const std::uint64_t free_pages, count(connection, "PRAGMA freelist_count"));
  BH_TRY(const std::uint64_t page, count(connection, "PRAGMA page_size"));
  report.free_bytes = free_pages * page;
  std::vector<std::string> tables;
  collect(
      connection,
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
      "", "", tables);
  for (const std::string& table : tables) {
    std::string quoted;
    for (const char c : table) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    const std::string sql = fmt::format("SELECT count(*) FROM \"{}\"", quoted);
    sqlite3_stmt* raw = nullptr;
    const int code = sqlite3_prepare_v2(connection.handle(), sql.c_str(), -1, &raw, nullptr);
    if (code != SQLITE_OK) return sqlite_error(connection.handle(), code, path);
    // The text is not a literal, so the statement stays out of the connection's cache.
    const int stepped = sqlite3_step(raw);
    if (stepped == SQLITE_ROW)
      report.rows.emplace_back(table, static_cast<std::uint64_t>(sqlite3_column_int64(raw, 0)));
    sqlite3_finalize(raw);
    if (stepped != SQLITE_ROW) return sqlite_error(connection.handle(), stepped, path);
  }
  return report;
}

}  // namespace benchhost::store
