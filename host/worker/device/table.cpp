// The table itself, and the functions about the device as a whole.
#include <cstring>

#include "worker/device/calls.h"
#include "worker/device/device_state.h"
#include "worker/device/session.h"
#include "worker/device/thread_error.h"

namespace benchhost::device {
namespace {

// A thread whose calls all succeeded so far has no text, and gets "" all the same.
const char* BH_CALL last_error(const bh_device_t*) { return error_text(); }

bh_status_t BH_CALL cap(const bh_device_t* device, const char* name, bh_cap_t* cap) {
  if (const bh_status_t status = enter(device, Access::slow, "cap"); status != BH_OK) return status;
  if (name == nullptr) return bad_argument("cap: name is NULL");
  if (cap == nullptr || !BH_HAS(bh_cap_t, cap, text)) {
    return bad_argument("cap: cap is NULL or its struct_size was not set");
  }
  for (std::uint32_t i = 0; i < device->caps.count; ++i) {
    const bh_cap_t* fact = BH_AT(bh_cap_t, &device->caps, i);
    if (std::strcmp(fact->name, name) != 0) continue;
    cap->type = fact->type;
    cap->provenance = fact->provenance;
    cap->integer = fact->integer;
    cap->number = fact->number;
    cap->name = fact->name;
    cap->text = fact->text;
    return BH_OK;
  }
  set_error("cap: %s does not report '%s'", device->name.c_str(), name);
  return BH_E_NOT_FOUND;
}

const void* BH_CALL extension(const bh_device_t* device, const char* id) {
  if (enter(device, Access::slow, "extension") != BH_OK || id == nullptr) return nullptr;
  if (device->graph_api != nullptr && std::strcmp(id, BH_EXT_GRAPH) == 0) return calls::graph_table();
  if (device->peer_api != nullptr && std::strcmp(id, BH_EXT_PEER) == 0) return calls::peer_table();
  return nullptr;
}

bh_queue_t* BH_CALL main_queue(const bh_device_t* device) {
  // Of a lost device too: what is then called on the queue says that it is lost.
  const bh_status_t status = enter(device, Access::lent, "main_queue");
  return status == BH_OK || status == BH_E_DEVICE ? device->main : nullptr;
}

bh_status_t BH_CALL last_span(const bh_device_t* device, bh_span_t* span) {
  if (const bh_status_t status = enter(device, Access::slow, "last_span"); status != BH_OK) return status;
  if (span == nullptr || !BH_HAS(bh_span_t, span, commands)) {
    return bad_argument("last_span: span is NULL or its struct_size was not set");
  }
  if (!device->last_span) {
    set_error("last_span: %s", device->limits.time_span ? "there was no queue run yet" : "time.span is not reported");
    return BH_E_NOT_FOUND;
  }
  span->flags = device->last_span->flags;
  span->duration_ns = device->last_span->duration_ns;
  span->step_ns = device->last_span->step_ns;
  span->iterations = device->last_span->iterations;
  span->commands = device->last_span->commands;
  return BH_OK;
}

/// The module's handle behind a plugin's; nullptr: not of this device, or dead.
template <class Handle>
void* behind(const bh_device& device, const void* object) {
  const auto* handle = static_cast<const Handle*>(object);
  if (handle->tag != Handle::kTag || handle->device != &device) return nullptr;
  return handle->be;
}

void* behind(const bh_device& device, std::uint32_t object_kind, const void* object) {
  switch (object_kind) {
    case BH_OBJECT_DEVICE:
      return object == &device ? device.be : nullptr;
    case BH_OBJECT_QUEUE:
      return behind<bh_queue>(device, object);
    case BH_OBJECT_BUFFER:
      return behind<bh_buffer>(device, object);
    case BH_OBJECT_PROGRAM:
      return behind<bh_program>(device, object);
    case BH_OBJECT_EVENT:
      return behind<bh_event>(device, object);
    default:
      return nullptr;
  }
}

bh_status_t BH_CALL native(const bh_device_t* device, uint32_t object_kind, const void* object, const char* type,
                           uint64_t* value) {
  if (value == nullptr) return bad_argument("native: no place for the value");
  *value = 0;
  if (const bh_status_t status = enter(device, Access::slow, "native"); status != BH_OK) return status;
  if (object == nullptr || type == nullptr) return bad_argument("native: object or type is NULL");
  void* be = behind(*device, object_kind, object);
  if (be == nullptr) return bad_argument("native: no object of kind %u of this device", object_kind);
  if (!BH_CAN(bh_be_device_api_t, device->api, native)) {
    set_error("native: the backend of %s has no native handles", device->name.c_str());
    return BH_E_NOT_FOUND;
  }
  return leave(device, device->api->native(device->be, object_kind, be, type, value), "native");
}

constexpr bh_device_api_t kTable = {
    sizeof(bh_device_api_t),
    0,
    last_error,
    cap,
    extension,
    main_queue,
    last_span,
    calls::queue_create,
    calls::queue_destroy,
    calls::queue_flush,
    calls::queue_finish,
    calls::queue_wait,
    calls::buffer_create,
    calls::buffer_view,
    calls::buffer_destroy,
    calls::buffer_map,
    calls::buffer_unmap,
    calls::write,
    calls::read,
    calls::copy,
    calls::fill,
    calls::dispatch,
    calls::program_build,
    calls::program_destroy,
    calls::args_create,
    calls::args_set,
    calls::args_destroy,
    calls::event_create,
    calls::event_wait,
    calls::event_poll,
    calls::event_times,
    calls::event_destroy,
    native,
};

}  // namespace

const bh_device_api_t* Session::table() { return &kTable; }

std::string Session::last_error() { return error_text(); }

void Session::forget_error() { set_error("%s", ""); }

}  // namespace benchhost::device
