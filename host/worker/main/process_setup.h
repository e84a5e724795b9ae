// What a worker does to its own process before it touches a plugin.
#pragma once

#include "common/base/result.h"
#include "common/platform/handle.h"

namespace benchhost::worker_main {

/// The worker's two handles, out of the way of a plugin and closed in its children.
struct WorkerHandles {
  platform::OwnedHandle job;
  platform::OwnedHandle result;
};

/// Moves both to high numbers with close-on-exec and closes everything else above the standard streams, so that a
/// plugin inherits nothing and meets the worker's pipe only by guessing. Errors: BH0011.
[[nodiscard]] Result<WorkerHandles> take_handles(int job_fd, int result_fd);

/// Sees to it that this process does not outlive the one that started it, where the system can.
void die_with_parent();

}  // namespace benchhost::worker_main
