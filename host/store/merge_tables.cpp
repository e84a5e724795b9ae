// Rows get new numbers by adding to each table's numbers what its greatest is here, so that their order stays and no
// map of numbers is needed; only of what both databases have is there a map, old number to new.
#include "store/merge_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "store/database_file.h"
#include "store/error_ids.h"
#include "store/sqlite_rows.h"

namespace benchhost::store {
namespace {

/// What runs share, and by which columns a row is recognised; what is referred to stands first.
struct SharedTable {
  std::string_view name;
  std::vector<std::string_view> same;
};
const std::vector<SharedTable>& shared_tables() {
  static const std::vector<SharedTable> tables = {
      {"testbeds", {"key"}},
      {"backends", {"backend", "fingerprint", "kind", "version", "vendor", "file", "abi", "score", "reason"}},
      {"devices", {"testbed", "name", "backend", "record"}},
      {"plugins", {"fingerprint"}},
      {"benchmarks", {"benchmark", "revision", "descriptor"}},
      {"metrics", {"benchmark", "metric", "record"}},
      {"cases", {"key"}},
  };
  return tables;
}

struct Reference {
  std::string column;
  std::string table;
  bool of_owner = false;  ///< the row goes with the one it refers to
};

struct Table {
  std::string name;
  std::vector<std::string> columns;
  std::string number;  ///< the column that numbers the rows; "": none
  std::vector<Reference> references;

  [[nodiscard]] const Reference* reference(std::string_view column) const {
    const auto found = std::ranges::find(references, column, &Reference::column);
    return found == references.end() ? nullptr : &*found;
  }
};

using Tables = std::map<std::string, Table, std::less<>>;

bool is_shared(std::string_view name) {
  return std::ranges::any_of(shared_tables(), [&](const SharedTable& t) { return t.name == name; });
}

/// The tables that the migrations make: what somebody added to a file of theirs is no business of a merge.
Result<Tables> tables_of_schema() {
  BH_TRY(Connection model, Connection::open("", OpenMode::create, 0));
  BH_CHECK(migrate(model, migrations()));
  Tables tables;
  BH_CHECK(each(model.query("SELECT t.name, c.name, c.pk, upper(c.type), t.sql FROM sqlite_schema t, "
                            "pragma_table_xinfo(t.name) c WHERE t.type = 'table' AND substr(t.name, 1, 7) <> 'sqlite_' "
                            "ORDER BY t.name, c.cid"),
                [&](Cursor& c) -> Result<void> {
                  Table& table = tables[c.text(0)];
                  table.name = c.text(0);
                  table.columns.push_back(c.text(1));
                  const bool rowid = c.text(4).find("WITHOUT ROWID") == std::string::npos;
                  if (rowid && c.integer(2) == 1 && c.text(3) == "INTEGER") table.number = c.text(1);
                  return {};
                }));
  BH_CHECK(each(model.query("SELECT t.name, f.\"from\", f.\"table\", f.on_delete FROM sqlite_schema t, "
                            "pragma_foreign_key_list(t.name) f WHERE t.type = 'table'"),
                [&](Cursor& c) -> Result<void> {
                  tables[c.text(0)].references.push_back({c.text(1), c.text(2), c.text(3) == "CASCADE"});
                  return {};
                }));
  return tables;
}

/// Runs a statement made here. Not through the connection's cache, whose keys are addresses of literals.
Result<void> run_text(Connection& connection, const std::string& sql) { return connection.execute(sql.c_str()); }

Result<std::int64_t> integer_of(Connection& connection, const std::string& sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v2(connection.handle(), sql.c_str(), -1, &raw, nullptr);
  if (code != SQLITE_OK) return sqlite_error(connection.handle(), code, connection.path());
  const int stepped = sqlite3_step(raw);
  const std::int64_t value = stepped == SQLITE_ROW ? sqlite3_column_int64(raw, 0) : 0;
  sqlite3_finalize(raw);
  if (stepped != SQLITE_ROW && stepped != SQLITE_DONE) {
    return sqlite_error(connection.handle(), stepped, connection.path());
  }
  return value;
}

class Merge {
 public:
  Merge(Connection& connection, Tables tables, const std::function<void(std::string_view)>& after_table)
      : connection_(connection), tables_(std::move(tables)), after_table_(after_table) {}

