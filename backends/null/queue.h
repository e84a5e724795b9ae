// The queue functions of the device's table; contracts stand in backend.h.
#pragma once

#include <benchhost/backend.h>

namespace benchhost::null {

bh_status_t BH_CALL queue_create(bh_be_device_t* device, uint32_t, bh_be_queue_t** queue);
void BH_CALL queue_destroy(bh_be_queue_t* queue);
bh_status_t BH_CALL queue_flush(bh_be_queue_t* queue);
bh_status_t BH_CALL queue_finish(bh_be_queue_t* queue, int64_t timeout_ns);
bh_status_t BH_CALL queue_wait(bh_be_queue_t* queue, bh_be_event_t* event);
bh_status_t BH_CALL span_begin(bh_be_queue_t* queue, uint32_t flags, bh_be_span_t** span);
bh_status_t BH_CALL span_release(bh_be_span_t* span);
bh_status_t BH_CALL span_end(bh_be_span_t* span);
bh_status_t BH_CALL span_read(bh_be_span_t* span, bh_be_span_times_t* times);
bh_status_t BH_CALL read_back(bh_be_queue_t* queue, bh_be_buffer_t* buffer, uint64_t offset_bytes, uint32_t* word);
bh_status_t BH_CALL write(bh_be_queue_t* queue, bh_be_buffer_t* buffer, uint64_t offset_bytes, const void* source,
                          uint64_t size_bytes, bh_be_event_t* event);
bh_status_t BH_CALL read(bh_be_queue_t* queue, bh_be_buffer_t* buffer, uint64_t offset_bytes, void* target,
                         uint64_t size_bytes, bh_be_event_t* event);
bh_status_t BH_CALL copy(bh_be_queue_t* queue, bh_be_buffer_t* from, uint64_t from_offset_bytes, bh_be_buffer_t* to,
                         uint64_t to_offset_bytes, uint64_t size_bytes, bh_be_event_t* event);
bh_status_t BH_CALL fill(bh_be_queue_t* queue, bh_be_buffer_t* buffer, uint64_t offset_bytes, uint64_t size_bytes,
                         uint32_t pattern, bh_be_event_t* event);
bh_status_t BH_CALL dispatch(bh_be_queue_t* queue, bh_be_args_t* args, const uint32_t groups[3], bh_be_event_t* event);

}  // namespace benchhost::null
