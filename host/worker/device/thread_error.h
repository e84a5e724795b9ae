// The text behind the status that a thread was last given, and the fault that a module reported on it meanwhile.
//
// Both are thread-local by contract (device.h: last_error; backend.h: fault on the same thread), not module state: a
// map by thread would need a lock in calls that are timed. Fixed buffers, so that a failing call allocates nothing.
#pragma once

#include <cstdint>

#include <benchhost/backend.h>

namespace benchhost::device {

/// Replaces the text of this thread; cut at BH_MAX_TEXT bytes.
[[gnu::format(printf, 1, 2)]] void set_error(const char* format, ...);

/// Never nullptr. Valid until: the next set_error of this thread.
[[nodiscard]] const char* error_text();

/// Keeps the text of a fault for the call in progress on this thread.
void store_fault(const bh_be_fault_t& fault);

/// Forgets a fault that an earlier call left.
void clear_fault();

/// Class of the fault stored since clear_fault, 0: none; its text becomes the error text.
[[nodiscard]] std::uint32_t take_fault();

}  // namespace benchhost::device
