// Where runs are kept: one interface for reading and one for writing, with a body over SQLite and one in memory. Both
// pass one contract suite (tests/contract/store).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/json.h"
#include "common/base/result.h"
#include "store/records.h"

namespace benchhost::store {

/// Which results of a run.
enum class Attempts { last, all };

/// Reads. Every call sees one consistent state of the database, also while another process writes.
/// Thread: one thread at a time; open one reader a thread.
class RunReader {
 public:
  virtual ~RunReader() = default;

  /// Newest first. limit 0: all.
  [[nodiscard]] virtual Result<std::vector<StoredRun>> list_runs(std::size_t limit) = 0;
  /// Errors: no such run (BH0408), with the newest one named.
  [[nodiscard]] virtual Result<StoredRun> run(RunId id) = 0;
  /// "214", "latest", "latest~2", a run's uid or an unambiguous beginning of it of 6 characters, or "key=value": the
  /// newest run with that label. Errors: malformed, no such run, ambiguous.
  [[nodiscard]] virtual Result<RunId> find_run(std::string_view reference) = 0;
  [[nodiscard]] virtual Result<std::vector<BackendRow>> run_backends(RunId id) = 0;
  [[nodiscard]] virtual Result<std::vector<DeviceRow>> run_devices(RunId id) = 0;
  /// With measurements, by ordinal, role and attempt. Errors: no such run.
  [[nodiscard]] virtual Result<std::vector<StoredResult>> results(RunId id, Attempts attempts) = 0;
  /// Errors: no such result (BH0408).
  [[nodiscard]] virtual Result<StoredResult> result(ResultId id) = 0;
  [[nodiscard]] virtual Result<std::vector<SummaryValue>> summaries(RunId id) = 0;
  /// Invocations of a result by index, with logs and histograms, without samples.
  [[nodiscard]] virtual Result<std::vector<StoredInvocation>> invocations(ResultId id) = 0;
  /// The segment with its samples, run order. Errors: no such segment; samples missing from the file.
  [[nodiscard]] virtual Result<protocol::Segment> segment(SegmentId id) = 0;
  /// Artefacts of an invocation with their data.
  [[nodiscard]] virtual Result<std::vector<Artefact>> artefacts(InvocationId id) = 0;
  /// The newest passed result of the case on that testbed; on any testbed if the key is "". nullopt: never passed.
  [[nodiscard]] virtual Result<std::optional<CaseEstimate>> last_estimate(std::string_view case_key,
                                                                          std::string_view testbed_key) = 0;
  /// The descriptor of a benchmark as last registered, by whichever plugin. nullopt: never seen.
  [[nodiscard]] virtual Result<std::optional<protocol::BenchmarkRecord>> benchmark(std::string_view id) = 0;
  /// Plugin by fingerprint. nullopt: never seen.
  [[nodiscard]] virtual Result<std::optional<PluginRow>> plugin(std::string_view fingerprint) = 0;
  /// Events with sequence numbers over `after`, ascending, of one run or of all. limit 0: all.
  [[nodiscard]] virtual Result<std::vector<Event>> events(std::optional<RunId> id, std::int64_t after,
                                                          std::size_t limit) = 0;
};

/// Writes. Each call is one transaction: after it returned success what it was given survives the death of this process
/// and a power cut (start_case alone: the death of this process; it is on the disk with the call that follows); after
/// an Error nothing of it is kept. Each writes its event to the event log in the same transaction. Order:
/// register_plugin and begin_run, then for each case start_case, add_invocation any number of times and finish_case,
/// then finish_run. Cases of one run may interleave. Errors of every call: database locked for longer than the wait,
/// disk full, file damaged (BH04xx).
class RunStore : public RunReader {
 public:
  /// Keeps a plugin and the descriptors of its benchmarks, which replace earlier ones of the same benchmark and
  /// revision for all cases that start from now on. Idempotent. Requires: fingerprint and id not empty.
  [[nodiscard]] virtual Result<void> register_plugin(const PluginRow& plugin,
                                                     std::span<const protocol::BenchmarkRecord> benchmarks) = 0;
  /// Event run_started. Errors: uid already there.
  [[nodiscard]] virtual Result<RunId> begin_run(const RunStart& start) = 0;
  /// Event case_started. Errors: unknown or ended run; unregistered plugin or benchmark; unknown device; the ordinal,
  /// role and attempt are taken.
  [[nodiscard]] virtual Result<ResultId> start_case(RunId run, const CaseStart& start) = 0;
  /// Keeps one finished invocation with its segments, samples, histograms, logs and artefacts. Event invocation_done.
  /// Errors: unknown or finished result; index taken; a sample that is not finite.
  [[nodiscard]] virtual Result<InvocationId> add_invocation(ResultId result, const Invocation& invocation) = 0;
  /// Acknowledges the result: event case_finished. Errors: unknown or finished result; a measurement of an undeclared
  /// metric, or twice of one; one that has neither value nor null_reason; a value that is not finite; no reason though
  /// not passed; a limit on an undeclared metric, or one that is not held without its reason.
  [[nodiscard]] virtual Result<void> finish_case(ResultId result, const CaseEnd& end) = 0;
  /// start_case and finish_case in one transaction, for cases that never run: skipped, cached, infra_error.
  [[nodiscard]] virtual Result<ResultId> record_case(RunId run, const CaseStart& start, const CaseEnd& end) = 0;
  /// Keeps the sweep summaries of a run, replacing those of the same benchmark, summary, group and label. Event
  /// summaries.
  [[nodiscard]] virtual Result<void> add_summaries(RunId run, std::span<const SummaryValue> values) = 0;
  /// Event run_finished. Results that have not ended become `interrupted`. Errors: unknown or ended run.
  [[nodiscard]] virtual Result<void> finish_run(RunId run, const RunEnd& end) = 0;
  /// Appends an event of the caller's: "warning" and what later parts need. Returns its sequence number.
  [[nodiscard]] virtual Result<std::int64_t> add_event(std::optional<RunId> run, std::string_view kind,
                                                       const Json& body) = 0;
  /// Resumes a run that was interrupted: it runs again, under this process. Event run_resumed. Errors: unknown run; its
  /// process is alive; it finished with nothing left to do is the caller's to know.
  [[nodiscard]] virtual Result<void> resume_run(RunId run) = 0;
};

}  // namespace benchhost::store
