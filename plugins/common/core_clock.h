// The clock of a core as a program can see it: how many additions, of which each waits for the one before, it does in a
// time. On every processor since the last century an addition of two registers takes one cycle.
#pragma once

#include <cstdint>

namespace cpu {

/// Whether there is such a chain for this architecture.
bool has_core_clock();

inline constexpr std::uint64_t kAddsOfTurn = 64;

/// Runs turns · kAddsOfTurn dependent additions: as many cycles.
void add_chain(std::uint64_t turns);

}  // namespace cpu
