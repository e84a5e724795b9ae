// Benchmarks of what needs nobody else: reading a clock, entering the kernel, starting a thread.
#pragma once

#include <benchhost/plugin.hpp>

#include "acts.h"
#include "expected.h"
#include "system.h"

namespace sys {

namespace bb = benchhost;

/// A sum over everything since prepare, held against what it must be.
inline void judge(bb::Verdict& verdict, std::uint64_t done, std::uint64_t sum, std::uint64_t expected,
                  const char* what) {
  verdict.checked = done;
  verdict.error = sum == expected ? 0 : 1;
  verdict.tolerance = 0;
  verdict.what = what;
}

inline constexpr bh_value_t kClocks[] = {BH_ENUM("monotonic"), BH_ENUM("monotonic_raw"), BH_ENUM("thread_cpu"),
                                         BH_ENUM("process_cpu")};

struct ClockReading final : bb::Benchmark {
  static constexpr auto about = bb::about("org.benchhost.sys.clock", "Reading a clock",
                                          "clock_gettime: one reading after the other", BH_CATEGORY_HOST)
                                    .tags("system,clock")
                                    .requirement("os != 'windows'");
  static constexpr bb::Param parameters[] = {
      bb::param("clock", bb::choice("monotonic"),
                "time of the system since some moment; the same, not steered; processor time of the thread; of the "
                "process")
          .choices(kClocks)};
  static constexpr bb::Metric metrics[] = {bb::time("time", "Time of a reading", "one reading").primary()};

  Clock clock;
  std::int64_t before_ns = 0;
  std::uint64_t asked = 0, read = 0, wrong = 0;

  explicit ClockReading(const bb::Prepare& p) : clock(clock_of(p.choice("clock"))) { read_clock_by_kernel(clock); }

  // Readings lie between two that were got another way.
  void prepare_batch(const bb::Batch&) override { before_ns = read_clock_by_kernel(clock); }
  void run(const bb::Batch& batch) override {
    seen_ = read_clock(clock, batch.n);
    asked += batch.n;
  }
  void finish_batch(const bb::Batch&) override {
    const std::int64_t after_ns = read_clock_by_kernel(clock);
    read += seen_.count;
    wrong += seen_.backwards;
    if (seen_.first_ns < before_ns || seen_.last_ns < seen_.first_ns || seen_.last_ns > after_ns) ++wrong;
  }
  void verify(bb::Verdict& verdict) override {
    verdict.checked = asked;
    verdict.error = static_cast<double>(wrong + (asked > read ? asked - read : read - asked));
    verdict.tolerance = 0;
    verdict.what = "readings that are missing, lie before the one before them, or not between two of the kernel";
  }

 private:
  static Clock clock_of(std::string_view name) {
    if (name == "monotonic_raw") return Clock::monotonic_raw;
    if (name == "thread_cpu") return Clock::thread_cpu;
    return name == "process_cpu" ? Clock::process_cpu : Clock::monotonic;
  }

  Readings seen_;
};

struct SystemCall final : bb::Benchmark {
  static constexpr auto about =
      bb::about("org.benchhost.sys.call", "System call",
                "getppid: into the kernel and back, with as little done there as a call can do", BH_CATEGORY_HOST)
          .tags("system,kernel")
          .requirement("os != 'windows'");
  static constexpr bb::Metric metrics[] = {bb::time("time", "Time of a call", "one call").primary()};

  std::uint64_t parent_number = parent();
  std::uint64_t done = 0, sum = 0;

  explicit SystemCall(const bb::Prepare&) {}
  void run(const bb::Batch& batch) override {
    sum += call_kernel(batch.n);
    done += batch.n;
  }
  void verify(bb::Verdict& verdict) override {
    judge(verdict, done, sum, done * parent_number, "1 if the answers do not add up to as many parents' numbers");
  }
};

struct ThreadStart final : bb::Benchmark {
  static constexpr auto about = bb::about("org.benchhost.sys.thread", "Starting a thread",
                                          "a thread is created, adds one number, and is joined", BH_CATEGORY_HOST)
                                    .tags("system,threads")
                                    .requirement("os != 'windows'");
  static constexpr bb::Metric metrics[] = {
      bb::time("time", "Time of a thread", "from before it is created until it is joined").primary()};

  std::uint64_t done = 0, sum = 0;

  explicit ThreadStart(const bb::Prepare&) {}
  void run(const bb::Batch& batch) override {
    sum += start_threads(done, batch.n);
    done += batch.n;
  }
  void verify(bb::Verdict& verdict) override {
    judge(verdict, done, sum, expected_numbers(done), "1 if what the threads left does not add up to all numbers");
  }
};

}  // namespace sys
