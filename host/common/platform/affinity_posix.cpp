#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "common/platform/affinity.h"
#include "common/platform/os_error.h"

namespace benchhost::platform {
namespace {

struct Free {
  void operator()(cpu_set_t* set) const { CPU_FREE(set); }
};
using CpuSet = std::unique_ptr<cpu_set_t, Free>;

/// The kernel refuses a set smaller than its own; this is more than any has.
constexpr int kMostCpus = 65536;

}  // namespace

Result<std::vector<unsigned>> allowed_cpus() {
  // The size of the kernel's set is not told: it is found by doubling.
  for (int most = 1024; most <= kMostCpus; most *= 2) {
    const CpuSet set(CPU_ALLOC(most));
    const std::size_t bytes = CPU_ALLOC_SIZE(most);
    CPU_ZERO_S(bytes, set.get());
    if (sched_getaffinity(0, bytes, set.get()) != 0) {
      if (errno == EINVAL) continue;
      return os_error("BH0011", "ask for the CPUs of a thread", errno);
    }
    std::vector<unsigned> cpus;
    for (int cpu = 0; cpu < most; ++cpu) {
      if (CPU_ISSET_S(cpu, bytes, set.get())) cpus.push_back(static_cast<unsigned>(cpu));
    }
    return cpus;
  }
  return os_error("BH0011", "ask for the CPUs of a thread", EINVAL);
}

Result<void> pin_this_thread(std::span<const unsigned> cpus) {
  if (cpus.empty()) return make_error("BH0011", "cannot pin a thread to no CPU");
  const unsigned highest = *std::ranges::max_element(cpus);
  if (highest >= kMostCpus) return make_error("BH0011", "there is no CPU " + std::to_string(highest));
  const CpuSet set(CPU_ALLOC(highest + 1));
  const std::size_t bytes = CPU_ALLOC_SIZE(highest + 1);
  CPU_ZERO_S(bytes, set.get());
  for (const unsigned cpu : cpus) CPU_SET_S(cpu, bytes, set.get());
  if (sched_setaffinity(0, bytes, set.get()) != 0) return os_error("BH0011", "pin a thread", errno);
  return {};
}

}  // namespace benchhost::platform