  Result<MergedRows> run(const std::vector<RunId>& runs) {
    BH_CHECK(measure_offsets());
    BH_CHECK(choose(runs));
    for (const SharedTable& table : shared_tables()) BH_CHECK(unify(table));
    BH_CHECK(describe_plugins());
    BH_CHECK(copy_parts());
    BH_CHECK(copy_owned());
    MergedRows rows;
    BH_CHECK(copy_samples(rows.samples));
    for (const RunId run : runs) rows.runs.push_back(run + offsets_["runs"]);
    std::ranges::sort(rows.runs);
    BH_TRY(const std::int64_t results, integer_of(connection_, "SELECT count(*) FROM temp.chosen_results"));
    rows.results = static_cast<std::uint64_t>(results);
    return rows;
  }

 private:
  void done(std::string_view table) const {
    if (after_table_) after_table_(table);
  }

  /// What is added to the numbers of each table's rows. A number that was given out once is not given out again.
  Result<void> measure_offsets() {
    for (const auto& [name, table] : tables_) {
      if (table.number.empty()) continue;
      BH_TRY(offsets_[name],
             integer_of(connection_, fmt::format("SELECT max(coalesce((SELECT max({}) FROM main.{}), 0), "
                                                 "coalesce((SELECT seq FROM main.sqlite_sequence WHERE "
                                                 "name = '{}'), 0))",
                                                 table.number, name, name)));
    }
    return {};
  }

  Result<void> choose(const std::vector<RunId>& runs) {
    BH_CHECK(run_text(connection_, "CREATE TEMP TABLE chosen_runs(id INTEGER PRIMARY KEY)"));
    for (const RunId run : runs) {
      BH_CHECK(connection_.run("INSERT INTO temp.chosen_runs(id) VALUES (?)", run));
    }
    placed_.insert("runs");
    return {};
  }

  /// The value of a column of source row `s` in the main database.
  std::string value(const Table& table, const std::string& column) const {
    if (const auto special = special_value(table.name, column)) return *special;
    if (column == table.number) return fmt::format("s.{} + {}", column, offsets_.at(table.name));
    const Reference* reference = table.reference(column);
    if (reference == nullptr) return "s." + column;
    if (is_shared(reference->table)) {
      return fmt::format("(SELECT new FROM temp.map_{} WHERE old = s.{})", reference->table, column);
    }
    return fmt::format("s.{} + {}", column, offsets_.at(reference->table));
  }

  std::optional<std::string> special_value(std::string_view table, std::string_view column) const {
    if (table == "segments" && column == "first_sample") {
      return fmt::format("s.first_sample + {}", offsets_.at("samples"));
    }
    if (table == "runs" && column == "state") return "CASE s.state WHEN 'running' THEN 'interrupted' ELSE s.state END";
    if (table == "results" && column == "outcome") return "coalesce(s.outcome, 'interrupted')";
    if (table == "results" && column == "reason") {
      return "CASE WHEN s.outcome IS NULL THEN 'benchhost ended without finishing this case' ELSE s.reason END";
    }
    if (table == "results" && column == "cached_from") {
      // The result that it stands for comes along, or has come before, or is known nowhere here.
      return fmt::format(
          "coalesce((SELECT o.id + {} FROM source.results o JOIN temp.chosen_runs k ON k.id = o.run "
          "WHERE o.id = s.cached_from), "
          "(SELECT h.id FROM source.results o JOIN source.runs u ON u.id = o.run JOIN main.runs hu ON hu.uid = u.uid "
          "JOIN main.results h ON h.run = hu.id AND h.ordinal = o.ordinal AND h.role = o.role AND "
          "h.attempt = o.attempt WHERE o.id = s.cached_from))",
          offsets_.at("results"));
    }
    if (table == "benchmarks" && column == "registered") {
      return "CASE WHEN EXISTS (SELECT 1 FROM main.benchmarks m WHERE m.benchmark = s.benchmark) "
             "THEN (SELECT min(m.registered) FROM main.benchmarks m WHERE m.benchmark = s.benchmark) - 1 + "
             "s.registered - (SELECT max(x.registered) FROM source.benchmarks x WHERE x.benchmark = s.benchmark) "
             "ELSE s.registered END";
    }
    if (table == "events" && column == "body") {
      return fmt::format(
          "CASE json_type(s.body, '$.result') WHEN 'integer' THEN "
          "json_set(s.body, '$.result', json_extract(s.body, '$.result') + {}) ELSE s.body END",
          offsets_.at("results"));
    }
    return std::nullopt;
  }

