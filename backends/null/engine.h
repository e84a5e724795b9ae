// Enqueueing and executing commands. The caller holds the device's mutex, but for wait_host.
#pragma once

#include <cstdint>

#include "null/objects.h"

namespace benchhost::null {

/// The fault that the device owes the caller, if any: reported and answered; BH_OK: the device is well.
bh_status_t check_device(bh_be_device& device);

/// Puts a command behind the others; executes the oldest if the queue is full. Allocates nothing.
bh_status_t enqueue(bh_be_queue& queue, const Command& command, bh_be_event* event);

/// Executes what queue holds up to and with command `serial`, and what that waits for on other queues.
void execute(bh_be_queue& queue, std::uint64_t serial);

void open_gate(bh_be_queue& queue);

[[nodiscard]] bh_be_queue* find_queue(bh_be_device& device, std::uint64_t id);

/// Waits until the host's clock shows done_ns, at most timeout_ns. False: the time was not enough. Holds no mutex.
bool wait_host(const bh_be_host_t* host, std::int64_t done_ns, std::int64_t timeout_ns);

}  // namespace benchhost::null
