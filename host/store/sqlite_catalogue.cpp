// What all runs share: testbeds, devices, plugins, benchmarks, metrics, cases. A row is added only when it differs from
// what is there.
#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <variant>

#include "store/error_ids.h"
#include "store/record_json.h"
#include "store/sqlite_store_body.h"
#include "store/validate.h"

namespace benchhost::store {
namespace {

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

}  // namespace

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

}  // namespace benchhost::store
