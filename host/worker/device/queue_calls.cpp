#include "worker/device/calls.h"
#include "worker/device/device_state.h"
#include "worker/device/thread_error.h"

namespace benchhost::device::calls {
namespace {

bh_status_t refuse_recording(const bh_queue* queue, const char* function) {
  if (!queue->recording) return BH_OK;
  set_error("%s: a graph is being recorded on this queue; end it first", function);
  return BH_E_STATE;
}

}  // namespace

bh_status_t BH_CALL queue_create(const bh_device_t* device, uint32_t flags, bh_queue_t** queue) {
  if (queue == nullptr) return bad_argument("queue_create: no place for the queue");
  *queue = nullptr;
  if (const bh_status_t status = enter(device, Access::slow, "queue_create"); status != BH_OK) return status;
  if ((flags & ~BH_QUEUE_TIMES) != 0) return bad_argument("queue_create: unknown flags %#x", flags);
  if ((flags & BH_QUEUE_TIMES) != 0 && !device->limits.time_event) {
    set_error("queue_create: %s has no time.event, so BH_QUEUE_TIMES cannot be met", device->name.c_str());
    return BH_E_UNSUPPORTED;
  }
  const std::uint32_t be_flags = (flags & BH_QUEUE_TIMES) != 0 ? BH_BE_QUEUE_TIMES : 0U;
  const bh_status_t status = make_queue(const_cast<bh_device_t&>(*device), be_flags, queue);
  return status;
}

void BH_CALL queue_destroy(bh_queue_t* queue) {
  if (queue == nullptr || !usable(queue, "queue")) return;
  if (enter_destroy(queue->device, "queue_destroy") != BH_OK) return;
  if (queue == queue->device->main) {
    set_error("queue_destroy: main_queue belongs to the host");
    queue->device->shared->violate(error_text());
    return;
  }
  drop_queue(queue);
}

bh_status_t BH_CALL queue_flush(bh_queue_t* queue) {
  if (!usable(queue, "queue")) return BH_E_ARGUMENT;
  if (const bh_status_t status = enter(queue->device, Access::lent, "queue_flush"); status != BH_OK) return status;
  if (const bh_status_t status = refuse_recording(queue, "queue_flush"); status != BH_OK) return status;
  return leave(queue->device, queue->device->api->queue_flush(queue->be), "queue_flush");
}

bh_status_t BH_CALL queue_finish(bh_queue_t* queue) {
  if (!usable(queue, "queue")) return BH_E_ARGUMENT;
  if (const bh_status_t status = enter(queue->device, Access::slow, "queue_finish"); status != BH_OK) return status;
  if (const bh_status_t status = refuse_recording(queue, "queue_finish"); status != BH_OK) return status;
  return finish_queue(queue, true);
}

bh_status_t BH_CALL queue_wait(bh_queue_t* queue, bh_event_t* event) {
  if (!usable(queue, "queue") || !usable(event, "event")) return BH_E_ARGUMENT;
  bh_device& device = *queue->device;
  if (const bh_status_t status = enter(&device, Access::lent, "queue_wait"); status != BH_OK) return status;
  if (const bh_status_t status = refuse_recording(queue, "queue_wait"); status != BH_OK) return status;
  if (event->device != &device) {
    return bad_argument("queue_wait: the event is of another device; benchhost.peer/1 has a wait for that");
  }
  const bh_queue* recorded_on = event->queue.load(std::memory_order_acquire);
  if (recorded_on == nullptr) {
    set_error("queue_wait: the event was never recorded");
    return BH_E_STATE;
  }
  if (device.gated) {
    // Two queues that wait for each other's commands must not meet a closed gate.
    if (recorded_on != queue && (queue == device.main || recorded_on == device.main)) release_gate(device);
    if (queue == device.main && device.held + device.waits + 1 >= device.limits.queue_depth) release_gate(device);
  }
  const bh_status_t status = leave(&device, device.api->queue_wait(queue->be, event->be), "queue_wait");
  if (status == BH_OK) {
    device.lanes[queue->lane].enqueued.fetch_add(1, std::memory_order_acq_rel);
    if (queue == device.main) ++device.waits;  // it takes a place in the queue, and is no command of the span
  }
  return status;
}

}  // namespace benchhost::device::calls
