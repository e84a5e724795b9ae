// Facts of the machine as expressions see them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/platform/machine.h"
#include "suite/expand.h"

namespace benchhost::suite {

/// Scope `machine` from what the platform reports: cores, threads and memory are those that this process may use. `can`
/// are the words of machine.can that the caller has found to hold (pin, lock_memory, spawn, …); nullopt: nobody has
/// looked.
[[nodiscard]] MachineScope machine_scope(const platform::MachineFacts& facts,
                                         std::optional<std::vector<std::string>> can = std::nullopt);

}  // namespace benchhost::suite
