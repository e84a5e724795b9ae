// What bh_device points to: one open device of a session, and what the session's devices share.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <benchhost/backend.h>

#include "worker/device/handle_pool.h"
#include "worker/device/handles.h"
#include "worker/device/session.h"

namespace benchhost::device {

enum class Phase : std::uint32_t {
  closed,     ///< not lent
  lent,       ///< prepare … teardown
  run,        ///< inside a run without a QUEUE metric
  queue_run,  ///< inside a run with one
};

/// What all devices of a session share. Thread: any.
struct Shared {
  SessionOptions options;
  std::atomic<Phase> phase = Phase::closed;
  std::atomic<std::uint64_t> slow_calls_in_run = 0;
  std::atomic<std::uint64_t> read_backs = 0;  ///< reads, and maps for reading, that succeeded
  std::mutex mutex;                           ///< of all below
  std::optional<std::string> violation;
  std::vector<Fault> faults;
  Action action = Action::none;
  std::vector<ProgramPick> picks;

  /// Keeps the first call that its state did not allow.
  void violate(std::string text);
  void find(std::string text) const;
};

/// Counters of the commands of the queues of one lane. `finished` never passes `enqueued`.
struct Lane {
  std::atomic<std::uint64_t> enqueued = 0;
  std::atomic<std::uint64_t> finished = 0;
  std::uint32_t queues = 0;  ///< alive; under the device's mutex
};

/// Facts that calls ask about, read once. What the device does not report is nullopt or the default.
struct Limits {
  std::array<std::optional<std::int64_t>, 3> group_max;
  std::array<std::optional<std::int64_t>, 3> grid_max;
  std::optional<std::int64_t> group_items_max;
  std::optional<std::int64_t> arg_buffers_max;
  std::optional<std::int64_t> arg_bytes_max;
  std::optional<std::int64_t> buffer_bytes_max;
  std::int64_t copy_align = 4;
  std::int64_t sub_align = 1;
  std::int64_t import_align = 4;
  std::optional<std::vector<std::string>> mem_kinds;
  bool mem_commit = false;
  bool time_event = false;
  bool time_span = false;
  bool time_gate = false;
  std::uint64_t queue_depth = 0;
  std::vector<std::string> dialects;
};

[[nodiscard]] Limits read_limits(const protocol::DeviceRecord& record);

}  // namespace benchhost::device

struct bh_device final : benchhost::device::FaultObserver {
  static constexpr std::uint32_t kTag = 0x43495645;
  std::uint32_t tag = kTag;
  benchhost::device::Shared* shared = nullptr;
  benchhost::device::BackendModule* module = nullptr;
  std::uint32_t index = 0;
  std::string name;  ///< "cpu:0"
  bh_be_device_t* be = nullptr;
  const bh_be_device_api_t* api = nullptr;
  const bh_be_graph_api_t* graph_api = nullptr;
  const bh_be_peer_api_t* peer_api = nullptr;
  benchhost::protocol::DeviceRecord record;
  bh_cap_list_t caps{};
  benchhost::device::Limits limits;

  benchhost::device::HandlePool<bh_queue> queues;
  benchhost::device::HandlePool<bh_buffer> buffers;
  benchhost::device::HandlePool<bh_program> programs;
  benchhost::device::HandlePool<bh_args> args;
  benchhost::device::HandlePool<bh_event> events;
  benchhost::device::HandlePool<bh_graph> graphs;
  std::array<benchhost::device::Lane, benchhost::device::kLanes> lanes;
  bh_queue* main = nullptr;

  std::atomic<bool> lost = false;  ///< after a fault of class device or worse
  std::mutex mutex;                ///< of lanes[].queues and mapped
  std::vector<bh_buffer*> mapped;  ///< roots; write and read must stay out of them
  std::atomic<std::uint32_t> mapped_count = 0;

  // The span of the queue run in progress. Thread: the one that enqueues on main, or control.
  bh_be_span_t* span = nullptr;
  bool gated = false;       ///< the gate is still closed, as far as the host knows
  std::uint64_t held = 0;   ///< commands on main since the queue run began
  std::uint64_t waits = 0;  ///< queue_wait on main since then
  std::uint64_t iterations = 0;
  benchhost::device::WrittenWord last_word;
  std::optional<bh_span_t> last_span;

  void on_fault(const bh_be_fault_t& fault) override;
};

namespace benchhost::device {

/// Which part of device.h's table of states a function belongs to.
enum class Access { lent, slow };

/// First thing in each function of the table: the handle, the state, the health of the device. BH_OK: go on.
bh_status_t enter(const bh_device* device, Access access, const char* function);
/// As enter, for destroy functions: a lost device is no obstacle.
bh_status_t enter_destroy(const bh_device* device, const char* function);
/// Last thing: takes the module's text, and turns a code that is not of this version into BH_E_FAILED.
bh_status_t leave(const bh_device* device, bh_status_t status, const char* function);
/// An argument that cannot be used; the text was set before.
[[gnu::format(printf, 1, 2)]] bh_status_t bad_argument(const char* format, ...);

/// Checks a handle of `device`'s kind; sets the text if it cannot be used.
template <class Handle>
bool usable(const Handle* handle, const char* what) {
  if (handle != nullptr && handle->tag == Handle::kTag) return true;
  (void)bad_argument(handle == nullptr ? "%s is NULL" : "%s was destroyed, or is no handle of this host", what);
  return false;
}

/// Waits in slices until every command of queue has completed. BH_E_CANCELLED if `cancellable` and the host cancels.
bh_status_t finish_queue(bh_queue* queue, bool cancellable);
/// Waits until no unfinished command can be using what `uses` stands for.
bh_status_t finish_uses(bh_device& device, const Uses& uses, bool cancellable = true);
/// Before the backend's part of an object goes away: waits for every command that uses it, also where the host cancels.
/// False: a command of a device that is not lost may still use it; the object stays until the cycle's end.
[[nodiscard]] bool may_destroy(bh_device& device, const Uses& uses);
[[nodiscard]] bool in_use(const bh_device& device, const Uses& uses);

/// Lets go of a closed gate.
void release_gate(bh_device& device);

bh_status_t make_queue(bh_device& device, std::uint32_t be_flags, bh_queue** queue);
void drop_queue(bh_queue* queue);

}  // namespace benchhost::device