  std::string insert(const Table& table, const std::string& condition) const {
    std::string columns;
    std::string values;
    for (const std::string& column : table.columns) {
      columns += (columns.empty() ? "" : ", ") + column;
      values += (values.empty() ? "" : ", ") + value(table, column);
    }
    return fmt::format("INSERT INTO main.{0}({1}) SELECT {2} FROM source.{0} s WHERE {3}", table.name, columns, values,
                       condition);
  }

  Result<void> unify(const SharedTable& shared) {
    const Table& table = tables_.find(shared.name)->second;
    BH_CHECK(
        run_text(connection_, fmt::format("CREATE TEMP TABLE map_{}(old INTEGER PRIMARY KEY, new INTEGER NOT NULL, "
                                          "is_new INTEGER NOT NULL)",
                                          shared.name)));
    std::string same;
    for (const std::string_view column : shared.same) {
      same += fmt::format("{}m.{} = {}", same.empty() ? "" : " AND ", column, value(table, std::string(column)));
    }
    BH_CHECK(run_text(connection_, fmt::format("INSERT INTO temp.map_{0} SELECT s.id, min(m.id), 0 FROM source.{0} s "
                                               "JOIN main.{0} m ON {1} GROUP BY s.id",
                                               shared.name, same)));
    const std::string fresh = fmt::format("s.id NOT IN (SELECT old FROM temp.map_{})", shared.name);
    BH_CHECK(run_text(connection_, insert(table, fresh)));
    BH_CHECK(run_text(connection_, fmt::format("INSERT INTO temp.map_{0} SELECT s.id, s.id + {1}, 1 FROM source.{0} s "
                                               "WHERE {2}",
                                               shared.name, offsets_[std::string(shared.name)], fresh)));
    placed_.insert(std::string(shared.name));
    done(shared.name);
    return {};
  }

  /// A plugin has one word on a revision of a benchmark: that which is here, if there is one.
  Result<void> describe_plugins() {
    placed_.insert("plugin_benchmarks");
    BH_CHECK(connection_.run(
        "INSERT INTO main.plugin_benchmarks(plugin, benchmark) SELECT p.new, b.new FROM source.plugin_benchmarks s "
        "JOIN temp.map_plugins p ON p.old = s.plugin JOIN temp.map_benchmarks b ON b.old = s.benchmark "
        "JOIN source.benchmarks x ON x.id = s.benchmark WHERE NOT EXISTS (SELECT 1 FROM main.plugin_benchmarks o "
        "JOIN main.benchmarks ob ON ob.id = o.benchmark WHERE o.plugin = p.new AND ob.benchmark = x.benchmark AND "
        "ob.revision = x.revision)"));
    done("plugin_benchmarks");
    return {};
  }

