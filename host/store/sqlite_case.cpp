// Results: the start and the end of a case with its measurements, and the events of both.
#include <fmt/format.h>

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "store/error_ids.h"
#include "store/record_json.h"
#include "store/sqlite_store_body.h"
#include "store/validate.h"

namespace benchhost::store {
namespace {

Error refuse(std::string message) { return make_error(kRefused, std::move(message)); }

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
        "invocations, samples, effective_samples, spread_ratio, flags, null_reason, bound_low, bound_high, "
        "bound_level) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        result, position++, metrics.find(m.metric)->second, m.label, m.statistic, m.value, m.low, m.high, m.level,
        m.invocations, m.samples, m.effective_samples, m.spread_ratio, list_text(m.flags), m.null_reason, m.bound_low,
        m.bound_high, m.bound_level));
  }
  if (end.plan) BH_CHECK(put_plan(result, *end.plan));
  position = 0;
  for (const GateCheck& g : end.gates) {
    BH_CHECK(
        connection_.run("INSERT INTO gates(result, position, metric, label, kind, bound, verdict, reason) VALUES (?, "
                        "?, ?, ?, ?, ?, ?, ?)",
                        result, position++, metrics.find(g.metric)->second, g.label, g.kind, g.bound,
                        gate_verdict_name(g.verdict), g.reason));
  }
  position = 0;
  for (const ModeSet& set : end.modes) {
    std::int64_t mode = 0;
    for (const Mode& m : set.modes) {
      BH_CHECK(connection_.run(
          "INSERT INTO modes(result, position, mode, metric, invocation, unit, location, count) VALUES "
          "(?, ?, ?, ?, ?, ?, ?, ?)",
          result, position, mode++, metrics.find(set.metric)->second, set.invocation, set.unit, m.location, m.count));
    }
    ++position;
  }
  return {};
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

}  // namespace benchhost::store
