// The devices of one case: open for its slots, lent to the plugin as the table of device.h, bracketed for QUEUE
// metrics.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <benchhost/device.h>

#include "common/base/expression.h"
#include "common/base/result.h"
#include "common/protocol/device.h"
#include "worker/device/backend_module.h"
#include "worker/device/fault.h"

namespace benchhost::device {

/// The device that fills a slot. A slot with the module and index of an earlier one shares its handle.
struct SlotOpen {
  BackendModule* module = nullptr;  ///< nullptr: an optional slot left empty. Must outlive the session
  std::uint32_t index = 0;          ///< of the module's last probe
  std::string name;                 ///< "cpu:0"
};

struct SessionOptions {
  /// The benchmark has a metric of domain QUEUE: spans are opened, and main queues do not record event times.
  bool queue_metrics = false;
  /// Hold main queues back while a queue run enqueues, where the device can. Never done with several devices.
  bool gate = true;
  /// Host clock in ns. Never empty.
  std::function<std::int64_t()> clock_ns;
  /// True from when the host wants the case to end: waits give up with BH_E_CANCELLED. Empty: never.
  std::function<bool()> cancelled;
  /// Facts of the machine for `needs` of a source, by full name: "machine.os", "machine.isa", … (expr.h).
  ExprFacts machine;
  /// Findings that do not fail a case ("buffer_destroy waited for a command"). Empty: dropped.
  std::function<void(std::string text)> finding;
};

/// How a queue run ended. All times in ns.
struct QueueRun {
  bh_status_t status = BH_OK;  ///< of closing the span and waiting; BH_E_CANCELLED when the host cancelled
  std::string text;            ///< why, unless BH_OK
  /// Longest span of the devices; nullopt: no device time, `reason` says why.
  std::optional<std::int64_t> duration_ns;
  std::string reason;
  std::uint32_t flags = 0;     ///< BH_SPAN_* of that span
  std::int64_t step_ns = 0;    ///< resolution of the device's clock; 0: not said
  std::uint64_t commands = 0;  ///< enqueued on main queues
  std::int64_t finish_ns = 0;  ///< host clock when the last wait returned
  std::int64_t read_back_ns =
      0;  ///< host clock when the last word written had been read back; finish_ns if none could be
  /// Where host time ends: finish_ns, or read_back_ns if the wait returned before the work was done.
  std::int64_t host_end_ns = 0;
  /// The device said "done" before it was, in this batch. One such batch may be a busy machine; see
  /// Session::implausible.
  bool early_finish = false;
  /// The device's duration is negative, zero with commands inside, or longer than the host's bracket.
  bool bad_span = false;
};

/// What take_back found.
struct Leaks {
  std::uint32_t queues = 0, buffers = 0, programs = 0, args = 0, events = 0, graphs = 0;
  [[nodiscard]] std::uint32_t total() const { return queues + buffers + programs + args + events + graphs; }
  /// "2 buffers, 1 event".
  [[nodiscard]] std::string to_text() const;
};

/// A buffer that the plugin holds: whole, no view, and not mapped at the moment.
struct LiveBuffer {
  std::string device;  ///< "cpu:0"
  std::uint64_t size_bytes = 0;
  bh_buffer* handle = nullptr;
  std::uint64_t generation = 0;  ///< tells it from a later buffer in the same place
};

/// Which source a program was built from; recorded with the result.
struct ProgramPick {
  std::string device;   ///< "cpu:0"
  std::string program;  ///< bh_program_desc.name
  std::string dialect;
  std::uint32_t source_index = 0;
  std::uint32_t flags = 0;  ///< BH_BUILT_*
  std::int64_t build_ns = 0;
};

/// Devices of one case. Thread: control; the table's functions as device.h says.
///
/// Order: open, then per cycle lend, { begin_run or begin_queue_run, run, end_run or end_queue_run }…, take_back;
/// closing is the destructor's. Functions of the table called outside answer BH_E_STATE and are kept as a violation.
class Session {
 public:
  /// Opens each device once and makes its main queue. Errors: the module's reason.
  static Result<std::unique_ptr<Session>> open(const std::vector<SlotOpen>& slots, SessionOptions options);

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  /// One per slot, nullptr for an empty one: bh_prepare.devices. Valid until: the session dies.
  [[nodiscard]] std::span<const bh_device_t* const> devices() const;
  /// What bh_host.extension answers for BH_EXT_DEVICE.
  [[nodiscard]] static const bh_device_api_t* table();
  /// All that the open device of a slot reports. Requires: the slot is not empty.
  [[nodiscard]] const protocol::DeviceRecord& record(std::size_t slot) const;

  /// From the start of prepare.
  void lend();
  /// To the end of teardown: waits for what is enqueued, destroys what the plugin left, and counts it.
  Leaks take_back();

  /// Brackets a run without a QUEUE metric; calls tagged slow are counted inside.
  void begin_run();
  void end_run();
  /// Slow calls of the last begin_run … end_run: creations, builds, waits, transfers of pageable memory.
  [[nodiscard]] std::uint64_t slow_calls_in_run() const;

  /// Opens the spans of a queue run of `iterations`; the caller reads its clock, runs, and calls end_queue_run at once.
  /// Errors: a device that cannot open a span, or is lost; then no run may follow.
  Result<void> begin_queue_run(std::uint64_t iterations);
  /// Closes spans, waits in slices, reads back, reads spans; keeps them for last_span.
  QueueRun end_queue_run();

  /// What the plugin holds on all devices, device by device, in the order in which it made them. Between its calls.
  [[nodiscard]] std::vector<LiveBuffer> live_buffers() const;
  /// Copies a whole buffer out of its device, or into it, once all is done that was enqueued there; nothing of that
  /// counts as the plugin's doing. Requires: the size is the buffer's, and the session is lent. Errors: BH0502: the
  /// buffer was destroyed or mapped since, or the device's reason.
  [[nodiscard]] Result<void> fetch(const LiveBuffer& buffer, std::span<unsigned char> into);
  [[nodiscard]] Result<void> store(const LiveBuffer& buffer, std::span<const unsigned char> from);
  /// How often the plugin took what buffers hold into memory of its own since the session began: read, and buffer_map
  /// for reading.
  [[nodiscard]] std::uint64_t read_backs() const;

  /// Three queue runs in a row ended early, so that it was not a busy machine: a flag for the result.
  [[nodiscard]] bool implausible() const;
  /// A device of the session reports `simulated`.
  [[nodiscard]] bool simulated() const;

  /// Worst action that faults of the session's devices ask for so far, and the faults, oldest first (at most 64).
  [[nodiscard]] Action action() const;
  [[nodiscard]] std::vector<Fault> faults() const;
  /// First call that was not allowed in its state: the case is protocol_error.
  [[nodiscard]] std::optional<std::string> violation() const;
  [[nodiscard]] std::vector<ProgramPick> picks() const;

  /// The text behind a status that a table function gave this thread, "" if none did.
  [[nodiscard]] static std::string last_error();
  static void forget_error();

 private:
  struct State;
  explicit Session(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace benchhost::device
