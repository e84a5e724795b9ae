#include "null/extensions.h"

#include "null/engine.h"
#include "null/objects.h"
#include "null/queue.h"

namespace benchhost::null {
namespace {

bh_status_t BH_CALL graph_begin(bh_be_queue_t* queue) {
  const Lock lock(queue->device->mutex);
  if (const bh_status_t status = check_device(*queue->device); status != BH_OK) return status;
  return make(queue->device, &queue->recording);
}

bh_status_t BH_CALL graph_end(bh_be_queue_t* queue, bh_be_graph_t** graph) {
  const Lock lock(queue->device->mutex);
  *graph = queue->recording;
  queue->recording = nullptr;
  const bh_status_t status = check_device(*queue->device);
  if (status != BH_OK) {
    delete *graph;
    *graph = nullptr;
  }
  return status;
}

bh_status_t BH_CALL graph_launch(bh_be_queue_t* queue, bh_be_graph_t* graph, bh_be_event_t* event) {
  const Lock lock(queue->device->mutex);
  Command command;
  command.what = Command::What::graph;
  command.graph = graph;
  return enqueue(*queue, command, event);
}

void BH_CALL graph_destroy(bh_be_graph_t* graph) { delete graph; }

bh_status_t BH_CALL peer_path(bh_be_device_t* from, bh_be_device_t*, uint32_t* flags) {
  const Lock lock(from->mutex);
  if (const bh_status_t status = check_device(*from); status != BH_OK) return status;
  *flags = BH_PEER_DIRECT;
  return BH_OK;
}

constexpr bh_be_graph_api_t kGraph = {
    sizeof(bh_be_graph_api_t), 0, graph_begin, graph_end, graph_launch, graph_destroy};
// Memory is one, and so is the mutex: a copy or wait between devices is one inside a device.
constexpr bh_be_peer_api_t kPeer = {sizeof(bh_be_peer_api_t), 0, peer_path, copy, queue_wait};

}  // namespace

const bh_be_graph_api_t* graph_api() { return &kGraph; }

const bh_be_peer_api_t* peer_api() { return &kPeer; }

}  // namespace benchhost::null
