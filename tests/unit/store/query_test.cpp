#include "store/query.h"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "contract/store/temp_folder.h"
#include "unit/store/plain_sql.h"
#include "unit/store/sample_database.h"

namespace benchhost::store {
namespace {

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// Every file of the folder with its content. The -shm file is an index in shared memory that readers, too, may touch.
std::map<std::string, std::string> snapshot(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().string().ends_with("-shm") || entry.path().string().ends_with("-wal")) continue;
    files[entry.path().filename().string()] = content(entry.path());
  }
  return files;
}

struct Fixture {
  test::TempFolder folder;
  std::string path = folder.file("results.db");
  Fixture() { test::make_sample_database(path); }
};

TEST_CASE_FIXTURE(Fixture, "a SELECT gives columns and typed rows") {
  const auto answer =
      query_database(path, "SELECT 1 AS a, 2.5 AS b, 'x' AS c, NULL AS d, x'00ff' AS e;  -- done\n", {});
  REQUIRE(answer.ok());
  CHECK(answer->columns == std::vector<std::string>{"a", "b", "c", "d", "e"});
  REQUIRE(answer->rows.size() == 1);
  const auto& row = answer->rows[0];
  CHECK(std::get<std::int64_t>(row[0]) == 1);
  CHECK(std::get<double>(row[1]) == 2.5);
  CHECK(std::get<std::string>(row[2]) == "x");
  CHECK(std::holds_alternative<std::monostate>(row[3]));
  CHECK(std::get<BlobValue>(row[4]).bytes == std::string("\0\xff", 2));
  CHECK(answer->cut == QueryCut::none);
}

TEST_CASE_FIXTURE(Fixture, "useful questions are allowed") {
  for (const char* sql :
       {"SELECT * FROM measurement_view", "SELECT * FROM result_view", "SELECT count(*) FROM sample_view",
        "WITH r AS (SELECT max(id) AS id FROM runs) SELECT * FROM results JOIN r ON results.run = r.id",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT sum(i) FROM n",
        "SELECT json_extract(environment, '$.kernel'), environment ->> 'kernel' FROM runs",
        "SELECT value FROM devices, json_each(devices.record, '$.caps')",
        "SELECT benchmark, row_number() OVER (ORDER BY id) FROM cases", "SELECT group_concat(name) FROM sqlite_schema",
        "SELECT datetime(started_wall_ns / 1000000000, 'unixepoch') FROM runs", "VALUES (1), (2)",
        "SELECT * FROM cases WHERE benchmark LIKE '%triad%' ORDER BY lower(key) LIMIT 5",
        "SELECT avg(value), min(value), max(value), sqrt(2), round(1.5) FROM samples"}) {
    const auto answer = query_database(path, sql, {});
    CHECK_MESSAGE(answer.ok(), sql << " -> " << (answer.ok() ? std::string() : to_text(answer.error())));
    if (answer.ok()) CHECK_FALSE(answer->rows.empty());
  }
}

TEST_CASE_FIXTURE(Fixture, "rows beyond the limit are cut off and said to be") {
  QueryLimits limits;
  limits.rows = 2;
  const auto answer = query_database(path, "SELECT id FROM cases", limits);
  REQUIRE(answer.ok());
  CHECK(answer->rows.size() == 2);
  CHECK(answer->cut == QueryCut::rows);
  limits.rows = 4;
  CHECK(query_database(path, "SELECT id FROM cases", limits)->cut == QueryCut::none);
  limits.total_bytes = 1;
  CHECK(query_database(path, "SELECT id FROM cases", limits)->cut == QueryCut::bytes);
}

TEST_CASE_FIXTURE(Fixture, "wrong SQL is answered with SQLite's own words") {
  const auto answer = query_database(path, "SELEC 1", {});
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().code == "BH0410");
  CHECK(answer.error().message.find("syntax error") != std::string::npos);
  CHECK(query_database(path, "SELECT absent FROM runs", {}).error().message == "SQL: no such column: absent");
}

