// Time that planned cases take beside the least there is, on planted costs and variances, and how many of their 95 %
// intervals hold the truth. usage: perf_nested_plan SEED SESSIONS. Prints a line a case: "name planned_ns best_ns ratio
// covered sessions invocations batches", the last two as means; and one "samples SD mean" for a body of 10 ms whose
// every sample is a process of its own, to ±1 %. Exact for a seed.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "common/stats/random.h"
#include "common/stats/stopping.h"
#include "unit/schedule/planted_case.h"

namespace {

using namespace benchhost;

double samples_needed(std::uint64_t seed, std::uint64_t sessions, double sd) {
  std::uint64_t samples = 0;
  for (std::uint64_t session = 0; session < sessions; ++session) {
    stats::Random random(stats::derive(seed, session));
    std::vector<double> values;
    stats::StopDecision decision;
    do {
      values.push_back(10e6 * random.lognormal(0.0, sd));
      decision = stats::decide_stop(values, 0.0, 0.0, {});
    } while (!decision.stop());
    samples += values.size();
  }
  return static_cast<double>(samples) / static_cast<double>(sessions);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 || std::atoll(argv[2]) <= 0) {
    std::fprintf(stderr, "usage: perf_nested_plan SEED SESSIONS\n");
    return 2;
  }
  const auto seed = static_cast<std::uint64_t>(std::atoll(argv[1]));
  const auto sessions = static_cast<std::uint64_t>(std::atoll(argv[2]));
  suite::MeasureLimits limits;
  limits.precision_ratio = 0.01;
  const schedule::CasePolicy policy = schedule::resolve_policy(limits);
  for (const auto& [name, planted] : schedule::test::kPlantedCases) {
    double planned_ns = 0;
    std::uint64_t covered = 0;
    std::uint64_t invocations = 0;
    std::uint64_t batches = 0;
    for (std::uint64_t i = 0; i < sessions; ++i) {
      const auto seen = schedule::test::run_session(planted, policy, stats::derive(seed, i));
      planned_ns += seen.wall_ns;
      covered += seen.covered ? 1 : 0;
      invocations += seen.invocations;
      batches += seen.batches;
    }
    const auto count = static_cast<double>(sessions);
    planned_ns /= count;
    const double best_ns = schedule::test::best_fixed_ns(planted, policy, seed, sessions);
    std::printf("%s %.6g %.6g %.4f %llu %llu %.2f %.1f\n", name, planned_ns, best_ns, planned_ns / best_ns,
                static_cast<unsigned long long>(covered), static_cast<unsigned long long>(sessions),
                static_cast<double>(invocations) / count, static_cast<double>(batches) / count);
  }
  std::printf("samples %g %.2f\n", 0.02, samples_needed(seed, sessions, 0.02));
  return 0;
}
