// write, read, copy, fill, dispatch. In the steady state nothing here allocates, locks or logs: these calls are timed.
#include <algorithm>
#include <functional>

#include "worker/device/calls.h"
#include "worker/device/command.h"
#include "worker/device/thread_error.h"

namespace benchhost::device {

bh_status_t begin_command(bh_queue* queue, Access access, bh_event* event, const char* function) {
  if (!usable(queue, "queue")) return BH_E_ARGUMENT;
  bh_device& device = *queue->device;
  if (const bh_status_t status = enter(&device, access, function); status != BH_OK) return status;
  if (event != nullptr) {
    if (!usable(event, "event")) return BH_E_ARGUMENT;
    if (event->device != &device) return bad_argument("%s: the event is of another device", function);
  }
  if (queue->recording && (event != nullptr || access == Access::slow)) {
    set_error("%s: while a graph is recorded, only dispatch, copy and fill without an event may be enqueued", function);
    return BH_E_STATE;
  }
  return BH_OK;
}

void admit_command(bh_queue* queue) {
  bh_device& device = *queue->device;
  if (queue != device.main || queue->recording) return;
  ++device.held;
  // A closed gate holds queue.depth commands: the one that would fill it must not find it closed.
  if (device.gated && device.held + device.waits >= device.limits.queue_depth) release_gate(device);
}

bh_status_t end_command(bh_queue* queue, bh_event* event, bh_status_t status, const char* function,
                        std::uint64_t* serial) {
  bh_device& device = *queue->device;
  *serial = 0;
  if (status != BH_OK) {
    if (queue == device.main && !queue->recording) --device.held;
    return leave(&device, status, function);
  }
  if (queue->recording) {
    ++queue->recorded_commands;
    return BH_OK;
  }
  *serial = device.lanes[queue->lane].enqueued.fetch_add(1, std::memory_order_acq_rel) + 1;
  if (event != nullptr) {
    event->lane.store(queue->lane, std::memory_order_relaxed);
    event->serial.store(*serial, std::memory_order_relaxed);
    event->has_times.store(event->wants_times && queue->times, std::memory_order_relaxed);
    event->queue.store(queue, std::memory_order_release);
  }
  return BH_OK;
}

bh_status_t check_range(const bh_queue* queue, const bh_buffer* buffer, std::uint64_t offset_bytes,
                        std::uint64_t size_bytes, std::int64_t align, const char* function) {
  if (!usable(buffer, "buffer")) return BH_E_ARGUMENT;
  if (buffer->device != queue->device) return bad_argument("%s: the buffer is of another device", function);
  if (buffer->root->mapped.load(std::memory_order_relaxed) != nullptr) {
    return bad_argument("%s: the buffer is mapped; buffer_unmap it first", function);
  }
  const auto step = static_cast<std::uint64_t>(align);
  if (size_bytes == 0 || offset_bytes % step != 0 || size_bytes % step != 0) {
    return bad_argument("%s: offset %llu and size %llu must be multiples of %llu, and the size not 0", function,
                        static_cast<unsigned long long>(offset_bytes), static_cast<unsigned long long>(size_bytes),
                        static_cast<unsigned long long>(step));
  }
  if (offset_bytes > buffer->size_bytes || size_bytes > buffer->size_bytes - offset_bytes) {
    return bad_argument("%s: %llu bytes at %llu lie outside the buffer of %llu bytes", function,
                        static_cast<unsigned long long>(size_bytes), static_cast<unsigned long long>(offset_bytes),
                        static_cast<unsigned long long>(buffer->size_bytes));
  }
  return BH_OK;
}

void note_written(bh_queue* queue, bh_buffer* buffer, std::uint64_t end_bytes) {
  const WrittenWord word{buffer, buffer->generation, (std::max<std::uint64_t>(end_bytes, 4) - 4) / 4 * 4};
  if (queue->recording) {
    queue->recorded_word = word;
  } else if (queue == queue->device->main) {
    queue->device->last_word = word;
  }
}

namespace {

void note_use(bh_queue* queue, bh_buffer* buffer, std::uint64_t serial) {
  if (queue->recording) {
    queue->recorded_buffers.push_back({buffer, buffer->generation, 0, false});
    return;
  }
  buffer->root->uses.note(queue->lane, serial);
}

bool overlaps(const void* memory, std::uint64_t size_bytes, const bh_buffer& mapped) {
  const auto* begin = static_cast<const char*>(memory);
  const auto* other = static_cast<const char*>(mapped.mapped.load(std::memory_order_relaxed));
  const std::less<const char*> before;
  return before(begin, other + mapped.size_bytes) && before(other, begin + size_bytes);
}

/// Pageable memory must not be that of a mapped buffer: the rate would be that of another path.
bh_status_t check_pageable(bh_device& device, const void* memory, std::uint64_t size_bytes, const char* function) {
  if (memory == nullptr) return bad_argument("%s: the memory is NULL", function);
  if (device.mapped_count.load(std::memory_order_relaxed) == 0) return BH_OK;
  const std::lock_guard lock(device.mutex);
  for (const bh_buffer* buffer : device.mapped) {
    if (overlaps(memory, size_bytes, *buffer)) {
      return bad_argument("%s: the memory lies inside a mapped buffer; use copy, or memory of your own", function);
    }
  }
  return BH_OK;
}

}  // namespace

namespace calls {

bh_status_t BH_CALL write(bh_queue_t* queue, bh_buffer_t* buffer, uint64_t offset_bytes, const void* source,
                          uint64_t size_bytes, bh_event_t* event) {
  if (const bh_status_t status = begin_command(queue, Access::slow, event, "write"); status != BH_OK) return status;
  bh_device& device = *queue->device;
  if (const bh_status_t status =
          check_range(queue, buffer, offset_bytes, size_bytes, device.limits.copy_align, "write");
      status != BH_OK) {
    return status;
  }
  if (const bh_status_t status = check_pageable(device, source, size_bytes, "write"); status != BH_OK) return status;
  std::uint64_t serial = 0;
  const bh_status_t status = issue_command(queue, event, "write", &serial, [&] {
    return device.api->write(queue->be, buffer->be, offset_bytes, source, size_bytes, be_event(event));
  });
  if (status == BH_OK) {
    note_use(queue, buffer, serial);
    note_written(queue, buffer, offset_bytes + size_bytes);
  }
  return status;
}

bh_status_t BH_CALL read(bh_queue_t* queue, bh_buffer_t* buffer, uint64_t offset_bytes, void* target,
                         uint64_t size_bytes, bh_event_t* event) {
  if (const bh_status_t status = begin_command(queue, Access::slow, event, "read"); status != BH_OK) return status;
  bh_device& device = *queue->device;
  if (const bh_status_t status = check_range(queue, buffer, offset_bytes, size_bytes, device.limits.copy_align, "read");
      status != BH_OK) {
    return status;
  }
  if (const bh_status_t status = check_pageable(device, target, size_bytes, "read"); status != BH_OK) return status;
  std::uint64_t serial = 0;
  const bh_status_t status = issue_command(queue, event, "read", &serial, [&] {
    return device.api->read(queue->be, buffer->be, offset_bytes, target, size_bytes, be_event(event));
  });
  if (status == BH_OK) {
    note_use(queue, buffer, serial);
    device.shared->read_backs.fetch_add(1, std::memory_order_relaxed);
  }
  return status;
}

bh_status_t BH_CALL copy(bh_queue_t* queue, bh_buffer_t* from, uint64_t from_offset_bytes, bh_buffer_t* to,
                         uint64_t to_offset_bytes, uint64_t size_bytes, bh_event_t* event) {
  if (const bh_status_t status = begin_command(queue, Access::lent, event, "copy"); status != BH_OK) return status;
  bh_device& device = *queue->device;
  const std::int64_t align = device.limits.copy_align;
  if (const bh_status_t status = check_range(queue, from, from_offset_bytes, size_bytes, align, "copy, source");
      status != BH_OK) {
    return status;
  }
  if (const bh_status_t status = check_range(queue, to, to_offset_bytes, size_bytes, align, "copy, target");
      status != BH_OK) {
    return status;
  }
  if (from->root == to->root) {
    const std::uint64_t a = from->offset_bytes + from_offset_bytes;
    const std::uint64_t b = to->offset_bytes + to_offset_bytes;
    if (a < b + size_bytes && b < a + size_bytes) return bad_argument("copy: the ranges overlap in one buffer");
  }
  std::uint64_t serial = 0;
  const bh_status_t status = issue_command(queue, event, "copy", &serial, [&] {
    return device.api->copy(queue->be, from->be, from_offset_bytes, to->be, to_offset_bytes, size_bytes,
                            be_event(event));
  });
  if (status == BH_OK) {
    note_use(queue, from, serial);
    note_use(queue, to, serial);
    note_written(queue, to, to_offset_bytes + size_bytes);
  }
  return status;
}

bh_status_t BH_CALL fill(bh_queue_t* queue, bh_buffer_t* buffer, uint64_t offset_bytes, uint64_t size_bytes,
                         uint32_t pattern, bh_event_t* event) {
  if (const bh_status_t status = begin_command(queue, Access::lent, event, "fill"); status != BH_OK) return status;
  bh_device& device = *queue->device;
  if (const bh_status_t status = check_range(queue, buffer, offset_bytes, size_bytes, 4, "fill"); status != BH_OK) {
    return status;
  }
  std::uint64_t serial = 0;
  const bh_status_t status = issue_command(queue, event, "fill", &serial, [&] {
    return device.api->fill(queue->be, buffer->be, offset_bytes, size_bytes, pattern, be_event(event));
  });
  if (status == BH_OK) {
    note_use(queue, buffer, serial);
    note_written(queue, buffer, offset_bytes + size_bytes);
  }
  return status;
}

bh_status_t BH_CALL dispatch(bh_queue_t* queue, bh_args_t* args, const uint32_t groups[3], bh_event_t* event) {
  if (const bh_status_t status = begin_command(queue, Access::lent, event, "dispatch"); status != BH_OK) return status;
  bh_device& device = *queue->device;
  if (!usable(args, "args")) return BH_E_ARGUMENT;
  if (args->device != &device) return bad_argument("dispatch: the args are of another device");
  if (groups == nullptr) return bad_argument("dispatch: groups is NULL");
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto& most = device.limits.grid_max[axis];
    if (groups[axis] == 0 || (most && groups[axis] > static_cast<std::uint64_t>(*most))) {
      return bad_argument("dispatch: groups[%zu] is %u; the device takes 1 to %lld", axis, groups[axis],
                          static_cast<long long>(most.value_or(UINT32_MAX)));
    }
  }
  for (const BufferRef& ref : args->buffers) {
    if (ref.buffer->tag != bh_buffer::kTag || ref.buffer->generation != ref.generation) {
      return bad_argument("dispatch: the buffer of parameter %u was destroyed", ref.position);
    }
    if (ref.buffer->root->mapped.load(std::memory_order_relaxed) != nullptr) {
      return bad_argument("dispatch: the buffer of parameter %u is mapped; buffer_unmap it first", ref.position);
    }
  }
  std::uint64_t serial = 0;
  const bh_status_t status = issue_command(queue, event, "dispatch", &serial, [&] {
    return device.api->dispatch(queue->be, args->be, groups, be_event(event));
  });
  if (status != BH_OK) return status;
  for (const BufferRef& ref : args->buffers) {
    note_use(queue, ref.buffer, serial);
    if (ref.written) note_written(queue, ref.buffer, 4);
  }
  if (queue->recording) {
    queue->recorded_args.push_back(args);
  } else {
    args->uses.note(queue->lane, serial);
  }
  return BH_OK;
}

}  // namespace calls
}  // namespace benchhost::device
