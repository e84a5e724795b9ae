#include "worker/device/session.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "worker/device/caps.h"
#include "worker/device/device_state.h"
#include "worker/device/queue_run.h"
#include "worker/device/thread_error.h"

namespace benchhost::device {

struct Session::State {
  Shared shared;
  std::vector<std::unique_ptr<bh_device>> devices;  ///< distinct ones, in order of their first slot
  std::vector<bh_device*> distinct;                 ///< the same, for loops that own nothing
  std::vector<const bh_device_t*> slots;
  QueueBracket bracket;

  Result<void> open_device(const SlotOpen& slot);
  Result<void> read_facts(bh_device& device);
  Result<void> make_main_queue(bh_device& device);
  Leaks take_back();
  void close();
};

namespace {

template <class Api>
const Api* optional_table(const bh_device& device, const char* id) {
  if (!BH_CAN(bh_be_device_api_t, device.api, extension)) return nullptr;
  return static_cast<const Api*>(device.api->extension(device.be, id));
}

void append(std::string& text, std::uint32_t count, std::string_view one, std::string_view many) {
  if (count == 0) return;
  if (!text.empty()) text += ", ";
  text += fmt::format("{} {}", count, count == 1 ? one : many);
}

/// Destroys what lives of one kind, and counts it.
template <class Handle, class Destroy>
void sweep(HandlePool<Handle>& pool, std::uint32_t& count, const Destroy& destroy) {
  for (Handle* handle : pool.live()) {
    destroy(handle);
    handle->be = nullptr;
    pool.give(handle);
    ++count;
  }
}

/// Ends a graph that the plugin began and never ended.
void drop_recording(bh_queue* queue) {
  const bh_device& device = *queue->device;
  queue->recording = false;
  bh_be_graph_t* graph = nullptr;
  if (device.graph_api->end(queue->be, &graph) == BH_OK && graph != nullptr) device.graph_api->destroy(graph);
}

void sweep_device(bh_device& device, Leaks& leaks) {
  const bh_be_device_api_t& api = *device.api;
  for (bh_queue* queue : device.queues.live()) {
    if (queue->recording) drop_recording(queue);
    if (!device.lost.load(std::memory_order_relaxed)) (void)finish_queue(queue, false);
  }
  sweep(device.graphs, leaks.graphs, [&](bh_graph* graph) { device.graph_api->destroy(graph->be); });
  sweep(device.args, leaks.args, [&](bh_args* args) { api.args_destroy(args->be); });
  sweep(device.programs, leaks.programs, [&](bh_program* program) { api.program_destroy(program->be); });
  sweep(device.events, leaks.events, [&](bh_event* event) { api.event_destroy(event->be); });
  for (bh_buffer* buffer : device.mapped) {
    if (!device.lost.load(std::memory_order_relaxed)) (void)api.buffer_unmap(buffer->be);
  }
  device.mapped.clear();
  device.mapped_count.store(0, std::memory_order_relaxed);
  // Views before what they are views of.
  std::vector<bh_buffer*> buffers = device.buffers.live();
  std::stable_partition(buffers.begin(), buffers.end(), [](const bh_buffer* buffer) { return buffer->root != buffer; });
  for (bh_buffer* buffer : buffers) {
    api.buffer_destroy(buffer->be);
    buffer->be = nullptr;
    device.buffers.give(buffer);
    ++leaks.buffers;
  }
  for (bh_queue* queue : device.queues.live()) {
    if (queue == device.main) continue;
    drop_queue(queue);
    ++leaks.queues;
  }
}

/// Has the main queue copy a whole buffer by `enqueue`, when every queue of the device has done what it was given.
template <class Enqueue>
Result<void> transfer(const LiveBuffer& live, const char* function, const Enqueue& enqueue) {
  const bh_buffer& buffer = *live.handle;
  if (buffer.tag != bh_buffer::kTag || buffer.generation != live.generation) {
    return make_error("BH0502", "the buffer was destroyed").in(live.device);
  }
  if (buffer.mapped.load(std::memory_order_relaxed) != nullptr) {
    return make_error("BH0502", "the buffer is mapped").in(live.device);
  }
  bh_device& device = *buffer.device;
  const auto failed = [&] { return Error(make_error("BH0502", error_text()).in(device.name)); };
  if (device.lost.load(std::memory_order_relaxed)) return make_error("BH0502", "is lost").in(device.name);
  if (buffer.size_bytes % static_cast<std::uint64_t>(device.limits.copy_align) != 0) {
    return make_error("BH0502", "its size is none that can be copied").in(device.name);
  }
  for (bh_queue* queue : device.queues.live()) {
    if (finish_queue(queue, false) != BH_OK) return failed();
  }
  clear_fault();
  if (leave(&device, enqueue(*device.api, device.main->be, buffer.be), function) != BH_OK) return failed();
  if (finish_queue(device.main, false) != BH_OK) return failed();
  return {};
}

}  // namespace

std::string Leaks::to_text() const {
  std::string text;
  append(text, queues, "queue", "queues");
  append(text, buffers, "buffer", "buffers");
  append(text, programs, "program", "programs");
  append(text, args, "args", "args");
  append(text, events, "event", "events");
  append(text, graphs, "graph", "graphs");
  return text;
}

Result<void> Session::State::read_facts(bh_device& device) {
  clear_fault();
  if (const bh_status_t status = leave(&device, device.api->caps(device.be, &device.caps), "caps"); status != BH_OK) {
    return make_error("BH0502", error_text());
  }
  BH_TRY(device.record.caps, read_caps(device.caps));
  device.record.name = device.name;
  device.record.kind = device.module->kind();
  device.record.index = device.index;
  BH_CHECK(check_mandatory(device.record.caps, device.record.kind));
  device.limits = read_limits(device.record);
  if (device.limits.time_gate && !BH_CAN(bh_be_device_api_t, device.api, span_release)) {
    return make_error("BH0502", "it reports time.gate and has no span_release");
  }
  device.graph_api = optional_table<bh_be_graph_api_t>(device, BH_EXT_GRAPH);
  device.peer_api = optional_table<bh_be_peer_api_t>(device, BH_EXT_PEER);
  return {};
}

Result<void> Session::State::make_main_queue(bh_device& device) {
  std::uint32_t flags = 0;
  if (shared.options.queue_metrics && device.limits.time_span) flags |= BH_BE_QUEUE_SPANS;
  if (!shared.options.queue_metrics && device.limits.time_event) flags |= BH_BE_QUEUE_TIMES;
  clear_fault();
  if (make_queue(device, flags, &device.main) != BH_OK) return make_error("BH0502", error_text());
  return {};
}

Result<void> Session::State::open_device(const SlotOpen& slot) {
  for (bh_device* known : distinct) {
    if (known->module == slot.module && known->index == slot.index) {
      slots.push_back(known);
      return {};
    }
  }
  BH_TRY(const BackendModule::Opened opened, slot.module->open(slot.index));
  auto device = std::make_unique<bh_device>();
  device->shared = &shared;
  device->module = slot.module;
  device->index = slot.index;
  device->name = slot.name;
  device->be = opened.device;
  device->api = opened.api;
  slot.module->add_observer(opened.device, device.get());
  slots.push_back(device.get());
  distinct.push_back(device.get());
  devices.push_back(std::move(device));
  BH_CHECK(read_facts(*distinct.back()));
  return make_main_queue(*distinct.back());
}

Leaks Session::State::take_back() {
  Leaks leaks;
  for (bh_device* device : distinct) sweep_device(*device, leaks);
  shared.phase.store(Phase::closed, std::memory_order_relaxed);
  return leaks;
}

void Session::State::close() {
  (void)take_back();
  for (bh_device* device : distinct) {
    if (device->main != nullptr) drop_queue(device->main);
    device->main = nullptr;
    device->module->remove_observer(device);
    device->module->close(device->be);
    device->tag = 0;
  }
  distinct.clear();
}

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}

