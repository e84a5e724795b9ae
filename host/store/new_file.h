// Names of new database files: a file appears under its name whole or not at all, and takes nothing from what another
// database left beside that name. Private to this folder.
#pragma once

#include <string>

#include "common/base/result.h"

namespace benchhost::store {

[[nodiscard]] std::string folder_of(const std::string& path);

/// The error of a file or folder that the system call before refused to write (errno).
[[nodiscard]] Error not_writable(const std::string& what, const std::string& path);

/// Removes a half-made database with all that SQLite keeps beside it.
void remove_database(const std::string& path);

/// Puts a finished file under its name, never over another. True: done; false: the name is taken, and `file` is gone.
[[nodiscard]] Result<bool> give_name(const std::string& file, const std::string& name);

/// The log (-wal or -journal) of a database that is itself gone, beside its name; "" if there is none. SQLite would
/// replay it into the next database of that name.
[[nodiscard]] std::string log_left_beside(const std::string& name);

/// Gives the logs left beside a name other names, so that nothing replays them and nothing is lost. Returns what to
/// tell people, "" if there was nothing to do. Safe against other processes that do the same; waits for them for at
/// most `wait_ms`. Errors: a log cannot be renamed; the wait is over.
[[nodiscard]] Result<std::string> set_logs_aside(const std::string& name, int wait_ms);

}  // namespace benchhost::store
