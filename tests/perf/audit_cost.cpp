// What the audit before a run takes on this machine: usage: perf_audit_cost ROUNDS. A line a round: nanoseconds from
// the first look to the findings with the window waited for, nanoseconds of CPU time of that, findings, processes seen.
#include <cstdio>
#include <cstdlib>

#include "cli/machine_watch.h"
#include "common/platform/affinity.h"
#include "common/platform/topology.h"

using namespace benchhost;

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 1;
  cli::Workplace workplace;
  auto topology = platform::read_topology();
  const auto allowed = platform::allowed_cpus();
  if (!topology.ok() || !allowed.ok()) return 1;
  const platform::MachineFacts machine = platform::read_machine(workplace.files, *std::move(topology), *allowed);
  for (int i = 0; i < rounds; ++i) {
    const std::int64_t cpu = platform::own_cpu_time_ns();
    const std::int64_t start = workplace.clock.now_ns();
    cli::MachineWatch watch(workplace);
    const auto findings = watch.findings(machine, *allowed);
    const std::int64_t took = workplace.clock.now_ns() - start;
    std::printf("%lld %lld %zu\n", static_cast<long long>(took),
                static_cast<long long>(platform::own_cpu_time_ns() - cpu), findings.size());
  }
  return 0;
}
