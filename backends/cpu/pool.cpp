// A dispatch is cut into one box per worker, always the same box for the same worker: what a worker touched first stays
// near it, and repeated batches do the same work on the same cores. Groups that take different times are not balanced.
#include "cpu/pool.h"

#include <utility>

#include "cpu/thread.h"

namespace benchhost::cpu {
namespace {

/// Turns of a spin before a thread sleeps: some 20 µs, about what waking a sleeping thread costs.
constexpr int kSpins = 1000;

/// The axis along which groups are cut: the outermost one that has enough for all workers, else the longest.
std::size_t cut_axis(const std::uint32_t groups[3], std::uint32_t workers) {
  for (std::size_t axis = 3; axis-- > 0;) {
    if (groups[axis] >= workers) return axis;
  }
  std::size_t longest = 0;
  for (std::size_t axis = 1; axis < 3; ++axis) {
    if (groups[axis] > groups[longest]) longest = axis;
  }
  return longest;
}

}  // namespace

Pool::Pool(std::vector<std::uint32_t> cpus) : cpus_(std::move(cpus)) {
  const std::uint32_t others = workers() - 1;
  threads_.reserve(others);
  try {
    for (std::uint32_t i = 0; i < others; ++i) {
      threads_.push_back(start_thread(cpus_[i], [this, i] { work(i); }));
    }
  } catch (...) {
    stop();
    throw;
  }
}

Pool::~Pool() { stop(); }

void Pool::stop() {
  {
    const std::lock_guard lock(mutex_);
    quit_.store(true, std::memory_order_relaxed);
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool Pool::wait_for_job(std::uint64_t seen) {
  const auto ready = [&] {
    return generation_.load(std::memory_order_acquire) != seen || quit_.load(std::memory_order_relaxed);
  };
  for (int i = 0; i < kSpins && pending_.load(std::memory_order_relaxed) > 0; ++i) {
    if (ready()) break;
    relax();
  }
  if (!ready()) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, ready);
  }
  return !quit_.load(std::memory_order_relaxed);
}

void Pool::work(std::uint32_t index) {
  std::uint64_t seen = 0;
  while (wait_for_job(seen)) {
    seen = generation_.load(std::memory_order_acquire);
    run_part(job_, index);
    if (left_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      const std::lock_guard lock(mutex_);
      done_.notify_one();
    }
  }
}

void Pool::run_part(const Job& job, std::uint32_t index) const {
  bh_native_range_t box = job.program->whole(job.groups);
  const std::size_t axis = cut_axis(job.groups, workers());
  const std::uint64_t all = job.groups[axis];
  box.worker_index = index;
  box.worker_count = workers();
  box.begin[axis] = static_cast<std::uint32_t>(all * index / workers());
  box.end[axis] = static_cast<std::uint32_t>(all * (index + 1) / workers());
  if (box.begin[axis] < box.end[axis]) job.program->run(*job.slots, box);
}

void Pool::run(const native::Program& program, const native::Slots& slots, const std::uint32_t groups[3]) {
  const std::lock_guard turn(turn_);
  const Job job{&program, &slots, groups};
  const std::uint32_t own = workers() - 1;
  if (own == 0) return run_part(job, 0);
  {
    const std::lock_guard lock(mutex_);
    job_ = job;
    left_.store(own, std::memory_order_relaxed);
    generation_.fetch_add(1, std::memory_order_release);
  }
  wake_.notify_all();
  run_part(job, own);
  for (int i = 0; i < kSpins && left_.load(std::memory_order_acquire) != 0; ++i) relax();
  if (left_.load(std::memory_order_acquire) == 0) return;
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] { return left_.load(std::memory_order_acquire) == 0; });
}

}  // namespace benchhost::cpu
