// Buffers: memory of the process, in four kinds that differ in who may touch it when.
#pragma once

#include <cstdint>

#include <benchhost/backend.h>

struct bh_be_buffer {
  bh_be_device* device = nullptr;
  unsigned char* data = nullptr;
  std::uint64_t size_bytes = 0;
  bool owned = false;
};

namespace benchhost::cpu {

/// The buffer functions of the device's table.
bh_status_t BH_CALL buffer_create(bh_be_device_t* device, const bh_buffer_desc_t* desc, bh_be_buffer_t** buffer);
bh_status_t BH_CALL buffer_view(bh_be_buffer_t* parent, uint64_t offset_bytes, uint64_t size_bytes,
                                bh_be_buffer_t** view);
void BH_CALL buffer_destroy(bh_be_buffer_t* buffer);
bh_status_t BH_CALL buffer_map(bh_be_buffer_t* buffer, uint32_t access, void** pointer);
bh_status_t BH_CALL buffer_unmap(bh_be_buffer_t* buffer);

}  // namespace benchhost::cpu
