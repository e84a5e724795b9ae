// Files that are no database of ours, other processes, and what a crash leaves.
#include "store/sqlite_store.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "contract/store/temp_folder.h"
#include "store/database_file.h"
#include "store/db_admin.h"
#include "store/schema.h"
#include "store/writer_process.h"
#include "unit/store/child_process.h"
#include "unit/store/sample_database.h"

namespace benchhost::store {
namespace {

namespace fs = std::filesystem;

template <class T>
std::string code(const Result<T>& result) {
  return result.ok() ? std::string() : result.error().code;
}

void plain_sql(const std::string& path, const std::string& sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  char* message = nullptr;
  const int done = sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &message);
  CHECK_MESSAGE(done == SQLITE_OK, (message != nullptr ? message : ""));
  sqlite3_free(message);
  sqlite3_close(db);
}

Result<OpenedStore> open_quickly(const std::string& path) { return open_store({path, 50, {}}); }

void write_file(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

TEST_CASE("a new database is in WAL mode, with our id and version, and no file is left beside it after closing") {
  const test::TempFolder folder;
  const std::string path = folder.file("new.db");
  REQUIRE(open_quickly(path).ok());
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder.path())) names.push_back(entry.path().filename());
  CHECK(names == std::vector<std::string>{"new.db"});
  std::ifstream in(path, std::ios::binary);
  std::string header(100, '\0');
  in.read(header.data(), 100);
  CHECK(header[18] == 2);  // write version: WAL
  CHECK(header.substr(60, 4) == std::string("\0\0\0", 3) + static_cast<char>(schema_version()));
  CHECK(header.substr(68, 4) == "BHDB");
}

