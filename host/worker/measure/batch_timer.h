// The timed region.
#pragma once

#include <cstdint>

#include <benchhost/plugin.h>

#include "common/platform/clock.h"

namespace benchhost::measure {

/// One run between two readings of the clock.
struct TimedRun {
  std::int64_t begin_ns = 0;
  std::int64_t end_ns = 0;
  bh_status_t status = BH_OK;
  bool threw = false;  ///< an exception came out; end_ns is not set
};

/// Reads the clock, calls run, reads the clock: nothing else stands between the two readings, no allocation, no lock,
/// no system call (the clock is read without one). The handler of an exception costs nothing on the way through.
inline TimedRun time_run(platform::Clock& clock, const bh_lifecycle_t& lifecycle, void* self,
                         const bh_batch_t& batch) noexcept {
  TimedRun timed;
  const auto run = lifecycle.run;
  try {
    timed.begin_ns = clock.now_ns();
    timed.status = run(self, &batch);
    timed.end_ns = clock.now_ns();
  } catch (...) {
    timed.threw = true;
  }
  return timed;
}

}  // namespace benchhost::measure
