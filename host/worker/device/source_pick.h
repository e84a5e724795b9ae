// Which source of a program a device gets: a rule that is the same for all backends, so that results are comparable.
#pragma once

#include <cstdint>
#include <vector>

#include <benchhost/device.h>

#include "worker/device/device_state.h"

namespace benchhost::device {

/// The first dialect of the device for which there is a source whose `needs` holds, and of those sources the first.
/// Stores its index and answers BH_OK, or BH_E_UNSUPPORTED with the reason of each source as text, or BH_E_ARGUMENT for
/// a `needs` that is no expression. Names of scope device and machine are known there.
bh_status_t pick_source(const bh_device& device, const std::vector<bh_source_t>& sources, std::uint32_t* index);

}  // namespace benchhost::device
