// Design: every public call is one write transaction, begun with BEGIN IMMEDIATE so that it never has to be upgraded,
// and ends with its event in the same transaction. Descriptive rows (testbeds, devices, plugins, benchmarks, metrics,
// cases) are shared by all runs and added only when they differ from what is there.
#include <fmt/format.h>

#include <map>
#include <random>
#include <utility>

#include "store/error_ids.h"
#include "store/record_json.h"
#include "store/run_reference.h"
#include "store/sqlite_store_body.h"
#include "store/validate.h"

namespace benchhost::store {
namespace {

/// 128 random bits.
std::string new_uid() {
  std::random_device random;
  std::string uid;
  for (int i = 0; i < 4; ++i) uid += fmt::format("{:08x}", static_cast<std::uint32_t>(random()));
  return uid;
}

Error refuse(std::string message) { return make_error(kRefused, std::move(message)); }

/// A scalar as SQL sees it: numbers as numbers, so that they sort and compare; a list, or a number that SQL integers
/// cannot hold, as text.
void bind_value(Cursor& cursor, int at, const protocol::Value& value) {
  if (value.list || value.scalars.size() != 1) {
    cursor.bind(at, protocol::canonical_text(value));
    return;
  }
  const protocol::Scalar& scalar = value.scalars.front();
  if (const auto* integer = std::get_if<std::int64_t>(&scalar)) {
    cursor.bind(at, *integer);
  } else if (const auto* natural = std::get_if<std::uint64_t>(&scalar)) {
    if (*natural <= static_cast<std::uint64_t>(INT64_MAX)) {
      cursor.bind(at, *natural);
    } else {
      cursor.bind(at, fmt::format("{}", *natural));
    }
  } else if (const auto* real = std::get_if<double>(&scalar)) {
    cursor.bind(at, *real);
  } else if (const auto* boolean = std::get_if<bool>(&scalar)) {
    cursor.bind(at, *boolean);
  } else {
    cursor.bind(at, std::get<std::string>(scalar));
  }
}

Json outcome_body(ResultId result, const CaseStart* start, const CaseEnd& end) {
  Json body;
  body.set("result", result).set("outcome", protocol::outcome_name(end.outcome));
  if (!end.reason.empty()) body.set("reason", end.reason);
  if (start != nullptr) body.set("case", start->case_.key);
  return body;
}

Json start_body(ResultId result, const CaseStart& start) {
  Json body;
  body.set("result", result)
      .set("case", start.case_.key)
      .set("benchmark", start.case_.benchmark)
      .set("parameters", start.case_.canonical_parameters)
      .set("ordinal", start.ordinal)
      .set("role", start.role)
      .set("attempt", start.attempt);
  return body;
}

}  // namespace

Result<std::int64_t> SqliteStore::put_event(std::optional<RunId> run, std::string_view kind, const Json& body) {
  BH_CHECK(connection_.run("INSERT INTO events(run, wall_ns, kind, body) VALUES (?, ?, ?, ?)", run, wall_clock_(), kind,
                           object_text(body)));
  return connection_.last_row();
}

Result<std::int64_t> SqliteStore::put_testbed(const Testbed& testbed) {
  BH_CHECK(
      connection_.run("INSERT INTO testbeds(key, name, facts) VALUES (?, ?, ?) "
                      "ON CONFLICT(key) DO UPDATE SET name = excluded.name, facts = excluded.facts",
                      testbed.key, testbed.name, object_text(testbed.facts)));
  BH_TRY(const auto id, connection_.integer("SELECT id FROM testbeds WHERE key = ?", testbed.key));
  return id.value_or(0);
}

Result<std::int64_t> SqliteStore::put_backend(const BackendRow& b) {
  BH_TRY(const auto found,
         connection_.integer(
             "SELECT id FROM backends WHERE backend = ? AND fingerprint = ? AND kind = ? AND version = ? AND "
             "vendor = ? AND file = ? AND abi = ? AND score = ? AND reason = ?",
             b.id, b.fingerprint, b.kind, b.version, b.vendor, b.file, b.abi, b.score, b.reason));
  if (found) return *found;
  BH_CHECK(
      connection_.run("INSERT INTO backends(backend, fingerprint, kind, version, vendor, file, abi, score, reason) "
                      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                      b.id, b.fingerprint, b.kind, b.version, b.vendor, b.file, b.abi, b.score, b.reason));
  return connection_.last_row();
}

Result<std::int64_t> SqliteStore::put_device(std::int64_t testbed, const DeviceRow& device) {
  const std::string record = to_text(protocol::to_json(device.record));
  BH_TRY(const auto found,
         connection_.integer("SELECT id FROM devices WHERE testbed = ? AND name = ? AND backend = ? AND record = ?",
                             testbed, device.record.name, device.backend, record));
  if (found) return *found;
  BH_CHECK(
      connection_.run("INSERT INTO devices(testbed, backend, name, kind, model, is_simulated, reason, record) "
                      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                      testbed, device.backend, device.record.name, device.record.kind, device.record.model(),
                      device.record.simulated(), device.record.reason, record));
  return connection_.last_row();
}

Result<void> SqliteStore::put_metric(std::int64_t benchmark, const protocol::MetricRecord& m, bool added) {
  const std::string record = to_text(protocol::to_json(m));
  BH_TRY(const auto found,
         connection_.integer("SELECT id FROM metrics WHERE benchmark = ? AND metric = ? AND record = ?", benchmark,
                             m.id, record));
  if (found) return {};
  return connection_.run(
      "INSERT INTO metrics(benchmark, metric, title, unit, kind, direction, domain, is_primary, is_added, "
      "record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      benchmark, m.id, m.title, m.unit, metric_kind_name(m.kind), direction_name(m.direction), domain_name(m.domain),
      m.primary, added, record);
}

Result<std::int64_t> SqliteStore::put_benchmark(const protocol::BenchmarkRecord& b) {
  // The place within one plugin file is no part of what the benchmark is.
  protocol::BenchmarkRecord record = b;
  record.index = 0;
  const std::string descriptor = to_text(protocol::to_json(record));
  BH_TRY(const auto found,
         connection_.integer("SELECT id FROM benchmarks WHERE benchmark = ? AND revision = ? AND descriptor = ?", b.id,
                             b.workload_revision, descriptor));
  BH_TRY(const auto newest, connection_.integer("SELECT max(registered) FROM benchmarks WHERE benchmark = ?", b.id));
  const std::int64_t next = newest.value_or(0) + 1;
  if (found) {
    // Nothing is written where it is the newest already.
    BH_CHECK(connection_.run("UPDATE benchmarks SET registered = ? WHERE id = ? AND registered <> ?", next, *found,
                             next - 1));
    return *found;
  }
  BH_CHECK(connection_.run(
      "INSERT INTO benchmarks(benchmark, revision, title, description, category, tags, is_null, "
      "descriptor, registered) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      b.id, b.workload_revision, b.title, b.description, b.category, list_text(b.tags), b.is_null, descriptor, next));
  const std::int64_t id = connection_.last_row();
  for (const auto& metric : b.metrics) BH_CHECK(put_metric(id, metric, false));
  std::int64_t position = 0;
  for (const auto& p : b.parameters) {
    BH_CHECK(connection_.run(
        "INSERT INTO parameters(benchmark, position, parameter, type, unit, description, is_identity) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        id, position++, p.name, protocol::type_name(p.type, p.list), p.unit, p.description, !p.is_apart()));
  }
  return id;
}

Result<void> SqliteStore::register_plugin(const PluginRow& p, std::span<const protocol::BenchmarkRecord> benchmarks) {
  BH_CHECK(check_plugin(p, benchmarks));
  BH_TRY(Transaction transaction, Transaction::begin(connection_, Transaction::Kind::write));
  BH_CHECK(connection_.run(
      "INSERT INTO plugins(fingerprint, plugin, version, vendor, licence, url, file, sdk_version, abi, "
      "note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT(fingerprint) DO UPDATE SET file = excluded.file, abi = excluded.abi",
      p.fingerprint, p.id, p.version, p.vendor, p.licence, p.url, p.file, p.sdk_version, p.abi, p.note));
  BH_TRY(const auto plugin, connection_.integer("SELECT id FROM plugins WHERE fingerprint = ?", p.fingerprint));
  for (const auto& benchmark : benchmarks) {
    BH_TRY(const std::int64_t id, put_benchmark(benchmark));
    // A plugin has one word on a revision of a benchmark: the last.
    BH_CHECK(
        connection_.run("DELETE FROM plugin_benchmarks WHERE plugin = ?1 AND benchmark <> ?2 AND benchmark IN "
                        "(SELECT id FROM benchmarks WHERE benchmark = ?3 AND revision = ?4)",
                        plugin, id, benchmark.id, benchmark.workload_revision));
    BH_CHECK(connection_.run("INSERT INTO plugin_benchmarks(plugin, benchmark) VALUES (?, ?) ON CONFLICT DO NOTHING",
                             plugin, id));
  }
  return transaction.commit();
}

Result<RunId> SqliteStore::begin_run(const RunStart& s) {
  BH_CHECK(check_run_start(s));
  BH_TRY(Transaction transaction, Transaction::begin(connection_, Transaction::Kind::write));
  const std::string uid = s.uid.empty() ? new_uid() : s.uid;
  BH_TRY(const auto taken, connection_.integer("SELECT id FROM runs WHERE uid = ?", uid));
  if (taken) return refuse(fmt::format("the run {} has this uid already", *taken));
  BH_TRY(const std::int64_t testbed, put_testbed(s.testbed));
  BH_CHECK(connection_.run(
      "INSERT INTO runs(uid, state, testbed, commit_id, branch, suite_name, suite_hash, seed, host_version, "
      "sdk_version, "
      "command_line, sandbox_tier, environment, planned_cases, started_wall_ns, writer_pid, writer_start_ticks, "
      "writer_machine, writer_boot, writer_pid_namespace) "
      "VALUES (?, 'running', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      uid, testbed, s.commit, s.branch, s.suite_name, s.suite_hash, fmt::format("{}", s.seed), s.host_version,
      s.sdk_version, s.command_line, s.sandbox_tier, object_text(s.environment), s.planned_cases, s.started_wall_ns,
      writer_.pid, writer_.start_ticks, writer_.machine, writer_.boot, writer_.pid_namespace));
  const RunId run = connection_.last_row();
  for (const auto& [key, value] : s.labels) {
    BH_CHECK(connection_.run("INSERT INTO run_labels(run, label, value) VALUES (?, ?, ?)", run, key, value));
  }
  std::int64_t position = 0;
  for (const auto& backend : s.backends) {
    BH_TRY(const std::int64_t id, put_backend(backend));
    BH_CHECK(connection_.run("INSERT INTO run_backends(run, position, backend) VALUES (?, ?, ?)", run, position++, id));
  }
  position = 0;
  for (const auto& device : s.devices) {
    BH_TRY(const std::int64_t id, put_device(testbed, device));
    BH_CHECK(connection_.run("INSERT INTO run_devices(run, position, device) VALUES (?, ?, ?)", run, position++, id));
  }
  Json body;
  body.set("uid", uid).set("suite", s.suite_name);
  if (s.planned_cases) body.set("planned_cases", *s.planned_cases);
  BH_TRY(const std::int64_t event, put_event(run, "run_started", body));
  static_cast<void>(event);
  BH_CHECK(transaction.commit());
  return run;
}

Result<std::int64_t> SqliteStore::put_case(const Case& c) {
  BH_TRY(const auto found, connection_.integer("SELECT id FROM cases WHERE key = ?", c.key));
  if (found) return *found;
  BH_CHECK(
      connection_.run("INSERT INTO cases(key, benchmark, revision, canonical_parameters, parameters, input, "
                      "device_models, title) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                      c.key, c.benchmark, c.workload_revision, c.canonical_parameters, values_text(c.parameters),
                      c.input, list_text(c.device_models), c.title));
  const std::int64_t id = connection_.last_row();
  std::int64_t position = 0;
  for (const auto& [name, value] : c.parameters) {
    BH_TRY(Cursor cursor,
           connection_.query(
               "INSERT INTO case_parameters(case_id, position, parameter, type, value) VALUES (?, ?, ?, ?, ?)", id,
               position++, name, protocol::type_name(value.type, value.list)));
    bind_value(cursor, 5, value);
    BH_TRY(const bool row, cursor.step());
    static_cast<void>(row);
  }
  return id;
}

Result<void> SqliteStore::need_running(RunId run) {
  BH_TRY(Cursor cursor, connection_.query("SELECT state FROM runs WHERE id = ?", run));
  BH_TRY(const bool row, cursor.step());
  if (!row) return no_such_run(fmt::format("{}", run), std::nullopt);
  if (cursor.text(0) != "running") return refuse(fmt::format("run {} is {}", run, cursor.text(0)));
  return {};
}

Result<RunId> SqliteStore::need_open(ResultId result) {
  BH_TRY(Cursor cursor, connection_.query("SELECT run, outcome FROM results WHERE id = ?", result));
  BH_TRY(const bool row, cursor.step());
  if (!row) return make_error(kNotFound, fmt::format("there is no result {}", result));
  if (!cursor.is_null(1)) return refuse(fmt::format("result {} has ended: {}", result, cursor.text(1)));
  return RunId{cursor.integer(0)};
}

Result<ResultId> SqliteStore::put_case_start(RunId run, const CaseStart& s) {
  BH_CHECK(need_running(run));
  BH_TRY(const auto plugin, connection_.integer("SELECT id FROM plugins WHERE fingerprint = ?", s.plugin_fingerprint));
  if (!plugin) return refuse(fmt::format("no plugin with the fingerprint '{}' is registered", s.plugin_fingerprint));
  BH_TRY(const auto benchmark,
         connection_.integer("SELECT b.id FROM benchmarks b JOIN plugin_benchmarks pb ON pb.benchmark = b.id "
                             "WHERE pb.plugin = ? AND b.benchmark = ? AND b.revision = ?",
                             plugin, s.case_.benchmark, s.case_.workload_revision));
  if (!benchmark) {
    return refuse(fmt::format("benchmark '{}' of revision {} is not registered with its plugin", s.case_.benchmark,
                              s.case_.workload_revision));
  }
  BH_TRY(const auto taken,
         connection_.integer("SELECT id FROM results WHERE run = ? AND ordinal = ? AND role = ? AND attempt = ?", run,
                             s.ordinal, s.role, s.attempt));
  if (taken) {
    return refuse(
        fmt::format("case {}, role '{}', attempt {} of run {} is stored already", s.ordinal, s.role, s.attempt, run));
  }
  BH_TRY(const std::int64_t case_id, put_case(s.case_));
  BH_CHECK(connection_.run(
      "INSERT INTO results(run, ordinal, role, attempt, case_id, benchmark, plugin, content_digest, "
      "parameters, seed, priority, labels, repeat_command, started_wall_ns) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      run, s.ordinal, s.role, s.attempt, case_id, benchmark, plugin, s.content_digest, values_text(s.parameters),
      fmt::format("{}", s.seed), s.priority, labels_text(s.labels), s.repeat_command, s.started_wall_ns));
  const ResultId result = connection_.last_row();
  std::int64_t slot = 0;
  for (const std::string& name : s.device_names) {
    BH_TRY(const auto device, connection_.integer("SELECT d.id FROM run_devices rd JOIN devices d ON d.id = rd.device "
                                                  "WHERE rd.run = ? AND d.name = ?",
                                                  run, name));
    if (!device) return refuse(fmt::format("device '{}' is none of run {}", name, run));
    BH_CHECK(
        connection_.run("INSERT INTO result_devices(result, slot, device) VALUES (?, ?, ?)", result, slot++, device));
  }
  return result;
}

Result<ResultId> SqliteStore::start_case(RunId run, const CaseStart& start) {
  BH_CHECK(check_case_start(start));
  // Nothing is lost with the start of a case that has no invocation, so it waits for no disk.
  BH_TRY(Transaction transaction, Transaction::begin(connection_, Transaction::Kind::write_unflushed));
  BH_TRY(const ResultId result, put_case_start(run, start));
  BH_TRY(const std::int64_t event, put_event(run, "case_started", start_body(result, start)));
  static_cast<void>(event);
  BH_CHECK(transaction.commit());
  return result;
}

Result<void> SqliteStore::put_case_end(ResultId result, const CaseEnd& end) {
  BH_TRY(const auto benchmark, connection_.integer("SELECT benchmark FROM results WHERE id = ?", result));
  std::map<std::string, std::int64_t, std::less<>> metrics;
  {
    BH_TRY(Cursor cursor,
           connection_.query("SELECT metric, id FROM metrics WHERE benchmark = ? AND is_added = 0", benchmark));
    for (;;) {
      BH_TRY(const bool row, cursor.step());
      if (!row) break;
      metrics.emplace(cursor.text(0), cursor.integer(1));
    }
  }
  BH_CHECK(check_case_end(end, [&metrics](std::string_view id) { return metrics.find(id) != metrics.end(); }));
  if (end.cached_from) {
    BH_TRY(const auto source, connection_.integer("SELECT id FROM results WHERE id = ?", *end.cached_from));
    if (!source) return make_error(kNotFound, fmt::format("there is no result {} to stand for", *end.cached_from));
  }
  for (const auto& metric : end.added_metrics) {
    BH_CHECK(put_metric(benchmark.value_or(0), metric, true));
    BH_TRY(const auto id,
           connection_.integer("SELECT id FROM metrics WHERE benchmark = ? AND metric = ? AND record = ?", benchmark,
                               metric.id, to_text(protocol::to_json(metric))));
    metrics.emplace(metric.id, id.value_or(0));
  }
  const std::optional<std::string> phase =
      end.phase ? std::optional<std::string>(protocol::phase_name(*end.phase)) : std::nullopt;
  BH_CHECK(
      connection_.run("UPDATE results SET outcome = ?, code = ?, reason = ?, phase = ?, flags = ?, is_verified = ?, "
                      "verify_checked = ?, verify_error = ?, verify_tolerance = ?, verify_what = ?, duration_ns = ?, "
                      "cached_from = ? WHERE id = ?",
                      protocol::outcome_name(end.outcome), end.code, end.reason, phase, list_text(end.flags),
                      end.verification.passed, end.verification.checked, end.verification.error,
                      end.verification.tolerance, end.verification.what, end.duration_ns, end.cached_from, result));
  std::int64_t position = 0;
  for (const auto& m : end.measurements) {
    BH_CHECK(connection_.run(
        "INSERT INTO measurements(result, position, metric, label, statistic, value, low, high, level, "
        "invocations, samples, effective_samples, spread_ratio, flags, null_reason) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        result, position++, metrics.find(m.metric)->second, m.label, m.statistic, m.value, m.low, m.high, m.level,
        m.invocations, m.samples, m.effective_samples, m.spread_ratio, list_text(m.flags), m.null_reason));
  }
  return {};
}

Result<void> SqliteStore::finish_case(ResultId result, const CaseEnd& end) {
  BH_TRY(Transaction transaction, Transaction::begin(connection_, Transaction::Kind::write));
  BH_TRY(const RunId run, need_open(result));
  BH_CHECK(put_case_end(result, end));
  BH_TRY(const std::int64_t event, put_event(run, "case_finished", outcome_body(result, nullptr, end)));
  static_cast<void>(event);
  return transaction.commit();
}

Result<ResultId> SqliteStore::record_case(RunId run, const CaseStart& start, const CaseEnd& end) {
  BH_CHECK(check_case_start(start));
  BH_TRY(Transaction transaction, Transaction::begin(connection_, Transaction::Kind::write));
  BH_TRY(const ResultId result, put_case_start(run, start));
  BH_CHECK(put_case_end(result, end));
  BH_TRY(const std::int64_t event, put_event(run, "case_finished", outcome_body(result, &start, end)));
  static_cast<void>(event);
  BH_CHECK(transaction.commit());
  return result;
}

Result<void> SqliteStore::add_summaries(RunId run, std::span<const SummaryValue> values) {
  BH_CHECK(check_summaries(values));
  BH_TRY(Transaction transaction, Transaction::begin(connection_, Transaction::Kind::write));
  BH_TRY(const bool known, run_exists(run));
  if (!known) return no_such_run(fmt::format("{}", run), std::nullopt);
  for (const auto& v : values) {
    BH_CHECK(
        connection_.run("INSERT INTO summaries(run, benchmark, summary, group_key, label, unit, value, low, high, "
                        "null_reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                        "ON CONFLICT(run, benchmark, summary, group_key, label) DO UPDATE SET unit = excluded.unit, "
                        "value = excluded.value, low = excluded.low, high = excluded.high, "
                        "null_reason = excluded.null_reason",
                        run, v.benchmark, v.summary, v.group, v.label, v.unit, v.value, v.low, v.high, v.null_reason));
  }
  Json body;
  body.set("count", std::uint64_t{values.size()});
  BH_TRY(const std::int64_t event, put_event(run, "summaries", body));
  static_cast<void>(event);
  return transaction.commit();
}

Result<void> SqliteStore::interrupt_results(RunId run, std::string_view reason) {
  return connection_.run("UPDATE results SET outcome = 'interrupted', reason = ? WHERE run = ? AND outcome IS NULL",
                         reason, run);
}

Result<void> SqliteStore::finish_run(RunId run, const RunEnd& end) {
  BH_CHECK(check_run_end(end));
  BH_TRY(Transaction transaction, Transaction::begin(connection_, Transaction::Kind::write));
  BH_CHECK(need_running(run));
  BH_CHECK(interrupt_results(run, "the run ended before this case did"));
  BH_CHECK(
      connection_.run("UPDATE runs SET state = 'finished', ended_wall_ns = ?, exit_code = ?, exit_reason = ?, "
                      "resolution_ratio = ? WHERE id = ?",
                      end.ended_wall_ns, end.exit_code, end.reason, end.resolution_ratio, run));
  Json body;
  body.set("exit_code", end.exit_code).set("reason", end.reason);
  BH_TRY(const std::int64_t event, put_event(run, "run_finished", body));
  static_cast<void>(event);
  return transaction.commit();
}

Result<std::int64_t> SqliteStore::add_event(std::optional<RunId> run, std::string_view kind, const Json& body) {
  BH_CHECK(check_event(kind, body));
  BH_TRY(Transaction transaction, Transaction::begin(connection_, Transaction::Kind::write));
  if (run) {
    BH_TRY(const bool known, run_exists(*run));
    if (!known) return no_such_run(fmt::format("{}", *run), std::nullopt);
  }
  BH_TRY(const std::int64_t sequence, put_event(run, kind, body));
  BH_CHECK(transaction.commit());
  return sequence;
}

Result<void> SqliteStore::resume_run(RunId run) {
  BH_TRY(Transaction transaction, Transaction::begin(connection_, Transaction::Kind::write));
  BH_TRY(const bool known, run_exists(run));
  if (!known) return no_such_run(fmt::format("{}", run), std::nullopt);
  BH_TRY(const auto running, connection_.integer("SELECT id FROM runs WHERE id = ? AND state = 'running'", run));
  if (running) return refuse(fmt::format("run {} is still running", run));
  BH_CHECK(
      connection_.run("UPDATE runs SET state = 'running', ended_wall_ns = NULL, exit_code = NULL, exit_reason = '', "
                      "resolution_ratio = NULL, writer_pid = ?, writer_start_ticks = ?, writer_machine = ?, "
                      "writer_boot = ?, writer_pid_namespace = ? WHERE id = ?",
                      writer_.pid, writer_.start_ticks, writer_.machine, writer_.boot, writer_.pid_namespace, run));
  BH_TRY(const std::int64_t event, put_event(run, "run_resumed", Json()));
  static_cast<void>(event);
  return transaction.commit();
}

}  // namespace benchhost::store
