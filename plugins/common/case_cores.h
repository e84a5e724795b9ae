// How many threads "all" are.
#pragma once

#include <benchhost/plugin.hpp>

#include <cstdint>

#include "common/allowed_cpus.h"

namespace cpu {

/// Logical CPUs that the case was given: as many as it claims, so a benchmark whose parameter says 0 for "on every
/// core" claims "if(threads == 0, machine.cores, threads)". A team that is opened afterwards may have so many members.
/// Errors: the system does not say.
inline std::uint64_t cores_of_case(const benchhost::Prepare& p) {
  // A member that is not pinned may run wherever the case may, and member 0 is the calling thread.
  p.team(1, BH_PIN_NONE);
  const std::uint64_t cores = allowed_cpus();
  if (cores == 0) {
    throw benchhost::Error(BH_E_UNSUPPORTED,
                           "this system does not say how many cores a thread may run on: give a number of threads");
  }
  return cores;
}

}  // namespace cpu
