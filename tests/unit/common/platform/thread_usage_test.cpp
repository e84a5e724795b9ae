#include "common/platform/thread_usage.h"

#include <doctest/doctest.h>

#include <thread>

using namespace benchhost::platform;

namespace {

/// Uses the CPU until the thread's own clock has gone on by so much: no luck with the wall clock.
void burn(std::int64_t ns) {
  const std::int64_t until = *thread_cpu_ns() + ns;
  while (*thread_cpu_ns() < until) {
  }
}

}  // namespace

TEST_CASE("the CPU time of a thread grows with its own work only") {
  REQUIRE(thread_cpu_ns());
  const std::int64_t before = *thread_cpu_ns();
  std::int64_t other = 0;
  std::thread([&] {
    burn(30'000'000);
    other = *thread_cpu_ns();
  }).join();
  CHECK(other >= 30'000'000);
  CHECK(*thread_cpu_ns() - before < other);
}

TEST_CASE("the process's use counts all threads and has a size, a thread's has none") {
  const auto before = process_use();
  REQUIRE(before);
  std::thread([] { burn(30'000'000); }).join();
  const ResourceUse spent = *process_use() - *before;
  CHECK(spent.user_ns + spent.system_ns >= 20'000'000);  // the kernel accounts in ticks
  REQUIRE(spent.max_rss_bytes);
  CHECK(*spent.max_rss_bytes > 1'000'000);
  const auto thread = thread_use();
  REQUIRE(thread);
  CHECK_FALSE(thread->max_rss_bytes);
}
