// Opening a database file: what it is, whether it is ours, of which version, and whether it may be written.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "store/connection.h"
#include "store/schema.h"

namespace benchhost::store {

struct OpenedFile {
  Connection connection;
  std::vector<std::string> warnings;
  int version = 0;  ///< of its schema
};

/// Opens, creating and migrating as needed; see open_store. `steps`: the migrations to apply, of which the last decides
/// the current version.
[[nodiscard]] Result<OpenedFile> open_for_writing(const std::string& path, int busy_wait_ms,
                                                  std::span<const Migration> steps = migrations());

/// See open_reader.
[[nodiscard]] Result<OpenedFile> open_for_reading(const std::string& path, int busy_wait_ms);

/// A database of any version up to this program's, for copying; nothing is written to it. Errors: as open_reader, but
/// not for an older schema; newer schema.
[[nodiscard]] Result<OpenedFile> open_for_copying(const std::string& path, int busy_wait_ms);

/// Opens a copy that nobody else uses and brings it up to date; no further copy is kept, and no log beside it.
/// Errors: as open_store.
[[nodiscard]] Result<Connection> open_own_copy(const std::string& path);

/// Applies the steps from the file's version on, each in a transaction of its own. `after_step` runs after each commit.
[[nodiscard]] Result<void> migrate(Connection& connection, std::span<const Migration> steps,
                                   const std::function<void(int version)>& after_step = {});

/// Copies a database through SQLite's backup interface into a file that must not exist, and checks the copy by reading
/// it. The file appears whole or not at all. Errors: target exists or cannot be written; source or copy damaged.
[[nodiscard]] Result<void> copy_database(Connection& from, const std::string& to);

}  // namespace benchhost::store