TEST_CASE("what is no database of benchhost is refused, by readers and writers, and stays as it is") {
  const test::TempFolder folder;
  const std::string path = folder.file("x.db");
  std::string content;
  SUBCASE("an empty file") {}
  SUBCASE("text") {
    content = "this is not a database, and longer than a header of one hundred bytes " + std::string(200, '.');
  }
  SUBCASE("a header and nothing else") { content = std::string("SQLite format 3\0", 16); }
  SUBCASE("a header and zeros") { content = std::string("SQLite format 3\0", 16) + std::string(8176, '\0'); }
  write_file(path, content);
  const auto writer = open_quickly(path);
  const auto reader = open_reader({path, 50, {}});
  REQUIRE_FALSE(writer.ok());
  REQUIRE_FALSE(reader.ok());
  const bool fitting = writer.error().code == "BH0401" || writer.error().code == "BH0403";
  CHECK_MESSAGE(fitting, to_text(writer.error()));
  CHECK(writer.error().place.find(path) != std::string::npos);
  CHECK_FALSE(writer.error().help.empty());
  std::ifstream in(path, std::ios::binary);
  const std::string after{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  CHECK(after == content);
}

TEST_CASE("directories, FIFOs and missing folders are refused without hanging") {
  const test::TempFolder folder;
  CHECK(code(open_quickly(folder.path())) == "BH0401");
  CHECK(code(open_reader({folder.path(), 50, {}})) == "BH0401");
  const std::string fifo = folder.file("fifo.db");
  REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
  CHECK(code(open_quickly(fifo)) == "BH0401");
  CHECK(code(open_reader({fifo, 50, {}})) == "BH0401");
  CHECK(code(migrate_database(fifo)) == "BH0401");
  CHECK(code(check_database(fifo)) == "BH0401");
  CHECK(code(open_quickly(folder.file("no/such/folder.db"))) == "BH0401");
  CHECK(code(open_quickly("")) == "BH0401");
  CHECK(code(open_quickly("/dev/null")) == "BH0401");
  CHECK(code(open_reader({folder.file("missing.db"), 50, {}})) == "BH0401");
  CHECK_FALSE(fs::exists(folder.file("missing.db")));
}

TEST_CASE("names that mean something in a URI are names") {
  const test::TempFolder folder;
  const std::string path = folder.file("a?mode=ro#x%41 \xc3\xa9.db");
  REQUIRE(open_quickly(path).ok());
  CHECK(fs::exists(path));
}

TEST_CASE("another program's database is refused") {
  const test::TempFolder folder;
  const std::string path = folder.file("other.db");
  plain_sql(path, "CREATE TABLE t(a)");
  CHECK(code(open_quickly(path)) == "BH0401");
  CHECK(code(open_reader({path, 50, {}})) == "BH0401");
}

TEST_CASE("a database with triggers, or without one of our columns, is refused") {
  const test::TempFolder folder;
  const std::string path = folder.file("results.db");
  test::make_sample_database(path);
  SUBCASE("a trigger") { plain_sql(path, "CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM samples; END"); }
  SUBCASE("a missing column") { plain_sql(path, "ALTER TABLE logs DROP COLUMN level"); }
  CHECK(code(open_quickly(path)) == "BH0403");
}

TEST_CASE("views and indexes that an analyst added are left alone") {
  const test::TempFolder folder;
  const std::string path = folder.file("results.db");
  test::make_sample_database(path);
  plain_sql(path, "CREATE VIEW mine AS SELECT 1; CREATE INDEX my_index ON samples(value); CREATE TABLE notes(a)");
  CHECK(open_quickly(path).ok());
}

TEST_CASE("a newer schema is read but never written") {
  const test::TempFolder folder;
  const std::string path = folder.file("results.db");
  test::make_sample_database(path);
  plain_sql(path, "PRAGMA user_version = 7");
  const auto writer = open_quickly(path);
  REQUIRE_FALSE(writer.ok());
  CHECK(writer.error().code == "BH0402");
  CHECK(writer.error().message.find('7') != std::string::npos);
  CHECK(writer.error().message.find(std::to_string(schema_version())) != std::string::npos);
  auto reader = open_reader({path, 50, {}});
  REQUIRE(reader.ok());
  CHECK(reader->warnings.size() == 1);
  CHECK(reader->reader->results(1, Attempts::last)->size() == 4);
}

TEST_CASE("a reader sees what a writer of the same process commits, and its end leaves the writer's locks alone") {
  const test::TempFolder folder;
  const std::string path = folder.file("results.db");
  REQUIRE(open_quickly(path).ok());
  // Forked before anything is open: SQLite's connections do not survive a fork.
  test::Child child([&](const test::Child::Side& side) {
    side.wait();
    return open_reader({path, 1000, {}}).ok() ? 0 : 1;
  });
  const auto writer = test::open_sample_store(path);
  REQUIRE(writer->begin_run(test::sample_run()).ok());
  for (int i = 0; i < 3; ++i) {
    auto reader = open_reader({path, 50, {}});
    REQUIRE(reader.ok());
    CHECK(reader->reader->list_runs(0)->size() == 1);
  }
  // Another process that opens and closes the file must not think that it was the last one, and delete the -wal file.
  CHECK(child.finish() == 0);
  CHECK(fs::exists(path + "-wal"));
  CHECK(writer->begin_run(test::sample_run()).ok());
}

TEST_CASE(
    "a database locked by another process gives an error that names the process, and nothing of the call is kept") {
  const test::TempFolder folder;
  const std::string path = folder.file("results.db");
  REQUIRE(open_quickly(path).ok());
  test::Child child([&](const test::Child::Side& side) {
    sqlite3* db = nullptr;
    if (sqlite3_open(path.c_str(), &db) != SQLITE_OK) return 1;
    if (sqlite3_exec(db, "BEGIN IMMEDIATE; INSERT INTO testbeds(key, name, facts) VALUES ('x', '', '{}')", nullptr,
                     nullptr, nullptr) != SQLITE_OK) {
      return 2;
    }
    side.tell(1);
    side.wait();
    sqlite3_close(db);
    return 0;
  });
  REQUIRE(child.hear() == 1);
  auto store = open_quickly(path);  // opening does not wait for the other
  REQUIRE_MESSAGE(store.ok(), test::message(store));
  const auto refused = store->store->begin_run(test::sample_run());
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == "BH0405");
#ifdef __linux__
  CHECK_MESSAGE(refused.error().message.find(std::to_string(child.pid())) != std::string::npos,
                refused.error().message);
#endif
  CHECK(store->store->list_runs(0)->empty());  // reading goes on
  CHECK(child.finish() == 0);
  CHECK(store->store->begin_run(test::sample_run()).ok());
}

