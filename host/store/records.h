// What the store keeps, as plain structs. Records that a worker delivers are kept as protocol records; what the host
// knows beside them is defined here. Absent is nullopt, an empty text or an empty list: never 0 and never infinity.
// Units: members ending in _ns are nanoseconds; *_wall_ns count from the Unix epoch, the rest are monotonic durations.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/json.h"
#include "common/protocol/descriptor.h"
#include "common/protocol/device.h"
#include "common/protocol/message.h"
#include "common/protocol/value.h"

namespace benchhost::store {

/// Numbers of rows within one database file; they grow with time and are never used twice.
using RunId = std::int64_t;
using ResultId = std::int64_t;
using InvocationId = std::int64_t;
using SegmentId = std::int64_t;

using Labels = std::map<std::string, std::string>;

/// A machine as far as its numbers compare: two machines with one key draw one series.
struct Testbed {
  std::string key;
  std::string name;  ///< what people call it; "" if nobody named it
  Json facts;        ///< object of what makes up the key
  friend bool operator==(const Testbed&, const Testbed&) = default;
};

/// A device that a run could use. The record is kept as probed; a changed driver makes a new row.
struct DeviceRow {
  std::string backend;  ///< id of the backend that reported it
  protocol::DeviceRecord record;
  friend bool operator==(const DeviceRow&, const DeviceRow&) = default;
};

/// A backend module. Its devices are DeviceRows.
struct BackendRow {
  std::string id;
  std::string kind;
  std::string version;
  std::string vendor;
  std::string file;
  std::string fingerprint;
  std::uint32_t abi = 0;
  std::uint32_t score = 0;
  std::string reason;  ///< why it has no devices; "" if it has some
  friend bool operator==(const BackendRow&, const BackendRow&) = default;
};

/// A plugin file. Identified by its fingerprint: a rebuild that changes what runs is another row.
struct PluginRow {
  std::string fingerprint;
  std::string id;
  std::string version;
  std::string vendor;
  std::string licence;
  std::string url;
  std::string file;  ///< where it was last seen
  std::string sdk_version;
  std::uint32_t abi = 0;
  std::string note;  ///< text of the note in the file
  friend bool operator==(const PluginRow&, const PluginRow&) = default;
};

/// What is compared over time. The key is the caller's, made of everything here but `title` and `parameters`.
struct Case {
  std::string key;
  std::string benchmark;  ///< id
  std::uint64_t workload_revision = 1;
  std::string canonical_parameters;                                 ///< "{bytes=4096,type=double}", identity only
  std::vector<std::pair<std::string, protocol::Value>> parameters;  ///< the same, typed; in declared order
  std::string input;
  std::vector<std::string> device_models;  ///< by slot
  std::string title;                       ///< for people
  friend bool operator==(const Case&, const Case&) = default;
};

/// What disturbs measurements on the machine, as seen just before the run.
struct RunFinding {
  std::string code;      ///< BHxxxx
  std::string subject;   ///< "governor"; once a run
  std::string severity;  ///< "warning" "note"; "unknown": the system did not tell
  std::string text;      ///< with the figures that were seen; UTF-8, unescaped
  std::string help;      ///< what to do; may be ""
  friend bool operator==(const RunFinding&, const RunFinding&) = default;
};

/// What is known when a run begins.
struct RunStart {
  /// Unique in the world (merging databases finds duplicates by it); "": the store makes one.
  std::string uid;
  Labels labels;
  std::string commit;
  std::string branch;
  std::string suite_name;
  std::string suite_hash;
  std::uint64_t seed = 0;
  std::int64_t started_wall_ns = 0;
  std::string host_version;
  std::string sdk_version;
  std::string command_line;
  std::string sandbox_tier;          ///< achieved, "T0" …
  Json environment;                  ///< object of soft facts: kernel, driver, microcode, governor, SMT
  std::vector<RunFinding> findings;  ///< warnings first; empty: nothing was found, or nobody looked
  std::optional<std::uint64_t> planned_cases;
  Testbed testbed;
  std::vector<BackendRow> backends;
  std::vector<DeviceRow> devices;
  friend bool operator==(const RunStart&, const RunStart&) = default;
};

struct RunEnd {
  std::int64_t ended_wall_ns = 0;
  int exit_code = 0;
  std::string reason;  ///< of the exit code, for people
  /// Relative difference that the machine could resolve during this run, from the null benchmark.
  std::optional<double> resolution_ratio;
  friend bool operator==(const RunEnd&, const RunEnd&) = default;
};

/// A value per sweep that the host computed from several cases.
struct SummaryValue {
  std::string benchmark;
  std::string summary;  ///< id
  std::string group;    ///< canonical parameters that were held fixed, and the device models
  std::string label;    ///< "L1", "L2" of a level size; "" otherwise
  std::string unit;
  std::optional<double> value;
  std::optional<double> low;
  std::optional<double> high;
  std::string null_reason;  ///< mandatory without a value
  friend bool operator==(const SummaryValue&, const SummaryValue&) = default;
};

/// What is known when a case starts: everything that it takes to repeat it.
struct CaseStart {
  std::uint64_t ordinal = 0;  ///< place in the run's plan; with role and attempt unique in the run
  Case case_;
  std::string role = "primary";
  std::uint32_t attempt = 1;  ///< 1, and one more with each retry
  std::string plugin_fingerprint;
  std::string content_digest;
  std::vector<std::string> device_names;                            ///< by slot: "cpu:0"; each one of RunStart::devices
  std::vector<std::pair<std::string, protocol::Value>> parameters;  ///< all, with those apart from identity
  std::uint64_t seed = 0;
  std::int64_t started_wall_ns = 0;
  std::string repeat_command;
  std::string priority;  ///< "critical" "high" "medium" "low"
  Labels labels;
  friend bool operator==(const CaseStart&, const CaseStart&) = default;
};

/// One number of a result, with what is needed to doubt it.
struct Measurement {
  std::string metric;           ///< id
  std::string label;            ///< of a labelled metric
  std::optional<double> value;  ///< in the metric's unit
  std::optional<double> low;    ///< interval
  std::optional<double> high;
  std::optional<double> level;  ///< of the interval, 0.95
  std::uint64_t invocations = 0;
  std::uint64_t samples = 0;
  /// How many independent samples would say as much, invocations added up; at most `samples`. nullopt: not known for
  /// all.
  std::optional<double> effective_samples;
  std::optional<double> spread_ratio;  ///< between invocations, relative
  std::string statistic;               ///< "median" "mean" "p99" …
  /// Of a percentile: where it lies in each invocation by the order of that one's samples, whatever their distribution,
  /// as the mean of the invocations' bounds. Knows nothing of how invocations differ, which low and high are about.
  std::optional<double> bound_low;
  std::optional<double> bound_high;
  std::optional<double> bound_level;  ///< 0.99
  std::vector<std::string> flags;     ///< "imprecise" "disturbed" …
  std::string null_reason;            ///< mandatory without a value
  friend bool operator==(const Measurement&, const Measurement&) = default;
};

enum class GateVerdict : std::uint32_t {
  held = 0,
  tripped = 1,
  undecided = 2,  ///< the interval holds the bound, or there is none
};
[[nodiscard]] std::string_view gate_verdict_name(GateVerdict verdict);

/// A limit on a metric and what the result says of it.
struct GateCheck {
  std::string metric;  ///< id, declared by the benchmark
  std::string label;   ///< of a labelled metric
  std::string kind;    ///< "at_least" "at_most"
  double bound = 0;    ///< in the metric's unit
  GateVerdict verdict = GateVerdict::undecided;
  std::string reason;  ///< mandatory unless held
  friend bool operator==(const GateCheck&, const GateCheck&) = default;
};

/// A group of values that lie together, apart from others: a speed that a process, or a batch, can have.
struct Mode {
  double location = 0;  ///< median of its values
  std::uint64_t count = 0;
  friend bool operator==(const Mode&, const Mode&) = default;
};

/// The groups that something was seen to fall into (stats/modes.h): at least two, ascending by location.
struct ModeSet {
  std::string metric;  ///< id
  /// Of which invocation these are batches or reported values; nullopt: the values are those of the invocations.
  std::optional<std::uint32_t> invocation;
  std::string unit;  ///< of the locations
  std::vector<Mode> modes;

