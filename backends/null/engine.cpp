#include "null/engine.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <new>
#include <thread>

#include "native/fault.h"
#include "null/module.h"

namespace benchhost::null {
namespace {

bh_status_t status_of(std::uint32_t fault_class) { return fault_class >= BH_FAULT_DEVICE ? BH_E_DEVICE : BH_E_FAILED; }

bh_status_t report(bh_be_device& device, std::uint32_t fault_class, const char* what) {
  return native::fail(device.host, {status_of(fault_class), fault_class, &device, "null_command", -1},
                      "%s (fault at command %llu of the script; drop the option null.fault to get rid of it)", what,
                      static_cast<unsigned long long>(device.options.fault_command));
}

bool is_command(Command::What what) { return what != Command::What::wait; }

/// Whether the script says that the command enqueued now fails.
bool scripted_fault(bh_be_device& device) {
  const Options& options = device.options;
  if (options.fault_class == 0 || device.commands != options.fault_command) return false;
  return !options.fault_once || !exchange_fault_spent(true);
}

std::uint64_t items_of(const Command& command) {
  if (command.what == Command::What::graph) {
    std::uint64_t items = 0;
    for (const Command& part : command.graph->commands) items += items_of(part);
    return items;
  }
  if (command.what != Command::What::run) return (command.size_bytes + 3) / 4;
  return std::uint64_t{command.groups[0]} * command.groups[1] * command.groups[2] *
         command.program->program.group_items();
}

void perform(const Command& command) {
  switch (command.what) {
    case Command::What::move:
      std::memmove(command.to, command.from, command.size_bytes);
      return;
    case Command::What::fill:
      for (std::uint64_t i = 0; i < command.size_bytes; i += 4) {
        std::memcpy(static_cast<unsigned char*>(command.to) + i, &command.pattern, 4);
      }
      return;
    case Command::What::run:
      command.program->program.run(command.slots, command.program->program.whole(command.groups));
      return;
    case Command::What::graph:
      for (const Command& part : command.graph->commands) perform(part);
      return;
    case Command::What::wait:
      return;
  }
}

/// Puts a command into the graph that is being recorded.
bh_status_t record(bh_be_queue& queue, const Command& command) {
  try {
    queue.recording->commands.push_back(command);
    return BH_OK;
  } catch (const std::bad_alloc&) {
    return no_memory(queue.device, sizeof command);
  }
}

void execute_next(bh_be_queue& queue) {
  bh_be_device& device = *queue.device;
  Command& command = queue.ring[queue.executed % kQueueDepth];
  const std::uint64_t serial = ++queue.executed;
  if (command.what == Command::What::wait) {
    // An event holds an earlier command than this wait, so that waits never form a circle.
    if (bh_be_queue* other = find_queue(*command.other_device, command.other_queue)) {
      open_gate(*other);
      execute(*other, command.other_serial);
    }
    return;
  }
  if (command.fails) {
    device.pending_fault = device.options.fault_class;
    return;
  }
  if (device.lost != 0) return;
  const std::int64_t begin_ns = device.script->now_ns();
  perform(command);
  device.script->run(items_of(command));
  if (device.options.busy_ns > 0) {
    const std::int64_t now_ns = device.host->clock_ns(device.host);
    device.busy_until_ns = std::max(device.busy_until_ns, now_ns) + device.options.busy_ns;
    queue.done_host_ns = device.busy_until_ns;
  }
  if (command.in_span) {
    if (queue.span.commands == 0) queue.span.begin_ns = begin_ns;
    queue.span.end_ns = device.script->now_ns();
    ++queue.span.commands;
  }
  bh_be_event* event = command.event;
  if (event != nullptr && event->queue == queue.id && event->serial == serial) {
    event->started_ns = begin_ns;
    event->ended_ns = device.script->now_ns();
    event->done_host_ns = queue.done_host_ns;
  }
}

}  // namespace

bh_be_queue* find_queue(bh_be_device& device, std::uint64_t id) {
  for (bh_be_queue* queue : device.queues) {
    if (queue->id == id) return queue;
  }
  return nullptr;
}

bh_status_t check_device(bh_be_device& device) {
  if (device.pending_fault != 0) {
    const std::uint32_t fault_class = device.pending_fault;
    device.pending_fault = 0;
    if (fault_class >= BH_FAULT_DEVICE) device.lost = fault_class;
    return report(device, fault_class, "an enqueued command failed");
  }
  if (device.lost != 0) return report(device, device.lost, "the device was lost before");
  return BH_OK;
}

bh_status_t no_memory(bh_be_device* device, std::uint64_t size_bytes) {
  return native::fail(device->host, {BH_E_NO_MEMORY, BH_FAULT_CALL, device, nullptr, 0},
                      "%llu bytes cannot be had; free other buffers, or ask for less",
                      static_cast<unsigned long long>(size_bytes));
}

void open_gate(bh_be_queue& queue) {
  if (!queue.gate) return;
  queue.gate = false;
  queue.span.gated = false;
}

bh_status_t enqueue(bh_be_queue& queue, const Command& command, bh_be_event* event) {
  bh_be_device& device = *queue.device;
  if (const bh_status_t status = check_device(device); status != BH_OK) return status;
  if (queue.recording != nullptr) return record(queue, command);
  bool fails = false;
  if (is_command(command.what)) {
    ++device.commands;
    fails = scripted_fault(device);
    if (fails && !device.options.fault_late) {
      const std::uint32_t fault_class = device.options.fault_class;
      if (fault_class >= BH_FAULT_DEVICE) device.lost = fault_class;
      return report(device, fault_class, "the command failed");
    }
  }
  if (queue.enqueued - queue.executed == kQueueDepth) {
    open_gate(queue);
    execute(queue, queue.executed + 1);
  }
  Command& place = queue.ring[queue.enqueued % kQueueDepth];
  place = command;
  place.fails = fails;
  place.in_span = queue.span.open && is_command(command.what);
  place.event = event;
  ++queue.enqueued;
  if (event != nullptr) {
    event->queue = queue.id;
    event->serial = queue.enqueued;
    event->queued_ns = device.script->now_ns();
  }
  return BH_OK;
}

void execute(bh_be_queue& queue, std::uint64_t serial) {
  while (!queue.gate && queue.executed < queue.enqueued && queue.executed < serial) execute_next(queue);
}

bool wait_host(const bh_be_host_t* host, std::int64_t done_ns, std::int64_t timeout_ns) {
  const std::int64_t begin_ns = host->clock_ns(host);
  for (;;) {
    const std::int64_t waited_ns = host->clock_ns(host) - begin_ns;
    if (begin_ns + waited_ns >= done_ns) return true;
    if (waited_ns >= timeout_ns) return false;
    // Asleep for at most a hundredth of what was waited, as backend.h asks of an API that only polls.
    if (waited_ns > 1'000'000) {
      std::this_thread::sleep_for(std::chrono::nanoseconds(std::min<std::int64_t>(waited_ns / 100, 1'000'000)));
    } else {
      std::this_thread::yield();
    }
  }
}

}  // namespace benchhost::null
