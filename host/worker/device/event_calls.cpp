#include "worker/device/calls.h"
#include "worker/device/device_state.h"
#include "worker/device/thread_error.h"

namespace benchhost::device::calls {
namespace {

constexpr std::int64_t kSliceNs = 20'000'000;

/// Everything up to the command that event held has completed: queues are in order.
void note_completed(bh_device& device, std::size_t lane, std::uint64_t serial) {
  if (lane + 1 >= kLanes) return;
  auto& finished = device.lanes[lane].finished;
  std::uint64_t known = finished.load(std::memory_order_relaxed);
  while (known < serial && !finished.compare_exchange_weak(known, serial, std::memory_order_release)) {
  }
}

bh_status_t check_recorded(const bh_event* event, const char* function) {
  if (event->queue.load(std::memory_order_acquire) != nullptr) return BH_OK;
  set_error("%s: the event was never recorded", function);
  return BH_E_STATE;
}

}  // namespace

bh_status_t BH_CALL event_create(const bh_device_t* device, uint32_t flags, bh_event_t** event) {
  if (event == nullptr) return bad_argument("event_create: no place for the event");
  *event = nullptr;
  if (const bh_status_t status = enter(device, Access::slow, "event_create"); status != BH_OK) return status;
  if ((flags & ~BH_EVENT_TIMES) != 0) return bad_argument("event_create: unknown flags %#x", flags);
  if ((flags & BH_EVENT_TIMES) != 0 && !device->limits.time_event) {
    set_error("event_create: %s has no time.event", device->name.c_str());
    return BH_E_UNSUPPORTED;
  }
  bh_be_event_t* be = nullptr;
  const bh_status_t status = device->api->event_create(device->be, flags, &be);
  if (status != BH_OK) return leave(device, status, "event_create");
  auto& owner = const_cast<bh_device_t&>(*device);
  *event = owner.events.take([&](bh_event& made) {
    made.device = &owner;
    made.be = be;
    made.wants_times = (flags & BH_EVENT_TIMES) != 0;
    made.queue.store(nullptr, std::memory_order_relaxed);
    made.has_times.store(false, std::memory_order_relaxed);
  });
  return BH_OK;
}

bh_status_t BH_CALL event_wait(bh_event_t* event) {
  if (!usable(event, "event")) return BH_E_ARGUMENT;
  bh_device& device = *event->device;
  if (const bh_status_t status = enter(&device, Access::slow, "event_wait"); status != BH_OK) return status;
  if (const bh_status_t status = check_recorded(event, "event_wait"); status != BH_OK) return status;
  const std::size_t lane = event->lane.load(std::memory_order_relaxed);
  const std::uint64_t serial = event->serial.load(std::memory_order_relaxed);
  const auto& cancelled = device.shared->options.cancelled;
  for (;;) {
    clear_fault();
    const bh_status_t status = device.api->event_wait(event->be, kSliceNs);
    if (status == BH_OK) break;
    if (status != BH_E_TIMEOUT) return leave(&device, status, "event_wait");
    if (cancelled && cancelled()) {
      set_error("event_wait: the host cancelled the case while the command was unfinished");
      return BH_E_CANCELLED;
    }
  }
  note_completed(device, lane, serial);
  return BH_OK;
}

bh_status_t BH_CALL event_poll(bh_event_t* event, uint32_t* done) {
  if (done == nullptr) return bad_argument("event_poll: no place for the answer");
  *done = 0;
  if (!usable(event, "event")) return BH_E_ARGUMENT;
  bh_device& device = *event->device;
  if (const bh_status_t status = enter(&device, Access::lent, "event_poll"); status != BH_OK) return status;
  if (const bh_status_t status = check_recorded(event, "event_poll"); status != BH_OK) return status;
  const std::size_t lane = event->lane.load(std::memory_order_relaxed);
  const std::uint64_t serial = event->serial.load(std::memory_order_relaxed);
  const bh_status_t status = device.api->event_wait(event->be, 0);
  if (status == BH_E_TIMEOUT) return BH_OK;
  if (status != BH_OK) return leave(&device, status, "event_poll");
  note_completed(device, lane, serial);
  *done = 1;
  return BH_OK;
}

bh_status_t BH_CALL event_times(bh_event_t* event, bh_event_times_t* times) {
  if (!usable(event, "event")) return BH_E_ARGUMENT;
  bh_device& device = *event->device;
  if (const bh_status_t status = enter(&device, Access::slow, "event_times"); status != BH_OK) return status;
  if (times == nullptr || !BH_HAS(bh_event_times_t, times, step_ns)) {
    return bad_argument("event_times: times is NULL or its struct_size was not set");
  }
  if (const bh_status_t status = check_recorded(event, "event_times"); status != BH_OK) return status;
  if (!event->has_times.load(std::memory_order_relaxed) || !BH_CAN(bh_be_device_api_t, device.api, event_times)) {
    set_error("event_times: needs BH_EVENT_TIMES on the event and BH_QUEUE_TIMES on the queue that it was recorded on");
    return BH_E_UNSUPPORTED;
  }
  if (const bh_status_t status = device.api->event_wait(event->be, 0); status != BH_OK) {
    if (status != BH_E_TIMEOUT) return leave(&device, status, "event_times");
    set_error("event_times: the command has not completed; event_wait first");
    return BH_E_STATE;
  }
  bh_event_times_t own{};
  own.struct_size = sizeof own;
  if (const bh_status_t status = device.api->event_times(event->be, &own); status != BH_OK) {
    return leave(&device, status, "event_times");
  }
  times->valid = own.valid;
  times->queued_ns = own.queued_ns;
  times->submitted_ns = own.submitted_ns;
  times->started_ns = own.started_ns;
  times->ended_ns = own.ended_ns;
  times->step_ns = own.step_ns;
  return BH_OK;
}

void BH_CALL event_destroy(bh_event_t* event) {
  if (event == nullptr || !usable(event, "event")) return;
  bh_device& device = *event->device;
  if (enter_destroy(&device, "event_destroy") != BH_OK) return;
  device.api->event_destroy(event->be);
  event->be = nullptr;
  device.events.give(event);
}

}  // namespace benchhost::device::calls
