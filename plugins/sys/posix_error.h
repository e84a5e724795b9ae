// Words for what a system call refuses, and the names of its clocks.
#pragma once

#include <benchhost/plugin.hpp>

#include <time.h>
#include <cerrno>
#include <string>
#include <system_error>

#include "acts.h"

namespace sys {

namespace bb = benchhost;

/// "what: No such file or directory".
inline bb::Error io_error(const std::string& what, int error = errno) {
  return bb::Error(BH_E_IO, what + ": " + std::generic_category().message(error));
}

/// Errors: this system has no such clock.
inline clockid_t clock_id(Clock clock) {
  switch (clock) {
    case Clock::monotonic:
      return CLOCK_MONOTONIC;
    case Clock::monotonic_raw:
#if defined(CLOCK_MONOTONIC_RAW)
      return CLOCK_MONOTONIC_RAW;
#else
      throw bb::Error(BH_E_UNSUPPORTED, "this system has no clock that is not steered");
#endif
    case Clock::thread_cpu:
      return CLOCK_THREAD_CPUTIME_ID;
    case Clock::process_cpu:
      return CLOCK_PROCESS_CPUTIME_ID;
  }
  return CLOCK_MONOTONIC;
}

}  // namespace sys
