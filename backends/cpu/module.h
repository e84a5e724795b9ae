// What the process keeps of the module, and what all its files share.
#pragma once

#include <cstdint>

#include <benchhost/backend.h>

namespace benchhost::cpu {

/// The host's services; nullptr before the entry was called.
[[nodiscard]] const bh_be_host_t* host();

[[nodiscard]] inline std::int64_t now_ns() { return host()->clock_ns(host()); }

/// The functions of the device.
[[nodiscard]] const bh_be_device_api_t* device_api();

}  // namespace benchhost::cpu
