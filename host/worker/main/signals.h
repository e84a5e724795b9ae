// The end of a case as the host asks for it: a signal.
#pragma once

#include <atomic>
#include <cstdint>

namespace benchhost::worker_main {

/// Turns 1 when SIGTERM or SIGINT arrives and stays so. Valid for ever.
[[nodiscard]] const std::atomic<std::uint32_t>& cancelled();

/// From now on SIGTERM and SIGINT ask for the end instead of being it.
void catch_end_signals();

}  // namespace benchhost::worker_main
