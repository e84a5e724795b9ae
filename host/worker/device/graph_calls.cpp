// benchhost.graph/1 over the module's own.
#include "worker/device/calls.h"
#include "worker/device/command.h"
#include "worker/device/thread_error.h"

namespace benchhost::device::calls {
namespace {

bh_status_t BH_CALL graph_begin(bh_queue_t* queue) {
  if (!usable(queue, "queue")) return BH_E_ARGUMENT;
  bh_device& device = *queue->device;
  if (const bh_status_t status = enter(&device, Access::slow, "graph begin"); status != BH_OK) return status;
  if (device.graph_api == nullptr) {
    set_error("graph begin: %s does not offer " BH_EXT_GRAPH, device.name.c_str());
    return BH_E_UNSUPPORTED;
  }
  if (queue->recording) {
    set_error("graph begin: a graph is being recorded on this queue already");
    return BH_E_STATE;
  }
  const bh_status_t status = leave(&device, device.graph_api->begin(queue->be), "graph begin");
  if (status == BH_OK) {
    queue->recorded_buffers.clear();
    queue->recorded_args.clear();
    queue->recorded_commands = 0;
    queue->recorded_word = {};
    queue->recording = true;
  }
  return status;
}

bh_status_t BH_CALL graph_end(bh_queue_t* queue, bh_graph_t** graph) {
  if (graph == nullptr) return bad_argument("graph end: no place for the graph");
  *graph = nullptr;
  if (!usable(queue, "queue")) return BH_E_ARGUMENT;
  bh_device& device = *queue->device;
  if (const bh_status_t status = enter(&device, Access::slow, "graph end"); status != BH_OK) return status;
  if (!queue->recording) {
    set_error("graph end: no graph is being recorded on this queue");
    return BH_E_STATE;
  }
  queue->recording = false;
  bh_be_graph_t* be = nullptr;
  const bh_status_t status = device.graph_api->end(queue->be, &be);
  if (queue->recorded_commands == 0) {
    if (status == BH_OK) device.graph_api->destroy(be);
    return bad_argument("graph end: nothing was recorded");
  }
  if (status != BH_OK) return leave(&device, status, "graph end");
  *graph = device.graphs.take([&](bh_graph& made) {
    made.device = &device;
    made.be = be;
    made.buffers = queue->recorded_buffers;
    made.args = queue->recorded_args;
    made.word = queue->recorded_word;
    made.uses.clear();
  });
  return BH_OK;
}

bh_status_t BH_CALL graph_launch(bh_queue_t* queue, bh_graph_t* graph, bh_event_t* event) {
  if (const bh_status_t status = begin_command(queue, Access::lent, event, "graph launch"); status != BH_OK) {
    return status;
  }
  bh_device& device = *queue->device;
  if (!usable(graph, "graph")) return BH_E_ARGUMENT;
  if (graph->device != &device) return bad_argument("graph launch: the graph is of another device");
  if (queue->recording) {
    set_error("graph launch: a graph is being recorded on this queue");
    return BH_E_STATE;
  }
  for (const BufferRef& ref : graph->buffers) {
    if (ref.buffer->tag != bh_buffer::kTag || ref.buffer->generation != ref.generation) {
      return bad_argument("graph launch: a buffer of the recording was destroyed");
    }
    if (ref.buffer->root->mapped.load(std::memory_order_relaxed) != nullptr) {
      return bad_argument("graph launch: a buffer of the recording is mapped");
    }
  }
  std::uint64_t serial = 0;
  const bh_status_t status = issue_command(queue, event, "graph launch", &serial, [&] {
    return device.graph_api->launch(queue->be, graph->be, be_event(event));
  });
  if (status != BH_OK) return status;
  for (const BufferRef& ref : graph->buffers) ref.buffer->root->uses.note(queue->lane, serial);
  for (bh_args* args : graph->args) args->uses.note(queue->lane, serial);
  graph->uses.note(queue->lane, serial);
  if (queue == device.main && graph->word.buffer != nullptr) device.last_word = graph->word;
  return BH_OK;
}

void BH_CALL graph_destroy(bh_graph_t* graph) {
  if (graph == nullptr || !usable(graph, "graph")) return;
  bh_device& device = *graph->device;
  if (enter_destroy(&device, "graph destroy") != BH_OK) return;
  if (!may_destroy(device, graph->uses)) return;
  device.graph_api->destroy(graph->be);
  graph->be = nullptr;
  device.graphs.give(graph);
}

}  // namespace

const bh_graph_api_t* graph_table() {
  static constexpr bh_graph_api_t kTable = {sizeof(bh_graph_api_t), 0, graph_begin, graph_end, graph_launch,
                                            graph_destroy};
  return &kTable;
}

}  // namespace benchhost::device::calls
