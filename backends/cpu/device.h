// The one device: the processor as far as this process may use it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include <benchhost/backend.h>

#include "cpu/machine.h"
#include "cpu/pool.h"
#include "native/facts.h"

struct bh_be_device {
  benchhost::cpu::Machine machine;
  benchhost::native::Facts facts;
  std::unique_ptr<benchhost::cpu::Pool> pool;
  std::uint64_t memory_limit_bytes = UINT64_MAX;  ///< of all buffers together, by the user
  std::atomic<std::uint64_t> taken_bytes = 0;
};

namespace benchhost::cpu {

/// All that is reported about a machine whose pool has `workers` threads. Facts that the system does not give are left
/// out, and so are peaks where the clock is not known.
void describe(native::Facts& facts, const Machine& machine, std::uint32_t workers);

}  // namespace benchhost::cpu
