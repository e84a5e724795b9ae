#include "store/merge.h"

#include <doctest/doctest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "contract/store/temp_folder.h"
#include "store/db_admin.h"
#include "store/schema.h"
#include "unit/store/child_process.h"
#include "unit/store/plain_sql.h"
#include "unit/store/sample_database.h"

namespace benchhost::store {
namespace {

namespace fs = std::filesystem;

/// All that a database holds, as text: two with the same text hold the same.
std::string contents(const std::string& path) {
  std::string all;
  for (const auto& table : test::rows_of(path,
                                         "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> "
                                         "'sqlite_sequence' ORDER BY name")) {
    for (const auto& row : test::rows_of(path, "SELECT * FROM " + table[0] + " ORDER BY 1, 2")) {
      all += table[0];
      for (const std::string& cell : row) all += '|' + cell;
      all += '\n';
    }
  }
  return all;
}

using test::change;
using test::number_of;

/// One run, with a cached case in a second that stands for the first's.
void make_with_cached(const std::string& path) {
  test::make_sample_database(path);
  const auto store = test::open_sample_store(path);
  const auto run = store->begin_run(test::sample_run());
  REQUIRE(run.ok());
  CaseEnd cached;
  cached.outcome = protocol::Outcome::cached;
  cached.reason = "measured before";
  cached.cached_from = 1;
  REQUIRE(store->record_case(*run, test::sample_case(0, 65536), cached).ok());
  REQUIRE(store->finish_run(*run, {1'700'000'200'000'000'000, 0, "", std::nullopt}).ok());
}

struct Fixture {
  test::TempFolder folder;
  std::string target = folder.file("all.db");
  std::string other = folder.file("other.db");
  Fixture() {
    test::make_sample_database(target);
    test::make_sample_database(other);
  }
  Result<MergeReport> merge(std::vector<std::string> sources) { return merge_databases(target, {std::move(sources)}); }
  /// Nothing is left beside the databases.
  void check_tidy() const {
    for (const auto& entry : fs::directory_iterator(fs::path(target).parent_path())) {
      CHECK(entry.path().string().find(".merging-") == std::string::npos);
    }
  }
};

TEST_CASE_FIXTURE(Fixture, "a run comes in whole, under a new number, and reads back as it was") {
  auto source = open_reader({other, 100, {}});
  REQUIRE(source.ok());
  const auto report = merge({other});
  REQUIRE_MESSAGE(report.ok(), to_text(report.ok() ? Error{} : report.error()));
  CHECK(report->runs == std::vector<RunId>{2});
  CHECK(report->present == 0);
  CHECK(report->results == 4);
  CHECK(report->samples == 3 * 2 * 9);
  CHECK(check_database(target)->sound());
  check_tidy();

  auto reader = open_reader({target, 100, {}});
  REQUIRE(reader.ok());
  const auto was = source->reader->run(1);
  const auto is = reader->reader->run(2);
  REQUIRE(is.ok());
  CHECK(is->start == was->start);
  CHECK(is->end == was->end);
  CHECK(is->counts == was->counts);
  CHECK(*reader->reader->run_devices(2) == *source->reader->run_devices(1));
  CHECK(*reader->reader->run_backends(2) == *source->reader->run_backends(1));
  const auto results_were = source->reader->results(1, Attempts::all);
  const auto results_are = reader->reader->results(2, Attempts::all);
  REQUIRE(results_are->size() == results_were->size());
  for (std::size_t i = 0; i < results_are->size(); ++i) {
    const StoredResult& a = (*results_were)[i];
    const StoredResult& b = (*results_are)[i];
    CHECK(a.start == b.start);
    REQUIRE(a.measurements.size() == b.measurements.size());
    for (std::size_t m = 0; m < a.measurements.size(); ++m) {
      CHECK(a.measurements[m].measurement.value == b.measurements[m].measurement.value);
      CHECK(a.measurements[m].metric == b.measurements[m].metric);
    }
    const auto invocations_were = source->reader->invocations(a.id);
    const auto invocations_are = reader->reader->invocations(b.id);
    REQUIRE(invocations_are->size() == invocations_were->size());
    for (std::size_t v = 0; v < invocations_are->size(); ++v) {
      const StoredInvocation& x = (*invocations_were)[v];
      const StoredInvocation& y = (*invocations_are)[v];
      CHECK(x.invocation.logs == y.invocation.logs);
      REQUIRE(x.segments.size() == y.segments.size());
      for (std::size_t s = 0; s < x.segments.size(); ++s) {
        CHECK(source->reader->segment(x.segments[s].id)->integers ==
              reader->reader->segment(y.segments[s].id)->integers);
        CHECK(source->reader->segment(x.segments[s].id)->reals == reader->reader->segment(y.segments[s].id)->reals);
      }
      CHECK(reader->reader->artefacts(y.id)->at(0).data == source->reader->artefacts(x.id)->at(0).data);
    }
  }
  // Events keep their order, and name results by their new numbers.
  const auto events = reader->reader->events(2, 0, 0);
  REQUIRE_FALSE(events->empty());
  CHECK(events->front().kind == "run_started");
  CHECK(events->back().kind == "run_finished");
  for (const Event& e : *events) {
    if (e.body.has("result")) CHECK(e.body["result"].as_int() >= results_are->front().id);
  }
  // What both have is there once.
  for (const char* table : {"testbeds", "backends", "plugins", "benchmarks", "plugin_benchmarks"}) {
    CAPTURE(table);
    CHECK(number_of(target, std::string("SELECT count(*) FROM ") + table) == 1);
  }
  CHECK(number_of(target, "SELECT count(*) FROM devices") == 2);
  CHECK(number_of(target, "SELECT count(*) FROM cases") == 4);
  CHECK(number_of(target, "SELECT count(*) FROM case_parameters") == 4);
}

TEST_CASE_FIXTURE(Fixture, "the same run is not taken twice, from one file or from two") {
  const std::string again = folder.file("again.db");
  fs::copy_file(other, again);
  const auto first = merge({other, again});
  REQUIRE(first.ok());
  CHECK(first->runs.size() == 1);
  CHECK(first->present == 1);
  const std::string before = contents(target);
  const auto second = merge({other});
  REQUIRE(second.ok());
  CHECK(second->runs.empty());
  CHECK(second->present == 1);
  CHECK(contents(target) == before);
  check_tidy();
}

TEST_CASE_FIXTURE(Fixture, "many sources come in at once, in their order, into a database that is made") {
  std::vector<std::string> sources;
  for (int i = 0; i < 12; ++i) {
    sources.push_back(folder.file("shard-" + std::to_string(i) + ".db"));
    test::make_sample_database(sources.back());
    change(sources.back(), "UPDATE runs SET suite_name = 'shard " + std::to_string(i) + "'");
  }
  const std::string made = folder.file("made.db");
  const auto report = merge_databases(made, {sources});
  REQUIRE_MESSAGE(report.ok(), to_text(report.ok() ? Error{} : report.error()));
  CHECK(report->runs.size() == 12);
  CHECK(check_database(made)->sound());
  CHECK(number_of(made,
                  "SELECT count(*) FROM runs a JOIN runs b ON b.id > a.id WHERE CAST(substr(b.suite_name, 7) AS "
                  "INTEGER) < CAST(substr(a.suite_name, 7) AS INTEGER)") == 0);
  CHECK(number_of(made, "SELECT count(*) FROM samples") == 12 * 3 * 2 * 9);
  CHECK(number_of(made, "SELECT count(*) FROM cases") == 4);
}

TEST_CASE_FIXTURE(Fixture, "a cached result stands for the same numbers as before") {
  const std::string cached = folder.file("cached.db");
  make_with_cached(cached);
  REQUIRE(merge({cached}).ok());
  const std::string from =
      "SELECT u.id || '/' || o.ordinal FROM results r JOIN results o ON o.id = r.cached_from "
      "JOIN runs u ON u.id = o.run WHERE r.outcome = 'cached'";
  CHECK(number_of(target, "SELECT count(*) FROM (" + from + ")") == 1);
  CHECK(number_of(target, "SELECT o.run FROM results r JOIN results o ON o.id = r.cached_from") == 2);
  // Now the run that it stands on is here, and only the other comes.
  const std::string later = folder.file("later.db");
  test::make_sample_database(later);
  const std::string first_only = folder.file("first_only.db");
  fs::copy_file(cached, first_only);
  change(first_only, "PRAGMA foreign_keys = ON; DELETE FROM runs WHERE id = 2");
  REQUIRE(merge_databases(later, {{first_only}}).ok());
  const auto both = merge_databases(later, {{cached}});
  REQUIRE(both.ok());
  CHECK(both->present == 1);
  CHECK(both->runs.size() == 1);
  CHECK(number_of(later, "SELECT o.run FROM results r JOIN results o ON o.id = r.cached_from") == 2);
  CHECK(number_of(later,
                  "SELECT count(*) FROM results r JOIN results o ON o.id = r.cached_from AND o.case_id = r.case_id") ==
        1);
}

TEST_CASE_FIXTURE(Fixture, "how a benchmark is described here stays the last word on it") {
  protocol::BenchmarkRecord newer = test::sample_benchmark();
  newer.title = "Triad, described elsewhere";
  {
    const auto store = open_store({other, 1000, {}});
    REQUIRE(store.ok());
    REQUIRE(store->store->register_plugin(test::sample_plugin(), {&newer, 1}).ok());
  }
  REQUIRE(merge({other}).ok());
  auto reader = open_reader({target, 100, {}});
  CHECK((*reader->reader->benchmark("org.example.stream.triad"))->title == "Triad");
  CHECK(number_of(target, "SELECT count(*) FROM benchmarks") == 2);
  CHECK(number_of(target, "SELECT count(*) FROM plugin_benchmarks") == 1);
}

TEST_CASE_FIXTURE(Fixture,
                  "what a killed run finished comes in as interrupted; what may be under way elsewhere if asked") {
  const std::string cut = folder.file("cut.db");
  test::Child child([&](const test::Child::Side&) {
    const auto store = test::open_sample_store(cut);
    const auto run = store->begin_run(test::sample_run());
    if (!store->record_case(*run, test::sample_case(0, 64), test::sample_end(1)).ok()) return 1;
    if (!store->start_case(*run, test::sample_case(1, 128)).ok()) return 1;
    raise(SIGKILL);
    return 0;
  });
  child.finish();
  REQUIRE(merge({cut}).ok());
  CHECK(number_of(target, "SELECT count(*) FROM runs WHERE state = 'interrupted'") == 1);
  CHECK(number_of(target, "SELECT count(*) FROM results WHERE outcome = 'interrupted' AND reason <> ''") == 1);

  const std::string elsewhere = folder.file("elsewhere.db");
  fs::copy_file(other, elsewhere);
  change(elsewhere,
         "UPDATE runs SET state = 'running', writer_machine = 'another', exit_code = NULL, "
         "ended_wall_ns = NULL");
  const auto left = merge({elsewhere});
  REQUIRE(left.ok());
  CHECK(left->runs.empty());
  REQUIRE(left->notes.size() == 1);
  CHECK(left->notes[0].find("--take-unfinished") != std::string::npos);
  const auto taken = merge_databases(target, {{elsewhere}, true});
  REQUIRE(taken.ok());
  CHECK(taken->runs.size() == 1);
  CHECK(number_of(target, "SELECT count(*) FROM runs WHERE state = 'interrupted'") == 2);
}

TEST_CASE_FIXTURE(Fixture, "an older source is brought up to date in a copy, and stays what it was") {
  // As the second schema left it: what later ones added is taken away again.
  std::string drops =
      "DROP TABLE gates; DROP TABLE run_findings; DROP TABLE modes; DROP TABLE event_counts; DROP TABLE energies;";
  for (const char* view : {"performance_results", "hardware_compatibility", "models", "result_hardware", "model_sizes",
                           "case_models", "hardware_platforms", "test_runs"}) {
    drops += std::string("DROP VIEW ") + view + ";";
  }
  change(other, drops + "PRAGMA user_version = 2");
  const std::string before = contents(other);
  const auto report = merge({other});
  REQUIRE_MESSAGE(report.ok(), to_text(report.ok() ? Error{} : report.error()));
  CHECK(report->runs.size() == 1);
  CHECK(contents(other) == before);
  CHECK(number_of(other, "PRAGMA user_version") == 2);
  check_tidy();
}

TEST_CASE_FIXTURE(Fixture, "a source that is damaged, newer, missing, foreign or the target itself is refused whole") {
  const std::string bad = folder.file("bad.db");
  const auto refused = [&](const std::string& code) {
    const std::string before = contents(target);
    // Also behind one that is fine.
    for (const auto& sources : {std::vector<std::string>{bad}, std::vector<std::string>{other, bad}}) {
      const auto report = merge(sources);
      REQUIRE_FALSE(report.ok());
      CHECK(report.error().code == code);
      CHECK(report.error().place.find("bad.db") != std::string::npos);
      CHECK(report.error().place.find("merging") == std::string::npos);
    }
    CHECK(contents(target) == before);
    check_tidy();
    fs::remove(bad);
  };
  refused("BH0401");
  fs::copy_file(other, bad);
  change(bad, "PRAGMA user_version = 99");
  refused("BH0402");
  fs::copy_file(other, bad);
  change(bad, "DELETE FROM samples WHERE id = 2");
  refused("BH0403");
  fs::copy_file(other, bad);
  change(bad, "PRAGMA foreign_keys = OFF; DELETE FROM cases WHERE id = 1");
  refused("BH0403");
  fs::copy_file(other, bad);
  {
    std::fstream file(bad, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096 * 3);
    for (int i = 0; i < 4096 * 4; ++i) file.put('\xff');
  }
  refused("BH0403");
  fs::copy_file(other, bad);
  change(bad, "ALTER TABLE samples RENAME TO amples; CREATE VIEW samples AS SELECT * FROM amples");
  refused("BH0403");
  std::ofstream(bad) << "These are my notes, and no database.\n";
  refused("BH0401");
  CHECK(merge({target}).error().code == "BH0401");
}

TEST_CASE_FIXTURE(Fixture, "numbers of a source that would pass the greatest there are leave the target as it was") {
  change(other,
         "UPDATE samples SET id = id + 9223372036854770000; "
         "UPDATE segments SET first_sample = first_sample + 9223372036854770000 WHERE count > 0");
  change(target, "INSERT INTO sqlite_sequence VALUES ('unused', 1)");
  const std::string before = contents(target);
  // Twice: the second time the numbers here are as great.
  REQUIRE(merge({other}).ok());
  change(other, "UPDATE runs SET uid = '0123456789abcdef0123456789abcdef'");
  const std::string then = contents(target);
  CHECK(then != before);
  CHECK_FALSE(merge({other}).ok());
  CHECK(contents(target) == then);
}

TEST_CASE_FIXTURE(Fixture, "a kill after any table leaves the target as it was, and the next merge takes all") {
  const std::string before = contents(target);
  std::vector<std::string> tables;
  {
    const std::string copy = folder.file("copy.db");
    fs::copy_file(target, copy);
    REQUIRE(merge_databases(copy, {{other}}, [&](std::string_view table) { tables.emplace_back(table); }).ok());
  }
  REQUIRE(tables.size() >= 20);
  CHECK(tables.back() == "samples");
  for (const std::string& table : tables) {
    CAPTURE(table);
    test::Child child([&](const test::Child::Side&) {
      const auto done = merge_databases(target, {{other}}, [&](std::string_view at) {
        if (at == table) raise(SIGKILL);
      });
      return done.ok() ? 0 : 1;
    });
    CHECK(WIFSIGNALED(child.finish()));
    CHECK(contents(target) == before);
  }
  REQUIRE(merge({other}).ok());
  CHECK(check_database(target)->sound());
  // What the killed ones had copied is gone.
  check_tidy();
}

TEST_CASE_FIXTURE(Fixture, "nothing is merged into a database in which a run is under way") {
  const auto store = test::open_sample_store(target);
  const auto run = store->begin_run(test::sample_run());
  REQUIRE(run.ok());
  test::Child child([&](const test::Child::Side&) {
    const auto report = merge({other});
    return !report.ok() && report.error().code == "BH0412" ? 0 : 1;
  });
  CHECK(child.finish() == 0);
  CHECK(store->finish_run(*run, {}).ok());
  CHECK(merge({other}).ok());
}

}  // namespace
}  // namespace benchhost::store
