#include "common/open_team.h"

#include <algorithm>

#include "common/case_cores.h"

namespace cpu {

OpenTeam open_team(const benchhost::Prepare& p, std::uint64_t threads) {
  // More than any machine has is the host's to refuse.
  constexpr std::uint64_t kMost = 4096;
  const auto count = static_cast<std::uint32_t>(std::min(threads == 0 ? cores_of_case(p) : threads, kMost));
  return {p.team(count), count};
}

}  // namespace cpu
