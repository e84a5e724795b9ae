// How a module reports what went wrong: one call per failure, on the thread that fails.
#pragma once

#include <cstdint>

#include <benchhost/backend.h>

namespace benchhost::native {

/// What a failure is, but for its text.
struct Failure {
  bh_status_t status = BH_E_FAILED;
  std::uint32_t fault_class = BH_FAULT_CALL;
  bh_be_device_t* device = nullptr;  ///< nullptr: none is concerned
  const char* call = nullptr;        ///< function of the system, "mmap"
  std::int64_t api_code = 0;         ///< errno, say
};

/// Tells the host and answers failure.status. The text says what, and what to do. Allocates nothing.
[[gnu::format(printf, 3, 4)]] bh_status_t fail(const bh_be_host_t* host, const Failure& failure, const char* format,
                                               ...);

}  // namespace benchhost::native
