// A database file with one finished run in it.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "contract/store/sample_records.h"
#include "store/sqlite_store.h"

namespace benchhost::store::test {

inline std::string message(const Result<OpenedStore>& opened) { return opened.ok() ? "" : to_text(opened.error()); }

/// A store opened for writing with the sample plugin registered.
inline std::unique_ptr<RunStore> open_sample_store(const std::string& path) {
  auto opened = open_store({path, 1000, {}});
  REQUIRE_MESSAGE(opened.ok(), message(opened));
  const protocol::BenchmarkRecord benchmark = sample_benchmark();
  REQUIRE(opened->store->register_plugin(sample_plugin(), {&benchmark, 1}).ok());
  return std::move(opened->store);
}

/// One run: triad of three sizes with two invocations each, and a skipped case.
inline void make_sample_database(const std::string& path) {
  const auto store = open_sample_store(path);
  const auto run = store->begin_run(sample_run());
  REQUIRE(run.ok());
  std::uint64_t ordinal = 0;
  for (const std::uint64_t bytes : {65536u, 512u, 4096u}) {
    const auto result = store->start_case(*run, sample_case(ordinal++, bytes));
    REQUIRE(result.ok());
    for (std::uint32_t i = 0; i < 2; ++i) REQUIRE(store->add_invocation(*result, sample_invocation(i)).ok());
    REQUIRE(store->finish_case(*result, sample_end(static_cast<double>(bytes) * 10)).ok());
  }
  CaseEnd skipped;
  skipped.outcome = protocol::Outcome::skipped;
  skipped.reason = "there is no device of kind cuda";
  REQUIRE(store->record_case(*run, sample_case(ordinal, 1 << 20), skipped).ok());
  REQUIRE(store->finish_run(*run, {1'700'000'100'000'000'000, 0, "", 0.01}).ok());
}

}  // namespace benchhost::store::test
