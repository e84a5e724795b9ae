// From the system's struct to ours. Private to common/platform.
#pragma once

#include <sys/resource.h>

#include "common/platform/resource_use.h"

namespace benchhost::platform {

/// with_size: the record is of a process and its largest resident size has a meaning.
[[nodiscard]] ResourceUse from_rusage(const rusage& raw, bool with_size) noexcept;

}  // namespace benchhost::platform
