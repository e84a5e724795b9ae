#include "store/prune.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "contract/store/temp_folder.h"
#include "store/db_admin.h"
#include "unit/store/child_process.h"
#include "unit/store/plain_sql.h"
#include "unit/store/sample_database.h"

namespace benchhost::store {
namespace {

std::vector<PruneCandidate> five_runs() {
  std::vector<PruneCandidate> runs;
  for (RunId id = 1; id <= 5; ++id) runs.push_back({id, id * 100, {}, false, false, {}});
  return runs;
}

using Ids = std::vector<RunId>;

TEST_CASE("runs go by age, by count, and by both only where both say so") {
  const auto runs = five_runs();
  PruneWish wish;
  wish.before_wall_ns = 300;
  CHECK(choose_runs_to_prune(runs, wish).go == Ids{1, 2});
  wish.keep_newest = 4;
  CHECK(choose_runs_to_prune(runs, wish).go == Ids{1});
  wish.before_wall_ns.reset();
  wish.keep_newest = 0;
  CHECK(choose_runs_to_prune(runs, wish).go == Ids{1, 2, 3, 4, 5});
  wish.keep_newest = 100;
  CHECK(choose_runs_to_prune(runs, wish).go.empty());
}

TEST_CASE("labels choose among runs, and the newest are counted among those") {
  auto runs = five_runs();
  for (const std::size_t i : {0u, 2u, 4u}) runs[i].labels = {{"purpose", "nightly"}};
  runs[2].labels["baseline"] = "1.0";
  PruneWish wish;
  wish.labels = {{"purpose", "nightly"}};
  CHECK(choose_runs_to_prune(runs, wish).go == Ids{1, 3, 5});
  wish.keep_newest = 1;
  CHECK(choose_runs_to_prune(runs, wish).go == Ids{1, 3});
  wish.keep_labels = {{"baseline", std::nullopt}};
  const PruneChoice choice = choose_runs_to_prune(runs, wish);
  CHECK(choice.go == Ids{1});
  CHECK(choice.kept == std::vector<KeptRun>{{3, "it has the label baseline=1.0"}});
  wish.keep_labels = {{"baseline", "2.0"}};
  CHECK(choose_runs_to_prune(runs, wish).go == Ids{1, 3});
  wish.labels = {{"purpose", "weekly"}};
  CHECK(choose_runs_to_prune(runs, wish).go.empty());
}

TEST_CASE("a run under way stays even if it is named; one of which nobody can tell goes only if it is") {
  auto runs = five_runs();
  runs[0].under_way = true;
  runs[1].may_be_under_way = true;
  PruneWish wish;
  wish.keep_newest = 3;
  CHECK(choose_runs_to_prune(runs, wish).go.empty());
  CHECK(choose_runs_to_prune(runs, wish).kept.size() == 2);
  wish = {};
  wish.runs = {1, 2};
  const PruneChoice choice = choose_runs_to_prune(runs, wish);
  CHECK(choice.go == Ids{2});
  CHECK(choice.kept == std::vector<KeptRun>{{1, "it is under way"}});
}

TEST_CASE("a run on whose numbers another stands stays as long as that one, however long the chain") {
  auto runs = five_runs();
  runs[4].stands_on = {3};
  runs[2].stands_on = {1};
  PruneWish wish;
  wish.keep_newest = 1;
  const PruneChoice choice = choose_runs_to_prune(runs, wish);
  CHECK(choice.go == Ids{2, 4});
  REQUIRE(choice.kept.size() == 2);
  CHECK(choice.kept[0].reason == "cached results of run 3 are its numbers");
  wish.keep_newest = 0;
  CHECK(choose_runs_to_prune(runs, wish).go == Ids{1, 2, 3, 4, 5});
}

std::int64_t count(const std::string& path, const std::string& table) {
  const auto report = database_size(path);
  REQUIRE(report.ok());
  const auto found = std::ranges::find(report->rows, table, &std::pair<std::string, std::uint64_t>::first);
  REQUIRE(found != report->rows.end());
  return static_cast<std::int64_t>(found->second);
}

struct Fixture {
  test::TempFolder folder;
  std::string path = folder.file("results.db");
  Fixture() {
    test::make_sample_database(path);
    test::make_sample_database(path);
  }
};

TEST_CASE_FIXTURE(Fixture, "a dry run says what would go and writes nothing") {
  const auto before = std::filesystem::last_write_time(path);
  PruneWish wish;
  wish.keep_newest = 1;
  const auto report = prune_database(path, wish, true);
  REQUIRE(report.ok());
  REQUIRE(report->runs.size() == 1);
  CHECK(report->runs[0].id == 1);
  CHECK(report->runs[0].results == 4);
  CHECK(report->runs[0].suite_name == "quick");
  CHECK(count(path, "runs") == 2);
  CHECK(std::filesystem::last_write_time(path) == before);
}

TEST_CASE_FIXTURE(Fixture, "a pruned run takes its samples along, and the file gets smaller and stays sound") {
  const auto samples = count(path, "samples");
  test::change(path,
               "INSERT INTO artefacts(invocation, position, name, media_type, data) SELECT min(i.id), 9, 'large', '', "
               "zeroblob(1000000) FROM invocations i JOIN results r ON r.id = i.result WHERE r.run = 1");
  PruneWish wish;
  wish.keep_newest = 1;
  const auto report = prune_database(path, wish, false);
  REQUIRE(report.ok());
  CHECK(report->not_compacted.empty());
  CHECK(report->bytes_after + 900'000 < report->bytes_before);
  CHECK(report->bytes_after == std::filesystem::file_size(path));
  CHECK(count(path, "runs") == 1);
  CHECK(count(path, "samples") == samples / 2);
  const auto found = check_database(path);
  REQUIRE(found.ok());
  CHECK(found->sound());
  // What the other run names is still there.
  CHECK(count(path, "cases") == 4);
  CHECK(count(path, "devices") == 2);
  wish.keep_newest = 0;
  REQUIRE(prune_database(path, wish, false).ok());
  for (const char* table : {"runs", "results", "samples", "cases", "devices", "backends", "testbeds", "events"}) {
    CAPTURE(table);
    CHECK(count(path, table) == 0);
  }
  CHECK(count(path, "benchmarks") == 1);
  // Numbers are not given out twice.
  const auto store = test::open_sample_store(path);
  CHECK(*store->begin_run(test::sample_run()) == 3);
}

TEST_CASE_FIXTURE(Fixture, "beside a run under way the file is not made smaller, and that run stays") {
  const auto store = test::open_sample_store(path);
  REQUIRE(store->begin_run(test::sample_run()).ok());
  PruneWish wish;
  wish.keep_newest = 0;
  // Of this process's own run, and so alive.
  test::Child child([&](const test::Child::Side&) {
    const auto report = prune_database(path, wish, false);
    if (!report.ok() || report->runs.size() != 2 || report->kept.size() != 1) return 1;
    return report->not_compacted.find("run 3 is under way") == 0 ? 0 : 2;
  });
  CHECK(child.finish() == 0);
  CHECK(count(path, "runs") == 1);
}

TEST_CASE_FIXTURE(Fixture, "a run that is not there, and a database that is not, are errors") {
  PruneWish wish;
  wish.runs = {2, 77};
  CHECK(prune_database(path, wish, false).error().code == "BH0408");
  CHECK(count(path, "runs") == 2);
  for (const bool dry : {true, false}) CHECK(prune_database(folder.file("no.db"), wish, dry).error().code == "BH0401");
  CHECK_FALSE(std::filesystem::exists(folder.file("no.db")));
}

}  // namespace
}  // namespace benchhost::store
