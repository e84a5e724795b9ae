// The cost of an iteration as one invocation finds it on a simulated clock, against the cost that was planted: bodies
// from 0.3 ns to 10 s, three steps of the clock, three overheads of a batch. Without noise, so that what is left is the
// method's own error. Prints one line a cell: "body_ns tick_ns overhead_ns found_ns error_ratio probes
// calibration_ratio", where the last is the share of the plan's measuring budget that calibration took. Exact: the same
// on every machine.
#include <cstdio>

#include "unit/worker/measure/simulation.h"

namespace {

using namespace benchhost;
using measure::test::Simulation;
using protocol::Quantity;
using protocol::SegmentPhase;

double calibration_ns(const Simulation& sim) {
  double sum = 0;
  for (const auto& segment : sim.segments(Quantity::wall, SegmentPhase::calibration)) {
    for (const std::int64_t wall : segment.integers) sum += static_cast<double>(wall);
  }
  return sum;
}

bool cell(double cost, std::int64_t tick, double overhead) {
  Simulation sim(tick);
  sim.body.cost_ns = cost;
  sim.body.overhead_ns = overhead;
  const auto end = sim.run();
  if (end.outcome != protocol::Outcome::passed) {
    std::fprintf(stderr, "a body of %g ns did not pass: %s\n", cost, end.reason.c_str());
    return false;
  }
  const double budget = static_cast<double>(sim.job.plan.time_budget_ns);
  std::printf("%g %lld %g %.9g %.3e %zu %.4f\n", cost, static_cast<long long>(tick), overhead, sim.cost(),
              sim.cost() / cost - 1, sim.samples(Quantity::wall, SegmentPhase::calibration),
              calibration_ns(sim) / budget);
  return true;
}

}  // namespace

int main() {
  bool good = true;
  for (const double cost : {0.3, 1.0, 3.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10}) {
    for (const std::int64_t tick : {1, 20, 100}) {
      for (const double overhead : {0.0, 25.0, 1500.0}) good = cell(cost, tick, overhead) && good;
    }
  }
  return good ? 0 : 1;
}
