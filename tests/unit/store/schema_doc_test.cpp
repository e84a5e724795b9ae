// The queries of host/store/schema.md run as written, by SQLite's own interface, and give the answers that they
// promise.
#include <doctest/doctest.h>

#include <array>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "contract/store/temp_folder.h"
#include "unit/store/plain_sql.h"
#include "unit/store/sample_database.h"

namespace benchhost::store {
namespace {

using test::Rows;
using test::rows_of;

std::vector<std::string> documented_queries() {
  std::ifstream in(BENCHHOST_SCHEMA_MD);
  std::vector<std::string> queries;
  std::string line;
  bool inside = false;
  while (std::getline(in, line)) {
    if (line == "```sql") {
      inside = true;
      queries.emplace_back();
    } else if (line == "```") {
      inside = false;
    } else if (inside) {
      queries.back() += line + "\n";
    }
  }
  return queries;
}

TEST_CASE("the five documented queries answer from a plain SQLite connection") {
  const test::TempFolder folder;
  const std::string path = folder.file("results.db");
  test::make_sample_database(path);
  const auto queries = documented_queries();
  REQUIRE(queries.size() == 6);

  const Rows triad = rows_of(path, queries[0]);
  REQUIRE(triad.size() == 3);
  CHECK(triad[0] == std::vector<std::string>{"512", "{bytes=512}", "[\"Model of cpu:0\"]", "5120.0", "5068.8", "5171.2",
                                             "By/s", "5"});
  CHECK(triad[1][0] == "4096");
  CHECK(triad[2][0] == "65536");

  const Rows failed = rows_of(path, queries[1]);
  REQUIRE(failed.size() == 1);
  CHECK(failed[0] == std::vector<std::string>{"3", "org.example.stream.triad", "{bytes=1048576}", "skipped",
                                              "there is no device of kind cuda"});

  const Rows raw = rows_of(path, queries[2]);
  REQUIRE(raw.size() == 12);
  CHECK(raw[0] == std::vector<std::string>{"0", "warmup", "0", "4096", "2000000", "488.28125", "0"});
  // Sample 2 of the segment that begins at batch 2 in steps of 5 is batch 12, which is marked disturbed.
  CHECK(raw[4] == std::vector<std::string>{"0", "measure", "12", "4096", "999900", "244.1162109375", "1"});

  const Rows history = rows_of(path, queries[3]);
  REQUIRE(history.size() == 3);
  CHECK(history[0][0] == "tb-1");
  CHECK(history[0][4] == "2023-11-14 22:13:20");

  const Rows spread = rows_of(path, queries[4]);
  REQUIRE(spread.size() == 2);
  CHECK(spread[0][2] == "4");
  CHECK(spread[0][4] == "244.1162109375");
}

TEST_CASE("the first queries tell cases of one size apart, take the last attempt, and miss no case that never ended") {
  const test::TempFolder folder;
  const std::string path = folder.file("results.db");
  const auto store = test::open_sample_store(path);
  const auto run = store->begin_run(test::sample_run());
  REQUIRE(run.ok());
  std::uint64_t ordinal = 0;
  const auto swept = [&](std::uint64_t bytes, std::uint64_t threads) {
    CaseStart s = test::sample_case(ordinal++, bytes);
    s.case_.key += "-" + std::to_string(threads);
    s.case_.canonical_parameters = "{bytes=" + std::to_string(bytes) + ", threads=" + std::to_string(threads) + "}";
    s.case_.parameters.push_back({"threads", protocol::uint_value(threads)});
    return s;
  };
  for (const std::uint64_t bytes : {512u, 64u}) {
    for (const std::uint64_t threads : {1u, 2u}) {
      CaseStart s = swept(bytes, threads);
      REQUIRE(store->record_case(*run, s, test::sample_end(1)).ok());
      ++s.attempt;
      REQUIRE(store->record_case(*run, s, test::sample_end(static_cast<double>(bytes * threads))).ok());
    }
  }
  REQUIRE(store->finish_run(*run, {1'700'000'100'000'000'000, 0, "", 0.01}).ok());
  // A newer run: a case that failed with numbers, and one that is under way.
  const auto newer = store->begin_run(test::sample_run());
  REQUIRE(newer.ok());
  CaseEnd failed = test::sample_end(7);
  failed.outcome = protocol::Outcome::failed;
  failed.reason = "the result is wrong";
  REQUIRE(store->record_case(*newer, test::sample_case(0, 64), failed).ok());
  REQUIRE(store->start_case(*newer, test::sample_case(1, 128)).ok());

  const auto queries = documented_queries();
  REQUIRE(queries.size() == 6);
  const Rows triad = rows_of(path, queries[0]);
  REQUIRE(triad.size() == 4);
  const std::vector<std::array<std::string, 3>> expected = {{"64", "{bytes=64, threads=1}", "64.0"},
                                                            {"64", "{bytes=64, threads=2}", "128.0"},
                                                            {"512", "{bytes=512, threads=1}", "512.0"},
                                                            {"512", "{bytes=512, threads=2}", "1024.0"}};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(triad[i][0] == expected[i][0]);
    CHECK(triad[i][1] == expected[i][1]);
    CHECK(triad[i][3] == expected[i][2]);
  }
  const Rows open = rows_of(path, queries[1]);
  REQUIRE(open.size() == 2);
  CHECK(open[0][3] == "failed");
  CHECK(open[1] == std::vector<std::string>{"1", "org.example.stream.triad", "{bytes=128}", "NULL", ""});
}

}  // namespace
}  // namespace benchhost::store
