// How many threads "all" are.
#pragma once

#include <cstdint>

namespace cpu {

/// threads, or for 0 one for each core that the case was given: a benchmark with such a parameter claims
/// "if(threads == 0, machine.cores, threads)". Requires: no pinned team is open, since it binds the calling thread.
std::uint32_t team_size(std::uint64_t threads);

}  // namespace cpu
