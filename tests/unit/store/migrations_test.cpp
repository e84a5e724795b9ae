#include <doctest/doctest.h>

#include <array>
#include <filesystem>
#include <string>
#include <utility>

#include "contract/store/temp_folder.h"
#include "store/database_file.h"
#include "store/schema.h"
#include "unit/store/child_process.h"

namespace benchhost::store {
namespace {

namespace fs = std::filesystem;

constexpr Migration kToOne{0,
                           "CREATE TABLE IF NOT EXISTS facts(a INTEGER) STRICT; ALTER TABLE facts ADD COLUMN b TEXT"};
constexpr Migration kToTwo{1, "UPDATE facts SET b = 'v' || a; CREATE TABLE more(c INTEGER) STRICT"};
constexpr std::array kBoth{kToOne, kToTwo};

/// A database of ours as a first version might have left it: one table, three rows, version 0.
void make_version_0(const std::string& path) {
  auto connection = Connection::open(path, OpenMode::create, 100);
  REQUIRE(connection.ok());
  REQUIRE(connection
              ->execute("PRAGMA application_id = 0x42484442; CREATE TABLE facts(a INTEGER) STRICT; "
                        "INSERT INTO facts VALUES (1), (2), (3)")
              .ok());
}

std::int64_t ask(const std::string& path, const char* sql) {
  auto connection = Connection::open(path, OpenMode::read_write, 100);
  REQUIRE(connection.ok());
  const auto value = connection->integer(sql);
  return value.ok() ? value->value_or(-1) : -2;
}

TEST_CASE("the program's own migrations have no gaps") {
  int version = 0;
  for (const Migration& step : migrations()) CHECK(step.from == version++);
  CHECK(version == schema_version());
}

TEST_CASE("an older database is brought up to date, and the old one is kept") {
  const test::TempFolder folder;
  const std::string path = folder.file("old.db");
  make_version_0(path);
  {
    const auto opened = open_for_writing(path, 100, kBoth);
    REQUIRE_MESSAGE(opened.ok(), to_text(opened.ok() ? Error{} : opened.error()));
    REQUIRE(opened->warnings.size() == 1);
    CHECK(opened->warnings[0].find("old.db.v0.backup") != std::string::npos);
  }
  CHECK(ask(path, "PRAGMA user_version") == 2);
  CHECK(ask(path, "SELECT count(*) FROM facts WHERE b = 'v' || a") == 3);
  CHECK(ask(path + ".v0.backup", "PRAGMA user_version") == 0);
  CHECK(ask(path + ".v0.backup", "SELECT sum(a) FROM facts") == 6);
  // A second opening has nothing to do.
  CHECK(open_for_writing(path, 100, kBoth)->warnings.empty());
}

TEST_CASE("what version 1 stored of latencies says with how many bits it was counted") {
  const test::TempFolder folder;
  const std::string path = folder.file("one.db");
  {
    auto connection = Connection::open(path, OpenMode::create, 100);
    REQUIRE(connection.ok());
    REQUIRE(connection->execute("PRAGMA application_id = 0x42484442; PRAGMA foreign_keys = OFF").ok());
    REQUIRE(connection->execute(migrations()[0].sql).ok());
    REQUIRE(
        connection
            ->execute("INSERT INTO testbeds VALUES (1, 'bed', '', '{}');"
                      "INSERT INTO runs(id, uid, state, testbed, commit_id, branch, suite_name, suite_hash, seed, "
                      "host_version, sdk_version, command_line, sandbox_tier, environment, started_wall_ns, "
                      "writer_pid, writer_start_ticks, writer_machine, writer_boot, writer_pid_namespace) "
                      "VALUES (1, 'u', 'finished', 1, '', '', '', '', '1', '', '', '', '', '{}', 0, 0, 0, '', '', '');"
                      "INSERT INTO plugins VALUES (1, 'f', 'p', '', '', '', '', '', '', 0, '');"
                      "INSERT INTO benchmarks VALUES (1, 'b', 1, '', '', '', '[]', 0, '{}', 1);"
                      "INSERT INTO cases VALUES (1, 'k', 'b', 1, '', '[]', '', '[]', '');"
                      "INSERT INTO results(id, run, ordinal, role, attempt, case_id, benchmark, plugin, "
                      "content_digest, parameters, seed, priority, labels, repeat_command, started_wall_ns) "
                      "VALUES (1, 1, 0, 'primary', 1, 1, 1, 1, '', '[]', '1', '', '{}', '', 0);"
                      "INSERT INTO invocations(id, result, position, outcome, code, reason, flags, "
                      "started_wall_ns, duration_ns) VALUES (1, 1, 0, 'passed', '', '', '[]', 0, 1);"
                      "INSERT INTO histograms VALUES (1, 1, 0, 'time', 0, 1, 5.0, 5, 5, '[[5,1]]');"
                      "PRAGMA user_version = 1")
            .ok());
  }
  REQUIRE(open_for_writing(path, 100, migrations()).ok());
  CHECK(ask(path, "PRAGMA user_version") == schema_version());
  CHECK(ask(path, "SELECT precision_bits FROM histograms") == 7);
  CHECK(ask(path, "SELECT count(*) FROM plans") == 0);
  CHECK(ask(path, "SELECT count(bound_low) FROM measurement_view") == 0);
}

TEST_CASE("a migration that fails leaves the database as it was") {
  const test::TempFolder folder;
  const std::string path = folder.file("old.db");
  make_version_0(path);
  constexpr std::array kBroken{
      kToOne, Migration{1, "INSERT INTO more VALUES (1); DROP TABLE facts; SELECT nonsense FROM more"}};
  const auto opened = open_for_writing(path, 100, kBroken);
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error().place.find("schema 1") != std::string::npos);
  CHECK(ask(path, "PRAGMA user_version") == 1);
  CHECK(ask(path, "SELECT sum(a) FROM facts") == 6);
  CHECK(ask(path, "SELECT count(*) FROM sqlite_schema WHERE name = 'more'") == 0);
  CHECK(fs::exists(path + ".v0.backup"));
  CHECK(open_for_writing(path, 100, kBoth).ok());
}

TEST_CASE("a migration that would break a reference is undone") {
  const test::TempFolder folder;
  const std::string path = folder.file("old.db");
  make_version_0(path);
  auto connection = Connection::open(path, OpenMode::read_write, 100);
  REQUIRE(connection.ok());
  // Deferred references are checked by us too, whatever the connection's setting.
  REQUIRE(connection->execute("PRAGMA foreign_keys = OFF").ok());
  constexpr std::array kOrphans{
      Migration{0,
                "CREATE TABLE p(id INTEGER PRIMARY KEY) STRICT; CREATE TABLE c(p INTEGER REFERENCES p) STRICT; "
                "INSERT INTO c VALUES (9)"}};
  const auto done = migrate(*connection, kOrphans);
  REQUIRE_FALSE(done.ok());
  CHECK(done.error().code == "BH0407");
  CHECK(ask(path, "PRAGMA user_version") == 0);
}

TEST_CASE("a table is rebuilt without losing what refers to it") {
  const test::TempFolder folder;
  const std::string path = folder.file("old.db");
  constexpr Migration kParents{
      0,
      "CREATE TABLE parents(id INTEGER PRIMARY KEY) STRICT; "
      "CREATE TABLE children(id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parents ON DELETE CASCADE) STRICT; "
      "INSERT INTO parents VALUES (1), (2); INSERT INTO children VALUES (10, 1), (11, 2), (12, 2)"};
  constexpr Migration kRebuilt{
      1,
      "CREATE TABLE wider(id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT; "
      "INSERT INTO wider SELECT id, 'p' || id FROM parents; DROP TABLE parents; ALTER TABLE wider RENAME TO parents"};
  constexpr std::array kFirst{kParents};
  constexpr std::array kThen{kParents, kRebuilt};
  REQUIRE(open_for_writing(path, 100, kFirst).ok());
  auto opened = open_for_writing(path, 100, kThen);
  REQUIRE_MESSAGE(opened.ok(), to_text(opened.ok() ? Error{} : opened.error()));
  CHECK(ask(path, "SELECT sum(id) FROM children") == 33);
  CHECK(ask(path, "SELECT count(*) FROM children JOIN parents p ON p.id = parent WHERE p.name = 'p' || parent") == 3);
  // Afterwards references bind again, and deleting cascades.
  CHECK_FALSE(opened->connection.run("INSERT INTO children VALUES (13, 9)").ok());
  CHECK(opened->connection.run("DELETE FROM parents WHERE id = 2").ok());
  CHECK(ask(path, "SELECT sum(id) FROM children") == 10);
}

TEST_CASE("references bind again after a migration that failed") {
  const test::TempFolder folder;
  const std::string path = folder.file("old.db");
  make_version_0(path);
  auto connection = Connection::open(path, OpenMode::read_write, 100);
  REQUIRE(connection.ok());
  constexpr std::array kBroken{Migration{0, "SELECT nonsense"}};
  REQUIRE_FALSE(migrate(*connection, kBroken).ok());
  CHECK(connection->integer("PRAGMA foreign_keys").value() == 1);
}

TEST_CASE("a kill between two steps is finished by the next opening") {
  const test::TempFolder folder;
  const std::string path = folder.file("old.db");
  make_version_0(path);
  test::Child child([&](const test::Child::Side&) {
    auto connection = Connection::open(path, OpenMode::read_write, 100);
    if (!connection.ok()) return 1;
    static_cast<void>(migrate(*connection, kBoth, [](int version) {
      if (version == 1) raise(SIGKILL);
    }));
    return 0;
  });
  const int status = child.finish();
  CHECK(WIFSIGNALED(status));
  CHECK(ask(path, "PRAGMA user_version") == 1);
  REQUIRE(open_for_writing(path, 100, kBoth).ok());
  CHECK(ask(path, "PRAGMA user_version") == 2);
  CHECK(ask(path, "SELECT count(*) FROM facts WHERE b = 'v' || a") == 3);
  CHECK(fs::exists(path + ".v1.backup"));
}

TEST_CASE("a kill within a step undoes the step") {
  const test::TempFolder folder;
  const std::string path = folder.file("old.db");
  make_version_0(path);
  test::Child child([&](const test::Child::Side&) {
    auto connection = Connection::open(path, OpenMode::read_write, 100);
    if (!connection.ok()) return 1;
    auto transaction = Transaction::begin(*connection, Transaction::Kind::write);
    static_cast<void>(connection->execute(kToOne.sql));
    static_cast<void>(connection->execute("PRAGMA user_version = 1; PRAGMA cache_spill = 1; UPDATE facts SET a = 100"));
    raise(SIGKILL);
    return 0;
  });
  CHECK(WIFSIGNALED(child.finish()));
  CHECK(ask(path, "PRAGMA user_version") == 0);
  CHECK(ask(path, "SELECT sum(a) FROM facts") == 6);
}

TEST_CASE("a reader does not migrate, and says what to do") {
  const test::TempFolder folder;
  const std::string path = folder.file("old.db");
  make_version_0(path);
  const auto opened = open_for_reading(path, 100);
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error().code == "BH0407");
  CHECK(opened.error().help.find("db migrate") != std::string::npos);
  CHECK(ask(path, "PRAGMA user_version") == 0);
}

