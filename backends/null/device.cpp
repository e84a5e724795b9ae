// The device's functions: thin, since engine.cpp executes and script.cpp keeps the time.
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include "native/fault.h"
#include "null/engine.h"
#include "null/extensions.h"
#include "null/module.h"
#include "null/objects.h"
#include "null/queue.h"

namespace benchhost::null {
namespace {

bh_status_t BH_CALL caps(bh_be_device_t* device, bh_cap_list_t* list) {
  *list = device->caps;
  return BH_OK;
}

bh_status_t BH_CALL clock_pair(bh_be_device_t* device, bh_be_clock_pair_t* pair) {
  const Lock lock(device->mutex);
  if (const bh_status_t status = check_device(*device); status != BH_OK) return status;
  pair->host_ns = device->host->clock_ns(device->host);
  pair->device_ns = device->script->shown(device->script->now_ns());
  pair->error_ns = device->script->step_ns();
  return BH_OK;
}

bh_status_t BH_CALL buffer_create(bh_be_device_t* device, const bh_buffer_desc_t* desc, bh_be_buffer_t** buffer) {
  *buffer = nullptr;
  const Lock lock(device->mutex);
  if (const bh_status_t status = check_device(*device); status != BH_OK) return status;
  const bool owned = desc->kind != BH_BUFFER_IMPORTED;
  const std::uint64_t limit = device->options.no_memory_at_bytes;
  if (owned && desc->size_bytes > limit - device->allocated_bytes) {
    return no_memory(device, desc->size_bytes);
  }
  bh_be_buffer* made = nullptr;
  if (const bh_status_t status = make(device, &made); status != BH_OK) return status;
  made->size_bytes = desc->size_bytes;
  made->owned = owned;
  made->data = static_cast<unsigned char*>(owned ? std::malloc(desc->size_bytes) : desc->host_pointer);
  if (made->data == nullptr) {
    delete made;
    return no_memory(device, desc->size_bytes);
  }
  // Contents are undefined: a pattern that no test expects finds those who rely on zeros.
  if (owned) std::memset(made->data, 0xB5, desc->size_bytes);
  if (owned) device->allocated_bytes += desc->size_bytes;
  *buffer = made;
  return BH_OK;
}

bh_status_t BH_CALL buffer_view(bh_be_buffer_t* parent, uint64_t offset_bytes, uint64_t size_bytes,
                                bh_be_buffer_t** view) {
  *view = nullptr;
  const Lock lock(parent->device->mutex);
  if (const bh_status_t status = check_device(*parent->device); status != BH_OK) return status;
  if (const bh_status_t status = make(parent->device, view); status != BH_OK) return status;
  (*view)->data = parent->data + offset_bytes;
  (*view)->size_bytes = size_bytes;
  return BH_OK;
}

void BH_CALL buffer_destroy(bh_be_buffer_t* buffer) {
  {
    const Lock lock(buffer->device->mutex);
    if (buffer->owned) buffer->device->allocated_bytes -= buffer->size_bytes;
  }
  if (buffer->owned) std::free(buffer->data);
  delete buffer;
}

bh_status_t BH_CALL buffer_map(bh_be_buffer_t* buffer, uint32_t, void** pointer) {
  *pointer = nullptr;
  const Lock lock(buffer->device->mutex);
  if (const bh_status_t status = check_device(*buffer->device); status != BH_OK) return status;
  *pointer = buffer->data;
  return BH_OK;
}

bh_status_t BH_CALL buffer_unmap(bh_be_buffer_t* buffer) {
  const Lock lock(buffer->device->mutex);
  return check_device(*buffer->device);
}

bh_status_t BH_CALL program_build(bh_be_device_t* device, const bh_program_desc_t* desc, uint32_t source_index,
                                  bh_build_info_t* info, bh_be_program_t** program) {
  *program = nullptr;
  const Lock lock(device->mutex);
  if (const bh_status_t status = check_device(*device); status != BH_OK) return status;
  bh_be_program* made = nullptr;
  if (const bh_status_t status = make(device, &made); status != BH_OK) return status;
  bool read = false;
  try {
    read = made->program.read(*desc, source_index);
  } catch (const std::bad_alloc&) {
    delete made;
    return no_memory(device, sizeof(bh_be_program));
  }
  if (!read) {
    delete made;
    return native::fail(device->host, {BH_E_UNSUPPORTED, BH_FAULT_CALL, device, nullptr, 0},
                        "%s: needs a native function, and at most %zu parameters", desc->name, native::kParametersMax);
  }
  info->flags = 0;
  info->group_items_max = 0;
  info->log = nullptr;
  *program = made;
  return BH_OK;
}

void BH_CALL program_destroy(bh_be_program_t* program) { delete program; }

bh_status_t BH_CALL args_set(bh_be_args_t* args, uint64_t index, const bh_be_arg_t* value) {
  const auto& program = args->program->program;
  if (program.takes_buffer(index)) {
    args->slots[index] = reinterpret_cast<std::uintptr_t>(value->buffer->data);
  } else {
    args->slots[index] = 0;
    std::memcpy(&args->slots[index], value->scalar, program.scalar_bytes(index));
  }
  return BH_OK;
}

bh_status_t BH_CALL args_create(bh_be_program_t* program, const bh_be_arg_t* values, uint64_t count,
                                bh_be_args_t** args) {
  *args = nullptr;
  {
    const Lock lock(program->device->mutex);
    if (const bh_status_t status = check_device(*program->device); status != BH_OK) return status;
  }
  auto* made = new (std::nothrow) bh_be_args;
  if (made == nullptr) return no_memory(program->device, sizeof(bh_be_args));
  made->program = program;
  for (std::uint64_t i = 0; i < count; ++i) (void)args_set(made, i, &values[i]);
  *args = made;
  return BH_OK;
}

void BH_CALL args_destroy(bh_be_args_t* args) { delete args; }

bh_status_t BH_CALL event_create(bh_be_device_t* device, uint32_t flags, bh_be_event_t** event) {
  *event = nullptr;
  const Lock lock(device->mutex);
  if (const bh_status_t status = check_device(*device); status != BH_OK) return status;
  if (const bh_status_t status = make(device, event); status != BH_OK) return status;
  (*event)->times = (flags & BH_EVENT_TIMES) != 0;
  return BH_OK;
}

bh_status_t BH_CALL event_wait(bh_be_event_t* event, int64_t timeout_ns) {
  bh_be_device& device = *event->device;
  std::int64_t done_ns = 0;
  {
    const Lock lock(device.mutex);
    if (const bh_status_t status = check_device(device); status != BH_OK) return status;
    if (bh_be_queue* queue = find_queue(device, event->queue)) {
      execute(*queue, event->serial);
      if (const bh_status_t status = check_device(device); status != BH_OK) return status;
      if (queue->executed < event->serial) return BH_E_TIMEOUT;  // behind a closed gate
    }
    if (device.options.early_finish) return BH_OK;
    done_ns = event->done_host_ns;
  }
  return wait_host(device.host, done_ns, timeout_ns) ? BH_OK : BH_E_TIMEOUT;
}

bh_status_t BH_CALL event_times(bh_be_event_t* event, bh_event_times_t* times) {
  bh_be_device& device = *event->device;
  const Lock lock(device.mutex);
  if (const bh_status_t status = check_device(device); status != BH_OK) return status;
  if (!event->times) {
    return native::fail(device.host, {BH_E_UNSUPPORTED, BH_FAULT_CALL, &device, nullptr, 0},
                        "the event was made without BH_EVENT_TIMES");
  }
  const Script& script = *device.script;
  times->valid = BH_TIME_QUEUED | BH_TIME_STARTED | BH_TIME_ENDED;
  times->queued_ns = script.shown(event->queued_ns);
  times->started_ns = script.shown(event->started_ns);
  times->ended_ns = script.shown(event->ended_ns);
  times->step_ns = script.step_ns();
  return BH_OK;
}

void BH_CALL event_destroy(bh_be_event_t* event) {
  {
    const Lock lock(event->device->mutex);
    // Commands that were not executed yet must not record into it.
    for (bh_be_queue* queue : event->device->queues) {
      for (Command& command : queue->ring) {
        if (command.event == event) command.event = nullptr;
      }
    }
  }
  delete event;
}

bh_status_t BH_CALL native(bh_be_device_t* device, uint32_t object_kind, void* object, const char* type,
                           uint64_t* value) {
  if (object_kind == BH_OBJECT_BUFFER && std::strcmp(type, "void *") == 0) {
    *value = reinterpret_cast<std::uintptr_t>(static_cast<bh_be_buffer*>(object)->data);
    return BH_OK;
  }
  return native::fail(device->host, {BH_E_NOT_FOUND, BH_FAULT_CALL, device, nullptr, 0},
                      "the null device has no '%s'; a buffer has a 'void *'", type);
}

const void* BH_CALL extension(bh_be_device_t*, const char* id) {
  if (std::strcmp(id, BH_EXT_GRAPH) == 0) return graph_api();
  if (std::strcmp(id, BH_EXT_PEER) == 0) return peer_api();
  return nullptr;
}

constexpr bh_be_device_api_t kApi = {
    sizeof(bh_be_device_api_t),
    0,
    caps,
    queue_create,
    queue_destroy,
    queue_flush,
    queue_finish,
    queue_wait,
    span_begin,
    span_release,
    span_end,
    span_read,
    clock_pair,
    read_back,
    buffer_create,
    buffer_view,
    buffer_destroy,
    buffer_map,
    buffer_unmap,
    write,
    read,
    copy,
    fill,
    dispatch,
    program_build,
    program_destroy,
    args_create,
    args_set,
    args_destroy,
    event_create,
    event_wait,
    event_times,
    event_destroy,
    native,
    extension,
};

}  // namespace

const bh_be_device_api_t* device_api() { return &kApi; }

}  // namespace benchhost::null
