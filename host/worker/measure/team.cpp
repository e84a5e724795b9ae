#include "worker/measure/team.h"

#include <system_error>

#include <fmt/format.h>

#include "common/platform/affinity.h"

namespace benchhost::measure {
namespace {

void pause_core() noexcept {
#if defined(__x86_64__) || defined(_M_X64)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace

Result<std::unique_ptr<Team>> Team::open(std::uint32_t count, std::vector<std::uint32_t> cpus,
                                         std::vector<std::uint32_t> home, TeamWait wait) {
  std::unique_ptr<Team> team(new Team(count, std::move(cpus), std::move(home), wait));
  if (!team->settle(0)) return make_error("", "the calling thread could not be pinned to its CPU");
  try {
    team->threads_.reserve(count);
    for (std::uint32_t i = 1; i < count; ++i) {
      team->threads_.emplace_back([raw = team.get(), i] { raw->member(i); });
    }
  } catch (const std::system_error& failure) {
    return make_error("", fmt::format("thread {} of {}: {}", team->threads_.size() + 1, count, failure.what()));
  }
  // A first turn brings every member to its CPU, and tells whether it got there.
  team->run([](void*, std::uint32_t) {}, nullptr);
  if (!team->pinned_.load()) return make_error("", "a member could not be pinned to its CPU");
  return team;
}

Team::~Team() {
  ending_ = true;
  generation_.fetch_add(1, std::memory_order_release);
  generation_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

std::int32_t Team::cpu(std::uint32_t index) const {
  return index < cpus_.size() ? static_cast<std::int32_t>(cpus_[index]) : -1;
}

void Team::wait_for_change(const std::atomic<std::uint32_t>& word, std::uint32_t old,
                           std::uint32_t spins) const noexcept {
  for (std::uint32_t i = 0; i < spins; ++i) {
    if (word.load(std::memory_order_acquire) != old) return;
    pause_core();
  }
  word.wait(old, std::memory_order_acquire);
}

void Team::run(bh_team_function_t function, void* argument) noexcept {
  function_ = function;
  argument_ = argument;
  arrived_.store(std::uint64_t{count_} << 32, std::memory_order_relaxed);
  running_.store(true, std::memory_order_relaxed);
  const std::uint32_t before = finished_.load(std::memory_order_relaxed);
  generation_.fetch_add(1, std::memory_order_release);
  generation_.notify_all();
  take_part(0);
  wait_for_change(finished_, before, wait_.run_spins);
  running_.store(false, std::memory_order_relaxed);
}

void Team::arrive(bool leave) noexcept {
  const std::uint32_t phase = phase_.load(std::memory_order_acquire);
  std::uint64_t old = arrived_.load(std::memory_order_relaxed);
  std::uint64_t next = 0;
  bool opens = false;
  do {
    std::uint64_t running = old >> 32;
    std::uint64_t here = old & 0xffffffffu;
    if (leave) {
      --running;
    } else {
      ++here;
    }
    opens = here == running && here > 0;
    next = running << 32 | (opens ? 0 : here);
  } while (!arrived_.compare_exchange_weak(old, next, std::memory_order_acq_rel));
  if (opens) {
    phase_.store(phase + 1, std::memory_order_release);
    phase_.notify_all();
  }
  if (leave) {
    if (next >> 32 == 0) {
      finished_.fetch_add(1, std::memory_order_release);
      finished_.notify_all();
    }
  } else if (!opens) {
    wait_for_change(phase_, phase, wait_.run_spins);
  }
}

void Team::barrier() noexcept { arrive(false); }

void Team::take_part(std::uint32_t index) noexcept {
  // Nobody begins before the slowest has woken up.
  barrier();
  function_(argument_, index);
  arrive(true);
}

bool Team::settle(std::uint32_t index) const noexcept {
  // A new thread inherits where its maker may run, which is one CPU only if the control thread is bound to its own.
  const std::vector<unsigned> allowed = cpus_.empty() ? home_ : std::vector<unsigned>{cpus_[index]};
  return allowed.empty() || platform::pin_this_thread(allowed).ok();
}

void Team::member(std::uint32_t index) noexcept {
  if (!settle(index)) pinned_.store(false);
  std::uint32_t seen = 0;
  while (true) {
    wait_for_change(generation_, seen, wait_.idle_spins);
    ++seen;
    if (ending_) return;
    take_part(index);
  }
}

}  // namespace benchhost::measure
