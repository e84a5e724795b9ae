// Which process keeps a database locked.
#pragma once

#include <string>

namespace benchhost::store {

/// "process 1234 (benchhost run --suite nightly.yaml)", or "" where the system does not say. Reads /proc only: opening
/// and closing the database's own files here would drop the locks of this process.
[[nodiscard]] std::string lock_holder(const std::string& database);

}  // namespace benchhost::store
