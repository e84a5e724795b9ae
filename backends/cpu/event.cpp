#include "cpu/event.h"

#include <new>

#include "cpu/deadline.h"
#include "cpu/module.h"
#include "native/fault.h"

namespace benchhost::cpu {

std::uint64_t record(bh_be_event& event, std::int64_t queued_ns) {
  event.owners.fetch_add(1, std::memory_order_relaxed);
  const std::lock_guard lock(event.mutex);
  event.queued_ns = queued_ns;
  return ++event.recorded;
}

void complete(bh_be_event* event, std::uint64_t number, std::int64_t started_ns, std::int64_t ended_ns) {
  {
    const std::lock_guard lock(event->mutex);
    if (event->recorded == number) {
      event->started_ns = started_ns;
      event->ended_ns = ended_ns;
    }
    if (event->completed < number) event->completed = number;
  }
  event->changed.notify_all();
  drop(event);
}

std::uint64_t hold(bh_be_event& event) {
  event.owners.fetch_add(1, std::memory_order_relaxed);
  const std::lock_guard lock(event.mutex);
  return event.recorded;
}

void drop(bh_be_event* event) {
  if (event->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete event;
}

bool wait(bh_be_event& event, std::uint64_t number, std::int64_t timeout_ns) {
  std::unique_lock lock(event.mutex);
  return wait_for(event.changed, lock, timeout_ns, [&] { return event.completed >= number; });
}

bh_status_t BH_CALL event_create(bh_be_device_t* device, uint32_t flags, bh_be_event_t** event) {
  *event = new (std::nothrow) bh_be_event;
  if (*event == nullptr) {
    return native::fail(host(), {BH_E_NO_MEMORY, BH_FAULT_CALL, device, "new", 0}, "no memory for an event");
  }
  (*event)->device = device;
  (*event)->wants_times = (flags & BH_EVENT_TIMES) != 0;
  return BH_OK;
}

bh_status_t BH_CALL event_wait(bh_be_event_t* event, int64_t timeout_ns) {
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(event->mutex);
    number = event->recorded;
  }
  return wait(*event, number, timeout_ns) ? BH_OK : BH_E_TIMEOUT;
}

bh_status_t BH_CALL event_times(bh_be_event_t* event, bh_event_times_t* times) {
  if (!event->wants_times) {
    return native::fail(host(), {BH_E_UNSUPPORTED, BH_FAULT_CALL, event->device, nullptr, 0},
                        "the event was made without BH_EVENT_TIMES");
  }
  const std::lock_guard lock(event->mutex);
  times->valid = BH_TIME_QUEUED | BH_TIME_STARTED | BH_TIME_ENDED;
  times->queued_ns = event->queued_ns;
  times->started_ns = event->started_ns;
  times->ended_ns = event->ended_ns;
  times->step_ns = 1;
  return BH_OK;
}

void BH_CALL event_destroy(bh_be_event_t* event) { drop(event); }

}  // namespace benchhost::cpu
