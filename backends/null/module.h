// What the process keeps of the module: the entry and the functions without a handle have nowhere else to put it.
#pragma once

#include <mutex>

#include <benchhost/backend.h>

namespace benchhost::null {

/// The host's services; nullptr before the entry was called.
[[nodiscard]] const bh_be_host_t* host();

/// Whether the scripted fault happened since the module was started; stores the new answer.
bool exchange_fault_spent(bool spent);

/// One for all devices.
[[nodiscard]] std::mutex& module_mutex();

/// The functions of a device.
[[nodiscard]] const bh_be_device_api_t* device_api();

}  // namespace benchhost::null
