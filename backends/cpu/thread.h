// How this module starts threads.
#pragma once

#include <cstdint>
#include <functional>
#include <thread>

namespace benchhost::cpu {

/// Starts a thread that receives no signals: those are the host's. Pinned to a logical CPU where the system lets us; a
/// refusal is no error, since the CPU may have been taken away meanwhile. Throws std::system_error.
[[nodiscard]] std::thread start_thread(std::uint32_t cpu, std::function<void()> body);

/// One turn of a spin loop.
void relax();

}  // namespace benchhost::cpu
