#include "store/db_admin.h"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <filesystem>
#include <string>

#include "contract/store/temp_folder.h"
#include "store/schema.h"
#include "unit/store/sample_database.h"

namespace benchhost::store {
namespace {

void plain_sql(const std::string& path, const char* sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  CHECK(sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
}

struct Fixture {
  test::TempFolder folder;
  std::string path = folder.file("results.db");
  Fixture() { test::make_sample_database(path); }
};

TEST_CASE_FIXTURE(Fixture, "a sound database passes the check") {
  const auto report = check_database(path);
  REQUIRE(report.ok());
  CHECK(report->sound());
  CHECK(report->schema == schema_version());
  CHECK(report->interrupted.empty());
  CHECK(report->running.empty());
  CHECK(report->orphan_samples == 0);
  CHECK(report->missing_samples == 0);
}

TEST_CASE_FIXTURE(Fixture, "samples that are missing or belong to nobody are counted") {
  plain_sql(path, "DELETE FROM samples WHERE id IN (2, 3); INSERT INTO samples VALUES (100000, 1)");
  const auto report = check_database(path);
  REQUIRE(report.ok());
  CHECK_FALSE(report->sound());
  CHECK(report->missing_samples == 2);
  CHECK(report->orphan_samples == 1);
}

TEST_CASE_FIXTURE(Fixture, "references to nothing are found") {
  plain_sql(path, "PRAGMA foreign_keys = OFF; DELETE FROM cases WHERE id = 1");
  const auto report = check_database(path);
  REQUIRE(report.ok());
  REQUIRE_FALSE(report->sound());
  CHECK(report->damage.front().find("refers to nothing in cases") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "a backup of a database in use holds what was committed, and reads alone") {
  const auto store = test::open_sample_store(path);
  const auto run = store->begin_run(test::sample_run());
  REQUIRE(run.ok());
  const std::string copy = folder.file("copy.db");
  const auto bytes = backup_database(path, copy);
  REQUIRE_MESSAGE(bytes.ok(), to_text(bytes.ok() ? Error{} : bytes.error()));
  CHECK(*bytes == std::filesystem::file_size(copy));
  CHECK(check_database(copy)->sound());
  auto reader = open_reader({copy, 100, {}});
  REQUIRE(reader.ok());
  CHECK(reader->reader->list_runs(0)->size() == 2);
  CHECK(backup_database(path, copy).error().code == "BH0401");
  CHECK(store->finish_run(*run, {}).ok());
}

TEST_CASE_FIXTURE(Fixture, "the size report counts rows by table") {
  const auto report = database_size(path);
  REQUIRE(report.ok());
  CHECK(report->file_bytes == std::filesystem::file_size(path));
  bool seen = false;
  for (const auto& [table, rows] : report->rows) {
    if (table != "samples") continue;
    seen = true;
    CHECK(rows == 3 * 2 * 9);
  }
  CHECK(seen);
}

TEST_CASE_FIXTURE(Fixture, "migrating what is up to date does nothing, and a missing file is an error") {
  CHECK(migrate_database(path)->empty());
  CHECK(migrate_database(folder.file("missing.db")).error().code == "BH0401");
  CHECK_FALSE(std::filesystem::exists(folder.file("missing.db")));
}

}  // namespace
}  // namespace benchhost::store
