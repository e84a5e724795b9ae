// SPDX-License-Identifier: MIT
//
// cpu_sustained: what rate of multiply-adds a processor keeps up, window by window over seconds or minutes: what heat,
// power limits and neighbours leave of the rate that it begins with.
#include <benchhost/plugin.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "common/chain_team.h"
#include "series.h"

namespace {

namespace bb = benchhost;
using sustained::Window;

constexpr std::uint64_t kMs = 1'000'000;
constexpr std::uint64_t kSecond = 1000 * kMs;
constexpr std::uint64_t kHour = 3600 * kSecond;
constexpr bh_value_t kThreads[] = {BH_UINT(1), BH_UINT(0)};

/// As many as keep every processor that we know of busy and every instruction set has room for.
constexpr std::uint64_t kChains = 12;

/// From how long the length of the first window is guessed; too short to warm anything up.
constexpr std::int64_t kFirstLookNs = 1'000'000;

struct Rate final : bb::Benchmark {
  static constexpr auto about =
      bb::about(
          "org.benchhost.cpu_sustained.multiply_add", "Sustained multiply-add",
          "the kernels of cpu_peak for a given time, in a process of its own each time and from whatever state the "
          "processor is in: the rate of each window, and whether the last ones are as fast as the first",
          BH_CATEGORY_HARDWARE)
          .batch(BH_BATCH_ONCE)
          .flags(BH_BENCHMARK_FRESH_PROCESS)
          .tags("compute,sustained,thermal")
          .requirement("cores >= param.threads")
          .claim_cores("if(threads == 0, machine.cores, threads)")
          .claim_memory_bytes("1 MiB * if(threads == 0, machine.cores, threads) + 64 * duration / window")
          .claim_seconds("duration / 1000000000 + 1");
  static constexpr bb::Param parameters[] = {
      bb::param(
          "duration", bb::u64(5 * kSecond),
          "how long; minutes show what a cooler and a power limit can do. One that is longer than the time limit of an "
          "invocation needs a longer one: --timeout")
          .unit(BH_UNIT_NS)
          .range(bb::u64(100 * kMs), bb::u64(24 * kHour)),
      bb::param("window", bb::u64(100 * kMs), "how long a window of the series is, about")
          .unit(BH_UNIT_NS)
          .range(bb::u64(5 * kMs), bb::u64(60 * kSecond))
          .constraint("duration >= 20 * window && duration <= 100000 * window"),
      bb::param("threads", bb::u64(0), "threads, each on a core; 0: one on each core that the case may use")
          .range(bb::u64(0), bb::u64(1024))
          .sweep(kThreads),
      bb::param("type", bb::choice("fp32"), "what is multiplied; see cpu_peak").choices(chains::kTypeChoices),
      bb::param("isa", bb::choice("best"), "instruction set; best: the widest that runs here; see cpu_peak")
          .choices(chains::kIsaChoices)
          .constraint(chains::kIsaConstraint)};
  static constexpr bb::Metric metrics[] = {
      bb::self_rate(
          "rate", "Rate", BH_UNIT_RATE("op"),
          "operations of all threads, over the whole time; a sample is a window, so the samples are the series")
          .primary(),
      bb::self_rate("slowest", "Slowest window", BH_UNIT_RATE("op"), "the least rate of a window")
          .statistic("min")
          .source("rate"),
      bb::self_rate("median", "Median window", BH_UNIT_RATE("op"), "the median of the windows' rates")
          .statistic("median")
          .source("rate"),
      bb::metric("last_first", "Last by first", BH_UNIT_NONE, BH_KIND_RATIO, BH_DIRECTION_HIGHER, BH_DOMAIN_NONE,
                 "rate of the last tenth of the time by that of the first tenth"),
      bb::metric("by_tenth", "Rate by tenth of the time", BH_UNIT_RATE("op"), BH_KIND_RATE, BH_DIRECTION_HIGHER,
                 BH_DOMAIN_NONE, "the series in ten parts")
          .labelled(),
      bb::metric("power", "Power", BH_UNIT_WATT, BH_KIND_POWER, BH_DIRECTION_LOWER, BH_DOMAIN_HOST,
                 "mean power of the processor's packages meanwhile, where there is a sensor")};

  const bh_host_t* host;
  std::int64_t duration_ns, window_ns;
  std::optional<chains::Team> team;
  bb::Sample rate, last_first, by_tenth;
  std::vector<Window> windows;
  std::uint64_t iterations = 1;  ///< of the next window

  explicit Rate(const bb::Prepare& p)
      : host(p.host),
        duration_ns(static_cast<std::int64_t>(p.u64("duration"))),
        window_ns(static_cast<std::int64_t>(p.u64("window"))),
        rate(p, "rate"),
        last_first(p, "last_first"),
        by_tenth(p, "by_tenth") {
    if (window_ns <= 0 || duration_ns / window_ns < 1) {
      throw bb::Error(BH_E_ARGUMENT, "'duration' is shorter than 'window'");
    }
    const chains::Choice choice = chains::choose(p.choice("type"), p.choice("isa"), 0, kChains, cpu::read_registers());
    team.emplace(p, choice, p.u64("threads"));
    // A window long enough for its rate to be one, from the first on.
    std::int64_t took_ns = 0;
    while (took_ns < kFirstLookNs && p.host->cancelled(p.host) == 0) {
      iterations *= 2;
      const std::int64_t begin = p.host->now_ns(p.host);
      team->run(iterations);
      took_ns = p.host->now_ns(p.host) - begin;
    }
    iterations = sustained::next_iterations(iterations, took_ns, window_ns);
    p.host->log(p.host, BH_LOG_INFO,
                (std::string(cpu::name_of(choice.level)) + ", " + std::to_string(team->size()) + " threads").c_str());
  }

  void run(const bb::Batch&) override {
    windows.clear();
    const std::int64_t begin = host->now_ns(host);
    std::int64_t now = begin;
    while (now - begin < duration_ns) {
      if (host->cancelled(host) != 0) throw bb::Error(BH_E_CANCELLED, "stopped before the time was over");
      team->run(iterations);
      const std::int64_t end = host->now_ns(host);
      const Window window{static_cast<double>(iterations) * team->operations(), std::max<std::int64_t>(1, end - now)};
      rate.rate(window.amount, static_cast<double>(window.duration_ns));
      windows.push_back(window);
      host->progress(host, static_cast<std::uint64_t>(std::min(end - begin, duration_ns)),
                     static_cast<std::uint64_t>(duration_ns), "running");
      iterations = sustained::next_iterations(iterations, window.duration_ns, window_ns);
      now = end;
    }
  }

  void verify(bb::Verdict& verdict) override { team->verify(verdict); }

  void process() override {
    const std::vector<double> rates = sustained::rates_by_part(windows);
    if (rates.empty()) return;  // stopped before the first window: nothing of the case is kept
    for (std::size_t i = 0; i < rates.size(); ++i) by_tenth.labelled("tenth " + std::to_string(i + 1), rates[i]);
    last_first(rates.back() / rates.front());
  }
};

}  // namespace

BH_PLUGIN_CXX("org.benchhost.cpu_sustained", "1.0.0", "The benchhost authors", "MIT", "", Rate);
