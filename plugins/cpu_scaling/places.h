// Where a thread may run.
#pragma once

#include <cstdint>

#if defined(__linux__)
#include <sched.h>
#endif

namespace scaling {

/// Logical CPUs that the calling thread may run on; 0: not known.
inline std::uint64_t places_of_this_thread() {
#if defined(__linux__)
  cpu_set_t allowed;
  // Fails where the system counts more processors than the set has room for.
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) return static_cast<std::uint64_t>(CPU_COUNT(&allowed));
#endif
  return 0;
}

}  // namespace scaling
