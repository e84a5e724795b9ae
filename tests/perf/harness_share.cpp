// What the worker's timed region adds to a body: times batches of the real null plugin through measure::time_run, and
// the same loop without it. usage: perf_harness_share NULL_PLUGIN N ROUNDS [CPU]
//
// Two things are subtracted, since "a bare loop" can be either, each in its own column:
//   calls  the same function called as often in a row with one pair of readings around all calls: what is left is the
//          pair of readings and the way to it, paid once a batch.
//   long   one batch of a million iterations, divided: what is left is all that a batch costs beside its iterations,
//          the call and the mispredicted end of the loop included, but for the share n / 10^6 of it.
// Everything that is timed as a whole is kept short against the ticks of the system's timer.
// A round takes all of them next to each other in rotating order, so that the speed of the processor, which wanders by
// more than what is looked for, is the same for all; within a round trimmed means (the clock steps in tens of ns), over
// the rounds the caller's statistics. Prints one line a round: "n batch_ns calls_ns long_ns pair_ns".
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include "common/platform/affinity.h"
#include "common/platform/clock.h"
#include "common/platform/files.h"
#include "worker/loader/plugin_file.h"
#include "worker/measure/batch_timer.h"

namespace {

using benchhost::measure::time_run;

/// Mean of the middle half.
double middle_mean(std::vector<double>& values) {
  std::ranges::sort(values);
  const std::size_t cut = values.size() / 4;
  double sum = 0;
  for (std::size_t i = cut; i < values.size() - cut; ++i) sum += values[i];
  return sum / static_cast<double>(values.size() - 2 * cut);
}

class Bench {
 public:
  Bench(const bh_lifecycle_t& lifecycle, std::uint64_t n) : lifecycle_(lifecycle), n_(n) {
    // About a millisecond of each kind at a third of a nanosecond an iteration, and enough values to trim.
    constexpr std::uint64_t kIterations = 3'000'000;
    constexpr std::uint64_t kLeast = 16;
    batches_ = std::max(kIterations / n, kLeast);
    group_ = std::max(kGroupIterations / n, std::uint64_t{1});
    long_ = std::max(kLongIterations / n, std::uint64_t{2});
  }

  double batch() { return timed(batches_, n_); }
  double long_batch() {
    constexpr std::uint64_t kTimes = 8;
    return timed(kTimes, long_ * n_) / static_cast<double>(long_);
  }

  double calls() {
    constexpr std::uint64_t kLeast = 8;
    const bh_batch_t one = batch_of(n_);
    values_.clear();
    for (std::uint64_t i = 0; i < std::max(batches_ / group_, kLeast); ++i) {
      const std::int64_t begin = clock_.now_ns();
      for (std::uint64_t k = 0; k < group_; ++k) lifecycle_.run(nullptr, &one);
      // A pair of readings remains in a group; its time, measured beside, is taken off.
      values_.push_back((static_cast<double>(clock_.now_ns() - begin) - pair_) / static_cast<double>(group_));
    }
    return middle_mean(values_);
  }

  /// Two readings with nothing between them.
  double pair() {
    values_.clear();
    for (int i = 0; i < 1000; ++i) {
      const std::int64_t begin = clock_.now_ns();
      values_.push_back(static_cast<double>(clock_.now_ns() - begin));
    }
    pair_ = middle_mean(values_);
    return pair_;
  }

 private:
  static constexpr std::uint64_t kGroupIterations = 320'000;
  static constexpr std::uint64_t kLongIterations = 1'000'000;

  static bh_batch_t batch_of(std::uint64_t n) {
    bh_batch_t batch{};
    batch.struct_size = sizeof batch;
    batch.n = n;
    return batch;
  }

  double timed(std::uint64_t count, std::uint64_t n) {
    const bh_batch_t batch = batch_of(n);
    values_.clear();
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto run = time_run(clock_, lifecycle_, nullptr, batch);
      values_.push_back(static_cast<double>(run.end_ns - run.begin_ns));
    }
    return middle_mean(values_);
  }

  const bh_lifecycle_t& lifecycle_;
  std::uint64_t n_;
  std::uint64_t batches_, group_, long_;  ///< batches of n, calls in a group, how often n is in a long batch
  benchhost::platform::SystemClock clock_;
  std::vector<double> values_;
  double pair_ = 0;
};

std::optional<std::uint64_t> number(const char* text) {
  std::uint64_t value = 0;
  const char* end = text + std::strlen(text);
  const auto parsed = std::from_chars(text, end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return value;
}

int fail(const benchhost::Error& error) {
  std::fprintf(stderr, "%s\n", benchhost::to_text(error).c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  const auto n = argc > 2 ? number(argv[2]) : std::nullopt;
  const auto rounds = argc > 3 ? number(argv[3]) : std::nullopt;
  if (!n || *n == 0 || !rounds) {
    std::fprintf(stderr, "usage: perf_harness_share NULL_PLUGIN N ROUNDS [CPU]\n");
    return 2;
  }
  if (argc > 4) {
    const auto cpu = number(argv[4]);
    const std::vector<unsigned> cpus{static_cast<unsigned>(cpu.value_or(0))};
    if (const auto pinned = benchhost::platform::pin_this_thread(cpus); !pinned.ok()) return fail(pinned.error());
  }
  benchhost::platform::SystemFiles files;
  auto plugin = benchhost::loader::PluginFile::load(files, argv[1]);
  if (!plugin.ok()) return fail(plugin.error());
  if (const auto agreed = plugin->agree(); !agreed.ok()) return fail(agreed.error());

  Bench bench(*plugin->table().benchmark(0)->lifecycle, *n);
  static_cast<void>(bench.pair());
  for (std::uint64_t round = 0; round < *rounds; ++round) {
    std::array<double, 4> found{};
    for (std::uint64_t i = 0; i < found.size(); ++i) {
      const std::uint64_t which = (i + round) % found.size();
      found[which] = which == 0   ? bench.batch()
                     : which == 1 ? bench.calls()
                     : which == 2 ? bench.long_batch()
                                  : bench.pair();
    }
    std::printf("%llu %.4f %.4f %.4f %.4f\n", static_cast<unsigned long long>(*n), found[0], found[1], found[2],
                found[3]);
  }
  return 0;
}
