// The functions behind bh_device_api_t and its optional tables, one file per noun; contracts stand in device.h and
// device_ext.h.
#pragma once

#include <benchhost/device_ext.h>

namespace benchhost::device::calls {

bh_status_t BH_CALL queue_create(const bh_device_t* device, uint32_t flags, bh_queue_t** queue);
void BH_CALL queue_destroy(bh_queue_t* queue);
bh_status_t BH_CALL queue_flush(bh_queue_t* queue);
bh_status_t BH_CALL queue_finish(bh_queue_t* queue);
bh_status_t BH_CALL queue_wait(bh_queue_t* queue, bh_event_t* event);

bh_status_t BH_CALL buffer_create(const bh_device_t* device, const bh_buffer_desc_t* desc, bh_buffer_t** buffer);
bh_status_t BH_CALL buffer_view(bh_buffer_t* parent, uint64_t offset_bytes, uint64_t size_bytes, bh_buffer_t** view);
void BH_CALL buffer_destroy(bh_buffer_t* buffer);
bh_status_t BH_CALL buffer_map(bh_buffer_t* buffer, uint32_t access, void** pointer);
bh_status_t BH_CALL buffer_unmap(bh_buffer_t* buffer);

bh_status_t BH_CALL write(bh_queue_t* queue, bh_buffer_t* buffer, uint64_t offset_bytes, const void* source,
                          uint64_t size_bytes, bh_event_t* event);
bh_status_t BH_CALL read(bh_queue_t* queue, bh_buffer_t* buffer, uint64_t offset_bytes, void* target,
                         uint64_t size_bytes, bh_event_t* event);
bh_status_t BH_CALL copy(bh_queue_t* queue, bh_buffer_t* from, uint64_t from_offset_bytes, bh_buffer_t* to,
                         uint64_t to_offset_bytes, uint64_t size_bytes, bh_event_t* event);
bh_status_t BH_CALL fill(bh_queue_t* queue, bh_buffer_t* buffer, uint64_t offset_bytes, uint64_t size_bytes,
                         uint32_t pattern, bh_event_t* event);
bh_status_t BH_CALL dispatch(bh_queue_t* queue, bh_args_t* args, const uint32_t groups[3], bh_event_t* event);

bh_status_t BH_CALL program_build(const bh_device_t* device, const bh_program_desc_t* desc, bh_build_info_t* info,
                                  bh_program_t** program);
void BH_CALL program_destroy(bh_program_t* program);

bh_status_t BH_CALL args_create(bh_program_t* program, const bh_arg_t* values, uint64_t count, bh_args_t** args);
bh_status_t BH_CALL args_set(bh_args_t* args, uint64_t index, const bh_arg_t* value);
void BH_CALL args_destroy(bh_args_t* args);

bh_status_t BH_CALL event_create(const bh_device_t* device, uint32_t flags, bh_event_t** event);
bh_status_t BH_CALL event_wait(bh_event_t* event);
bh_status_t BH_CALL event_poll(bh_event_t* event, uint32_t* done);
bh_status_t BH_CALL event_times(bh_event_t* event, bh_event_times_t* times);
void BH_CALL event_destroy(bh_event_t* event);

/// The table of benchhost.graph/1, for devices whose module offers it.
[[nodiscard]] const bh_graph_api_t* graph_table();
/// The table of benchhost.peer/1, likewise.
[[nodiscard]] const bh_peer_api_t* peer_table();

}  // namespace benchhost::device::calls
