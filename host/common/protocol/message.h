// What a worker tells the host. A message is one frame: a type, and a payload of JSON, or of JSON and samples.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "common/base/json.h"
#include "common/base/result.h"
#include "common/protocol/conformance.h"
#include "common/protocol/descriptor.h"
#include "common/protocol/device.h"

namespace benchhost::protocol {

/// First message of every worker.
struct Hello {
  std::string worker_version;
  std::uint32_t pid = 0;
  std::uint32_t abi_min = 0;
  std::uint32_t abi_max = 0;
};

enum class LogLevel : std::uint32_t { debug = 0, info = 1, warning = 2 };
enum class LogSource : std::uint32_t { worker = 0, plugin = 1, backend = 2 };

struct Log {
  LogLevel level = LogLevel::info;
  LogSource source = LogSource::worker;
  std::string text;
};

/// Where in the life of an instance the worker is. Each phase message is a life sign. `phase` is stored with a crash.
enum class Phase : std::uint32_t {
  starting = 0,
  loading,
  negotiating,
  describing,
  enumerating,
  opening_device,
  creating,
  preparing,
  calibrating,
  warming_up,
  measuring,
  verifying,
  processing,
  tearing_down,
  destroying,
  ending
};
[[nodiscard]] std::string_view phase_name(Phase phase);

/// Life sign. `deadline_ns`: the worker's own bound for the batch about to run ("60 s and ten times what n took
/// before"), 0 for the supervisor's silence deadline.
struct Progress {
  Phase phase = Phase::starting;
  std::int64_t deadline_ns = 0;
  std::uint64_t done = 0;
  std::uint64_t total = 0;  ///< 0: unknown
  std::string text;
  std::optional<double> estimate;  ///< of the primary metric so far, in its unit
};

/// Calibration and clock of this invocation.
struct Calibration {
  std::string clock;                      ///< "clock_gettime(CLOCK_MONOTONIC)", "simulated"
  std::int64_t clock_step_ns = 0;         ///< smallest non-zero delta seen
  double clock_cost_ns = 0;               ///< of one reading
  std::uint64_t n = 0;                    ///< iterations per batch chosen
  std::optional<double> fit_overhead_ns;  ///< a of T(n) = a + b n
  std::optional<double> fit_cost_ns;      ///< b
  std::optional<double> fit_residual_ratio;
  std::string warmup_class;  ///< "flat" "warm_up" "slowdown" "no_steady_state" ""
  /// Set where warm-up was found to have ended after measuring began: what was reported and recorded in batches before
  /// this one is of the warm-up, also where it was sent as measured.
  std::optional<std::uint64_t> steady_from = std::nullopt;
};

/// What the samples of a segment are.
enum class Quantity : std::uint32_t {
  wall = 0,      ///< wall ns of a batch, int64
  cpu = 1,       ///< CPU ns of the worker's threads over the batch, int64
  span = 2,      ///< device ns of a batch, int64
  reported = 3,  ///< values of a SELF or NONE metric, double
  recorded = 4,  ///< raw values of a recorder, int64
  amount = 5,    ///< amounts of report_rate; durations are in the `recorded` segment that follows it, same metric
};
[[nodiscard]] std::string_view quantity_name(Quantity quantity);

enum class SegmentPhase : std::uint32_t { calibration = 0, warmup = 1, fit = 2, measure = 3, process = 4 };
[[nodiscard]] std::string_view segment_phase_name(SegmentPhase phase);

/// A run of samples that share everything but their value. Sample i belongs to batch first_batch + i * batch_step.
struct Segment {
  Quantity quantity = Quantity::wall;
  SegmentPhase phase = SegmentPhase::measure;
  std::uint64_t n = 0;            ///< iterations per batch
  std::uint64_t first_batch = 0;  ///< order of execution within the invocation, all phases counted together
  std::uint64_t batch_step = 1;
  std::string metric;                  ///< id, for reported, recorded and amount
  std::string label;                   ///< of a labelled metric
  std::uint32_t index = 0;             ///< of the thread or client that recorded
  std::vector<std::int64_t> integers;  ///< samples of integer quantities, run order
  std::vector<double> reals;           ///< samples of `reported` and `amount`, run order

