#include "null/queue.h"

#include <cstring>

#include "null/engine.h"
#include "null/objects.h"

namespace benchhost::null {
namespace {

bh_status_t move(bh_be_queue_t* queue, void* to, const void* from, std::uint64_t size_bytes, bh_be_event_t* event) {
  const Lock lock(queue->device->mutex);
  Command command;
  command.what = Command::What::move;
  command.to = to;
  command.from = from;
  command.size_bytes = size_bytes;
  return enqueue(*queue, command, event);
}

}  // namespace

bh_status_t BH_CALL queue_create(bh_be_device_t* device, uint32_t, bh_be_queue_t** queue) {
  *queue = nullptr;
  const Lock lock(device->mutex);
  if (const bh_status_t status = check_device(*device); status != BH_OK) return status;
  bh_be_queue* made = nullptr;
  if (const bh_status_t status = make(device, &made); status != BH_OK) return status;
  try {
    made->ring.resize(kQueueDepth);
    device->queues.push_back(made);
  } catch (const std::bad_alloc&) {
    delete made;
    return no_memory(device, kQueueDepth * sizeof(Command));
  }
  made->id = device->next_queue_id++;
  made->span.queue = made;
  *queue = made;
  return BH_OK;
}

void BH_CALL queue_destroy(bh_be_queue_t* queue) {
  bh_be_device& device = *queue->device;
  {
    const Lock lock(device.mutex);
    open_gate(*queue);
    if (device.lost == 0) execute(*queue, queue->enqueued);
    std::erase(device.queues, queue);
  }
  delete queue;
}

bh_status_t BH_CALL queue_flush(bh_be_queue_t* queue) {
  const Lock lock(queue->device->mutex);
  if (const bh_status_t status = check_device(*queue->device); status != BH_OK) return status;
  execute(*queue, queue->enqueued);
  return BH_OK;
}

bh_status_t BH_CALL queue_finish(bh_be_queue_t* queue, int64_t timeout_ns) {
  bh_be_device& device = *queue->device;
  std::int64_t done_ns = 0;
  {
    const Lock lock(device.mutex);
    if (const bh_status_t status = check_device(device); status != BH_OK) return status;
    execute(*queue, queue->enqueued);
    if (const bh_status_t status = check_device(device); status != BH_OK) return status;
    if (device.options.early_finish) return BH_OK;
    done_ns = queue->done_host_ns;
  }
  return wait_host(device.host, done_ns, timeout_ns) ? BH_OK : BH_E_TIMEOUT;
}

bh_status_t BH_CALL queue_wait(bh_be_queue_t* queue, bh_be_event_t* event) {
  const Lock lock(queue->device->mutex);
  Command command;
  command.what = Command::What::wait;
  command.other_device = event->device;
  command.other_queue = event->queue;
  command.other_serial = event->serial;
  return enqueue(*queue, command, nullptr);
}

bh_status_t BH_CALL span_begin(bh_be_queue_t* queue, uint32_t flags, bh_be_span_t** span) {
  *span = nullptr;
  const Lock lock(queue->device->mutex);
  if (const bh_status_t status = check_device(*queue->device); status != BH_OK) return status;
  // What was enqueued before is not part of the span, and must not be held back by its gate.
  execute(*queue, queue->enqueued);
  queue->gate = (flags & BH_SPAN_GATE) != 0;
  queue->span = {};
  queue->span.queue = queue;
  queue->span.open = true;
  queue->span.gated = queue->gate;
  *span = &queue->span;
  return BH_OK;
}

bh_status_t BH_CALL span_release(bh_be_span_t* span) {
  const Lock lock(span->queue->device->mutex);
  open_gate(*span->queue);
  return BH_OK;
}

bh_status_t BH_CALL span_end(bh_be_span_t* span) {
  bh_be_queue& queue = *span->queue;
  const Lock lock(queue.device->mutex);
  span->open = false;
  queue.gate = false;
  if (const bh_status_t status = check_device(*queue.device); status != BH_OK) return status;
  execute(queue, queue.enqueued);
  return BH_OK;
}

bh_status_t BH_CALL span_read(bh_be_span_t* span, bh_be_span_times_t* times) {
  bh_be_device& device = *span->queue->device;
  const Lock lock(device.mutex);
  if (const bh_status_t status = check_device(device); status != BH_OK) return status;
  times->flags = BH_SPAN_DURATION | BH_SPAN_ABSOLUTE | BH_SPAN_COMMANDS | (span->gated ? BH_SPAN_GATED : 0U);
  times->begin_ns = device.script->shown(span->begin_ns);
  times->end_ns = device.script->shown(span->end_ns);
  times->duration_ns = times->end_ns - times->begin_ns;
  times->step_ns = device.script->step_ns();
  times->commands = span->commands;
  return BH_OK;
}

bh_status_t BH_CALL read_back(bh_be_queue_t* queue, bh_be_buffer_t* buffer, uint64_t offset_bytes, uint32_t* word) {
  bh_be_device& device = *queue->device;
  std::int64_t done_ns = 0;
  {
    const Lock lock(device.mutex);
    if (const bh_status_t status = check_device(device); status != BH_OK) return status;
    execute(*queue, queue->enqueued);
    if (const bh_status_t status = check_device(device); status != BH_OK) return status;
    done_ns = queue->done_host_ns;
  }
  // The one wait that early_finish does not touch: data are there when they are there.
  (void)wait_host(device.host, done_ns, BH_BE_NO_TIMEOUT);
  std::memcpy(word, buffer->data + offset_bytes, sizeof *word);
  return BH_OK;
}

bh_status_t BH_CALL write(bh_be_queue_t* queue, bh_be_buffer_t* buffer, uint64_t offset_bytes, const void* source,
                          uint64_t size_bytes, bh_be_event_t* event) {
  return move(queue, buffer->data + offset_bytes, source, size_bytes, event);
}

bh_status_t BH_CALL read(bh_be_queue_t* queue, bh_be_buffer_t* buffer, uint64_t offset_bytes, void* target,
                         uint64_t size_bytes, bh_be_event_t* event) {
  return move(queue, target, buffer->data + offset_bytes, size_bytes, event);
}

bh_status_t BH_CALL copy(bh_be_queue_t* queue, bh_be_buffer_t* from, uint64_t from_offset_bytes, bh_be_buffer_t* to,
                         uint64_t to_offset_bytes, uint64_t size_bytes, bh_be_event_t* event) {
  return move(queue, to->data + to_offset_bytes, from->data + from_offset_bytes, size_bytes, event);
}

bh_status_t BH_CALL fill(bh_be_queue_t* queue, bh_be_buffer_t* buffer, uint64_t offset_bytes, uint64_t size_bytes,
                         uint32_t pattern, bh_be_event_t* event) {
  const Lock lock(queue->device->mutex);
  Command command;
  command.what = Command::What::fill;
  command.to = buffer->data + offset_bytes;
  command.size_bytes = size_bytes;
  command.pattern = pattern;
  return enqueue(*queue, command, event);
}

bh_status_t BH_CALL dispatch(bh_be_queue_t* queue, bh_be_args_t* args, const uint32_t groups[3], bh_be_event_t* event) {
  const Lock lock(queue->device->mutex);
  Command command;
  command.what = Command::What::run;
  command.program = args->program;
  command.slots = args->slots;
  std::memcpy(command.groups, groups, sizeof command.groups);
  return enqueue(*queue, command, event);
}

}  // namespace benchhost::null
