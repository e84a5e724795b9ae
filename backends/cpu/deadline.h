// Waiting on a condition for at most so long.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include <benchhost/backend.h>

namespace benchhost::cpu {

/// True when `ready` is, false if timeout_ns passed before. 0 only looks; BH_BE_NO_TIMEOUT waits for ever.
/// The limit is the system's steady clock: how long to sleep is no measurement, and the host's clock may be scripted.
template <class Ready>
bool wait_for(std::condition_variable& changed, std::unique_lock<std::mutex>& lock, std::int64_t timeout_ns,
              const Ready& ready) {
  if (timeout_ns <= 0) return ready();
  // Beyond a year the sum with "now" might not fit; nobody waits that long with a limit.
  constexpr std::int64_t kYearNs = 31'557'600'000'000'000;
  if (timeout_ns >= kYearNs) {
    changed.wait(lock, ready);
    return true;
  }
  return changed.wait_until(lock, std::chrono::steady_clock::now() + std::chrono::nanoseconds(timeout_ns), ready);
}

}  // namespace benchhost::cpu
