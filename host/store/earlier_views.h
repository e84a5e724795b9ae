// Views with the table and column names of an earlier Python framework, so that its users' SQL runs unchanged.
#pragma once

namespace benchhost::store {

/// The SQL that makes them. schema.md says what each column is made of. Only what a column means there goes into it;
/// all else is NULL.
inline constexpr const char* kEarlierViews = R"sql(
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

}  // namespace benchhost::store
