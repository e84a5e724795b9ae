// Runs: their beginning, summaries, end and resumption, and the event log. Every public call of the store is one write
// transaction, begun with BEGIN IMMEDIATE so that it never has to be upgraded, and ends with its event in the same
// transaction.
#include <fmt/format.h>

#include <random>
#include <string>
#include <utility>

#include "common/base/utf8.h"
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

}  // namespace

Result<std::int64_t> SqliteStore::put_event(std::optional<RunId> run, std::string_view kind, const Json& body) {
  BH_CHECK(connection_.run("INSERT INTO events(run, wall_ns, kind, body) VALUES (?, ?, ?, ?)", run, wall_clock_(), kind,
                           object_text(body)));
  return connection_.last_row();
}

Result<void> SqliteStore::need_running(RunId run) {
  BH_TRY(Cursor cursor, connection_.query("SELECT state FROM runs WHERE id = ?", run));
  BH_TRY(const bool row, cursor.step());
  if (!row) return no_such_run(fmt::format("{}", run), std::nullopt);
  if (cursor.text(0) != "running") return refuse(fmt::format("run {} is {}", run, cursor.text(0)));
  return {};
}

Result<void> SqliteStore::interrupt_results(RunId run, std::string_view reason) {
  return connection_.run("UPDATE results SET outcome = 'interrupted', reason = ? WHERE run = ? AND outcome IS NULL",
                         reason, run);
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
  for (const RunFinding& f : s.findings) {
    BH_CHECK(
        connection_.run("INSERT INTO run_findings(run, position, code, subject, severity, finding, help) "
                        "VALUES (?, ?, ?, ?, ?, ?, ?)",
                        run, position++, f.code, f.subject, f.severity, to_valid_utf8(f.text), f.help));
  }
  position = 0;
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

}  // namespace benchhost::store
