// What was acknowledged survives: kills at any point, a full disk, damage that is found rather than served.
#include <doctest/doctest.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "contract/store/temp_folder.h"
#include "store/db_admin.h"
#include "unit/store/child_process.h"
#include "unit/store/sample_database.h"

namespace benchhost::store {
namespace {

namespace fs = std::filesystem;

/// Begins a run and finishes cases until told otherwise, telling each result's id once it was acknowledged.
/// 0: the store refused a call; the refusal's number (404 of BH0404) is told as a negative number first.
int write_cases(const std::string& path, const test::Child::Side& side, std::uint64_t most) {
  const auto failed = [&side](const Error& error) {
    side.tell(error.code.size() == 6 ? -std::stoll(error.code.substr(2)) : -1);
    return 0;
  };
  auto opened = open_store({path, 5000, {}});
  if (!opened.ok()) return failed(opened.error());
  RunStore& store = *opened->store;
  const protocol::BenchmarkRecord benchmark = test::sample_benchmark();
  if (auto done = store.register_plugin(test::sample_plugin(), {&benchmark, 1}); !done.ok())
    return failed(done.error());
  const auto run = store.begin_run(test::sample_run());
  if (!run.ok()) return failed(run.error());
  Invocation invocation = test::sample_invocation(0);
  invocation.segments[1].integers.assign(2'000, 123'456'789);
  for (std::uint64_t i = 0; i < most; ++i) {
    const auto result = store.start_case(*run, test::sample_case(i, 64 + i));
    if (!result.ok()) return failed(result.error());
    if (auto added = store.add_invocation(*result, invocation); !added.ok()) return failed(added.error());
    if (auto done = store.finish_case(*result, test::sample_end(static_cast<double>(i))); !done.ok()) {
      return failed(done.error());
    }
    side.tell(*result);
  }
  return 0;
}

void check_all_there(const std::string& path, const std::set<ResultId>& acknowledged) {
  const auto report = check_database(path);
  REQUIRE_MESSAGE(report.ok(), to_text(report.ok() ? Error{} : report.error()));
  for (const auto& damage : report->damage) FAIL_CHECK(damage);
  auto opened = open_store({path, 5000, {}});
  REQUIRE_MESSAGE(opened.ok(), test::message(opened));
  for (const ResultId id : acknowledged) {
    const auto result = opened->store->result(id);
    REQUIRE_MESSAGE(result.ok(), to_text(result.ok() ? Error{} : result.error()));
    REQUIRE(result->end.has_value());
    CHECK(result->end->outcome == protocol::Outcome::passed);
    CHECK(result->measurements.size() == 3);
    const auto invocations = opened->store->invocations(id);
    REQUIRE_MESSAGE(invocations.ok(), to_text(invocations.ok() ? Error{} : invocations.error()));
    REQUIRE(invocations->size() == 1);
    const auto segment = opened->store->segment(invocations->front().segments[1].id);
    REQUIRE_MESSAGE(segment.ok(), to_text(segment.ok() ? Error{} : segment.error()));
    CHECK(segment->integers.size() == 2'000);
  }
  // Every other result of a dead process says what became of it.
  const auto runs = opened->store->list_runs(0);
  REQUIRE(runs.ok());
  for (const auto& run : *runs) {
    CHECK(run.state != RunState::running);
    const auto results = opened->store->results(run.id, Attempts::all);
    REQUIRE_MESSAGE(results.ok(), to_text(results.ok() ? Error{} : results.error()));
    for (const auto& result : *results) CHECK(result.end.has_value());
  }
}

/// What eight processes that write so many cases each at once were told is stored.
std::set<ResultId> write_by_eight(const std::string& path, std::uint64_t cases) {
  std::vector<std::unique_ptr<test::Child>> children;
  for (int i = 0; i < 8; ++i) {
    children.push_back(
        std::make_unique<test::Child>([&](const test::Child::Side& side) { return write_cases(path, side, cases); }));
  }
  std::set<ResultId> acknowledged;
  for (const auto& child : children) {
    while (const auto id = child->hear()) {
      REQUIRE(*id > 0);
      CHECK(acknowledged.insert(*id).second);
    }
    CHECK(child->finish() == 0);
  }
  return acknowledged;
}

TEST_CASE("twenty kills at seeded points lose no acknowledged result") {
  const test::TempFolder folder;
  const std::string path = folder.file("results.db");
  std::mt19937 random(20260101);
  std::set<ResultId> acknowledged;
  for (int round = 0; round < 20; ++round) {
    test::Child child([&](const test::Child::Side& side) { return write_cases(path, side, 1'000'000); });
    const auto acks = random() % 12;
    for (unsigned i = 0; i < acks; ++i) {
      const auto id = child.hear();
      REQUIRE(id.has_value());
      REQUIRE(*id > 0);
      acknowledged.insert(*id);
    }
    // The child goes on writing while we count, so that the kill falls anywhere in a call.
    volatile std::uint_fast32_t spin = random() % 2'000'000;
    while (spin > 0) spin = spin - 1;
    child.kill_now();
    while (const auto id = child.hear()) {
      if (*id > 0) acknowledged.insert(*id);
    }
    child.finish();
    check_all_there(path, acknowledged);
  }
  CHECK(acknowledged.size() >= 20);
}

TEST_CASE("a kill while the database is created leaves either a whole one or none") {
  const test::TempFolder folder;
  std::mt19937 random(7);
  for (int round = 0; round < 10; ++round) {
    const std::string path = folder.file("new-" + std::to_string(round) + ".db");
    test::Child child([&](const test::Child::Side& side) {
      side.tell(1);
      return open_store({path, 5000, {}}).ok() ? 0 : 1;
    });
    REQUIRE(child.hear() == 1);
    volatile std::uint_fast32_t spin = random() % 3'000'000;
    while (spin > 0) spin = spin - 1;
    child.kill_now();
    child.finish();
    if (fs::exists(path)) CHECK(check_database(path)->sound());
    CHECK(open_store({path, 5000, {}}).ok());
  }
}

/// A database whose writer was killed, so that what it wrote stands in the -wal file, and whose main file was removed.
void leave_a_log_behind(const std::string& path) {
  test::Child child([&](const test::Child::Side& side) { return write_cases(path, side, 1'000'000); });
  for (int i = 0; i < 3; ++i) REQUIRE(child.hear().has_value());
  child.kill_now();
  child.finish();
  REQUIRE(fs::exists(path + "-wal"));
  fs::remove(path);
}

TEST_CASE("a new database takes nothing from the log of a removed one, which is kept aside") {
  const test::TempFolder folder;
  const std::string path = folder.file("results.db");
  for (int round = 1; round <= 2; ++round) {
    leave_a_log_behind(path);
    const auto log_size = fs::file_size(path + "-wal");
    const auto opened = open_store({path, 5000, {}});
    REQUIRE_MESSAGE(opened.ok(), test::message(opened));
    CHECK(opened->store->list_runs(0)->empty());
    const std::string kept = path + ".removed-" + std::to_string(round);
    REQUIRE(opened->warnings.size() == 1);
    CHECK(opened->warnings[0].find(kept + "-wal") != std::string::npos);
    CHECK(fs::file_size(kept + "-wal") == log_size);
    CHECK(check_database(path)->sound());
  }
}

TEST_CASE("of eight processes that find such a log at once, none loses what it writes") {
  const test::TempFolder folder;
  const std::string path = folder.file("results.db");
  leave_a_log_behind(path);
  const std::set<ResultId> acknowledged = write_by_eight(path, 2);
  CHECK(acknowledged.size() == 16);
  check_all_there(path, acknowledged);
  CHECK(open_store({path, 5000, {}})->store->list_runs(0)->size() == 8);
}

TEST_CASE("a copy for which there is no room names the copy, and leaves nothing") {
  const test::TempFolder folder;
  const std::string path = folder.file("results.db");
  test::make_sample_database(path);
  REQUIRE(fs::file_size(path) > 100'000);
  const std::string copy = folder.file("copy.db");
  test::Child child([&](const test::Child::Side& side) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit size{60'000, 60'000};
    if (setrlimit(RLIMIT_FSIZE, &size) != 0) return 1;
    const auto done = backup_database(path, copy);
    if (done.ok()) return 2;
    side.tell(std::stoll(done.error().code.substr(2)));
    const bool names_the_copy = done.error().place.find(copy) == 0;
    const bool of_a_run = to_text(done.error()).find("resume") != std::string::npos;
    return names_the_copy && !of_a_run ? 0 : 3;
  });
  CHECK(child.hear() == 404);
  CHECK(child.finish() == 0);
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    CHECK_FALSE(entry.path().filename().string().starts_with("copy.db"));
  }
}

TEST_CASE("a copy is not made where the log of another database would enter it") {
  const test::TempFolder folder;
  const std::string path = folder.file("results.db");
  test::make_sample_database(path);
  const std::string copy = folder.file("copy.db");
  leave_a_log_behind(copy);
  const auto done = backup_database(path, copy);
  REQUIRE_FALSE(done.ok());
  CHECK(done.error().code == "BH0401");
  CHECK(done.error().message.find("copy.db-wal") != std::string::npos);
  CHECK_FALSE(fs::exists(copy));
  CHECK(fs::exists(copy + "-wal"));
}

TEST_CASE("a disk that fills up gives an error, and nothing acknowledged is lost") {
  const test::TempFolder folder;
  for (const std::uint64_t limit : {600'000u, 1'000'000u, 1'800'000u}) {
    CAPTURE(limit);
    const std::string path = folder.file("results-" + std::to_string(limit) + ".db");
    { REQUIRE(open_store({path, 1000, {}}).ok()); }
    std::set<ResultId> acknowledged;
    std::int64_t refusal = 0;
    {
      test::Child child([&](const test::Child::Side& side) {
        signal(SIGXFSZ, SIG_IGN);  // writes beyond the limit fail instead
        const rlimit size{limit, limit};
        if (setrlimit(RLIMIT_FSIZE, &size) != 0) return 1;
        return write_cases(path, side, 100'000);
      });
      while (const auto number = child.hear()) {
        if (*number > 0) {
          acknowledged.insert(*number);
        } else {
          refusal = *number;
        }
      }
      CHECK(child.finish() == 0);
    }
    CHECK(refusal == -404);
    CHECK_FALSE(acknowledged.empty());
    check_all_there(path, acknowledged);
  }
}

TEST_CASE("eight processes write one database at once without losing or mixing anything") {
  const test::TempFolder folder;
  const std::string path = folder.file("results.db");
  const std::set<ResultId> acknowledged = write_by_eight(path, 3);
  CHECK(acknowledged.size() == 24);
  check_all_there(path, acknowledged);
}

/// Everything that a report would read.
void read_all(RunReader& reader) {
  const auto runs = reader.list_runs(0);
  if (!runs.ok()) return;
  for (const auto& run : *runs) {
    static_cast<void>(reader.run_devices(run.id));
    static_cast<void>(reader.events(run.id, 0, 0));
    const auto results = reader.results(run.id, Attempts::all);
    if (!results.ok()) continue;
    for (const auto& result : *results) {
      const auto invocations = reader.invocations(result.id);
      if (!invocations.ok()) continue;
      for (const auto& invocation : *invocations) {
        static_cast<void>(reader.artefacts(invocation.id));
        for (const auto& segment : invocation.segments) static_cast<void>(reader.segment(segment.id));
      }
    }
  }
}

/// A copy of the database, changed, is read in every way; what counts is that nothing crashes or hangs.
void survive(const std::string& path) {
  static_cast<void>(check_database(path));
  if (auto reader = open_reader({path, 100, {}}); reader.ok()) read_all(*reader->reader);
  if (auto writer = open_store({path, 100, {}}); writer.ok()) {
    static_cast<void>(writer->store->begin_run(test::sample_run()));
  }
}

std::string content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

TEST_CASE("a page overwritten anywhere never crashes a reader, and the check finds what is damaged") {
  const test::TempFolder folder;
  const std::string path = folder.file("results.db");
  test::make_sample_database(path);
  const std::string sound = content(path);
  constexpr std::size_t kPage = 4096;
  REQUIRE(sound.size() % kPage == 0);
  std::size_t found = 0;
  for (std::size_t page = 0; page < sound.size() / kPage; ++page) {
    std::string damaged = sound;
    damaged.replace(page * kPage, kPage, kPage, '\xff');
    const std::string copy = folder.file("damaged.db");
    for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(copy + suffix);
    std::ofstream(copy, std::ios::binary) << damaged;
    const auto report = check_database(copy);
    if (!report.ok() || !report->sound()) ++found;
    survive(copy);
  }
  // Every page of a new database is in use.
  CHECK(found == sound.size() / kPage);
}

TEST_CASE("flipped bytes and cut files never crash a reader") {
  const test::TempFolder folder;
  const std::string path = folder.file("results.db");
  test::make_sample_database(path);
  const std::string sound = content(path);
  std::mt19937 random(99);
  const std::string copy = folder.file("damaged.db");
  for (int round = 0; round < 60; ++round) {
    std::string damaged = sound;
    if (round % 6 == 0) {
      damaged.resize(random() % sound.size());
    } else {
      for (int flips = 0; flips < 4; ++flips) {
        damaged[random() % damaged.size()] = static_cast<char>(random());
      }
    }
    for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(copy + suffix);
    std::ofstream(copy, std::ios::binary) << damaged;
    survive(copy);
  }
  CHECK(check_database(path)->sound());
}

}  // namespace
}  // namespace benchhost::store
