// benchhost.peer/1 over the module's own: the one place where objects of two devices meet.
#include "worker/device/calls.h"
#include "worker/device/command.h"
#include "worker/device/thread_error.h"

namespace benchhost::device::calls {
namespace {

bh_status_t check_pair(const bh_device& one, const bh_device& other, const char* function) {
  if (one.module == other.module && one.peer_api != nullptr && other.peer_api != nullptr) return BH_OK;
  set_error("%s: %s and %s are not peers of one backend", function, one.name.c_str(), other.name.c_str());
  return BH_E_UNSUPPORTED;
}

bh_status_t BH_CALL peer_path(const bh_device_t* from, const bh_device_t* to, uint32_t* flags) {
  if (flags == nullptr) return bad_argument("peer path: no place for the flags");
  *flags = 0;
  if (const bh_status_t status = enter(from, Access::slow, "peer path"); status != BH_OK) return status;
  if (const bh_status_t status = enter(to, Access::slow, "peer path"); status != BH_OK) return status;
  if (const bh_status_t status = check_pair(*from, *to, "peer path"); status != BH_OK) return status;
  return leave(from, from->peer_api->path(from->be, to->be, flags), "peer path");
}

bh_status_t check_end(const bh_buffer* buffer, std::uint64_t offset_bytes, std::uint64_t size_bytes) {
  if (!usable(buffer, "buffer")) return BH_E_ARGUMENT;
  if (buffer->kind != BH_BUFFER_DEVICE) return bad_argument("peer copy: both buffers are BH_BUFFER_DEVICE");
  // Any queue of the buffer's own device will do: the check asks it for nothing but that device.
  return check_range(buffer->device->main, buffer, offset_bytes, size_bytes, buffer->device->limits.copy_align,
                     "peer copy");
}

bh_status_t BH_CALL peer_copy(bh_queue_t* queue, bh_buffer_t* from, uint64_t from_offset_bytes, bh_buffer_t* to,
                              uint64_t to_offset_bytes, uint64_t size_bytes, bh_event_t* event) {
  if (const bh_status_t status = begin_command(queue, Access::lent, event, "peer copy"); status != BH_OK) return status;
  bh_device& device = *queue->device;
  if (const bh_status_t status = check_end(from, from_offset_bytes, size_bytes); status != BH_OK) return status;
  if (const bh_status_t status = check_end(to, to_offset_bytes, size_bytes); status != BH_OK) return status;
  if (from->device == to->device || (from->device != &device && to->device != &device)) {
    return bad_argument("peer copy: two devices, and queue of one of them");
  }
  if (queue->recording) {
    set_error("peer copy: a graph is being recorded on this queue");
    return BH_E_STATE;
  }
  if (const bh_status_t status = check_pair(*from->device, *to->device, "peer copy"); status != BH_OK) return status;
  std::uint64_t serial = 0;
  const bh_status_t status = issue_command(queue, event, "peer copy", &serial, [&] {
    return device.peer_api->copy(queue->be, from->be, from_offset_bytes, to->be, to_offset_bytes, size_bytes,
                                 be_event(event));
  });
  if (status != BH_OK) return status;
  // Only an object of the queue's own device can note the queue's lane. The other one is safe because benchmarks finish
  // the queue that they copied on before they let go of either buffer (device.h: buffer_destroy).
  bh_buffer* mine = from->device == &device ? from : to;
  mine->root->uses.note(queue->lane, serial);
  if (to->device == &device) note_written(queue, to, to_offset_bytes + size_bytes);
  return BH_OK;
}

bh_status_t BH_CALL peer_wait(bh_queue_t* queue, bh_event_t* event) {
  if (!usable(queue, "queue") || !usable(event, "event")) return BH_E_ARGUMENT;
  bh_device& device = *queue->device;
  if (const bh_status_t status = enter(&device, Access::lent, "peer wait"); status != BH_OK) return status;
  if (event->device == &device) return bad_argument("peer wait: the event is of this device; queue_wait is for that");
  if (const bh_status_t status = check_pair(device, *event->device, "peer wait"); status != BH_OK) return status;
  if (event->queue.load(std::memory_order_acquire) == nullptr || queue->recording) {
    set_error("peer wait: the event was never recorded, or a graph is being recorded on the queue");
    return BH_E_STATE;
  }
  const bh_status_t status = leave(&device, device.peer_api->wait(queue->be, event->be), "peer wait");
  if (status == BH_OK) device.lanes[queue->lane].enqueued.fetch_add(1, std::memory_order_acq_rel);
  return status;
}

}  // namespace

const bh_peer_api_t* peer_table() {
  static constexpr bh_peer_api_t kTable = {sizeof(bh_peer_api_t), 0, peer_path, peer_copy, peer_wait};
  return &kTable;
}

}  // namespace benchhost::device::calls
