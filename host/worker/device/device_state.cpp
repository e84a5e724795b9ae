#include "worker/device/device_state.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include "worker/device/thread_error.h"

namespace benchhost::device {
namespace {

constexpr std::size_t kFaultsKept = 64;
/// How long the host stays inside one wait of a module before it looks whether it should give up.
constexpr std::int64_t kSliceNs = 20'000'000;

std::optional<std::int64_t> integer(const protocol::DeviceRecord& record, const char* name) {
  const protocol::CapRecord* fact = record.cap(name);
  if (fact == nullptr) return std::nullopt;
  return fact->integer;
}

bool truth(const protocol::DeviceRecord& record, const char* name) { return integer(record, name).value_or(0) != 0; }

bool known_status(bh_status_t status) { return status <= BH_OK && status >= BH_E_CRASHED; }

bh_device* of(const bh_device* device) { return const_cast<bh_device*>(device); }

void count_slow_call(Shared& shared) {
  if (shared.phase.load(std::memory_order_relaxed) == Phase::run) {
    shared.slow_calls_in_run.fetch_add(1, std::memory_order_relaxed);
  }
}

bh_status_t check_state(bh_device* device, Access access, const char* function) {
  const Phase phase = device->shared->phase.load(std::memory_order_relaxed);
  if (phase == Phase::closed) {
    set_error("%s: the device is lent from the start of prepare to the end of teardown only", function);
  } else if (phase == Phase::queue_run && access == Access::slow) {
    set_error(
        "%s: a run with a QUEUE metric enqueues and returns; waits, pageable memory and new objects belong in prepare, "
        "prepare_batch or verify",
        function);
  } else {
    return BH_OK;
  }
  device->shared->violate(error_text());
  return BH_E_STATE;
}

}  // namespace

void Shared::violate(std::string text) {
  const std::lock_guard lock(mutex);
  if (!violation) violation = std::move(text);
}

void Shared::find(std::string text) const {
  if (options.finding) options.finding(std::move(text));
}

Limits read_limits(const protocol::DeviceRecord& record) {
  Limits limits;
  limits.group_max = {integer(record, BH_CAP_GROUP_X), integer(record, BH_CAP_GROUP_Y),
                      integer(record, BH_CAP_GROUP_Z)};
  limits.grid_max = {integer(record, BH_CAP_GRID_X), integer(record, BH_CAP_GRID_Y), integer(record, BH_CAP_GRID_Z)};
  limits.group_items_max = integer(record, BH_CAP_GROUP_ITEMS);
  limits.arg_buffers_max = integer(record, BH_CAP_ARG_BUFFERS);
  limits.arg_bytes_max = integer(record, BH_CAP_ARG_BYTES);
  limits.buffer_bytes_max = integer(record, BH_CAP_MEM_BUFFER);
  // Divisors: a module that says 0 or less means that any offset will do.
  limits.copy_align = std::max<std::int64_t>(integer(record, BH_CAP_MEM_COPY_ALIGN).value_or(4), 1);
  limits.sub_align = std::max<std::int64_t>(integer(record, BH_CAP_MEM_SUB_ALIGN).value_or(1), 1);
  limits.import_align = std::max<std::int64_t>(integer(record, BH_CAP_MEM_HOST_ALIGN).value_or(4), 1);
  if (const auto* kinds = record.cap(BH_CAP_MEM_KINDS)) limits.mem_kinds = kinds->words;
  limits.mem_commit = truth(record, BH_CAP_MEM_COMMIT);
  limits.time_event = truth(record, BH_CAP_TIME_EVENT);
  limits.time_span = truth(record, BH_CAP_TIME_SPAN);
  limits.time_gate = truth(record, BH_CAP_TIME_GATE);
  limits.queue_depth =
      static_cast<std::uint64_t>(std::max<std::int64_t>(integer(record, BH_CAP_QUEUE_DEPTH).value_or(0), 0));
  if (const auto* dialects = record.cap(BH_CAP_DIALECTS)) limits.dialects = dialects->words;
  return limits;
}

bh_status_t bad_argument(const char* format, ...) {
  char text[BH_MAX_TEXT + 1];
  va_list arguments;
  va_start(arguments, format);
  (void)std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  set_error("%s", text);
  return BH_E_ARGUMENT;
}

bh_status_t enter(const bh_device* device, Access access, const char* function) {
  if (!usable(device, "device")) return BH_E_ARGUMENT;
  if (const bh_status_t status = check_state(of(device), access, function); status != BH_OK) return status;
  if (device->lost.load(std::memory_order_relaxed)) {
    set_error("%s: %s is lost after an earlier fault; return BH_E_DEVICE", function, device->name.c_str());
    return BH_E_DEVICE;
  }
  if (access == Access::slow) count_slow_call(*device->shared);
  clear_fault();
  return BH_OK;
}

bh_status_t enter_destroy(const bh_device* device, const char* function) {
  if (!usable(device, "device")) return BH_E_ARGUMENT;
  clear_fault();
  count_slow_call(*device->shared);
  return check_state(of(device), Access::slow, function);
}

bh_status_t leave(const bh_device* device, bh_status_t status, const char* function) {
  if (status == BH_OK) return BH_OK;
  const std::uint32_t fault_class = take_fault();
  if (fault_class == 0 && status != BH_E_TIMEOUT) {
    set_error("%s: the backend of %s gave status %d and no reason", function, device->name.c_str(),
              static_cast<int>(status));
  }
  // A loss without a fault is one all the same: nothing more may be asked of the device.
  if (status == BH_E_DEVICE && fault_class < BH_FAULT_DEVICE) {
    bh_be_fault_t fault{};
    fault.struct_size = sizeof fault;
    fault.fault_class = BH_FAULT_DEVICE;
    fault.status = status;
    fault.text = error_text();
    of(device)->on_fault(fault);
  }
  if (device->lost.load(std::memory_order_relaxed)) return BH_E_DEVICE;
  return known_status(status) ? status : BH_E_FAILED;
}

bh_status_t finish_queue(bh_queue* queue, bool cancellable) {
  bh_device& device = *queue->device;
  Lane& lane = device.lanes[queue->lane];
  const std::uint64_t upto = lane.enqueued.load(std::memory_order_acquire);
  const auto& cancelled = device.shared->options.cancelled;
  for (;;) {
    clear_fault();
    const bh_status_t status = device.api->queue_finish(queue->be, kSliceNs);
    if (status == BH_OK) break;
    if (status != BH_E_TIMEOUT) return leave(&device, status, "queue_finish");
    if (cancellable && cancelled && cancelled()) {
      set_error("queue_finish: the host cancelled the case while commands were unfinished");
      return BH_E_CANCELLED;
    }
  }
  // Of a shared lane nobody knows which of its queues the serials belong to.
  if (queue->lane + 1 < kLanes) lane.finished.store(upto, std::memory_order_release);
  return BH_OK;
}

bool in_use(const bh_device& device, const Uses& uses) {
  for (std::size_t i = 0; i < kLanes; ++i) {
    if (uses.last(i) > device.lanes[i].finished.load(std::memory_order_acquire)) return true;
  }
  return false;
}

bh_status_t finish_uses(bh_device& device, const Uses& uses, bool cancellable) {
  if (device.lost.load(std::memory_order_relaxed) || !in_use(device, uses)) return BH_OK;
  for (bh_queue* queue : device.queues.live()) {
    if (uses.last(queue->lane) <= device.lanes[queue->lane].finished.load(std::memory_order_acquire)) continue;
    if (const bh_status_t status = finish_queue(queue, cancellable); status != BH_OK) return status;
  }
  return BH_OK;
}

bool may_destroy(bh_device& device, const Uses& uses) {
  // A host that cancels ends no command: a device would go on with what is no longer there.
  return finish_uses(device, uses, false) == BH_OK || device.lost.load(std::memory_order_relaxed);
}

void release_gate(bh_device& device) {
  if (!device.gated) return;
  device.gated = false;
  if (BH_CAN(bh_be_device_api_t, device.api, span_release)) (void)device.api->span_release(device.span);
}

bh_status_t make_queue(bh_device& device, std::uint32_t be_flags, bh_queue** queue) {
  bh_be_queue_t* be = nullptr;
  const bh_status_t status = device.api->queue_create(device.be, be_flags, &be);
  if (status != BH_OK) return leave(&device, status, "queue_create");
  std::size_t lane = 0;
  {
    const std::lock_guard lock(device.mutex);
    while (lane + 1 < kLanes && device.lanes[lane].queues != 0) ++lane;
    ++device.lanes[lane].queues;
  }
  *queue = device.queues.take([&](bh_queue& made) {
    made.device = &device;
    made.be = be;
    made.lane = lane;
    made.times = (be_flags & BH_BE_QUEUE_TIMES) != 0;
    made.recording = false;
  });
  return BH_OK;
}

void drop_queue(bh_queue* queue) {
  bh_device& device = *queue->device;
  if (!device.lost.load(std::memory_order_relaxed)) (void)finish_queue(queue, false);
  device.api->queue_destroy(queue->be);
  queue->be = nullptr;
  {
    const std::lock_guard lock(device.mutex);
    Lane& lane = device.lanes[queue->lane];
    // The last queue of a lane is gone with all of its commands.
    if (--lane.queues == 0)
      lane.finished.store(lane.enqueued.load(std::memory_order_relaxed), std::memory_order_release);
  }
  device.queues.give(queue);
}

}  // namespace benchhost::device

void bh_device::on_fault(const bh_be_fault_t& fault) {
  using benchhost::device::Action;
  if (fault.fault_class >= BH_FAULT_DEVICE) lost.store(true, std::memory_order_relaxed);
  benchhost::device::Fault copy;
  copy.action = static_cast<Action>(fault.fault_class <= BH_FAULT_MACHINE ? fault.fault_class : BH_FAULT_MACHINE);
  copy.status = fault.status;
  copy.api_code = fault.api_code;
  copy.call = fault.call != nullptr ? fault.call : "";
  copy.text = fault.text != nullptr ? fault.text : "no reason given";
  copy.device = name;
  const std::lock_guard lock(shared->mutex);
  if (copy.action > shared->action) shared->action = copy.action;
  if (shared->faults.size() < benchhost::device::kFaultsKept) shared->faults.push_back(std::move(copy));
}
