#include "worker/main/signals.h"

#include <csignal>

namespace benchhost::worker_main {
namespace {

/// The one object outside any scope: a signal handler has no other way to reach anything.
std::atomic<std::uint32_t> g_cancelled{0};
static_assert(std::atomic<std::uint32_t>::is_always_lock_free, "set inside a signal handler");

extern "C" void on_end_signal(int) { g_cancelled.store(1, std::memory_order_relaxed); }

}  // namespace

const std::atomic<std::uint32_t>& cancelled() { return g_cancelled; }

void catch_end_signals() {
#if defined(_WIN32)
  std::signal(SIGTERM, on_end_signal);
  std::signal(SIGINT, on_end_signal);
#else
  struct sigaction action {};
  action.sa_handler = on_end_signal;
  // A plugin's system calls go on; it asks bh_host.cancelled.
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
#endif
}

}  // namespace benchhost::worker_main
