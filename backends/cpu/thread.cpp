#include "cpu/thread.h"

#include <pthread.h>
#include <signal.h>

#if defined(__linux__)
#include <sched.h>
#endif

#include <utility>

namespace benchhost::cpu {
namespace {

/// Blocks all signals in this scope; a new thread inherits the mask, so that there is no moment without it.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { (void)pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

void pin([[maybe_unused]] std::uint32_t cpu) {
#if defined(__linux__)
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(cpu, &only);
  (void)pthread_setaffinity_np(pthread_self(), sizeof only, &only);
#endif
}

}  // namespace

std::thread start_thread(std::uint32_t cpu, std::function<void()> body) {
  const SignalsBlocked blocked;
  return std::thread([cpu, body = std::move(body)] {
    pin(cpu);
    body();
  });
}

void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}

}  // namespace benchhost::cpu
