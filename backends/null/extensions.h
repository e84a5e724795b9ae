// Optional interfaces of the null device.
#pragma once

#include <benchhost/backend.h>

namespace benchhost::null {

/// benchhost.graph/1: recorded commands, replayed at the cost of one launch.
[[nodiscard]] const bh_be_graph_api_t* graph_api();
/// benchhost.peer/1: between any two null devices.
[[nodiscard]] const bh_be_peer_api_t* peer_api();

}  // namespace benchhost::null