Session::~Session() { state_->close(); }

Result<std::unique_ptr<Session>> Session::open(const std::vector<SlotOpen>& slots, SessionOptions options) {
  auto session = std::unique_ptr<Session>(new Session(std::make_unique<State>()));
  State& state = *session->state_;
  state.shared.options = std::move(options);
  for (const SlotOpen& slot : slots) {
    if (slot.module == nullptr) {
      state.slots.push_back(nullptr);
      continue;
    }
    if (auto opened = state.open_device(slot); !opened.ok()) return std::move(opened).error().in(slot.name);
  }
  return session;
}

std::span<const bh_device_t* const> Session::devices() const { return state_->slots; }

const protocol::DeviceRecord& Session::record(std::size_t slot) const { return state_->slots[slot]->record; }

void Session::lend() { state_->shared.phase.store(Phase::lent, std::memory_order_relaxed); }

Leaks Session::take_back() { return state_->take_back(); }

void Session::begin_run() {
  state_->shared.slow_calls_in_run.store(0, std::memory_order_relaxed);
  state_->shared.phase.store(Phase::run, std::memory_order_relaxed);
}

void Session::end_run() { lend(); }

std::uint64_t Session::slow_calls_in_run() const {
  return state_->shared.slow_calls_in_run.load(std::memory_order_relaxed);
}

