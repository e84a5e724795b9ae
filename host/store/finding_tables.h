// What was found of the machine before a run: the table of it.
#pragma once

namespace benchhost::store {

/// The SQL that makes it. schema.md says what the columns mean.
inline constexpr const char* kFindingTables = R"sql(
CREATE TABLE run_findings(
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  position INTEGER NOT NULL,
  code TEXT NOT NULL,
  subject TEXT NOT NULL,
  severity TEXT NOT NULL CHECK (severity IN ('warning', 'note', 'unknown')),
  finding TEXT NOT NULL,
  help TEXT NOT NULL,
  PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace benchhost::store
