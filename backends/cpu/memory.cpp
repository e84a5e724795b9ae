#include "cpu/memory.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <new>

#include "cpu/device.h"
#include "cpu/machine.h"
#include "cpu/module.h"
#include "native/fault.h"

namespace benchhost::cpu {
namespace {

constexpr std::uint64_t kPageBytes = 4096;  // the smallest page anywhere: touching more often than needed does no harm

bh_status_t no_memory(bh_be_device* device, const char* call, std::uint64_t size_bytes, const char* why) {
  return native::fail(host(), {BH_E_NO_MEMORY, BH_FAULT_CALL, device, call, call != nullptr ? ENOMEM : 0},
                      "%llu bytes %s; free other buffers, or close other programs",
                      static_cast<unsigned long long>(size_bytes), why);
}

/// What stays for everybody else when memory is committed: the kernel kills instead of failing.
std::uint64_t reserve_bytes(const bh_be_device& device) {
  constexpr std::uint64_t kLeast = std::uint64_t{256} << 20;
  const auto all = static_cast<std::uint64_t>(device.machine.memory_bytes.value_or(0));
  return std::max(kLeast, all / 20);
}

/// Whether `size_bytes` more can be backed now. Of two calls at the same time the later one sees what the first
/// touched.
bool can_commit(const bh_be_device& device, std::uint64_t size_bytes) {
  const auto available = available_bytes();
  if (!available) return true;  // nobody says: the allocator's word must do
  const std::uint64_t reserve = reserve_bytes(device);
  return *available > reserve && size_bytes <= *available - reserve;
}

unsigned char* take(const bh_buffer_desc_t& desc) {
  const std::uint64_t rounded = (desc.size_bytes + kPageBytes - 1) / kPageBytes * kPageBytes;
  if (rounded < desc.size_bytes) return nullptr;
  auto* data = static_cast<unsigned char*>(std::aligned_alloc(kPageBytes, rounded));
  if (data == nullptr || (desc.flags & BH_BUFFER_COMMIT) == 0) return data;
  // Written through a volatile, so that nobody concludes that the stores are for nothing.
  for (std::uint64_t i = 0; i < desc.size_bytes; i += kPageBytes) static_cast<volatile unsigned char*>(data)[i] = 0;
  return data;
}

bool charge(bh_be_device& device, std::uint64_t size_bytes) {
  const std::uint64_t limit = device.memory_limit_bytes;
  std::uint64_t taken = device.taken_bytes.load(std::memory_order_relaxed);
  do {
    if (taken > limit || size_bytes > limit - taken) return false;
  } while (!device.taken_bytes.compare_exchange_weak(taken, taken + size_bytes, std::memory_order_relaxed));
  return true;
}

}  // namespace

bh_status_t BH_CALL buffer_create(bh_be_device_t* device, const bh_buffer_desc_t* desc, bh_be_buffer_t** buffer) {
  *buffer = nullptr;
  const bool owned = desc->kind != BH_BUFFER_IMPORTED;
  if (owned && !charge(*device, desc->size_bytes)) {
    return no_memory(device, nullptr, desc->size_bytes, "exceed the option cpu.memory_limit_bytes");
  }
  const auto give_up = [&](const char* call, const char* why) {
    if (owned) device->taken_bytes.fetch_sub(desc->size_bytes, std::memory_order_relaxed);
    return no_memory(device, call, desc->size_bytes, why);
  };
  if (owned && (desc->flags & BH_BUFFER_COMMIT) != 0 && !can_commit(*device, desc->size_bytes)) {
    return give_up(nullptr, "are more than the system has available less a reserve");
  }
  auto* made = new (std::nothrow) bh_be_buffer;
  if (made == nullptr) return give_up("new", "for a buffer were refused");
  made->device = device;
  made->size_bytes = desc->size_bytes;
  made->owned = owned;
  made->data = owned ? take(*desc) : static_cast<unsigned char*>(desc->host_pointer);
  if (made->data == nullptr) {
    delete made;
    return give_up("aligned_alloc", "were refused");
  }
  *buffer = made;
  return BH_OK;
}

bh_status_t BH_CALL buffer_view(bh_be_buffer_t* parent, uint64_t offset_bytes, uint64_t size_bytes,
                                bh_be_buffer_t** view) {
  *view = new (std::nothrow) bh_be_buffer;
  if (*view == nullptr) return no_memory(parent->device, "new", sizeof(bh_be_buffer), "for a view were refused");
  (*view)->device = parent->device;
  (*view)->data = parent->data + offset_bytes;
  (*view)->size_bytes = size_bytes;
  return BH_OK;
}

void BH_CALL buffer_destroy(bh_be_buffer_t* buffer) {
  if (buffer->owned) {
    buffer->device->taken_bytes.fetch_sub(buffer->size_bytes, std::memory_order_relaxed);
    std::free(buffer->data);
  }
  delete buffer;
}

bh_status_t BH_CALL buffer_map(bh_be_buffer_t* buffer, uint32_t, void** pointer) {
  *pointer = buffer->data;
  return BH_OK;
}

bh_status_t BH_CALL buffer_unmap(bh_be_buffer_t*) { return BH_OK; }

}  // namespace benchhost::cpu