  [[nodiscard]] bool is_real() const { return quantity == Quantity::reported || quantity == Quantity::amount; }
  [[nodiscard]] std::size_t size() const { return is_real() ? reals.size() : integers.size(); }
};

/// Histogram of a recorder: log-linear buckets of common/stats/histogram.h.
struct RecorderHistogram {
  std::string metric;
  std::uint32_t index = 0;
  std::uint64_t count = 0;
  double sum = 0;
  std::int64_t least = 0;
  std::int64_t greatest = 0;
  std::vector<std::pair<std::uint32_t, std::uint64_t>> buckets;  ///< (bucket, count), ascending, none empty
  std::uint32_t precision_bits = 10;                             ///< a bucket is 2^-this of its values wide
};

/// The batches that the worker marked: wall and CPU diverging, an involuntary switch, steal. Order as in Segment.
/// Of the phases measure and fit.
struct BatchFlags {
  std::vector<std::uint64_t> disturbed;
};

struct WorkItem {
  std::string key;
  double amount = 0;
};
/// Work of one iteration, replacing what was stated before.
struct Work {
  std::vector<WorkItem> items;
};

struct MetricDeclared {
  std::uint32_t index = 0;
  MetricRecord metric;
};

struct Withheld {
  std::string metric;
  std::string reason;
};

struct Verdict {
  std::int32_t status = 0;  ///< bh_status_t that verify returned
  std::uint64_t checked = 0;
  std::optional<double> error;
  std::optional<double> tolerance;
  std::string what;
};

/// Artefact of bh_host.attach: the bytes follow the JSON in the frame.
struct Artefact {
  std::string name;
  std::string media_type;
  std::string data;
};

/// What the invocation used from prepare to teardown, children that ended included, all cycles together: counts are
/// summed, sizes are those of the largest cycle. Unknown, of any cycle, is nullopt.
struct Usage {
  std::optional<std::uint64_t> peak_rss_bytes;
  std::optional<std::uint64_t> rss_at_prepare_bytes;
  std::optional<std::uint64_t> minor_faults;
  std::optional<std::uint64_t> major_faults;
  std::optional<std::uint64_t> voluntary_switches;
  std::optional<std::uint64_t> involuntary_switches;
  std::optional<std::int64_t> user_ns;
  std::optional<std::int64_t> system_ns;
  std::optional<std::int64_t> steal_ns;  ///< of the case's CPUs, or of all if it was given none
  std::vector<std::uint32_t> cores;      ///< where the control thread and teams ran
};

/// Where the time of an invocation went, by the worker's clock, all cycles together. What is missing to the life of its
/// process went into starting it, loading, verifying and ending.
struct PhaseTimes {
  std::int64_t prepare_ns = 0;
  std::int64_t settle_ns = 0;   ///< calibration, warm-up and fit
  std::int64_t measure_ns = 0;  ///< measured batches with all that lies between them; ONCE: their whole cycles
  friend bool operator==(const PhaseTimes&, const PhaseTimes&) = default;
};

/// An event of platform/event_counters.h.
struct EventCount {
  std::string event;            ///< "instructions", "page_faults" …
  std::optional<double> value;  ///< over all batches counted; scaled up where running_ratio < 1
  /// Part of the time during which it was counted; nullopt without a value.
  std::optional<double> running_ratio;
  bool user_only = false;   ///< the kernel's own work is not in it
  std::string null_reason;  ///< mandatory without a value
  friend bool operator==(const EventCount&, const EventCount&) = default;
};

/// What was counted in a few batches after the measured ones, in the control thread with all that it started in them:
/// counters that are open make it dearer to start a thread or a process, so that none is while batches are measured.
struct EventCounts {
  std::uint64_t batches = 0;     ///< in which events were counted; 0: in none
  std::uint64_t iterations = 0;  ///< of these batches together
  std::vector<EventCount> events;
  friend bool operator==(const EventCounts&, const EventCounts&) = default;
};

/// A zone of platform/energy.h.
struct ZoneEnergy {
  std::string zone;  ///< "package-0", "package-0/dram"
  std::optional<double> joules;
  std::string null_reason;  ///< mandatory without joules
  friend bool operator==(const ZoneEnergy&, const ZoneEnergy&) = default;
};

/// What the processor's packages used while measuring, with all that ran on them and what lies between batches; nothing
/// is subtracted.
struct Energy {
  std::int64_t window_ns = 0;
  std::uint64_t batches = 0;  ///< that ran in the meantime, and their iterations together
  std::uint64_t iterations = 0;
  std::vector<ZoneEnergy> zones;
  friend bool operator==(const Energy&, const Energy&) = default;
};

/// Most events, and most zones, of one message.
inline constexpr std::size_t kMostCounts = 256;

/// What became of a case, or of a job. design §2 rule 5.
enum class Outcome : std::uint32_t {
  passed = 0,
  failed,
  crashed,
  timed_out,
  out_of_memory,
  protocol_error,
  skipped,
  cached,
  infra_error,
  interrupted
};
[[nodiscard]] std::string_view outcome_name(Outcome outcome);
[[nodiscard]] std::optional<Outcome> outcome_from_name(std::string_view name);

/// Last message of a worker; exit 0 and a clean end of the stream must follow, or there is no pass.
struct Final {
  Outcome outcome =
      Outcome::passed;  ///< passed, failed, skipped, out_of_memory, timed_out, crashed, protocol_error or interrupted
  std::int32_t status = 0;         ///< bh_status_t behind it
  std::string code;                ///< BHxxxx, "" if none fits
  std::string reason;              ///< for people; mandatory unless passed
  Phase phase = Phase::ending;     ///< where it went wrong
  std::vector<std::string> flags;  ///< "elided" "leaked" "disturbed" "simulated" "implausible" …
  std::uint64_t messages = 0;      ///< how many messages were sent before this one
};

using Message = std::variant<Hello, Log, Progress, PluginRecord, BackendRecord, FoundCase, DeviceRecord, MetricDeclared,
                             Work, Calibration, Segment, RecorderHistogram, BatchFlags, Withheld, Verdict, Artefact,
                             Usage, Final, Observation, PhaseTimes, EventCounts, Energy>;

/// Largest number of samples in one Segment message; longer series are sent as several segments.
inline constexpr std::size_t kMaxSegmentSamples = 65'536;

/// Frame type of a message: its index in Message plus one. Stable while the protocol version is.
[[nodiscard]] std::uint32_t message_type(const Message& message);
/// Payload of a frame.
[[nodiscard]] std::string encode(const Message& message);
/// Errors: unknown type; payload that is not what the type says; NaN where none may be; too many samples.
[[nodiscard]] Result<Message> decode(std::uint32_t type, std::string_view payload);

}  // namespace benchhost::protocol
