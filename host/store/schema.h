// The tables, as migrations. host/store/schema.md says what they mean.
#pragma once

#include <cstdint>
#include <span>

namespace benchhost::store {

/// Stands in the file's header, so that a stranger's SQLite database is never taken for ours: "BHDB".
inline constexpr std::int32_t kApplicationId = 0x42484442;

/// Brings a database from version `from` to `from + 1`. Runs in one transaction. Published ones are never edited.
struct Migration {
  int from = 0;
  const char* sql = nullptr;
};

/// All migrations, ascending from 0, without gaps. Valid for ever.
[[nodiscard]] std::span<const Migration> migrations();

/// The version that this program writes.
[[nodiscard]] int schema_version();

}  // namespace benchhost::store
