// What was seen of noise inside a measurement: groups of speeds, what was counted, what was used.
#pragma once

namespace benchhost::store {

/// The SQL that makes the tables. schema.md says what a column means.
inline constexpr const char* kNoiseTables = R"sql(
CREATE TABLE modes(
  result INTEGER NOT NULL REFERENCES results ON DELETE CASCADE,
  position INTEGER NOT NULL,
  mode INTEGER NOT NULL,
  metric INTEGER NOT NULL REFERENCES metrics,
  invocation INTEGER,
  unit TEXT NOT NULL,
  location REAL NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (result, position, mode)
) STRICT, WITHOUT ROWID;

CREATE TABLE event_counts(
  invocation INTEGER NOT NULL REFERENCES invocations ON DELETE CASCADE,
  position INTEGER NOT NULL,
  event TEXT NOT NULL,
  value REAL,
  running_ratio REAL,
  is_scaled INTEGER,
  is_user_only INTEGER NOT NULL,
  batches INTEGER NOT NULL,
  iterations INTEGER NOT NULL,
  null_reason TEXT NOT NULL,
  PRIMARY KEY (invocation, position),
  CHECK (value IS NOT NULL OR null_reason <> '')
) STRICT, WITHOUT ROWID;

CREATE TABLE energies(
  invocation INTEGER NOT NULL REFERENCES invocations ON DELETE CASCADE,
  position INTEGER NOT NULL,
  zone TEXT NOT NULL,
  joules REAL,
  window_ns INTEGER NOT NULL,
  batches INTEGER NOT NULL,
  iterations INTEGER NOT NULL,
  null_reason TEXT NOT NULL,
  PRIMARY KEY (invocation, position),
  CHECK (joules IS NOT NULL OR null_reason <> '')
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace benchhost::store
