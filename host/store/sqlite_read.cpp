// Reads of the SQLite store. A public call that takes several statements holds one read transaction, so that it sees
// one state. Only tables are read, never views: views may have been replaced by whoever had the file.
#include <fmt/format.h>

#include <utility>

#include "store/error_ids.h"
#include "store/record_json.h"
#include "store/run_reference.h"
#include "store/sqlite_rows.h"
#include "store/sqlite_store_body.h"

namespace benchhost::store {
namespace {

/// LIMIT of a statement: negative means all.
std::int64_t sql_limit(std::size_t limit) { return limit == 0 ? -1 : static_cast<std::int64_t>(limit); }

}  // namespace

Result<std::vector<std::int64_t>> SqliteStore::ids(Result<Cursor> cursor) {
  std::vector<std::int64_t> found;
  BH_CHECK(each(std::move(cursor), [&found](Cursor& c) -> Result<void> {
    found.push_back(c.integer(0));
    return {};
  }));
  return found;
}

Result<std::optional<RunId>> SqliteStore::newest_run() {
  return connection_.integer("SELECT id FROM runs ORDER BY id DESC LIMIT 1");
}

Result<bool> SqliteStore::run_exists(RunId id) {
  BH_TRY(const auto found, connection_.integer("SELECT id FROM runs WHERE id = ?", id));
  return found.has_value();
}

Result<StoredRun> SqliteStore::read_run(RunId id) {
  StoredRun run;
  {
    BH_TRY(Cursor c,
           connection_.query("SELECT r.uid, r.state, r.commit_id, r.branch, r.suite_name, r.suite_hash, r.seed, "
                             "r.host_version, r.sdk_version, r.command_line, r.sandbox_tier, r.environment, "
                             "r.planned_cases, r.started_wall_ns, r.ended_wall_ns, r.exit_code, r.exit_reason, "
                             "r.resolution_ratio, t.key, t.name, t.facts, " BH_WRITER_COLUMNS " "
                             "FROM runs r JOIN testbeds t ON t.id = r.testbed WHERE r.id = ?",
                             id));
    BH_TRY(const bool row, c.step());
    if (!row) return not_found("run", id);
    run.id = id;
    BH_TRY(run.state, run_state_from_text(c.text(1)));
    // The next writer marks it so; a reader, which may write nothing, tells the same.
    if (run.state == RunState::running && liveness(writer_at(c, 21)) == Liveness::gone) {
      run.state = RunState::interrupted;
    }
    RunStart& s = run.start;
    s.uid = c.text(0);
    s.commit = c.text(2);
    s.branch = c.text(3);
    s.suite_name = c.text(4);
    s.suite_hash = c.text(5);
    BH_TRY(s.seed, seed_from_text(c.text(6)));
    s.host_version = c.text(7);
    s.sdk_version = c.text(8);
    s.command_line = c.text(9);
    s.sandbox_tier = c.text(10);
    BH_TRY(s.environment, json_of(c, 11));
    s.planned_cases = c.maybe_natural(12);
    s.started_wall_ns = c.integer(13);
    if (!c.is_null(14)) {
      run.end = RunEnd{c.integer(14), static_cast<int>(c.integer(15)), c.text(16), c.maybe_real(17)};
    }
    s.testbed.key = c.text(18);
    s.testbed.name = c.text(19);
    BH_TRY(s.testbed.facts, json_of(c, 20));
  }
  BH_CHECK(
      each(connection_.query("SELECT label, value FROM run_labels WHERE run = ?", id), [&](Cursor& c) -> Result<void> {
        run.start.labels.emplace(c.text(0), c.text(1));
        return {};
      }));
  BH_CHECK(each(connection_.query("SELECT code, subject, severity, finding, help FROM run_findings WHERE run = ? "
                                  "ORDER BY position",
                                  id),
                [&](Cursor& c) -> Result<void> {
                  run.start.findings.push_back({c.text(0), c.text(1), c.text(2), c.text(3), c.text(4)});
                  return {};
                }));
  BH_CHECK(
      each(connection_.query("SELECT outcome, count(*) FROM (SELECT outcome, max(attempt) FROM results WHERE run = ? "
                             "AND role = 'primary' GROUP BY ordinal) GROUP BY outcome",
                             id),
           [&](Cursor& c) -> Result<void> {
             std::optional<protocol::Outcome> outcome;
             if (!c.is_null(0)) {
               BH_TRY(outcome, outcome_from_text(c.text(0)));
             }
             run.counts[outcome] = c.natural(1);
             return {};
           }));
  return run;
}

Result<StoredRun> SqliteStore::run(RunId id) {
  BH_TRY(Transaction transaction, Transaction::begin(connection_, Transaction::Kind::read));
  BH_TRY(const bool known, run_exists(id));
  if (!known) {
    BH_TRY(const auto newest, newest_run());
    return no_such_run(fmt::format("{}", id), newest);
  }
  return read_run(id);
}

Result<std::vector<StoredRun>> SqliteStore::list_runs(std::size_t limit) {
  BH_TRY(Transaction transaction, Transaction::begin(connection_, Transaction::Kind::read));
  BH_TRY(const auto found, ids(connection_.query("SELECT id FROM runs ORDER BY id DESC LIMIT ?", sql_limit(limit))));
  std::vector<StoredRun> runs;
  for (const RunId id : found) {
    BH_TRY(StoredRun one, read_run(id));
    runs.push_back(std::move(one));
  }
  return runs;
}

Result<RunId> SqliteStore::find_run(std::string_view text) {
  BH_TRY(const RunReference reference, parse_run_reference(text));
  BH_TRY(Transaction transaction, Transaction::begin(connection_, Transaction::Kind::read));
  std::vector<std::int64_t> found;
  if (const auto* id = std::get_if<RunId>(&reference)) {
    BH_TRY(found, ids(connection_.query("SELECT id FROM runs WHERE id = ?", *id)));
  } else if (const auto* latest = std::get_if<LatestRun>(&reference)) {
    if (latest->back <= static_cast<std::uint64_t>(INT64_MAX)) {
      BH_TRY(found, ids(connection_.query("SELECT id FROM runs ORDER BY id DESC LIMIT 1 OFFSET ?", latest->back)));
    }
  } else if (const auto* label = std::get_if<RunLabel>(&reference)) {
    BH_TRY(found,
           ids(connection_.query("SELECT run FROM run_labels WHERE label = ? AND value = ? ORDER BY run DESC LIMIT 1",
                                 label->key, label->value)));
  } else {
    const std::string& beginning = std::get<RunUid>(reference).beginning;
    BH_TRY(found, ids(connection_.query("SELECT id FROM runs WHERE substr(uid, 1, ?) = ? LIMIT 2",
                                        std::uint64_t{beginning.size()}, beginning)));
    if (found.size() > 1) {
      return make_error(kNotFound, fmt::format("several runs have a uid that begins with '{}'", beginning),
                        "write more of it");
    }
  }
  if (!found.empty()) return RunId{found.front()};
  BH_TRY(const auto newest, newest_run());
  return no_such_run(text, newest);
}

Result<std::vector<BackendRow>> SqliteStore::run_backends(RunId id) {
  std::vector<BackendRow> rows;
  BH_CHECK(
      each(connection_.query("SELECT b.backend, b.kind, b.version, b.vendor, b.file, b.fingerprint, b.abi, b.score, "
                             "b.reason FROM run_backends rb JOIN backends b ON b.id = rb.backend WHERE rb.run = ? "
                             "ORDER BY rb.position",
                             id),
           [&rows](Cursor& c) -> Result<void> {
             rows.push_back(BackendRow{c.text(0), c.text(1), c.text(2), c.text(3), c.text(4), c.text(5), c.natural32(6),
                                       c.natural32(7), c.text(8)});
             return {};
           }));
  return rows;
}

Result<std::vector<DeviceRow>> SqliteStore::run_devices(RunId id) {
  std::vector<DeviceRow> rows;
  BH_CHECK(each(connection_.query("SELECT d.backend, d.record FROM run_devices rd JOIN devices d ON d.id = rd.device "
                                  "WHERE rd.run = ? ORDER BY rd.position",
                                  id),
                [&rows](Cursor& c) -> Result<void> {
                  BH_TRY(const Json json, json_of(c, 1));
                  BH_TRY(auto record, protocol::device_from_json(json));
                  rows.push_back(DeviceRow{c.text(0), std::move(record)});
                  return {};
                }));
  return rows;
}

Result<StoredResult> SqliteStore::read_result(ResultId id) {
  StoredResult result;
  {
    BH_TRY(Cursor c,
           connection_.query(
               "SELECT r.run, r.ordinal, r.role, r.attempt, r.content_digest, r.parameters, r.seed, r.priority, "
               "r.labels, r.repeat_command, r.started_wall_ns, r.outcome, r.code, r.reason, r.phase, r.flags, "
               "r.is_verified, r.verify_checked, r.verify_error, r.verify_tolerance, r.verify_what, "
               "r.duration_ns, r.cached_from, c.key, c.benchmark, c.revision, c.canonical_parameters, "
               "c.parameters, c.input, c.device_models, c.title, p.fingerprint, p.plugin, p.version "
               "FROM results r JOIN cases c ON c.id = r.case_id JOIN plugins p ON p.id = r.plugin "
               "WHERE r.id = ?",
               id));
    BH_TRY(const bool row, c.step());
    if (!row) return not_found("result", id);
    result.id = id;
    result.run = c.integer(0);
    CaseStart& s = result.start;
    s.ordinal = c.natural(1);
    s.role = c.text(2);
    s.attempt = c.natural32(3);
    s.content_digest = c.text(4);
    BH_TRY(s.parameters, values_from_text(c.text(5)));
    BH_TRY(s.seed, seed_from_text(c.text(6)));
    s.priority = c.text(7);
    BH_TRY(s.labels, labels_from_text(c.text(8)));
    s.repeat_command = c.text(9);
    s.started_wall_ns = c.integer(10);
    if (!c.is_null(11)) {
      CaseEnd end;
      BH_TRY(end.outcome, outcome_from_text(c.text(11)));
      end.code = c.text(12);
      end.reason = c.text(13);
      if (!c.is_null(14)) {
        BH_TRY(end.phase, phase_from_text(c.text(14)));
      }
      BH_TRY(end.flags, list_from_text(c.text(15)));
      if (!c.is_null(16)) end.verification.passed = c.integer(16) != 0;
      end.verification.checked = c.natural(17);
      end.verification.error = c.maybe_real(18);
      end.verification.tolerance = c.maybe_real(19);
      end.verification.what = c.text(20);
      end.duration_ns = c.integer(21);
      end.cached_from = c.maybe_integer(22);
      result.end = std::move(end);
    }
    s.case_.key = c.text(23);
    s.case_.benchmark = c.text(24);
    s.case_.workload_revision = c.natural(25);
    s.case_.canonical_parameters = c.text(26);
    BH_TRY(s.case_.parameters, values_from_text(c.text(27)));
    s.case_.input = c.text(28);
    BH_TRY(s.case_.device_models, list_from_text(c.text(29)));
    s.case_.title = c.text(30);
    s.plugin_fingerprint = c.text(31);
    result.plugin_id = c.text(32);
    result.plugin_version = c.text(33);
  }
  BH_CHECK(each(connection_.query("SELECT d.name FROM result_devices rd JOIN devices d ON d.id = rd.device "
                                  "WHERE rd.result = ? ORDER BY rd.slot",
                                  id),
                [&result](Cursor& c) -> Result<void> {
                  result.start.device_names.push_back(c.text(0));
                  return {};
                }));
  BH_CHECK(read_measurements(result));
  if (result.end) BH_CHECK(read_plan(result));
  BH_CHECK(read_gates(result));
  BH_CHECK(read_modes(result));
  return result;
}

Result<void> SqliteStore::read_gates(StoredResult& result) {
  if (!result.end) return {};
  return each(
      connection_.query("SELECT k.metric, g.label, g.kind, g.bound, g.verdict, g.reason FROM gates g "
                        "JOIN metrics k ON k.id = g.metric WHERE g.result = ? ORDER BY g.position",
                        result.id),
      [&result](Cursor& c) -> Result<void> {
        BH_TRY(const GateVerdict verdict, verdict_from_text(c.text(4)));
        result.end->gates.push_back({c.text(0), c.text(1), c.text(2), c.maybe_real(3).value_or(0), verdict, c.text(5)});
        return {};
      });
}

Result<void> SqliteStore::read_modes(StoredResult& result) {
  if (!result.end) return {};
  std::int64_t last = -1;
  return each(connection_.query("SELECT m.position, k.metric, m.invocation, m.unit, m.location, m.count FROM modes m "
                                "JOIN metrics k ON k.id = m.metric WHERE m.result = ? ORDER BY m.position, m.mode",
                                result.id),
              [&result, &last](Cursor& c) -> Result<void> {
                if (c.integer(0) != last) {
                  ModeSet set;
                  set.metric = c.text(1);
                  if (!c.is_null(2)) set.invocation = c.natural32(2);
                  set.unit = c.text(3);
                  result.end->modes.push_back(std::move(set));
                  last = c.integer(0);
                }
                result.end->modes.back().modes.push_back({c.maybe_real(4).value_or(0), c.natural(5)});
                return {};
              });
}

Result<void> SqliteStore::read_measurements(StoredResult& result) {
  return each(
      connection_.query("SELECT k.metric, k.record, m.label, m.statistic, m.value, m.low, m.high, m.level, "
                        "m.invocations, m.samples, m.effective_samples, m.spread_ratio, m.flags, m.null_reason, "
                        "m.bound_low, m.bound_high, m.bound_level "
                        "FROM measurements m JOIN metrics k ON k.id = m.metric WHERE m.result = ? "
                        "ORDER BY k.is_primary DESC, m.position",
                        result.id),
      [&result](Cursor& c) -> Result<void> {
        StoredMeasurement stored;
        Measurement& m = stored.measurement;
        m.metric = c.text(0);
        BH_TRY(const Json record, json_of(c, 1));
        BH_TRY(stored.metric, protocol::metric_from_json(record));
        m.label = c.text(2);
        m.statistic = c.text(3);
        m.value = c.maybe_real(4);
        m.low = c.maybe_real(5);
        m.high = c.maybe_real(6);
        m.level = c.maybe_real(7);
        m.invocations = c.natural(8);
        m.samples = c.natural(9);
        m.effective_samples = c.maybe_real(10);
        m.spread_ratio = c.maybe_real(11);
        BH_TRY(m.flags, list_from_text(c.text(12)));
        m.null_reason = c.text(13);
        m.bound_low = c.maybe_real(14);
        m.bound_high = c.maybe_real(15);
        m.bound_level = c.maybe_real(16);
        result.measurements.push_back(std::move(stored));
        return {};
      });
}

Result<StoredResult> SqliteStore::result(ResultId id) {
  BH_TRY(Transaction transaction, Transaction::begin(connection_, Transaction::Kind::read));
  return read_result(id);
}

Result<std::vector<StoredResult>> SqliteStore::results(RunId id, Attempts attempts) {
  BH_TRY(Transaction transaction, Transaction::begin(connection_, Transaction::Kind::read));
  BH_TRY(const bool known, run_exists(id));
  if (!known) {
    BH_TRY(const auto newest, newest_run());
    return no_such_run(fmt::format("{}", id), newest);
  }
  BH_TRY(const auto found,
         ids(connection_.query("SELECT id FROM results r WHERE run = ?1 AND (?2 OR attempt = (SELECT max(attempt) FROM "
                               "results o WHERE o.run = r.run AND o.ordinal = r.ordinal AND o.role = r.role)) "
                               "ORDER BY ordinal, role, attempt",
                               id, attempts == Attempts::all)));
  std::vector<StoredResult> all;
  all.reserve(found.size());
  for (const ResultId one : found) {
    BH_TRY(StoredResult stored, read_result(one));
    all.push_back(std::move(stored));
  }
  return all;
}

Result<std::vector<SummaryValue>> SqliteStore::summaries(RunId id) {
  std::vector<SummaryValue> values;
  BH_CHECK(each(connection_.query("SELECT benchmark, summary, group_key, label, unit, value, low, high, null_reason "
                                  "FROM summaries WHERE run = ? ORDER BY benchmark, summary, group_key, label",
                                  id),
                [&values](Cursor& c) -> Result<void> {
                  values.push_back(SummaryValue{c.text(0), c.text(1), c.text(2), c.text(3), c.text(4), c.maybe_real(5),
                                                c.maybe_real(6), c.maybe_real(7), c.text(8)});
                  return {};
                }));
  return values;
}

Result<std::optional<CaseEstimate>> SqliteStore::last_estimate(std::string_view case_key,
                                                               std::string_view testbed_key) {
  BH_TRY(Transaction transaction, Transaction::begin(connection_, Transaction::Kind::read));
  CaseEstimate estimate;
  ResultId result = 0;
  {
    BH_TRY(Cursor c, connection_.query("SELECT r.id, r.duration_ns FROM results r JOIN cases c ON c.id = r.case_id "
                                       "JOIN runs u ON u.id = r.run JOIN testbeds t ON t.id = u.testbed "
                                       "WHERE c.key = ?1 AND r.outcome = 'passed' AND (?2 = '' OR t.key = ?2) "
                                       "ORDER BY r.id DESC LIMIT 1",
                                       case_key, testbed_key));
    BH_TRY(const bool row, c.step());
    if (!row) return std::optional<CaseEstimate>();
    result = c.integer(0);
    estimate.duration_ns = c.integer(1);
  }
  BH_TRY(Cursor c, connection_.query("SELECT count(*), (SELECT n FROM invocations WHERE result = ?1 AND n IS NOT NULL "
                                     "ORDER BY position DESC LIMIT 1) FROM invocations WHERE result = ?1",
                                     result));
  BH_TRY(const bool row, c.step());
  if (row) {
    estimate.invocations = c.natural32(0);
    estimate.iterations_per_batch = c.maybe_natural(1);
  }
  return std::optional(estimate);
}

Result<std::optional<protocol::BenchmarkRecord>> SqliteStore::benchmark(std::string_view id) {
  BH_TRY(Cursor c, connection_.query(
                       "SELECT descriptor FROM benchmarks WHERE benchmark = ? ORDER BY registered DESC LIMIT 1", id));
  BH_TRY(const bool row, c.step());
  if (!row) return std::optional<protocol::BenchmarkRecord>();
  BH_TRY(const Json json, json_of(c, 0));
  BH_TRY(auto record, protocol::benchmark_from_json(json));
  return std::optional(std::move(record));
}

Result<std::optional<PluginRow>> SqliteStore::plugin(std::string_view fingerprint) {
  BH_TRY(Cursor c,
         connection_.query("SELECT fingerprint, plugin, version, vendor, licence, url, file, sdk_version, abi, note "
                           "FROM plugins WHERE fingerprint = ?",
                           fingerprint));
  BH_TRY(const bool row, c.step());
  if (!row) return std::optional<PluginRow>();
  return std::optional(PluginRow{c.text(0), c.text(1), c.text(2), c.text(3), c.text(4), c.text(5), c.text(6), c.text(7),
                                 c.natural32(8), c.text(9)});
}

Result<std::vector<Event>> SqliteStore::events(std::optional<RunId> id, std::int64_t after, std::size_t limit) {
  std::vector<Event> all;
  BH_CHECK(each(connection_.query("SELECT sequence, run, wall_ns, kind, body FROM events WHERE sequence > ?1 AND "
                                  "(?2 IS NULL OR run = ?2) ORDER BY sequence LIMIT ?3",
                                  after, id, sql_limit(limit)),
                [&all](Cursor& c) -> Result<void> {
                  BH_TRY(Json body, json_of(c, 4));
                  all.push_back(Event{c.integer(0), c.maybe_integer(1), c.integer(2), c.text(3), std::move(body)});
                  return {};
                }));
  return all;
}

}  // namespace benchhost::store
