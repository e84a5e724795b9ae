// Rules of the schema. Tables are STRICT and named in the plural, which keeps clear of keywords and of the singular or
// composed names that views for other tools use. A duration or time ends in _ns, a number of bytes in _bytes. Unknown
// is NULL. A record whose members nobody queries stands as JSON in one column. Children are deleted with their parents,
// except samples, which belong to a segment by a range of ids: a foreign key would cost them a third more on disk.
#include "store/schema.h"

#include <array>

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

// Views with the table and column names of an earlier Python framework, so that its users' SQL runs unchanged;
// schema.md says what each column is made of. Only what a column means there goes into it; all else is NULL.
constexpr const char* kVersion3 = R"sql(
CREATE VIEW case_models AS
SELECT case_id, benchmark, model_name, tags,
       min(case_id) OVER (PARTITION BY benchmark, model_name) AS model_id
FROM (
  SELECT c.id AS case_id, c.benchmark, b.tags,
         CASE WHEN c.input <> '' THEN c.input
              ELSE coalesce((SELECT p.value FROM case_parameters p WHERE p.case_id = c.id
                             AND p.parameter IN ('model', 'model_name') AND p.value <> ''
                             ORDER BY p.position LIMIT 1), c.benchmark) END AS model_name
  FROM cases c
  JOIN (SELECT benchmark, category, tags, max(registered) FROM benchmarks GROUP BY benchmark) b
    ON b.benchmark = c.benchmark
  WHERE b.category = 'model'
);

CREATE VIEW model_sizes AS
SELECT o.model_id, m.value AS parameters, max(r.id) AS result
FROM metrics k
JOIN measurements m ON m.metric = k.id
JOIN results r ON r.id = m.result
JOIN case_models o ON o.case_id = r.case_id
WHERE k.metric = 'parameters' AND k.kind = 'count' AND m.label = '' AND m.value IS NOT NULL
GROUP BY o.model_id;

CREATE VIEW result_hardware AS
SELECT r.id AS result,
       CASE WHEN json_array_length(b.descriptor, '$.slots') > 0
            THEN (SELECT x.device FROM result_devices x WHERE x.result = r.id ORDER BY x.slot LIMIT 1)
            ELSE (SELECT x.device FROM run_devices x JOIN devices d ON d.id = x.device
                  WHERE x.run = r.run AND d.kind = 'cpu' ORDER BY x.position LIMIT 1) END AS hardware_id
FROM results r
JOIN benchmarks b ON b.id = r.benchmark;

CREATE VIEW models AS
SELECT n.model_id, n.model_name,
       coalesce((SELECT p.value FROM case_parameters p WHERE p.case_id = n.model_id
                 AND p.parameter IN ('model_family', 'family') ORDER BY p.position LIMIT 1),
                (SELECT substr(t.value, 8) FROM json_each(n.tags) t WHERE substr(t.value, 1, 7) = 'family.'))
         AS model_family,
       coalesce((SELECT p.value FROM case_parameters p WHERE p.case_id = n.model_id
                 AND p.parameter = 'model_type' LIMIT 1),
                (SELECT substr(t.value, 6) FROM json_each(n.tags) t WHERE substr(t.value, 1, 5) = 'type.'))
         AS model_type,
       coalesce((SELECT p.value FROM case_parameters p WHERE p.case_id = n.model_id
                 AND p.parameter = 'modality' LIMIT 1),
                (SELECT substr(t.value, 10) FROM json_each(n.tags) t WHERE substr(t.value, 1, 9) = 'modality.'))
         AS modality,
       (SELECT m.parameters / 1e6 FROM model_sizes m WHERE m.model_id = n.model_id) AS parameters_million,
       datetime(n.last_wall_ns / 1000000000, 'unixepoch') AS last_updated
FROM (SELECT o.model_id, o.benchmark, o.model_name, min(o.tags) AS tags, max(r.started_wall_ns) AS last_wall_ns
      FROM case_models o LEFT JOIN results r ON r.case_id = o.case_id GROUP BY o.model_id) n;

CREATE VIEW hardware_platforms AS
SELECT d.id AS hardware_id, d.kind AS hardware_type,
       coalesce(nullif(d.model, ''), d.name) AS device_name,
       (SELECT json_extract(u.environment, '$.os_name') FROM run_devices x JOIN runs u ON u.id = x.run
        WHERE x.device = d.id ORDER BY u.id DESC LIMIT 1) AS platform,
       coalesce((SELECT json_extract(c.value, '$.integer') FROM json_each(d.record, '$.caps') c
                 WHERE json_extract(c.value, '$.name') = 'mem.bytes'),
                CASE d.kind WHEN 'cpu' THEN json_extract(t.facts, '$.memory_bytes') END) / 1073741824.0 AS memory_gb,
       d.is_simulated AS simulation_mode,
       CASE d.is_simulated WHEN 0 THEN NULL ELSE 'a simulated device: its figures say nothing about hardware' END
         AS simulation_warning,
       (SELECT datetime(max(u.started_wall_ns) / 1000000000, 'unixepoch') FROM run_devices x
        JOIN runs u ON u.id = x.run WHERE x.device = d.id) AS detection_timestamp
FROM devices d
JOIN testbeds t ON t.id = d.testbed;

