#include "cpu/queue.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <system_error>

#include "cpu/deadline.h"
#include "cpu/device.h"
#include "cpu/event.h"
#include "cpu/memory.h"
#include "cpu/module.h"
#include "cpu/thread.h"
#include "native/fault.h"

namespace benchhost::cpu {
namespace {

void fill_words(void* to, std::uint64_t size_bytes, std::uint32_t pattern) {
  auto* words = static_cast<std::uint32_t*>(to);  // offsets and sizes are multiples of 4, and so are allocations
  std::fill(words, words + size_bytes / 4, pattern);
}

void execute(bh_be_queue& queue, const Command& command) {
  switch (command.what) {
    case Command::What::move:
      std::memmove(command.to, command.from, command.size_bytes);
      return;
    case Command::What::fill:
      fill_words(command.to, command.size_bytes, command.pattern);
      return;
    case Command::What::run:
      queue.device->pool->run(*command.program, command.slots, command.groups);
      return;
    case Command::What::wait:
      (void)wait(*command.event, command.number, BH_BE_NO_TIMEOUT);
      return;
    case Command::What::span_begin:
      queue.span.begin_ns = now_ns();
      return;
    case Command::What::span_end:
      queue.span.end_ns = now_ns();
      return;
  }
}

/// Opens the gate; the queue's mutex is held. The commands behind it may start now.
void open_gate(bh_be_queue& queue, bool in_time) {
  if (!queue.gate) return;
  queue.gate = false;
  if (!in_time) queue.span.gated = false;
  queue.work.notify_one();
}

bool is_counted(Command::What what) {
  return what == Command::What::move || what == Command::What::fill || what == Command::What::run;
}

bh_status_t push(bh_be_queue& queue, const Command& command, bh_be_event* event) {
  std::uint64_t number = command.number;
  if (event != nullptr) number = record(*event, now_ns());
  std::unique_lock lock(queue.mutex);
  if (queue.enqueued - queue.executed == kRing) {
    open_gate(queue, false);
    queue.moved.wait(lock, [&] { return queue.enqueued - queue.executed < kRing; });
  }
  Command& place = queue.ring[queue.enqueued % kRing];
  place = command;
  if (event != nullptr) place.event = event;
  place.number = number;
  if (queue.span.open && is_counted(command.what)) ++queue.span.commands;
  ++queue.enqueued;
  queue.device->pool->add_pending(1);
  // The thread looks at the ring before it sleeps, so that only an empty ring can mean a sleeper. Behind a gate it
  // sleeps on.
  if (!queue.gate && queue.enqueued - queue.executed == 1) queue.work.notify_one();
  return BH_OK;
}

}  // namespace
}  // namespace benchhost::cpu

void bh_be_queue::run() {
  using namespace benchhost::cpu;
  for (;;) {
    std::unique_lock lock(mutex);
    work.wait(lock, [&] { return (enqueued != executed && !gate) || quit; });
    if (enqueued == executed) return;
    // The place stays as it is until executed goes up: nobody needs the lock to read it.
    const Command& command = ring[executed % kRing];
    lock.unlock();
    const bool records = command.event != nullptr && command.what != Command::What::wait;
    const std::int64_t started_ns = records ? now_ns() : 0;
    execute(*this, command);
    // The event first: who has finished the queue may ask for its times.
    if (records) {
      complete(command.event, command.number, started_ns, now_ns());
    } else if (command.event != nullptr) {
      drop(command.event);
    }
    lock.lock();
    ++executed;
    lock.unlock();
    device->pool->add_pending(-1);
    moved.notify_all();
  }
}

