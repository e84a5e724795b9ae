// Rules of the schema. Tables are STRICT and named in the plural, which keeps clear of keywords and of the singular or
// composed names that views for other tools use. A duration or time ends in _ns, a number of bytes in _bytes. Unknown
// is NULL. A record whose members nobody queries stands as JSON in one column. Children are deleted with their parents,
// except samples, which belong to a segment by a range of ids: a foreign key would cost them a third more on disk.
#include "store/schema.h"

#include <array>

#include "store/earlier_views.h"
#include "store/finding_tables.h"
#include "store/noise_tables.h"

namespace benchhost::store {
namespace {

constexpr const char* kVersion1 = R"sql(
CREATE TABLE testbeds(
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  facts TEXT NOT NULL
) STRICT;

CREATE TABLE backends(
  id INTEGER PRIMARY KEY,
  backend TEXT NOT NULL,
  kind TEXT NOT NULL,
  version TEXT NOT NULL,
  vendor TEXT NOT NULL,
  file TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  abi INTEGER NOT NULL,
  score INTEGER NOT NULL,
  reason TEXT NOT NULL
) STRICT;
CREATE INDEX backends_by_name ON backends(backend, fingerprint);

CREATE TABLE devices(
  id INTEGER PRIMARY KEY,
  testbed INTEGER NOT NULL REFERENCES testbeds ON DELETE CASCADE,
  backend TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  model TEXT NOT NULL,
  is_simulated INTEGER NOT NULL,
  reason TEXT NOT NULL,
  record TEXT NOT NULL
) STRICT;
CREATE INDEX devices_by_testbed ON devices(testbed, name);

CREATE TABLE plugins(
  id INTEGER PRIMARY KEY,
  fingerprint TEXT NOT NULL UNIQUE,
  plugin TEXT NOT NULL,
  version TEXT NOT NULL,
  vendor TEXT NOT NULL,
  licence TEXT NOT NULL,
  url TEXT NOT NULL,
  file TEXT NOT NULL,
  sdk_version TEXT NOT NULL,
  abi INTEGER NOT NULL,
  note TEXT NOT NULL
) STRICT;

CREATE TABLE benchmarks(
  id INTEGER PRIMARY KEY,
  benchmark TEXT NOT NULL,
  revision INTEGER NOT NULL,
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  category TEXT NOT NULL,
  tags TEXT NOT NULL,
  is_null INTEGER NOT NULL,
  descriptor TEXT NOT NULL,
  registered INTEGER NOT NULL
) STRICT;
CREATE INDEX benchmarks_by_name ON benchmarks(benchmark, revision);

CREATE TABLE plugin_benchmarks(
  plugin INTEGER NOT NULL REFERENCES plugins ON DELETE CASCADE,
  benchmark INTEGER NOT NULL REFERENCES benchmarks ON DELETE CASCADE,
  PRIMARY KEY (plugin, benchmark)
) STRICT, WITHOUT ROWID;
CREATE INDEX plugin_benchmarks_by_benchmark ON plugin_benchmarks(benchmark);

CREATE TABLE metrics(
  id INTEGER PRIMARY KEY,
  benchmark INTEGER NOT NULL REFERENCES benchmarks ON DELETE CASCADE,
  metric TEXT NOT NULL,
  title TEXT NOT NULL,
  unit TEXT NOT NULL,
  kind TEXT NOT NULL,
  direction TEXT NOT NULL,
  domain TEXT NOT NULL,
  is_primary INTEGER NOT NULL,
  is_added INTEGER NOT NULL,
  record TEXT NOT NULL
) STRICT;
CREATE INDEX metrics_by_benchmark ON metrics(benchmark, metric);

CREATE TABLE parameters(
  benchmark INTEGER NOT NULL REFERENCES benchmarks ON DELETE CASCADE,
  position INTEGER NOT NULL,
  parameter TEXT NOT NULL,
  type TEXT NOT NULL,
  unit TEXT NOT NULL,
  description TEXT NOT NULL,
  is_identity INTEGER NOT NULL,
  PRIMARY KEY (benchmark, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE cases(
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  benchmark TEXT NOT NULL,
  revision INTEGER NOT NULL,
  canonical_parameters TEXT NOT NULL,
  parameters TEXT NOT NULL,
  input TEXT NOT NULL,
  device_models TEXT NOT NULL,
  title TEXT NOT NULL
) STRICT;
CREATE INDEX cases_by_benchmark ON cases(benchmark, revision);

CREATE TABLE case_parameters(
  case_id INTEGER NOT NULL REFERENCES cases ON DELETE CASCADE,
  position INTEGER NOT NULL,
  parameter TEXT NOT NULL,
  type TEXT NOT NULL,
  value ANY NOT NULL,
  PRIMARY KEY (case_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_parameters_by_name ON case_parameters(parameter, case_id);

CREATE TABLE runs(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uid TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'interrupted')),
  testbed INTEGER NOT NULL REFERENCES testbeds,
  commit_id TEXT NOT NULL,
  branch TEXT NOT NULL,
  suite_name TEXT NOT NULL,
  suite_hash TEXT NOT NULL,
  seed TEXT NOT NULL,
  host_version TEXT NOT NULL,
  sdk_version TEXT NOT NULL,
  command_line TEXT NOT NULL,
  sandbox_tier TEXT NOT NULL,
  environment TEXT NOT NULL,
  planned_cases INTEGER,
  started_wall_ns INTEGER NOT NULL,
  ended_wall_ns INTEGER,
  exit_code INTEGER,
  exit_reason TEXT NOT NULL DEFAULT '',
  resolution_ratio REAL,
  writer_pid INTEGER NOT NULL,
  writer_start_ticks INTEGER NOT NULL,
  writer_machine TEXT NOT NULL,
  writer_boot TEXT NOT NULL,
  writer_pid_namespace TEXT NOT NULL
) STRICT;
CREATE INDEX runs_by_state ON runs(state) WHERE state = 'running';
CREATE INDEX runs_by_testbed ON runs(testbed);

CREATE TABLE run_labels(
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  label TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (run, label)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_labels_by_value ON run_labels(label, value);

CREATE TABLE run_backends(
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  position INTEGER NOT NULL,
  backend INTEGER NOT NULL REFERENCES backends,
  PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_backends_by_backend ON run_backends(backend);

CREATE TABLE run_devices(
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  position INTEGER NOT NULL,
  device INTEGER NOT NULL REFERENCES devices,
  PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_devices_by_device ON run_devices(device);

CREATE TABLE results(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  role TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  case_id INTEGER NOT NULL REFERENCES cases,
  benchmark INTEGER NOT NULL REFERENCES benchmarks,
  plugin INTEGER NOT NULL REFERENCES plugins,
  content_digest TEXT NOT NULL,
  parameters TEXT NOT NULL,
  seed TEXT NOT NULL,
  priority TEXT NOT NULL,
  labels TEXT NOT NULL,
  repeat_command TEXT NOT NULL,
  started_wall_ns INTEGER NOT NULL,
  outcome TEXT CHECK (outcome IN ('passed', 'failed', 'crashed', 'timed_out', 'out_of_memory', 'protocol_error',
                                  'skipped', 'cached', 'infra_error', 'interrupted')),
  code TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT '',
  phase TEXT,
  flags TEXT NOT NULL DEFAULT '[]',
  is_verified INTEGER,
  verify_checked INTEGER NOT NULL DEFAULT 0,
  verify_error REAL,
  verify_tolerance REAL,
  verify_what TEXT NOT NULL DEFAULT '',
  duration_ns INTEGER,
  cached_from INTEGER REFERENCES results ON DELETE SET NULL,
  UNIQUE (run, ordinal, role, attempt)
) STRICT;
CREATE INDEX results_by_case ON results(case_id, outcome, id);
CREATE INDEX results_by_benchmark ON results(benchmark);
CREATE INDEX results_by_plugin ON results(plugin);
CREATE INDEX results_by_cached_from ON results(cached_from) WHERE cached_from IS NOT NULL;
CREATE INDEX results_unfinished ON results(run) WHERE outcome IS NULL;

CREATE TABLE result_devices(
  result INTEGER NOT NULL REFERENCES results ON DELETE CASCADE,
  slot INTEGER NOT NULL,
  device INTEGER NOT NULL REFERENCES devices,
  PRIMARY KEY (result, slot)
) STRICT, WITHOUT ROWID;
CREATE INDEX result_devices_by_device ON result_devices(device);

CREATE TABLE measurements(
  id INTEGER PRIMARY KEY,
  result INTEGER NOT NULL REFERENCES results ON DELETE CASCADE,
  position INTEGER NOT NULL,
  metric INTEGER NOT NULL REFERENCES metrics,
  label TEXT NOT NULL,
  statistic TEXT NOT NULL,
  value REAL,
  low REAL,
  high REAL,
  level REAL,
  invocations INTEGER NOT NULL,
  samples INTEGER NOT NULL,
  effective_samples REAL,
  spread_ratio REAL,
  flags TEXT NOT NULL,
  null_reason TEXT NOT NULL,
  UNIQUE (result, metric, label, statistic),
  CHECK (value IS NOT NULL OR null_reason <> '')
) STRICT;
CREATE INDEX measurements_by_metric ON measurements(metric);

CREATE TABLE invocations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  result INTEGER NOT NULL REFERENCES results ON DELETE CASCADE,
  position INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  code TEXT NOT NULL,
  reason TEXT NOT NULL,
  phase TEXT,
  flags TEXT NOT NULL,
  started_wall_ns INTEGER NOT NULL,
  duration_ns INTEGER NOT NULL,
  exit_code INTEGER,
  signal INTEGER,
  clock TEXT,
  clock_step_ns INTEGER,
  clock_cost_ns REAL,
  n INTEGER,
  fit_overhead_ns REAL,
  fit_cost_ns REAL,
  fit_residual_ratio REAL,
  warmup_class TEXT,
  peak_rss_bytes INTEGER,
  rss_at_prepare_bytes INTEGER,
  minor_faults INTEGER,
  major_faults INTEGER,
  voluntary_switches INTEGER,
  involuntary_switches INTEGER,
  user_ns INTEGER,
  system_ns INTEGER,
  steal_ns INTEGER,
  cores TEXT,
  UNIQUE (result, position)
) STRICT;

CREATE TABLE work_items(
  invocation INTEGER NOT NULL REFERENCES invocations ON DELETE CASCADE,
  position INTEGER NOT NULL,
  key TEXT NOT NULL,
  amount REAL NOT NULL,
  PRIMARY KEY (invocation, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE disturbed_batches(
  invocation INTEGER NOT NULL REFERENCES invocations ON DELETE CASCADE,
  batch INTEGER NOT NULL,
  PRIMARY KEY (invocation, batch)
) STRICT, WITHOUT ROWID;

CREATE TABLE segments(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  invocation INTEGER NOT NULL REFERENCES invocations ON DELETE CASCADE,
  position INTEGER NOT NULL,
  quantity TEXT NOT NULL,
  phase TEXT NOT NULL,
  n INTEGER NOT NULL,
  first_batch INTEGER NOT NULL,
  batch_step INTEGER NOT NULL,
  metric TEXT NOT NULL,
  label TEXT NOT NULL,
  thread INTEGER NOT NULL,
  first_sample INTEGER NOT NULL,
  count INTEGER NOT NULL,
  UNIQUE (invocation, position)
) STRICT;
CREATE UNIQUE INDEX segments_by_sample ON segments(first_sample) WHERE count > 0;

CREATE TABLE samples(
  id INTEGER PRIMARY KEY,
  value ANY NOT NULL
) STRICT;

CREATE TABLE histograms(
  id INTEGER PRIMARY KEY,
  invocation INTEGER NOT NULL REFERENCES invocations ON DELETE CASCADE,
  position INTEGER NOT NULL,
  metric TEXT NOT NULL,
  thread INTEGER NOT NULL,
  count INTEGER NOT NULL,
  sum REAL NOT NULL,
  least INTEGER NOT NULL,
  greatest INTEGER NOT NULL,
  buckets TEXT NOT NULL,
  UNIQUE (invocation, position)
) STRICT;

CREATE TABLE logs(
  invocation INTEGER NOT NULL REFERENCES invocations ON DELETE CASCADE,
  line INTEGER NOT NULL,
  level TEXT NOT NULL,
  source TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (invocation, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE artefacts(
  id INTEGER PRIMARY KEY,
  invocation INTEGER NOT NULL REFERENCES invocations ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  data BLOB NOT NULL,
  UNIQUE (invocation, position)
) STRICT;

CREATE TABLE summaries(
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  benchmark TEXT NOT NULL,
  summary TEXT NOT NULL,
  group_key TEXT NOT NULL,
  label TEXT NOT NULL,
  unit TEXT NOT NULL,
  value REAL,
  low REAL,
  high REAL,
  null_reason TEXT NOT NULL,
  UNIQUE (run, benchmark, summary, group_key, label),
  CHECK (value IS NOT NULL OR null_reason <> '')
) STRICT;

CREATE TABLE events(
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  run INTEGER REFERENCES runs ON DELETE CASCADE,
  wall_ns INTEGER NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_run ON events(run, sequence);

CREATE VIEW result_view AS
SELECT r.id AS result, r.run, r.ordinal, r.role, r.attempt, c.key AS case_key, c.benchmark, c.revision,
       c.canonical_parameters AS parameters, c.input, c.device_models, c.id AS case_id,
       r.outcome, r.code, r.reason, r.phase, r.flags, r.is_verified, r.duration_ns,
       p.plugin, p.version AS plugin_version, p.fingerprint AS plugin_fingerprint, t.key AS testbed
FROM results r
JOIN cases c ON c.id = r.case_id
JOIN plugins p ON p.id = r.plugin
JOIN runs u ON u.id = r.run
JOIN testbeds t ON t.id = u.testbed;

CREATE VIEW measurement_view AS
SELECT m.id AS measurement, r.id AS result, r.run, c.key AS case_key, c.id AS case_id, c.benchmark,
       c.canonical_parameters AS parameters, c.input, c.device_models, r.ordinal, r.role, r.attempt, r.outcome,
       k.metric, m.label, m.statistic, m.value, k.unit, m.low, m.high, m.level, m.invocations, m.samples,
       m.effective_samples, m.spread_ratio, k.direction, k.kind, k.is_primary, m.flags, m.null_reason, t.key AS testbed
FROM measurements m
JOIN metrics k ON k.id = m.metric
JOIN results r ON r.id = m.result
JOIN cases c ON c.id = r.case_id
JOIN runs u ON u.id = r.run
JOIN testbeds t ON t.id = u.testbed;

CREATE VIEW sample_view AS
SELECT s.id AS sample, g.id AS segment, i.result, i.position AS invocation, g.quantity, g.phase, g.n,
       g.metric, g.label, g.thread, g.first_batch + (s.id - g.first_sample) * g.batch_step AS batch, s.value,
       CASE WHEN g.quantity IN ('wall', 'cpu', 'span') AND g.n > 0 THEN 1.0 * s.value / g.n END AS ns_per_iteration,
       EXISTS (SELECT 1 FROM disturbed_batches d WHERE d.invocation = i.id
               AND d.batch = g.first_batch + (s.id - g.first_sample) * g.batch_step) AS is_disturbed
FROM segments g
JOIN invocations i ON i.id = g.invocation
JOIN samples s ON s.id BETWEEN g.first_sample AND g.first_sample + g.count - 1;
)sql";

// Histograms of version 1 all had 7 bits.
constexpr const char* kVersion2 = R"sql(
ALTER TABLE measurements ADD COLUMN bound_low REAL;
ALTER TABLE measurements ADD COLUMN bound_high REAL;
ALTER TABLE measurements ADD COLUMN bound_level REAL;

ALTER TABLE histograms ADD COLUMN precision_bits INTEGER NOT NULL DEFAULT 7;

CREATE TABLE phase_times(
  invocation INTEGER PRIMARY KEY REFERENCES invocations ON DELETE CASCADE,
  prepare_ns INTEGER NOT NULL,
  settle_ns INTEGER NOT NULL,
  measure_ns INTEGER NOT NULL
) STRICT;

CREATE TABLE plans(
  result INTEGER PRIMARY KEY REFERENCES results ON DELETE CASCADE,
  precision_ratio REAL,
  time_ns INTEGER,
  least_invocations INTEGER NOT NULL,
  most_invocations INTEGER NOT NULL,
  stopped TEXT NOT NULL,
  invocation_variance REAL,
  batch_variance REAL,
  invocation_cost_ns REAL,
  batch_cost_ns REAL,
  planned_invocations INTEGER,
  planned_batches INTEGER,
  planned_half_width_ratio REAL,
  planned_ns REAL,
  null_reason TEXT NOT NULL,
  CHECK (planned_invocations IS NOT NULL OR null_reason <> '')
) STRICT;

DROP VIEW measurement_view;
CREATE VIEW measurement_view AS
SELECT m.id AS measurement, r.id AS result, r.run, c.key AS case_key, c.id AS case_id, c.benchmark,
       c.canonical_parameters AS parameters, c.input, c.device_models, r.ordinal, r.role, r.attempt, r.outcome,
       k.metric, m.label, m.statistic, m.value, k.unit, m.low, m.high, m.level, m.invocations, m.samples,
       m.effective_samples, m.spread_ratio, k.direction, k.kind, k.is_primary, m.flags, m.null_reason, t.key AS testbed,
       m.bound_low, m.bound_high, m.bound_level
FROM measurements m
JOIN metrics k ON k.id = m.metric
JOIN results r ON r.id = m.result
JOIN cases c ON c.id = r.case_id
JOIN runs u ON u.id = r.run
JOIN testbeds t ON t.id = u.testbed;
)sql";

// What a suite demands of a metric, and whether it was so.
constexpr const char* kVersion4 = R"sql(
CREATE TABLE gates(
  result INTEGER NOT NULL REFERENCES results ON DELETE CASCADE,
  position INTEGER NOT NULL,
  metric INTEGER NOT NULL REFERENCES metrics,
  label TEXT NOT NULL,
  kind TEXT NOT NULL,
  bound REAL NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('held', 'tripped', 'undecided')),
  reason TEXT NOT NULL,
  PRIMARY KEY (result, position)
) STRICT, WITHOUT ROWID;
)sql";

constexpr std::array kMigrations{Migration{0, kVersion1}, Migration{1, kVersion2},      Migration{2, kEarlierViews},
                                 Migration{3, kVersion4}, Migration{4, kFindingTables}, Migration{5, kNoiseTables}};

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

int schema_version() { return kMigrations.back().from + 1; }

}  // namespace benchhost::store