TEST_CASE("a file or folder that cannot be written is refused before anything runs") {
  const test::TempFolder folder;
  const std::string path = folder.file("results.db");
  test::make_sample_database(path);
  fs::permissions(folder.path(), fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec |
                                     fs::perms::others_read | fs::perms::others_exec);
  fs::permissions(path, fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read);
  // Permissions stop nobody who is root, so a child becomes somebody else.
  test::Child child([&](const test::Child::Side& side) {
    if (geteuid() == 0) {
      if (setgid(65534) != 0 || setuid(65534) != 0) return 1;
    } else if (chmod(folder.path().c_str(), 0500) != 0) {
      return 1;
    }
    const auto is = [](const std::string& found) { return found == "BH0406" ? 1 : 0; };
    side.tell(is(code(open_quickly(path))));
    side.tell(is(code(open_quickly(folder.file("new.db")))));
    // A closed database in such a folder can be read all the same.
    auto reader = open_reader({path, 50, {}});
    side.tell(reader.ok() && reader->reader->results(1, Attempts::last)->size() == 4 ? 1 : 0);
    return 0;
  });
  CHECK(child.hear() == 1);
  CHECK(child.hear() == 1);
  CHECK(child.hear() == 1);
  CHECK(child.finish() == 0);
  fs::permissions(folder.path(), fs::perms::owner_all);
}

TEST_CASE("a run whose process was killed becomes interrupted when the next writer opens, not before") {
  const test::TempFolder folder;
  const std::string path = folder.file("results.db");
  test::Child child([&](const test::Child::Side& side) {
    auto opened = open_quickly(path);
    if (!opened.ok()) return 1;
    const protocol::BenchmarkRecord benchmark = test::sample_benchmark();
    RunStore& store = *opened->store;
    if (!store.register_plugin(test::sample_plugin(), {&benchmark, 1}).ok()) return 2;
    const auto run = store.begin_run(test::sample_run());
    const auto done = store.start_case(*run, test::sample_case(0, 64));
    if (!store.finish_case(*done, test::sample_end(1)).ok()) return 3;
    const auto open = store.start_case(*run, test::sample_case(1, 128));
    if (!store.add_invocation(*open, test::sample_invocation(0)).ok()) return 4;
    side.tell(*run);
    side.wait();
    return 0;
  });
  const auto run = child.hear();
  REQUIRE(run.has_value());
  {
    auto opened = open_quickly(path);
    REQUIRE(opened.ok());
    CHECK(opened->store->run(*run)->state == RunState::running);
    CHECK(code(opened->store->resume_run(*run)) == "BH0409");
  }
  child.kill_now();
  child.finish();
  const auto report = check_database(path);
  REQUIRE(report.ok());
  CHECK(report->sound());
  CHECK(report->interrupted == std::vector<RunId>{*run});
  CHECK(report->unfinished_results == 1);

  auto opened = open_quickly(path);
  REQUIRE(opened.ok());
  CHECK(opened->warnings.size() == 1);
  RunStore& store = *opened->store;
  CHECK(store.run(*run)->state == RunState::interrupted);
  const auto results = *store.results(*run, Attempts::last);
  REQUIRE(results.size() == 2);
  CHECK(results[0].end->outcome == protocol::Outcome::passed);
  CHECK(results[1].end->outcome == protocol::Outcome::interrupted);
  CHECK(store.invocations(results[1].id)->size() == 1);
  CHECK(store.events(*run, 0, 0)->back().kind == "run_interrupted");
  CHECK(store.resume_run(*run).ok());
}

TEST_CASE("liveness tells a live process from one that is gone, and from one that cannot be seen") {
  const WriterProcess self = this_process();
  CHECK(liveness(self) == Liveness::alive);
#ifdef __linux__
  WriterProcess other = self;
  other.start_ticks += 1;
  CHECK(liveness(other) == Liveness::gone);
  other = self;
  other.boot = "another boot";
  CHECK(liveness(other) == Liveness::gone);
  other = self;
  other.machine = "another machine";
  CHECK(liveness(other) == Liveness::unknown);
  other = self;
  other.pid_namespace = "pid:[1]";
  CHECK(liveness(other) == Liveness::unknown);
  test::Child child([](const test::Child::Side& side) {
    side.tell(this_process().start_ticks);
    side.wait();
    return 0;
  });
  other = self;
  other.pid = child.pid();
  other.start_ticks = *child.hear();
  CHECK(liveness(other) == Liveness::alive);
  child.finish();
  CHECK(liveness(other) == Liveness::gone);
#endif
}

}  // namespace
}  // namespace benchhost::store
