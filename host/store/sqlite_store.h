// The run store over one SQLite file: WAL, synchronous=FULL, strict tables. schema.md describes the file.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "store/run_store.h"

namespace benchhost::store {

struct OpenOptions {
  std::string path;
  /// How long a call waits for another program's lock. Bounded, so that a run never hangs on its database.
  int busy_wait_ms = 10'000;
  /// Wall time for events, ns since the Unix epoch; the system's clock if empty.
  std::function<std::int64_t()> wall_clock;
};

struct OpenedStore {
  std::unique_ptr<RunStore> store;
  std::vector<std::string> warnings;  ///< for people: a network file system, runs found interrupted, a migration done
};

struct OpenedReader {
  std::unique_ptr<RunReader> reader;
  std::vector<std::string> warnings;
};

/// Opens a database for writing. A missing file is created whole or not at all. An older schema is brought up to date,
/// after a copy was kept beside it. Runs whose process is gone become `interrupted`, with their unfinished results.
/// Errors: not a regular file; no database, or somebody else's; empty; damaged; newer schema; read-only file or folder;
/// locked for longer than the wait.
[[nodiscard]] Result<OpenedStore> open_store(const OpenOptions& options);

/// Opens a database for reading; nothing is ever written to it. A newer schema is read as far as its tables allow. A
/// closed database in a folder that cannot be written is read as well. Errors: missing; as open_store; older schema.
[[nodiscard]] Result<OpenedReader> open_reader(const OpenOptions& options);

}  // namespace benchhost::store
