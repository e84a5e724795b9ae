// The threads that run native functions: started once per device, pinned, asleep while nothing is enqueued.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "native/program.h"

namespace benchhost::cpu {

/// Runs the boxes of one dispatch at a time; the calling thread takes one of them.
class Pool {
 public:
  /// One worker per CPU; the last one is the place of the caller of run, so that the first, where the thread that
  /// enqueues is likely to be, is the last to be disturbed. Throws std::system_error.
  explicit Pool(std::vector<std::uint32_t> cpus);
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool();

  [[nodiscard]] std::uint32_t workers() const { return static_cast<std::uint32_t>(cpus_.size()); }
  /// Where threads that call run belong.
  [[nodiscard]] std::uint32_t caller_cpu() const { return cpus_.back(); }

  /// Runs all groups, and returns when all have been run. Callers queue up. Thread: any, no worker.
  void run(const native::Program& program, const native::Slots& slots, const std::uint32_t groups[3]);

  /// Commands that are enqueued and may start, on all queues: while there are any, workers spin a little before they
  /// sleep.
  void add_pending(std::int64_t count) { pending_.fetch_add(count, std::memory_order_relaxed); }

 private:
  struct Job {
    const native::Program* program = nullptr;
    const native::Slots* slots = nullptr;
    const std::uint32_t* groups = nullptr;
  };

  void stop();
  void work(std::uint32_t index);
  void run_part(const Job& job, std::uint32_t index) const;
  bool wait_for_job(std::uint64_t seen);

  std::vector<std::uint32_t> cpus_;
  std::mutex turn_;  ///< one dispatch at a time
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  Job job_;  ///< written before generation_ is raised
  std::atomic<std::uint64_t> generation_ = 0;
  std::atomic<std::uint32_t> left_ = 0;  ///< workers that have not finished their part
  std::atomic<bool> quit_ = false;
  std::atomic<std::int64_t> pending_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace benchhost::cpu
