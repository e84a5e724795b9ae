// What recording a latency costs, what it keeps, and how exact percentiles of it are: ten million latencies between 1
// us and about a second, by way of the host's table as a plugin has it. usage: perf_latency_recorder COUNT. Prints
// lines "record_ns X" (median over rounds of COUNT / 50, the loop's own cost subtracted), "slowdown_ratio X" (that cost
// beside requests of 1 us each, on a clock that only requests move), "memory_bytes X" (what the process grew by while
// recording), and a line "percentile P exact_ns counted_ns error_ratio" each.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <vector>

#include <benchhost/host.h>

#include "analysis/location.h"
#include "common/stats/quantiles.h"
#include "unit/worker/measure/simulation.h"

namespace {

using namespace benchhost;
using measure::test::Simulation;

constexpr std::size_t kRounds = 50;
constexpr double kRequestNs = 1000;

std::int64_t now_ns() {
  using namespace std::chrono;
  return duration_cast<nanoseconds>(steady_clock::now().time_since_epoch()).count();
}

// Resident memory; 0 where the system does not tell.
std::uint64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t size = 0;
  std::uint64_t pages = 0;
  file >> size >> pages;
  return pages * 4096;
}

}  // namespace

int main(int argc, char** argv) {
  const long long count = argc == 2 ? std::atoll(argv[1]) : 0;
  if (count < 1'000'000) {
    std::fprintf(stderr, "usage: perf_latency_recorder COUNT, at least 1000000\n");
    return 2;
  }
  const std::size_t per_round = static_cast<std::size_t>(count) / kRounds;
  std::vector<std::int64_t> exact;
  stats::Random random(5);
  for (std::size_t i = 0; i < per_round * kRounds; ++i) {
    exact.push_back(1000 + static_cast<std::int64_t>(random.lognormal(std::log(20'000.0), i % 50 == 0 ? 3.0 : 0.4)));
  }

  Simulation sim;
  protocol::MetricRecord latency =
      measure::test::metric("latency", protocol::Domain::self, protocol::MetricKind::time, true);
  sim.benchmark.metrics = {latency};
  sim.benchmark.batch_min = per_round;
  sim.body.cost_ns = 0;
  sim.job.plan.warmup_budget_ns = 0;
  sim.job.plan.time_budget_ns = 1'000'000'000'000'000;
  sim.job.plan.max_batches = kRounds;
  bh_recorder_t* recorder = nullptr;
  std::vector<double> costs;
  std::uint64_t first_bytes = 0;
  std::uint64_t most_bytes = 0;
  sim.body.on = [&](const std::string& call, const bh_host_t* host) -> bh_status_t {
    if (call != "prepare") return BH_OK;
    bh_recorder_request_t r{};
    r.struct_size = sizeof r;
    r.mode = BH_RECORD_HISTOGRAM;
    return host->recorder_open(host, &r, &recorder);
  };
  std::size_t at = 0;
  sim.body.in_run = [&](const bh_batch_t& batch, const bh_host_t* host) {
    const std::int64_t* values = exact.data() + at;
    const std::int64_t begin = now_ns();
    for (std::uint64_t i = 0; i < batch.n; ++i) {
      bh_keep(&values[i]);
      host->record(recorder, values[i]);
    }
    const std::int64_t middle = now_ns();
    for (std::uint64_t i = 0; i < batch.n; ++i) bh_keep(&values[i]);
    const std::int64_t end = now_ns();
    costs.push_back(static_cast<double>((middle - begin) - (end - middle)) / static_cast<double>(batch.n));
    sim.clock.advance(kRequestNs * static_cast<double>(batch.n));
    at += batch.n;
    if (first_bytes == 0) first_bytes = resident_bytes();
    most_bytes = std::max(most_bytes, resident_bytes());
  };
  if (sim.run().outcome != protocol::Outcome::passed || at != exact.size()) {
    std::fprintf(stderr, "the run did not record what was meant\n");
    return 1;
  }
  const double record_ns = stats::median(costs).value_or(0);
  std::printf("record_ns %.3f\nslowdown_ratio %.5f\nmemory_bytes %llu\n", record_ns, record_ns / kRequestNs,
              static_cast<unsigned long long>(most_bytes - first_bytes));

  analysis::Invocation invocation;
  for (const protocol::Message& message : sim.reporter.messages) invocation.add(message);
  std::ranges::sort(exact);
  const std::vector<double> sorted(exact.begin(), exact.end());
  for (const char* p : {"50", "90", "99", "99.9", "99.99"}) {
    latency.statistic = std::string("p") + p;
    const auto found = analysis::locate(latency, {}, invocation);
    if (!found.location) {
      std::fprintf(stderr, "p%s: %s\n", p, found.reason.c_str());
      return 1;
    }
    const double truth = *stats::quantile_sorted(sorted, std::atof(p) / 100);
    std::printf("percentile %s %.1f %.1f %.6f\n", p, truth, found.location->value, found.location->value / truth - 1);
  }
  return 0;
}
