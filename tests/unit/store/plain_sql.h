// SQLite's own interface, as other programs use it on a database of ours.
#pragma once

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <vector>

namespace benchhost::store::test {

using Rows = std::vector<std::vector<std::string>>;

/// The answer to a query, read-only; NULL as "NULL".
inline Rows rows_of(const std::string& path, const std::string& sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
  Rows rows;
  sqlite3_stmt* statement = nullptr;
  const int prepared = sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr);
  CHECK_MESSAGE(prepared == SQLITE_OK, sqlite3_errmsg(db));
  while (prepared == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW) {
    std::vector<std::string> row;
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
      row.emplace_back(text != nullptr ? text : "NULL");
    }
    rows.push_back(std::move(row));
  }
  sqlite3_finalize(statement);
  sqlite3_close(db);
  return rows;
}

/// The first column of the first row.
inline std::int64_t number_of(const std::string& path, const std::string& sql) {
  const Rows rows = rows_of(path, sql);
  REQUIRE(rows.size() >= 1);
  return std::stoll(rows[0][0]);
}

inline void change(const std::string& path, const std::string& sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  const int done = sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr);
  CHECK_MESSAGE(done == SQLITE_OK, sqlite3_errmsg(db));
  sqlite3_close(db);
}

}  // namespace benchhost::store::test
