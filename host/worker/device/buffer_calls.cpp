#include <algorithm>
#include <cstring>

#include "worker/device/calls.h"
#include "worker/device/device_state.h"
#include "worker/device/thread_error.h"

namespace benchhost::device::calls {
namespace {

const char* kind_word(std::uint32_t kind) {
  switch (kind) {
    case BH_BUFFER_DEVICE:
      return "device";
    case BH_BUFFER_PINNED:
      return "pinned";
    case BH_BUFFER_MAPPED:
      return "mapped";
    default:
      return "imported";
  }
}

bh_status_t check_desc(const bh_device& device, const bh_buffer_desc_t& desc) {
  const Limits& limits = device.limits;
  if (desc.kind < BH_BUFFER_DEVICE || desc.kind > BH_BUFFER_IMPORTED) {
    return bad_argument("buffer_create: kind %u is none of BH_BUFFER_*", desc.kind);
  }
  if (desc.size_bytes == 0 || desc.size_bytes % 4 != 0) {
    return bad_argument("buffer_create: %llu bytes: the size must be a multiple of 4 and not 0",
                        static_cast<unsigned long long>(desc.size_bytes));
  }
  if ((desc.flags & ~BH_BUFFER_COMMIT) != 0) return bad_argument("buffer_create: unknown flags %#x", desc.flags);
  if (desc.host_access > BH_ACCESS_READ_WRITE) {
    return bad_argument("buffer_create: host_access %u is none of BH_ACCESS_*", desc.host_access);
  }
  const bool imported = desc.kind == BH_BUFFER_IMPORTED;
  if (imported != (desc.host_pointer != nullptr)) {
    return bad_argument("buffer_create: host_pointer goes with BH_BUFFER_IMPORTED and with no other kind");
  }
  const auto align = static_cast<std::uint64_t>(limits.import_align);
  if (imported && (reinterpret_cast<std::uintptr_t>(desc.host_pointer) % align != 0 || desc.size_bytes % align != 0)) {
    return bad_argument("buffer_create: address and size of imported memory must be multiples of %llu",
                        static_cast<unsigned long long>(align));
  }
  const char* word = kind_word(desc.kind);
  if (limits.mem_kinds &&
      std::find(limits.mem_kinds->begin(), limits.mem_kinds->end(), word) == limits.mem_kinds->end()) {
    set_error("buffer_create: '%s' is not in mem.kinds of %s", word, device.name.c_str());
    return BH_E_UNSUPPORTED;
  }
  if ((desc.flags & BH_BUFFER_COMMIT) != 0 && !limits.mem_commit) {
    set_error("buffer_create: %s has no mem.commit", device.name.c_str());
    return BH_E_UNSUPPORTED;
  }
  if (limits.buffer_bytes_max && desc.size_bytes > static_cast<std::uint64_t>(*limits.buffer_bytes_max)) {
    set_error("buffer_create: %llu bytes are more than mem.buffer.bytes_max of %s, %lld",
              static_cast<unsigned long long>(desc.size_bytes), device.name.c_str(),
              static_cast<long long>(*limits.buffer_bytes_max));
    return BH_E_NO_MEMORY;
  }
  return BH_OK;
}

void adopt(bh_buffer& buffer, bh_device& device, bh_be_buffer_t* be, std::uint64_t size_bytes) {
  buffer.device = &device;
  buffer.be = be;
  buffer.root = &buffer;
  buffer.offset_bytes = 0;
  buffer.size_bytes = size_bytes;
  buffer.views.store(0, std::memory_order_relaxed);
  buffer.mapped.store(nullptr, std::memory_order_relaxed);
  buffer.uses.clear();
}

void forget_mapping(bh_buffer* buffer) {
  bh_device& device = *buffer->device;
  const std::lock_guard lock(device.mutex);
  std::erase(device.mapped, buffer);
  device.mapped_count.store(static_cast<std::uint32_t>(device.mapped.size()), std::memory_order_relaxed);
  buffer->mapped.store(nullptr, std::memory_order_relaxed);
}

}  // namespace

bh_status_t BH_CALL buffer_create(const bh_device_t* device, const bh_buffer_desc_t* desc, bh_buffer_t** buffer) {
  if (buffer == nullptr) return bad_argument("buffer_create: no place for the buffer");
  *buffer = nullptr;
  if (const bh_status_t status = enter(device, Access::slow, "buffer_create"); status != BH_OK) return status;
  if (desc == nullptr || !BH_HAS(bh_buffer_desc_t, desc, flags)) {
    return bad_argument("buffer_create: desc is NULL or its struct_size was not set");
  }
  bh_buffer_desc_t own{};
  own.struct_size = sizeof own;
  own.kind = desc->kind;
  own.size_bytes = desc->size_bytes;
  own.host_pointer = desc->host_pointer;
  own.host_access = desc->host_access;
  own.flags = desc->flags;
  if (const bh_status_t status = check_desc(*device, own); status != BH_OK) return status;
  bh_be_buffer_t* be = nullptr;
  const bh_status_t status = device->api->buffer_create(device->be, &own, &be);
  if (status != BH_OK) return leave(device, status, "buffer_create");
  auto& owner = const_cast<bh_device_t&>(*device);
  *buffer = owner.buffers.take([&](bh_buffer& made) {
    adopt(made, owner, be, own.size_bytes);
    made.kind = own.kind;
    made.host_access = own.host_access;
  });
  return BH_OK;
}

bh_status_t BH_CALL buffer_view(bh_buffer_t* parent, uint64_t offset_bytes, uint64_t size_bytes, bh_buffer_t** view) {
  if (view == nullptr) return bad_argument("buffer_view: no place for the view");
  *view = nullptr;
  if (!usable(parent, "parent")) return BH_E_ARGUMENT;
  bh_device& device = *parent->device;
  if (const bh_status_t status = enter(&device, Access::slow, "buffer_view"); status != BH_OK) return status;
  if (parent->root != parent) return bad_argument("buffer_view: the parent is itself a view");
  const auto align = static_cast<std::uint64_t>(device.limits.sub_align);
  if (offset_bytes % align != 0) {
    return bad_argument("buffer_view: offset %llu is no multiple of mem.sub.align.bytes, %llu",
                        static_cast<unsigned long long>(offset_bytes), static_cast<unsigned long long>(align));
  }
  if (size_bytes == 0 || size_bytes % 4 != 0 || offset_bytes > parent->size_bytes ||
      size_bytes > parent->size_bytes - offset_bytes) {
    return bad_argument("buffer_view: %llu bytes at %llu are no part of the parent of %llu bytes, or no multiple of 4",
                        static_cast<unsigned long long>(size_bytes), static_cast<unsigned long long>(offset_bytes),
                        static_cast<unsigned long long>(parent->size_bytes));
  }
  bh_be_buffer_t* be = nullptr;
  const bh_status_t status = device.api->buffer_view(parent->be, offset_bytes, size_bytes, &be);
  if (status != BH_OK) return leave(&device, status, "buffer_view");
  *view = device.buffers.take([&](bh_buffer& made) {
    adopt(made, device, be, size_bytes);
    made.root = parent;
    made.offset_bytes = offset_bytes;
    made.kind = parent->kind;
    made.host_access = parent->host_access;
  });
  parent->views.fetch_add(1, std::memory_order_relaxed);
  return BH_OK;
}

void BH_CALL buffer_destroy(bh_buffer_t* buffer) {
  if (buffer == nullptr || !usable(buffer, "buffer")) return;
  bh_device& device = *buffer->device;
  if (enter_destroy(&device, "buffer_destroy") != BH_OK) return;
  if (buffer->views.load(std::memory_order_relaxed) != 0) {
    device.shared->find("buffer_destroy: a view of the buffer still exists; the buffer stays until teardown ends");
    return;
  }
  if (!may_destroy(device, buffer->root->uses)) return;
  if (buffer->mapped.load(std::memory_order_relaxed) != nullptr) {
    if (!device.lost) (void)device.api->buffer_unmap(buffer->be);
    forget_mapping(buffer);
  }
  if (buffer->root != buffer) buffer->root->views.fetch_sub(1, std::memory_order_relaxed);
  device.api->buffer_destroy(buffer->be);
  buffer->be = nullptr;
  device.buffers.give(buffer);
}

bh_status_t BH_CALL buffer_map(bh_buffer_t* buffer, uint32_t access, void** pointer) {
  if (pointer == nullptr) return bad_argument("buffer_map: no place for the pointer");
  *pointer = nullptr;
  if (!usable(buffer, "buffer")) return BH_E_ARGUMENT;
  bh_device& device = *buffer->device;
  if (const bh_status_t status = enter(&device, Access::slow, "buffer_map"); status != BH_OK) return status;
  if (buffer->root != buffer) return bad_argument("buffer_map: a view cannot be mapped; map its parent");
  if (buffer->kind == BH_BUFFER_DEVICE) return bad_argument("buffer_map: a BH_BUFFER_DEVICE buffer is never mapped");
  if (access < BH_ACCESS_READ || access > BH_ACCESS_READ_WRITE) {
    return bad_argument("buffer_map: access %u is none of BH_ACCESS_*", access);
  }
  if ((access & ~buffer->host_access) != 0) {
    return bad_argument("buffer_map: the buffer was created with host_access %u, which does not cover access %u",
                        buffer->host_access, access);
  }
  if (buffer->mapped.load(std::memory_order_relaxed) != nullptr) {
    set_error("buffer_map: the buffer is mapped already");
    return BH_E_STATE;
  }
  if (const bh_status_t status = finish_uses(device, buffer->uses); status != BH_OK) return status;
  void* address = nullptr;
  const bh_status_t status = device.api->buffer_map(buffer->be, access, &address);
  if (status != BH_OK) return leave(&device, status, "buffer_map");
  if ((access & BH_ACCESS_READ) != 0) device.shared->read_backs.fetch_add(1, std::memory_order_relaxed);
  const std::lock_guard lock(device.mutex);
  device.mapped.push_back(buffer);
  device.mapped_count.store(static_cast<std::uint32_t>(device.mapped.size()), std::memory_order_relaxed);
  buffer->mapped.store(address, std::memory_order_relaxed);
  *pointer = address;
  return BH_OK;
}

bh_status_t BH_CALL buffer_unmap(bh_buffer_t* buffer) {
  if (!usable(buffer, "buffer")) return BH_E_ARGUMENT;
  bh_device& device = *buffer->device;
  if (const bh_status_t status = enter(&device, Access::slow, "buffer_unmap"); status != BH_OK) return status;
  if (buffer->mapped.load(std::memory_order_relaxed) == nullptr) {
    set_error("buffer_unmap: the buffer is not mapped");
    return BH_E_STATE;
  }
  forget_mapping(buffer);
  return leave(&device, device.api->buffer_unmap(buffer->be), "buffer_unmap");
}

}  // namespace benchhost::device::calls
