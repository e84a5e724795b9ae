// CPU time, faults and switches of this thread and this process, for the bookkeeping around a batch.
#pragma once

#include <cstdint>
#include <optional>

#include "common/platform/resource_use.h"

namespace benchhost::platform {

/// CPU time of the calling thread, in finer steps than the use below; nullopt where the system has no such clock.
/// Costs a system call (about half a microsecond).
[[nodiscard]] std::optional<std::int64_t> thread_cpu_ns() noexcept;

/// Use of the calling thread; nullopt where the system keeps none per thread. Costs a system call.
[[nodiscard]] std::optional<ResourceUse> thread_use() noexcept;

/// Use of this process, all threads together. Costs a system call.
[[nodiscard]] std::optional<ResourceUse> process_use() noexcept;

/// Use of the children of this process that ended and were waited for; the size is that of the largest, ever. Costs a
/// system call.
[[nodiscard]] std::optional<ResourceUse> children_use() noexcept;

}  // namespace benchhost::platform
