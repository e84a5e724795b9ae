// On which logical CPU each member of a team runs. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace benchhost::measure {

/// A logical CPU that the case may use.
struct CpuPlace {
  std::uint32_t cpu = 0;
  std::uint32_t core = 0;  ///< physical core, unique over the machine
  std::uint32_t node = 0;  ///< NUMA node
};

/// One CPU for each of `count` members by BH_PIN_*: HOST takes a physical core each, in the order given (the suite's)
/// node by node (nodes in the order in which they first appear), before it doubles up on hardware threads; SPREAD goes
/// round the nodes; SIBLINGS fills the hardware threads of a core before the next. Member 0 is on the first place
/// whatever the way. Empty for BH_PIN_NONE. Errors: more members than CPUs, unless BH_PIN_NONE; an unknown way.
[[nodiscard]] Result<std::vector<std::uint32_t>> lay_out_team(std::span<const CpuPlace> places, std::uint32_t count,
                                                              std::uint32_t pin);

}  // namespace benchhost::measure