TEST_CASE_FIXTURE(Fixture, "hostile statements are refused, and neither the database nor its folder changes") {
  const std::string other = folder.file("other.db");
  test::make_sample_database(other);
  const auto before = snapshot(folder.path());
  const std::string stray = folder.file("stray.db");
  std::vector<std::string> corpus = {
      // writing
      "DELETE FROM runs", "DELETE FROM samples WHERE id = 1", "INSERT INTO runs(id) VALUES (9)",
      "REPLACE INTO runs(id) VALUES (9)", "UPDATE runs SET branch = 'x'",
      "UPDATE OR IGNORE results SET outcome = 'passed'", "INSERT INTO testbeds SELECT * FROM testbeds",
      "WITH x AS (SELECT 1) DELETE FROM runs", "WITH x AS (SELECT 1) INSERT INTO events(kind) SELECT 'x'",
      "DELETE FROM runs RETURNING id",
      "INSERT INTO events(wall_ns, kind, body) VALUES (1, 'x', '{}') RETURNING sequence", "DELETE FROM sqlite_master",
      "UPDATE sqlite_schema SET sql = ''", "INSERT INTO sqlite_sequence VALUES ('runs', 1)",
      // schema
      "CREATE TABLE t(a)", "CREATE TEMP TABLE t(a)", "CREATE TABLE t AS SELECT * FROM runs",
      "CREATE TEMP VIEW v AS SELECT 1", "CREATE VIEW v AS SELECT 1", "CREATE INDEX i ON runs(branch)",
      "CREATE UNIQUE INDEX i ON runs(branch)", "CREATE TRIGGER t AFTER INSERT ON runs BEGIN SELECT 1; END",
      "CREATE TEMP TRIGGER t AFTER INSERT ON runs BEGIN SELECT 1; END", "CREATE VIRTUAL TABLE t USING fts5(a)",
      "CREATE VIRTUAL TABLE temp.t USING rtree(a, b, c)", "DROP TABLE samples", "DROP VIEW sample_view",
      "DROP INDEX runs_by_state", "ALTER TABLE runs ADD COLUMN x", "ALTER TABLE runs RENAME TO x",
      "ALTER TABLE runs DROP COLUMN branch", "REINDEX", "ANALYZE", "ANALYZE runs",
      // other files
      "ATTACH '" + stray + "' AS s", "ATTACH '" + other + "' AS o", "ATTACH 'file:" + other + "?mode=rwc' AS o",
      "ATTACH ':memory:' AS m", "DETACH main", "VACUUM", "VACUUM INTO '" + stray + "'",
      "VACUUM main INTO '" + stray + "'", "SELECT load_extension('/tmp/x.so')", "SELECT load_extension('x', 'y')",
      "SELECT readfile('/etc/passwd')", "SELECT writefile('" + stray + "', 'x')", "SELECT edit('x')",
      "SELECT fts3_tokenizer('simple')", "SELECT fts3_tokenizer('simple', x'00')",
      // pragmas
      "PRAGMA journal_mode = DELETE", "PRAGMA user_version = 9", "PRAGMA application_id", "PRAGMA query_only = OFF",
      "PRAGMA writable_schema = ON", "PRAGMA integrity_check", "PRAGMA wal_checkpoint(TRUNCATE)",
      "PRAGMA temp_store_directory = '/tmp'", "PRAGMA database_list", "PRAGMA hard_heap_limit = 0",
      "SELECT * FROM pragma_database_list", "SELECT * FROM pragma_table_info('runs')",
      "SELECT * FROM pragma_user_version", "SELECT file FROM pragma_database_list()",
      // transactions and several statements
      "BEGIN", "BEGIN IMMEDIATE", "BEGIN EXCLUSIVE", "COMMIT", "ROLLBACK", "END", "SAVEPOINT a", "RELEASE a",
      "ROLLBACK TO a", "SELECT 1; DELETE FROM runs", "SELECT 1; SELECT 2", "SELECT 1;;DROP TABLE runs",
      "; DELETE FROM runs", "SELECT 1; -- x\n PRAGMA x", "SELECT 1 /* ; */ ; COMMIT", "EXPLAIN DELETE FROM runs",
      "EXPLAIN QUERY PLAN DELETE FROM runs", "EXPLAIN SELECT 1",
      // functions and tables that are none of a stranger's business
      "SELECT zeroblob(1000000000)", "SELECT hex(zeroblob(500000000))", "SELECT randomblob(1000000000)",
      "SELECT printf('%1000000000d', 1)", "SELECT format('%.*c', 1000000000, 'x')", "SELECT replace(hex(1), '3', 'x')",
      "SELECT sqlite_version()", "SELECT sqlite_compileoption_get(1)", "SELECT sqlite_source_id()",
      "SELECT sqlite_offset(id) FROM runs", "SELECT last_insert_rowid()", "SELECT changes()", "SELECT * FROM dbstat",
      "SELECT * FROM sqlite_dbpage", "SELECT * FROM sqlite_stmt", "SELECT * FROM bytecode('SELECT 1')",
      "SELECT * FROM generate_series(1, 1000000000)", "SELECT * FROM fsdir('/')", "SELECT Load_Extension('x')",
      "SELECT \"load_extension\"('x')", "SELECT (SELECT zeroblob(9)) FROM runs",
      "SELECT * FROM runs WHERE id = (SELECT randomblob(8))", "WITH x AS (SELECT zeroblob(5)) SELECT * FROM x",
      // nothing, or not SQL
      "", "   ", "-- nothing", "/* nothing", ";", "\xff\xfe", "SELECT", std::string("SELECT 1\0; DELETE FROM runs", 26),
      std::string(200'000, ' ') + "SELECT 1"};
  CHECK(corpus.size() >= 60);
  for (const std::string& sql : corpus) {
    const auto answer = query_database(path, sql, {});
    CHECK_MESSAGE(!answer.ok(), sql.substr(0, 100));
    if (!answer.ok()) {
      const bool fitting = answer.error().code == "BH0410" || answer.error().code == "BH0411";
      CHECK_MESSAGE(fitting, sql.substr(0, 100) << " -> " << to_text(answer.error()));
    }
  }
  CHECK(snapshot(folder.path()) == before);
}

TEST_CASE_FIXTURE(Fixture, "virtual tables that a database brings along are not read") {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  REQUIRE(sqlite3_exec(db,
                       "CREATE VIRTUAL TABLE words USING fts5(t); INSERT INTO words VALUES ('a'), ('b'); "
                       "CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1); INSERT INTO boxes VALUES (1, 0, 1)",
                       nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
  for (const char* sql : {"SELECT count(*) FROM words", "SELECT count(*) FROM Words", "SELECT t FROM words",
                          "SELECT 1 FROM boxes", "SELECT count(*) FROM boxes", "SELECT x0 FROM boxes",
                          "SELECT * FROM words WHERE words MATCH 'a'", "SELECT count(*) FROM runs, words"}) {
    const auto answer = query_database(path, sql, {});
    REQUIRE_MESSAGE(!answer.ok(), sql);
    CHECK_MESSAGE(answer.error().code == "BH0410", sql << " -> " << to_text(answer.error()));
  }
  CHECK(query_database(path, "SELECT count(*) FROM runs", {}).ok());
}

TEST_CASE_FIXTURE(Fixture, "a view that a database brings along calls what may be called, and nothing else") {
  test::change(path,
               "CREATE VIEW harmless AS SELECT json_array_length('[1,2]') AS n; "
               "CREATE VIEW large AS SELECT length(zeroblob(900000)) AS n; "
               "CREATE VIEW random AS SELECT randomblob(10) AS n; "
               "CREATE VIEW loads AS SELECT load_extension('/tmp/x.so') AS n; "
               "CREATE VIEW schema AS SELECT * FROM pragma_table_info('runs')");
  const auto fine = query_database(path, "SELECT n FROM harmless", {});
  REQUIRE_MESSAGE(fine.ok(), to_text(fine.ok() ? Error{} : fine.error()));
  CHECK(std::get<std::int64_t>(fine->rows[0][0]) == 2);
  for (const char* view : {"large", "random", "loads", "schema"}) {
    CAPTURE(view);
    const auto refused = query_database(path, std::string("SELECT * FROM ") + view, {});
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == "BH0410");
  }
}

TEST_CASE_FIXTURE(Fixture, "statements that never end are ended by the deadline") {
  QueryLimits limits;
  limits.deadline_ns = 50'000'000;
  for (const char* sql : {"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
                          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000) SELECT "
                          "count(*) FROM n a, n b, n c",
                          "SELECT count(*) FROM samples a, samples b, samples c, samples d, samples e, samples f, "
                          "samples g, samples h"}) {
    const auto answer = query_database(path, sql, limits);
    REQUIRE_FALSE(answer.ok());
    CHECK_MESSAGE(answer.error().code == "BH0411", sql << " -> " << to_text(answer.error()));
  }
}

TEST_CASE_FIXTURE(Fixture, "values that grow are stopped by their length") {
  const auto answer = query_database(path,
                                     "WITH RECURSIVE s(t) AS (SELECT 'xxxxxxxxxxxxxxxx' UNION ALL SELECT t || t FROM s "
                                     "LIMIT 40) SELECT length(t) FROM s",
                                     {});
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().code == "BH0411");
}

TEST_CASE("a query on what is no database is an error") {
  const test::TempFolder folder;
  CHECK(query_database(folder.file("missing.db"), "SELECT 1", {}).error().code == "BH0401");
  CHECK(query_database(folder.path(), "SELECT 1", {}).error().code == "BH0401");
  CHECK_FALSE(std::filesystem::exists(folder.file("missing.db")));
}

}  // namespace
}  // namespace benchhost::store
