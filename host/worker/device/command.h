// What every command has in common: checks before the module is called, bookkeeping after.
#pragma once

#include <cstdint>

#include "worker/device/device_state.h"

namespace benchhost::device {

/// Queue and event usable, state right. BH_OK: the caller checks the rest of its arguments.
bh_status_t begin_command(bh_queue* queue, Access access, bh_event* event, const char* function);

/// The module's handle of an event that may be absent.
[[nodiscard]] inline bh_be_event_t* be_event(const bh_event* event) { return event != nullptr ? event->be : nullptr; }

/// Counts the command against the depth of its queue, and lets a gate go before that is full.
void admit_command(bh_queue* queue);

/// Takes a command that failed out of the count again; of one that did not, lets event hold it. `serial` is what its
/// objects note. Allocates nothing.
bh_status_t end_command(bh_queue* queue, bh_event* event, bh_status_t status, const char* function,
                        std::uint64_t* serial);

/// Calls the module, once all arguments are known to be right: a refused command is none.
template <class Enqueue>
bh_status_t issue_command(bh_queue* queue, bh_event* event, const char* function, std::uint64_t* serial,
                          const Enqueue& enqueue) {
  admit_command(queue);
  return end_command(queue, event, enqueue(), function, serial);
}

/// Checks a range of a buffer for a copy of memory: usable, of the queue's device, not mapped, aligned, inside.
bh_status_t check_range(const bh_queue* queue, const bh_buffer* buffer, std::uint64_t offset_bytes,
                        std::uint64_t size_bytes, std::int64_t align, const char* function);

/// Remembers that a command of queue wrote the word of buffer that ends at end_bytes.
void note_written(bh_queue* queue, bh_buffer* buffer, std::uint64_t end_bytes);

}  // namespace benchhost::device
