// The run store in memory: for tests of what uses a store. Passes the same contract suite as the SQLite store.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "store/run_store.h"

namespace benchhost::store {

/// An empty store. `wall_clock` as in OpenOptions; without one events carry the wall time 0.
[[nodiscard]] std::unique_ptr<RunStore> make_memory_store(std::function<std::int64_t()> wall_clock = {});

}  // namespace benchhost::store