Result<void> Session::begin_queue_run(std::uint64_t iterations) {
  BH_CHECK(state_->bracket.begin(state_->distinct, state_->shared.options.gate, iterations));
  state_->shared.phase.store(Phase::queue_run, std::memory_order_relaxed);
  return {};
}

QueueRun Session::end_queue_run() {
  lend();
  return state_->bracket.end(state_->distinct);
}

std::vector<LiveBuffer> Session::live_buffers() const {
  std::vector<LiveBuffer> found;
  for (bh_device* device : state_->distinct) {
    for (bh_buffer* buffer : device->buffers.live()) {
      const bool whole = buffer->root == buffer && buffer->mapped.load(std::memory_order_relaxed) == nullptr;
      if (whole) found.push_back({device->name, buffer->size_bytes, buffer, buffer->generation});
    }
  }
  return found;
}

Result<void> Session::fetch(const LiveBuffer& buffer, std::span<unsigned char> into) {
  return transfer(buffer, "read", [&](const bh_be_device_api_t& api, bh_be_queue_t* queue, bh_be_buffer_t* be) {
    return api.read(queue, be, 0, into.data(), into.size(), nullptr);
  });
}

Result<void> Session::store(const LiveBuffer& buffer, std::span<const unsigned char> from) {
  return transfer(buffer, "write", [&](const bh_be_device_api_t& api, bh_be_queue_t* queue, bh_be_buffer_t* be) {
    return api.write(queue, be, 0, from.data(), from.size(), nullptr);
  });
}

std::uint64_t Session::read_backs() const { return state_->shared.read_backs.load(std::memory_order_relaxed); }

bool Session::implausible() const { return state_->bracket.implausible(); }

bool Session::simulated() const {
  return std::any_of(state_->distinct.begin(), state_->distinct.end(),
                     [](const bh_device* device) { return device->record.simulated(); });
}

Action Session::action() const {
  const std::lock_guard lock(state_->shared.mutex);
  return state_->shared.action;
}

std::vector<Fault> Session::faults() const {
  const std::lock_guard lock(state_->shared.mutex);
  return state_->shared.faults;
}

std::optional<std::string> Session::violation() const {
  const std::lock_guard lock(state_->shared.mutex);
  return state_->shared.violation;
}

std::vector<ProgramPick> Session::picks() const {
  const std::lock_guard lock(state_->shared.mutex);
  return state_->shared.picks;
}

}  // namespace benchhost::device
