// The handles of the null backend. Nothing runs until a queue is flushed, waited for, polled or full: a plugin that
// reads before it waits finds the old contents.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <new>
#include <vector>

#include <benchhost/backend.h>

#include "native/facts.h"
#include "native/program.h"
#include "null/module.h"
#include "null/options.h"
#include "null/script.h"

namespace benchhost::null {

/// Commands that a queue holds, and that a closed gate holds: queue.depth.
inline constexpr std::uint64_t kQueueDepth = 256;

struct Command {
  enum class What : std::uint8_t { move, fill, run, graph, wait };
  What what = What::move;
  bool in_span = false;
  bool fails = false;  ///< the scripted fault, reported by the next wait
  void* to = nullptr;
  const void* from = nullptr;
  std::uint64_t size_bytes = 0;
  std::uint32_t pattern = 0;
  std::uint32_t groups[3] = {};
  const bh_be_program* program = nullptr;
  native::Slots slots{};
  const bh_be_graph* graph = nullptr;
  bh_be_device* other_device = nullptr;  ///< wait: of the queue
  bh_be_event* event = nullptr;          ///< records into it
  std::uint64_t other_queue = 0;         ///< wait: id of the queue
  std::uint64_t other_serial = 0;        ///< wait: of the command there
};

}  // namespace benchhost::null

struct bh_be_device {
  const bh_be_host_t* host = nullptr;
  std::uint32_t index = 0;
  benchhost::null::Options options;
  benchhost::native::Facts facts;
  bh_cap_list_t caps{};
  /// Of all that follows and of all objects of all devices: a wait for a peer reaches into the other device.
  std::mutex& mutex = benchhost::null::module_mutex();
  std::unique_ptr<benchhost::null::Script> script;
  std::vector<bh_be_queue*> queues;
  std::uint64_t next_queue_id = 1;
  std::uint64_t commands = 0;  ///< enqueued since the device was opened
  std::uint64_t allocated_bytes = 0;
  std::int64_t busy_until_ns = 0;   ///< by the host's clock
  std::uint32_t pending_fault = 0;  ///< class of a fault that the next call reports; 0: none
  std::uint32_t lost = 0;           ///< class of the fault that ended the device; 0: well
};

struct bh_be_span {
  bh_be_queue* queue = nullptr;
  bool open = false;
  bool gated = false;
  std::uint64_t commands = 0;
  std::int64_t begin_ns = 0;  ///< true device times
  std::int64_t end_ns = 0;
};

struct bh_be_queue {
  bh_be_device* device = nullptr;
  std::uint64_t id = 0;
  std::vector<benchhost::null::Command> ring;
  std::uint64_t enqueued = 0;
  std::uint64_t executed = 0;
  bool gate = false;
  std::int64_t done_host_ns = 0;     ///< when the last executed command leaves the device free
  bh_be_graph* recording = nullptr;  ///< takes the commands instead of the ring
  bh_be_span span;
};

struct bh_be_buffer {
  bh_be_device* device = nullptr;
  unsigned char* data = nullptr;
  std::uint64_t size_bytes = 0;
  bool owned = false;
};

struct bh_be_program {
  bh_be_device* device = nullptr;
  benchhost::native::Program program;
};

struct bh_be_args {
  bh_be_program* program = nullptr;
  benchhost::native::Slots slots{};
};

struct bh_be_graph {
  bh_be_device* device = nullptr;
  std::vector<benchhost::null::Command> commands;
};

struct bh_be_event {
  bh_be_device* device = nullptr;
  bool times = false;
  std::uint64_t queue = 0;   ///< id of the queue of the command that it holds
  std::uint64_t serial = 0;  ///< of that command, from 1
  std::int64_t queued_ns = 0;
  std::int64_t started_ns = 0;
  std::int64_t ended_ns = 0;
  std::int64_t done_host_ns = 0;
};

namespace benchhost::null {

using Lock = std::lock_guard<std::mutex>;

/// The fault of memory that cannot be had.
bh_status_t no_memory(bh_be_device* device, std::uint64_t size_bytes);

/// A new object of the device.
template <class Object>
bh_status_t make(bh_be_device* device, Object** out) {
  *out = new (std::nothrow) Object;
  if (*out == nullptr) return no_memory(device, sizeof(Object));
  (*out)->device = device;
  return BH_OK;
}

}  // namespace benchhost::null
