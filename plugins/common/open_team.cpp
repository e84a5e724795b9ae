#include "common/open_team.h"

#include <algorithm>
#include <thread>

#if defined(__unix__) || defined(__APPLE__)
#include <unistd.h>
#endif

namespace cpu {

namespace {

/// As many processors as there are, or more; never only those on which this thread may run, which is on one of them.
std::uint32_t processors() {
  const std::uint32_t known = std::thread::hardware_concurrency();
#if defined(__unix__) || defined(__APPLE__)
  const long configured = sysconf(_SC_NPROCESSORS_CONF);
  if (configured > 0) return std::max(known, static_cast<std::uint32_t>(configured));
#endif
  return known;
}

}  // namespace

OpenTeam open_team(const benchhost::Prepare& p, std::uint64_t threads) {
  constexpr std::uint64_t kMost = 4096;
  // More than any machine has is the host's to refuse.
  if (threads != 0) {
    const auto count = static_cast<std::uint32_t>(std::min(threads, kMost));
    return {p.team(count), count};
  }
  // The host tells nobody how many cores a case has, but it refuses a team that has more members than these.
  for (auto count = std::clamp<std::uint32_t>(processors(), 1, kMost);; --count) {
    bh_team_request_t request = benchhost::sized<bh_team_request_t>();
    request.count = count;
    bh_team_t* team = nullptr;
    const bh_status_t status = p.host->team_open(p.host, &request, &team);
    if (status == BH_E_ARGUMENT && count > 1) continue;
    p.check(status);
    return {team, count};
  }
}

}  // namespace cpu
