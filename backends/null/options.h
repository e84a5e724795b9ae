// What the user scripts: device time, faults, memory.
#pragma once

#include <cstdint>

#include <benchhost/backend.h>

namespace benchhost::null {

enum class Clock {
  honest,
  zero,       ///< every time is 0
  backwards,  ///< later is smaller
};

/// What each option is called and does stands in backends/README.md.
struct Options {
  std::uint32_t devices = 1;
  std::int64_t launch_ns = 2'000;  ///< of device time, per command
  double item_ns = 1.0;            ///< of device time, per work item or 4-byte word moved
  double noise_ratio = 0.01;       ///< standard deviation of a command's time over its mean
  std::uint64_t seed = 1;
  std::int64_t step_ns = 1;  ///< resolution of the device's clock
  Clock clock = Clock::honest;
  std::int64_t busy_ns = 0;  ///< of host time that a command keeps the device busy
  bool early_finish = false;
  std::uint32_t fault_class = 0;                              ///< BH_FAULT_*; 0: none
  std::uint64_t fault_command = 0;                            ///< counted from 1 since the device was opened
  bool fault_late = false;                                    ///< reported by the next wait instead of the command
  bool fault_once = false;                                    ///< not again until the module is started again
  std::uint64_t no_memory_at_bytes = std::uint64_t{4} << 30;  ///< of all buffers together: mem.bytes
};

/// Reads the options of this module. False: one of them cannot be read; the fault was reported.
bool read_options(const bh_be_host_t* host, Options* options);

}  // namespace benchhost::null
