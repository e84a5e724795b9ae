// A team of as many threads as a parameter says.
#pragma once

#include <benchhost/plugin.hpp>

#include <cstdint>

namespace cpu {

struct OpenTeam {
  bh_team_t* team = nullptr;  ///< valid until teardown
  std::uint32_t size = 0;
};

/// A pinned team of so many threads, or for 0 of one on each core that the case was given: a benchmark with such a
/// parameter claims as case_cores.h says. Errors: throws what the host answers, and what cores_of_case throws.
OpenTeam open_team(const benchhost::Prepare& p, std::uint64_t threads);

}  // namespace cpu