CREATE VIEW test_runs AS
SELECT u.id AS run_id, nullif(u.suite_name, '') AS test_name, 'performance' AS test_type,
       datetime(u.started_wall_ns / 1000000000, 'unixepoch') AS started_at,
       datetime(u.ended_wall_ns / 1000000000, 'unixepoch') AS completed_at,
       (u.ended_wall_ns - u.started_wall_ns) / 1e9 AS execution_time_seconds,
       CASE WHEN u.state = 'interrupted' THEN 0 WHEN u.exit_code IS NOT NULL THEN u.exit_code = 0 END AS success,
       json_object('uid', u.uid, 'state', u.state, 'exit_code', u.exit_code, 'exit_reason', nullif(u.exit_reason, ''),
                   'commit', nullif(u.commit_id, ''), 'branch', nullif(u.branch, ''), 'seed', u.seed,
                   'host_version', u.host_version, 'command_line', u.command_line,
                   'labels', json((SELECT json_group_object(l.label, l.value) FROM run_labels l WHERE l.run = u.id)))
         AS metadata
FROM runs u;

CREATE VIEW performance_results AS
SELECT r.id AS result_id, r.run AS run_id, n.model_id, h.hardware_id,
       c.title AS test_case,
       (SELECT p.value FROM case_parameters p WHERE p.case_id = c.id AND p.parameter IN ('batch_size', 'batch')
        AND typeof(p.value) = 'integer' ORDER BY length(p.parameter) DESC LIMIT 1) AS batch_size,
       (SELECT p.value FROM case_parameters p WHERE p.case_id = c.id AND p.parameter IN ('precision', 'dtype', 'type')
        AND typeof(p.value) = 'text' ORDER BY length(p.parameter) DESC LIMIT 1) AS precision,
       coalesce((SELECT m.value FROM measurements m JOIN metrics k ON k.id = m.metric
                 WHERE m.result = r.id AND m.label = '' AND m.value IS NOT NULL AND k.kind = 'rate'
                   AND k.unit LIKE '{%}/s' AND k.unit <> '{op}/s'
                   AND coalesce(json_extract(k.record, '$.work'), '') NOT LIKE 'ops%'
                 ORDER BY k.is_primary DESC, m.position LIMIT 1),
                (SELECT 1e9 * w.amount / m.value FROM measurements m JOIN metrics k ON k.id = m.metric
                 JOIN invocations i ON i.result = r.id JOIN work_items w ON w.invocation = i.id AND w.key = 'items'
                 WHERE m.result = r.id AND m.label = '' AND m.value > 0 AND k.is_primary AND k.unit = 'ns'
                   AND k.domain IN ('host', 'queue')
                 ORDER BY i.position LIMIT 1)) AS throughput_items_per_second,
       (SELECT m.value / 1e6 FROM measurements m JOIN metrics k ON k.id = m.metric
        WHERE m.result = r.id AND m.label = '' AND m.value IS NOT NULL AND k.kind = 'time' AND k.unit = 'ns'
          AND (k.is_primary OR k.metric IN ('latency', 'time'))
        ORDER BY k.is_primary DESC, k.metric LIMIT 1) AS average_latency_ms,
       (SELECT max(i.peak_rss_bytes) / 1048576.0 FROM invocations i WHERE i.result = r.id) AS memory_peak_mb,
       EXISTS (SELECT 1 FROM result_devices x JOIN devices d ON d.id = x.device
               WHERE x.result = r.id AND d.is_simulated)
         OR EXISTS (SELECT 1 FROM json_each(r.flags) f WHERE f.value = 'simulated') AS simulation_mode,
       (SELECT 'simulated: ' || group_concat(d.name, ', ') FROM result_devices x JOIN devices d ON d.id = x.device
        WHERE x.result = r.id AND d.is_simulated) AS simulation_details,
       (SELECT json_group_object(CASE m.label WHEN '' THEN k.metric ELSE k.metric || '[' || m.label || ']' END,
                                 json_object('value', m.value, 'unit', k.unit, 'low', m.low, 'high', m.high,
                                             'statistic', m.statistic, 'invocations', m.invocations))
        FROM measurements m JOIN metrics k ON k.id = m.metric WHERE m.result = r.id) AS metrics,
       datetime(r.started_wall_ns / 1000000000, 'unixepoch') AS created_at
FROM results r
JOIN cases c ON c.id = r.case_id
JOIN result_hardware h ON h.result = r.id
LEFT JOIN case_models n ON n.case_id = r.case_id
WHERE r.role = 'primary' AND r.outcome = 'passed';

CREATE VIEW hardware_compatibility AS
SELECT r.id AS compatibility_id, r.run AS run_id, n.model_id, h.hardware_id,
       CASE WHEN r.outcome IN ('passed', 'cached') THEN 1
            WHEN r.outcome IN ('infra_error', 'interrupted') THEN NULL ELSE 0 END AS is_compatible,
       h.hardware_id IS NOT NULL AS detection_success,
       CASE WHEN r.outcome IN ('passed', 'cached') THEN 1
            WHEN r.phase IN ('calibrating', 'warming_up', 'measuring', 'verifying', 'processing', 'tearing_down',
                             'destroying', 'ending') THEN 1
            WHEN r.phase IS NOT NULL THEN 0 END AS initialization_success,
       nullif(r.reason, '') AS error_message,
       CASE WHEN r.outcome IN ('passed', 'cached') THEN NULL ELSE r.outcome END AS error_type,
       datetime(r.started_wall_ns / 1000000000, 'unixepoch') AS created_at
FROM results r
JOIN result_hardware h ON h.result = r.id
LEFT JOIN case_models n ON n.case_id = r.case_id
WHERE r.role = 'primary' AND r.outcome IS NOT NULL;
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

constexpr std::array kMigrations{Migration{0, kVersion1}, Migration{1, kVersion2}, Migration{2, kVersion3},
                                 Migration{3, kVersion4}};

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

int schema_version() { return kMigrations.back().from + 1; }

}  // namespace benchhost::store
