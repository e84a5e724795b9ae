// Queues: a ring of commands and the thread that executes them in order.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include <benchhost/backend.h>

#include "native/program.h"

struct bh_be_program {
  bh_be_device* device = nullptr;
  benchhost::native::Program program;
};

struct bh_be_args {
  bh_be_program* program = nullptr;
  benchhost::native::Slots slots{};
};

struct bh_be_span {
  bh_be_queue* queue = nullptr;
  bool open = false;
  bool gated = false;
  std::uint64_t commands = 0;
  std::int64_t begin_ns = 0;
  std::int64_t end_ns = 0;
};

namespace benchhost::cpu {

/// Commands that a queue holds before enqueueing waits for the oldest.
inline constexpr std::uint64_t kRing = 1024;
/// What a closed gate is said to hold: the marks of the span need places too.
inline constexpr std::uint64_t kQueueDepth = kRing - 8;

struct Command {
  enum class What : std::uint8_t { move, fill, run, wait, span_begin, span_end };
  What what = What::move;
  void* to = nullptr;
  const void* from = nullptr;
  std::uint64_t size_bytes = 0;
  std::uint32_t pattern = 0;
  std::uint32_t groups[3] = {};
  const native::Program* program = nullptr;
  native::Slots slots{};
  bh_be_event* event = nullptr;  ///< records into it; of a wait: what it waits for
  std::uint64_t number = 0;      ///< of the command in that event
};

}  // namespace benchhost::cpu

struct bh_be_queue {
  bh_be_device* device = nullptr;
  std::thread thread;
  std::mutex mutex;               ///< of all that follows but ring's executing place
  std::condition_variable work;   ///< something to execute, or quit
  std::condition_variable moved;  ///< executed went up
  std::vector<benchhost::cpu::Command> ring;
  std::uint64_t enqueued = 0;
  std::uint64_t executed = 0;
  bool gate = false;
  bool quit = false;
  bh_be_span span;

  /// The thread's body.
  void run();
};

namespace benchhost::cpu {

/// The queue functions of the device's table.
bh_status_t BH_CALL queue_create(bh_be_device_t* device, uint32_t flags, bh_be_queue_t** queue);
void BH_CALL queue_destroy(bh_be_queue_t* queue);
bh_status_t BH_CALL queue_flush(bh_be_queue_t* queue);
bh_status_t BH_CALL queue_finish(bh_be_queue_t* queue, int64_t timeout_ns);
bh_status_t BH_CALL queue_wait(bh_be_queue_t* queue, bh_be_event_t* event);
bh_status_t BH_CALL span_begin(bh_be_queue_t* queue, uint32_t flags, bh_be_span_t** span);
bh_status_t BH_CALL span_release(bh_be_span_t* span);
bh_status_t BH_CALL span_end(bh_be_span_t* span);
bh_status_t BH_CALL span_read(bh_be_span_t* span, bh_be_span_times_t* times);
bh_status_t BH_CALL read_back(bh_be_queue_t* queue, bh_be_buffer_t* buffer, uint64_t offset_bytes, uint32_t* word);
bh_status_t BH_CALL write(bh_be_queue_t* queue, bh_be_buffer_t* buffer, uint64_t offset_bytes, const void* source,
                          uint64_t size_bytes, bh_be_event_t* event);
bh_status_t BH_CALL read(bh_be_queue_t* queue, bh_be_buffer_t* buffer, uint64_t offset_bytes, void* target,
                         uint64_t size_bytes, bh_be_event_t* event);
bh_status_t BH_CALL copy(bh_be_queue_t* queue, bh_be_buffer_t* from, uint64_t from_offset_bytes, bh_be_buffer_t* to,
                         uint64_t to_offset_bytes, uint64_t size_bytes, bh_be_event_t* event);
bh_status_t BH_CALL fill(bh_be_queue_t* queue, bh_be_buffer_t* buffer, uint64_t offset_bytes, uint64_t size_bytes,
                         uint32_t pattern, bh_be_event_t* event);
bh_status_t BH_CALL dispatch(bh_be_queue_t* queue, bh_be_args_t* args, const uint32_t groups[3], bh_be_event_t* event);

}  // namespace benchhost::cpu