TEST_CASE("a transaction that waits for no disk leaves the next ones waiting for it") {
  const test::TempFolder folder;
  const std::string path = folder.file("a.db");
  auto connection = Connection::open(path, OpenMode::create, 100);
  REQUIRE(connection.ok());
  REQUIRE(connection->execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t(x)").ok());
  constexpr std::int64_t kNormal = 1;
  constexpr std::int64_t kFull = 2;
  const auto synchronous = [&] { return connection->integer("PRAGMA synchronous").value(); };
  for (const bool commits : {true, false}) {
    CAPTURE(commits);
    {
      auto transaction = Transaction::begin(*connection, Transaction::Kind::write_unflushed);
      REQUIRE(transaction.ok());
      CHECK(synchronous() == kNormal);
      CHECK(connection->run("INSERT INTO t VALUES (1)").ok());
      if (commits) CHECK(transaction->commit().ok());
    }
    CHECK(synchronous() == kFull);
    CHECK(connection->integer("SELECT count(*) FROM t").value() == 1);
  }
}

TEST_CASE("backups never replace a file") {
  const test::TempFolder folder;
  const std::string path = folder.file("old.db");
  make_version_0(path);
  auto connection = Connection::open(path, OpenMode::read_write, 100);
  REQUIRE(connection.ok());
  const std::string copy = folder.file("copy.db");
  REQUIRE(copy_database(*connection, copy).ok());
  CHECK(ask(copy, "SELECT sum(a) FROM facts") == 6);
  const auto again = copy_database(*connection, copy);
  REQUIRE_FALSE(again.ok());
  CHECK(again.error().code == "BH0401");
  CHECK_FALSE(copy_database(*connection, folder.file("no/folder.db")).ok());
}

}  // namespace
}  // namespace benchhost::store
