#include "common/team_size.h"

#include <thread>

#if defined(__linux__)
#include <sched.h>
#endif

namespace cpu {

std::uint32_t team_size(std::uint64_t threads) {
  // More than any machine has is the host's to refuse.
  if (threads != 0) return threads > UINT32_MAX ? UINT32_MAX : static_cast<std::uint32_t>(threads);
#if defined(__linux__)
  // The worker may run on the cores of its case, and nowhere else.
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) return static_cast<std::uint32_t>(CPU_COUNT(&allowed));
#endif
  const unsigned known = std::thread::hardware_concurrency();
  return known == 0 ? 1 : known;
}

}  // namespace cpu
