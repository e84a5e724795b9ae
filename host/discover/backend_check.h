// Whether what a backend module tells of itself and its devices can be used. Pure.
#pragma once

#include <vector>

#include "common/protocol/device.h"
#include "discover/descriptor_check.h"

namespace benchhost::discover {

/// The worker has checked this once; a module that writes into its worker could have changed it since, and names, texts
/// and numbers of devices go on into suites, keys and terminals. One finding for each thing that is wrong.
[[nodiscard]] std::vector<Finding> check_backend(const protocol::BackendRecord& record);

}  // namespace benchhost::discover
