// Where a thread may run.
#pragma once

#include <cstdint>

#if defined(__linux__)
#include <sched.h>
#endif

namespace cpu {

/// Logical CPUs that the calling thread may run on; 0: not known on this system.
inline std::uint64_t allowed_cpus() {
#if defined(__linux__)
  // Room for 8192: the call fails where the system counts more than fit.
  cpu_set_t allowed[8];
  if (sched_getaffinity(0, sizeof allowed, allowed) == 0) {
    return static_cast<std::uint64_t>(CPU_COUNT_S(sizeof allowed, allowed));
  }
#endif
  return 0;
}

/// The one logical CPU that the calling thread may run on; -1: there are several, or it is not known.
inline int only_cpu() {
#if defined(__linux__)
  return allowed_cpus() == 1 ? sched_getcpu() : -1;
#else
  return -1;
#endif
}

}  // namespace cpu