  [[nodiscard]] std::uint64_t count() const {
    std::uint64_t all = 0;
    for (const Mode& mode : modes) all += mode.count;
    return all;
  }
  friend bool operator==(const ModeSet&, const ModeSet&) = default;
};

/// What the oracle said.
struct Verification {
  std::optional<bool> passed;  ///< nullopt: there is no oracle, or it was not reached
  std::uint64_t checked = 0;
  std::optional<double> error;
  std::optional<double> tolerance;
  std::string what;
  friend bool operator==(const Verification&, const Verification&) = default;
};

/// How often a case was meant to be invoked and for how long, and from what that was reckoned. Relative: variances are
/// those of logarithms, so 0.0001 is a standard deviation of 1 %.
struct CasePlan {
  std::optional<double> precision_ratio;  ///< wanted half-width; nullopt: none was
  std::optional<std::int64_t> time_ns;    ///< that its measured batches might take; nullopt: no limit
  std::uint32_t least_invocations = 0;
  std::uint32_t most_invocations = 0;
  std::string stopped;  ///< stop_reason_name of stats/stopping.h; "": something else ended the case
  /// What invocations add to the variance of what one says, and batches to that of one batch; an estimate below 0 says
  /// that nothing was seen of it. nullopt: too little was measured.
  std::optional<double> invocation_variance;
  std::optional<double> batch_variance;
  std::optional<double> invocation_cost_ns;  ///< of one, without its measured batches
  std::optional<double> batch_cost_ns;       ///< of one measured batch, with what lies between two
  /// The cheapest way to the wanted precision, whatever time and invocations were allowed. nullopt: `null_reason`.
  std::optional<std::uint64_t> planned_invocations;
  std::optional<std::uint64_t> planned_batches;  ///< of each invocation
  std::optional<double> planned_half_width_ratio;
  std::optional<double> planned_ns;
  std::string null_reason;  ///< mandatory without planned invocations
  friend bool operator==(const CasePlan&, const CasePlan&) = default;
};

/// How a case ended. Exactly one a case and attempt.
struct CaseEnd {
  protocol::Outcome outcome = protocol::Outcome::passed;
  std::string code;                      ///< BHxxxx
  std::string reason;                    ///< mandatory unless passed
  std::optional<protocol::Phase> phase;  ///< where it went wrong
  std::vector<std::string> flags;
  Verification verification;
  std::int64_t duration_ns = 0;  ///< of the whole case, workers' start and end included
  std::vector<Measurement> measurements;
  std::optional<CasePlan> plan;  ///< of a case that was invoked
  /// Metrics that the descriptor lacks: declared in prepare, or derived by the host from the work of an iteration.
  std::vector<protocol::MetricRecord> added_metrics;
  /// Result whose numbers a `cached` case stands for.
  std::optional<ResultId> cached_from;
  std::vector<GateCheck> gates;  ///< in the order of the suite's limits
  /// Of the primary metric: first that of the invocations, if they fall into groups, then of those whose own samples
  /// do.
  std::vector<ModeSet> modes;
};

/// One line of a worker, plugin or backend, or captured from the standard streams.
struct LogLine {
  std::string level;   ///< "debug" "info" "warning"
  std::string source;  ///< "worker" "plugin" "backend" "stdout" "stderr"
  std::string text;    ///< UTF-8, unescaped
  friend bool operator==(const LogLine&, const LogLine&) = default;
};

/// A file that a plugin attached.
using Artefact = protocol::Artefact;
using Histogram = protocol::RecorderHistogram;

/// One fresh process that measured a case, with all that it delivered.
struct Invocation {
  std::uint32_t index = 0;  ///< within the result, from 0
  protocol::Outcome outcome = protocol::Outcome::passed;
  std::string code;
  std::string reason;
  std::optional<protocol::Phase> phase;
  std::vector<std::string> flags;
  std::int64_t started_wall_ns = 0;
  std::int64_t duration_ns = 0;
  std::optional<int> exit_code;  ///< of the worker, if it exited
  std::optional<int> signal;     ///< that ended it, if one did
  std::optional<protocol::Calibration> calibration;
  std::optional<protocol::Usage> usage;
  std::optional<protocol::PhaseTimes> times;
  std::optional<protocol::EventCounts> counts;
  std::optional<protocol::Energy> energy;
  std::vector<protocol::WorkItem> work;  ///< of one iteration
  std::vector<std::uint64_t> disturbed_batches;
  std::vector<protocol::Segment> segments;
  std::vector<Histogram> histograms;
  std::vector<LogLine> logs;
  std::vector<Artefact> artefacts;
};

// ---- what is read back
// -----------------------------------------------------------------------------------------------

enum class RunState : std::uint32_t {
  running = 0,      ///< its process lives, or is on another machine
  finished = 1,     ///< finish_run was called
  interrupted = 2,  ///< its process is gone and said nothing
};
[[nodiscard]] std::string_view run_state_name(RunState state);

struct StoredRun {
  RunId id = 0;
  RunState state = RunState::running;
  RunStart start;  ///< backends and devices are read by run_devices() and run_backends(), and empty here
  std::optional<RunEnd> end;
  /// Cases by outcome: the last attempt of each primary result; co-runners and the null benchmark beside the run are
  /// no cases. An unfinished one is under nullopt.
  std::map<std::optional<protocol::Outcome>, std::uint64_t> counts;
};

struct StoredMeasurement {
  Measurement measurement;
  protocol::MetricRecord metric;  ///< as it was declared then: unit, direction, kind, primary
};

struct StoredResult {
  ResultId id = 0;
  RunId run = 0;
  CaseStart start;
  std::optional<CaseEnd>
      end;  ///< nullopt: under way, or its run was killed; measurements and added_metrics are empty here
  std::vector<StoredMeasurement> measurements;  ///< in the order given, primary metrics first
  std::string plugin_id;
  std::string plugin_version;
};

/// A segment without its samples.
struct SegmentInfo {
  SegmentId id = 0;
  protocol::Segment segment;  ///< integers and reals empty
  std::uint64_t count = 0;
};

struct StoredInvocation {
  InvocationId id = 0;
  Invocation invocation;  ///< segments empty, artefacts without data
  std::vector<SegmentInfo> segments;
};

/// One entry of the event log. Sequence numbers are those of the database, ascending, with gaps only after a prune.
struct Event {
  std::int64_t sequence = 0;
  std::optional<RunId> run;
  std::int64_t wall_ns = 0;
  std::string kind;  ///< "run_started" "case_started" "invocation_done" "case_finished" "run_finished" "warning" …
  Json body;         ///< object
};

/// What an earlier run says about a case: used to plan, never to judge.
struct CaseEstimate {
  std::int64_t duration_ns = 0;
  std::uint32_t invocations = 0;
  std::optional<std::uint64_t> iterations_per_batch;
};

}  // namespace benchhost::store
