// Stores 10^6 samples in one invocation and reads them back by SQL: prints seconds, bytes a sample on disk, and what
// the same bytes cost when written and synchronised plainly. Not a test: it asserts nothing about time. Usage:
// store_samples [FOLDER]
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "contract/store/sample_records.h"
#include "store/db_admin.h"
#include "store/query.h"
#include "store/sqlite_store.h"

namespace {

namespace fs = std::filesystem;
namespace store = benchhost::store;

constexpr std::size_t kSamples = 1'000'000;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

int fail(const benchhost::Error& error) {
  std::fprintf(stderr, "%s\n", benchhost::to_text(error).c_str());
  return 1;
}

/// Seconds to write and synchronise that many bytes in one file: the disk's share of storing them.
double plain_write_seconds(const std::string& path, std::uint64_t bytes) {
  const std::vector<char> block(1 << 20, 'x');
  const auto start = std::chrono::steady_clock::now();
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  for (std::uint64_t written = 0; written < bytes; written += block.size()) {
    if (write(file, block.data(), block.size()) < 0) break;
  }
  fsync(file);
  close(file);
  return seconds_since(start);
}

int measure(const std::string& folder, const char* what, bool real) {
  const std::string path = folder + "/" + what + ".db";
  auto opened = store::open_store({path, 1000, {}});
  if (!opened.ok()) return fail(opened.error());
  store::RunStore& runs = *opened->store;
  const auto benchmark = store::test::sample_benchmark();
  if (auto done = runs.register_plugin(store::test::sample_plugin(), {&benchmark, 1}); !done.ok())
    return fail(done.error());
  const auto run = runs.begin_run(store::test::sample_run());
  if (!run.ok()) return fail(run.error());
  const auto result = runs.start_case(*run, store::test::sample_case(0, 4096));
  if (!result.ok()) return fail(result.error());

  // As a worker delivers them: segments of at most 65,536 samples. A batch of about 1 ms in ns, or a double.
  std::mt19937_64 random(1);
  store::Invocation invocation;
  for (std::size_t at = 0; at < kSamples; at += benchhost::protocol::kMaxSegmentSamples) {
    benchhost::protocol::Segment segment;
    segment.n = 1000;
    segment.first_batch = at;
    segment.quantity = real ? benchhost::protocol::Quantity::reported : benchhost::protocol::Quantity::wall;
    for (std::size_t i = at; i < std::min(kSamples, at + benchhost::protocol::kMaxSegmentSamples); ++i) {
      const auto ns = static_cast<std::int64_t>(1'000'000 + random() % 200'000);
      if (real) {
        segment.reals.push_back(static_cast<double>(ns) * 1.000'000'1);
      } else {
        segment.integers.push_back(ns);
      }
    }
    invocation.segments.push_back(std::move(segment));
  }
  const auto start = std::chrono::steady_clock::now();
  if (auto done = runs.add_invocation(*result, invocation); !done.ok()) return fail(done.error());
  const double stored = seconds_since(start);
  opened->store.reset();
  // The whole file, the few pages of the run itself included.
  const std::uint64_t bytes = fs::file_size(path);

  const auto read = std::chrono::steady_clock::now();
  store::QueryLimits limits;
  limits.deadline_ns = 60'000'000'000;
  const auto answer = store::query_database(
      path, "SELECT count(*), avg(value) FROM sample_view WHERE result = (SELECT max(id) FROM results)", limits);
  if (!answer.ok()) return fail(answer.error());
  const double queried = seconds_since(read);
  const double plain = plain_write_seconds(folder + "/plain", fs::file_size(path));
  std::printf(
      "%-8s %zu samples stored in %.3f s (writing as many bytes plainly: %.3f s), %.1f bytes each; "
      "%lld read by SQL in %.3f s\n",
      what, kSamples, stored, plain, static_cast<double>(bytes) / static_cast<double>(kSamples),
      static_cast<long long>(std::get<std::int64_t>(answer->rows[0][0])), queried);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string parent = argc > 1 ? argv[1] : fs::temp_directory_path().string();
  const std::string folder = parent + "/benchhost-store-perf-" + std::to_string(getpid());
  std::error_code error;
  if (!fs::create_directories(folder, error)) {
    std::fprintf(stderr, "%s: %s\n", folder.c_str(), error.message().c_str());
    return 1;
  }
  const int status = measure(folder, "integers", false) + measure(folder, "reals", true);
  fs::remove_all(folder, error);
  return status;
}