namespace benchhost::cpu {

bh_status_t BH_CALL queue_create(bh_be_device_t* device, uint32_t, bh_be_queue_t** queue) {
  *queue = nullptr;
  bh_be_queue* made = nullptr;
  try {
    made = new bh_be_queue;
    made->device = device;
    made->ring.resize(kRing);
    made->span.queue = made;
    made->thread = start_thread(device->pool->caller_cpu(), [made] { made->run(); });
  } catch (const std::bad_alloc&) {
    delete made;
    return native::fail(host(), {BH_E_NO_MEMORY, BH_FAULT_CALL, device, "new", 0}, "no memory for a queue");
  } catch (const std::system_error& error) {
    delete made;
    return native::fail(host(), {BH_E_UNSUPPORTED, BH_FAULT_CALL, device, "pthread_create", error.code().value()},
                        "no thread for a further queue; raise the limit of threads");
  }
  *queue = made;
  return BH_OK;
}

void BH_CALL queue_destroy(bh_be_queue_t* queue) {
  {
    const std::lock_guard lock(queue->mutex);
    open_gate(*queue, false);
    queue->quit = true;
  }
  queue->work.notify_one();
  queue->thread.join();
  delete queue;
}

bh_status_t BH_CALL queue_flush(bh_be_queue_t*) { return BH_OK; }

bh_status_t BH_CALL queue_finish(bh_be_queue_t* queue, int64_t timeout_ns) {
  std::unique_lock lock(queue->mutex);
  const std::uint64_t last = queue->enqueued;
  return wait_for(queue->moved, lock, timeout_ns, [&] { return queue->executed >= last; }) ? BH_OK : BH_E_TIMEOUT;
}

bh_status_t BH_CALL queue_wait(bh_be_queue_t* queue, bh_be_event_t* event) {
  Command command;
  command.what = Command::What::wait;
  command.event = event;
  command.number = hold(*event);
  return push(*queue, command, nullptr);
}

bh_status_t BH_CALL span_begin(bh_be_queue_t* queue, uint32_t flags, bh_be_span_t** span) {
  {
    std::unique_lock lock(queue->mutex);
    queue->span = {};
    queue->span.queue = queue;
    queue->span.open = true;
    queue->span.gated = (flags & BH_SPAN_GATE) != 0;
    queue->gate = queue->span.gated;
  }
  *span = &queue->span;
  Command command;
  command.what = Command::What::span_begin;
  return push(*queue, command, nullptr);
}

bh_status_t BH_CALL span_release(bh_be_span_t* span) {
  const std::lock_guard lock(span->queue->mutex);
  open_gate(*span->queue, false);
  return BH_OK;
}

bh_status_t BH_CALL span_end(bh_be_span_t* span) {
  bh_be_queue& queue = *span->queue;
  Command command;
  command.what = Command::What::span_end;
  (void)push(queue, command, nullptr);
  const std::lock_guard lock(queue.mutex);
  span->open = false;
  open_gate(queue, true);
  return BH_OK;
}

bh_status_t BH_CALL span_read(bh_be_span_t* span, bh_be_span_times_t* times) {
  const std::lock_guard lock(span->queue->mutex);
  times->flags = BH_SPAN_DURATION | BH_SPAN_ABSOLUTE | BH_SPAN_MARKERS | (span->gated ? BH_SPAN_GATED : 0U);
  times->begin_ns = span->begin_ns;
  times->end_ns = span->end_ns;
  times->duration_ns = span->end_ns - span->begin_ns;
  times->step_ns = 1;
  times->commands = span->commands;
  return BH_OK;
}

bh_status_t BH_CALL read_back(bh_be_queue_t* queue, bh_be_buffer_t* buffer, uint64_t offset_bytes, uint32_t* word) {
  const bh_status_t status = read(queue, buffer, offset_bytes, word, sizeof *word, nullptr);
  return status == BH_OK ? queue_finish(queue, BH_BE_NO_TIMEOUT) : status;
}

bh_status_t BH_CALL write(bh_be_queue_t* queue, bh_be_buffer_t* buffer, uint64_t offset_bytes, const void* source,
                          uint64_t size_bytes, bh_be_event_t* event) {
  Command command;
  command.to = buffer->data + offset_bytes;
  command.from = source;
  command.size_bytes = size_bytes;
  return push(*queue, command, event);
}

bh_status_t BH_CALL read(bh_be_queue_t* queue, bh_be_buffer_t* buffer, uint64_t offset_bytes, void* target,
                         uint64_t size_bytes, bh_be_event_t* event) {
  Command command;
  command.to = target;
  command.from = buffer->data + offset_bytes;
  command.size_bytes = size_bytes;
  return push(*queue, command, event);
}

bh_status_t BH_CALL copy(bh_be_queue_t* queue, bh_be_buffer_t* from, uint64_t from_offset_bytes, bh_be_buffer_t* to,
                         uint64_t to_offset_bytes, uint64_t size_bytes, bh_be_event_t* event) {
  Command command;
  command.to = to->data + to_offset_bytes;
  command.from = from->data + from_offset_bytes;
  command.size_bytes = size_bytes;
  return push(*queue, command, event);
}

bh_status_t BH_CALL fill(bh_be_queue_t* queue, bh_be_buffer_t* buffer, uint64_t offset_bytes, uint64_t size_bytes,
                         uint32_t pattern, bh_be_event_t* event) {
  Command command;
  command.what = Command::What::fill;
  command.to = buffer->data + offset_bytes;
  command.size_bytes = size_bytes;
  command.pattern = pattern;
  return push(*queue, command, event);
}

bh_status_t BH_CALL dispatch(bh_be_queue_t* queue, bh_be_args_t* args, const uint32_t groups[3], bh_be_event_t* event) {
  Command command;
  command.what = Command::What::run;
  command.program = &args->program->program;
  command.slots = args->slots;
  std::memcpy(command.groups, groups, sizeof command.groups);
  return push(*queue, command, event);
}

}  // namespace benchhost::cpu
