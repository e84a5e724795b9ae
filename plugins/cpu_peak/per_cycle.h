// Operations in a cycle of the core, whatever its clock does: bursts of the kernel and of a chain of additions in turn.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "common/chain_worker.h"
#include "common/core_clock.h"

namespace peak {

/// What one thread found.
struct PerCycle {
  double operations = 0;  ///< in a cycle
  double clock_hz = 0;
};

/// Source: the addition's latency of one cycle, core_clock.h. Medians of the turns, so that being interrupted or a
/// clock that steps in the middle of one turn does no harm. Thread: the worker's.
inline PerCycle measure_per_cycle(const bh_host_t* host, chains::Worker& worker, double iteration_operations) {
  // Long against the clock and short against the time after which a processor changes its clock.
  constexpr int kTurns = 33;
  constexpr std::int64_t kBurstNs = 20'000;
  constexpr std::uint64_t kAddTurns = 1000;
  std::uint64_t iterations = 1;
  for (;; iterations *= 2) {
    const std::int64_t begin = host->now_ns(host);
    worker.run(iterations);
    if (host->now_ns(host) - begin >= kBurstNs) break;
  }
  std::vector<double> operations, clocks;
  for (int turn = 0; turn < kTurns; ++turn) {
    const std::int64_t begin = host->now_ns(host);
    cpu::add_chain(kAddTurns);
    const std::int64_t middle = host->now_ns(host);
    worker.run(iterations);
    const std::int64_t end = host->now_ns(host);
    const double cycles_per_ns = static_cast<double>(kAddTurns * cpu::kAddsOfTurn) /
                                 static_cast<double>(std::max<std::int64_t>(1, middle - begin));
    const double per_ns = static_cast<double>(iterations) * iteration_operations /
                          static_cast<double>(std::max<std::int64_t>(1, end - middle));
    operations.push_back(per_ns / cycles_per_ns);
    clocks.push_back(cycles_per_ns * 1e9);
  }
  const auto median = [](std::vector<double>& values) {
    std::nth_element(values.begin(), values.begin() + kTurns / 2, values.end());
    return values[kTurns / 2];
  };
  return {median(operations), median(clocks)};
}

}  // namespace peak