  /// What belongs to a shared row goes with it: the parameters of a benchmark, those of a case.
  Result<void> copy_parts() {
    for (const auto& [name, table] : tables_) {
      if (placed_.contains(name)) continue;
      const auto owner =
          std::ranges::find_if(table.references, [](const Reference& r) { return r.of_owner && is_shared(r.table); });
      if (owner == table.references.end()) continue;
      BH_CHECK(run_text(connection_, insert(table, fmt::format("s.{} IN (SELECT old FROM temp.map_{} WHERE is_new)",
                                                               owner->column, owner->table))));
      placed_.insert(name);
      done(name);
    }
    return {};
  }

  /// Runs, and what is deleted with them, owners first.
  Result<void> copy_owned() {
    BH_CHECK(run_text(connection_, insert(tables_.at("runs"), "s.id IN (SELECT id FROM temp.chosen_runs)")));
    done("runs");
    placed_.insert("samples");
    for (bool any = true; any;) {
      any = false;
      for (const auto& [name, table] : tables_) {
        if (placed_.contains(name)) continue;
        const auto owner = std::ranges::find_if(table.references, [&](const Reference& r) {
          return r.of_owner && placed_.contains(r.table) && !is_shared(r.table);
        });
        if (owner == table.references.end()) continue;
        const std::string chosen = fmt::format("s.{} IN (SELECT id FROM temp.chosen_{})", owner->column, owner->table);
        if (!table.number.empty()) {
          BH_CHECK(
              run_text(connection_, fmt::format("CREATE TEMP TABLE chosen_{0}(id INTEGER PRIMARY KEY); "
                                                "INSERT INTO temp.chosen_{0} SELECT s.{1} FROM source.{0} s WHERE {2}",
                                                name, table.number, chosen)));
        }
        BH_CHECK(run_text(connection_, insert(table, chosen)));
        placed_.insert(name);
        done(name);
        any = true;
      }
    }
    for (const auto& [name, table] : tables_) {
      if (!placed_.contains(name)) {
        return make_error(kMigration, fmt::format("table '{}' belongs to no run, and merging does not know it", name));
      }
    }
    return {};
  }

  /// Samples belong to a segment by their numbers.
  Result<void> copy_samples(std::uint64_t& count) {
    BH_CHECK(run_text(
        connection_,
        fmt::format("INSERT INTO main.samples(id, value) SELECT s.id + {}, s.value FROM temp.chosen_segments k "
                    "JOIN source.segments g ON g.id = k.id "
                    "JOIN source.samples s ON s.id >= g.first_sample AND s.id < g.first_sample + g.count",
                    offsets_["samples"])));
    count = static_cast<std::uint64_t>(sqlite3_changes64(connection_.handle()));
    done("samples");
    return {};
  }

  Connection& connection_;
  Tables tables_;
  const std::function<void(std::string_view)>& after_table_;
  std::map<std::string, std::int64_t, std::less<>> offsets_;
  std::set<std::string, std::less<>> placed_;
};

/// Of the merge, beside the database. A transaction that is rolled back takes them with it.
Result<void> drop_temporary(Connection& connection) {
  std::string drops;
  BH_CHECK(each(connection.query("SELECT name FROM temp.sqlite_schema WHERE type = 'table' AND "
                                 "(substr(name, 1, 4) = 'map_' OR substr(name, 1, 7) = 'chosen_')"),
                [&](Cursor& c) -> Result<void> {
                  drops += fmt::format("DROP TABLE temp.{};", c.text(0));
                  return {};
                }));
  return connection.execute(drops.c_str());
}

}  // namespace

Result<MergedRows> merge_attached(Connection& connection, const std::vector<RunId>& runs,
                                  const std::function<void(std::string_view table)>& after_table) {
  if (runs.empty()) return MergedRows{};
  BH_TRY(Tables tables, tables_of_schema());
  BH_TRY(Transaction transaction, Transaction::begin(connection, Transaction::Kind::write));
  BH_TRY(MergedRows rows, Merge(connection, std::move(tables), after_table).run(runs));
  BH_CHECK(drop_temporary(connection));
  BH_CHECK(transaction.commit());
  return rows;
}

}  // namespace benchhost::store
