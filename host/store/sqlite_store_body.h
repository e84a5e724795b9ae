// The class behind sqlite_store.h. Private to this folder. Bodies: sqlite_open.cpp, sqlite_read.cpp,
// sqlite_read_invocation.cpp, sqlite_run.cpp, sqlite_case.cpp, sqlite_catalogue.cpp,
// sqlite_invocation.cpp, sqlite_plan.cpp.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "store/connection.h"
#include "store/run_store.h"
#include "store/writer_process.h"

namespace benchhost::store {

/// Thread: one at a time. A store opened for reading is only ever seen as a RunReader.
class SqliteStore final : public RunStore {
 public:
  SqliteStore(Connection connection, std::function<std::int64_t()> wall_clock);

  Result<std::vector<StoredRun>> list_runs(std::size_t limit) override;
  Result<StoredRun> run(RunId id) override;
  Result<RunId> find_run(std::string_view reference) override;
  Result<std::vector<BackendRow>> run_backends(RunId id) override;
  Result<std::vector<DeviceRow>> run_devices(RunId id) override;
  Result<std::vector<StoredResult>> results(RunId id, Attempts attempts) override;
  Result<StoredResult> result(ResultId id) override;
  Result<std::vector<SummaryValue>> summaries(RunId id) override;
  Result<std::vector<StoredInvocation>> invocations(ResultId id) override;
  Result<protocol::Segment> segment(SegmentId id) override;
  Result<std::vector<Artefact>> artefacts(InvocationId id) override;
  Result<std::optional<CaseEstimate>> last_estimate(std::string_view case_key, std::string_view testbed_key) override;
  Result<std::optional<protocol::BenchmarkRecord>> benchmark(std::string_view id) override;
  Result<std::optional<PluginRow>> plugin(std::string_view fingerprint) override;
  Result<std::vector<Event>> events(std::optional<RunId> id, std::int64_t after, std::size_t limit) override;

  Result<void> register_plugin(const PluginRow& plugin, std::span<const protocol::BenchmarkRecord> benchmarks) override;
  Result<RunId> begin_run(const RunStart& start) override;
  Result<ResultId> start_case(RunId run, const CaseStart& start) override;
  Result<InvocationId> add_invocation(ResultId result, const Invocation& invocation) override;
  Result<void> finish_case(ResultId result, const CaseEnd& end) override;
  Result<ResultId> record_case(RunId run, const CaseStart& start, const CaseEnd& end) override;
  Result<void> add_summaries(RunId run, std::span<const SummaryValue> values) override;
  Result<void> finish_run(RunId run, const RunEnd& end) override;
  Result<std::int64_t> add_event(std::optional<RunId> run, std::string_view kind, const Json& body) override;
  Result<void> resume_run(RunId run) override;

  /// Marks the runs of processes that are gone. Returns how many.
  Result<std::size_t> interrupt_abandoned_runs();

 private:
  // Reads within the caller's transaction.
  Result<StoredRun> read_run(RunId id);
  Result<StoredResult> read_result(ResultId id);
  Result<void> read_measurements(StoredResult& result);
  Result<void> read_plan(StoredResult& result);
  Result<void> read_gates(StoredResult& result);
  Result<void> read_modes(StoredResult& result);
  Result<void> read_counts(InvocationId id, Invocation& invocation);
  Result<StoredInvocation> read_invocation(InvocationId id);
  Result<std::vector<std::int64_t>> ids(Result<Cursor> cursor);
  Result<std::optional<RunId>> newest_run();
  Result<bool> run_exists(RunId id);

  // Writes within the caller's transaction.
  Result<std::int64_t> put_event(std::optional<RunId> run, std::string_view kind, const Json& body);
  Result<std::int64_t> put_testbed(const Testbed& testbed);
  Result<std::int64_t> put_backend(const BackendRow& backend);
  Result<std::int64_t> put_device(std::int64_t testbed, const DeviceRow& device);
  Result<std::int64_t> put_benchmark(const protocol::BenchmarkRecord& benchmark);
  Result<void> put_metric(std::int64_t benchmark, const protocol::MetricRecord& metric, bool added);
  Result<std::int64_t> put_case(const Case& case_);
  Result<ResultId> put_case_start(RunId run, const CaseStart& start);
  Result<void> put_case_end(ResultId result, const CaseEnd& end);
  Result<InvocationId> put_invocation_row(ResultId result, const Invocation& invocation);
  Result<void> put_plan(ResultId result, const CasePlan& plan);
  Result<void> put_counts(InvocationId id, const Invocation& invocation);
  Result<void> put_segments(InvocationId id, const std::vector<protocol::Segment>& segments);
  Result<void> interrupt_results(RunId run, std::string_view reason);
  /// Errors: unknown, or not running.
  Result<void> need_running(RunId run);
  /// The run of a result that has not ended. Errors: unknown or ended result.
  Result<RunId> need_open(ResultId result);

  Connection connection_;
  std::function<std::int64_t()> wall_clock_;
  WriterProcess writer_;
};

}  // namespace benchhost::store
