// What the reading parts of the SQLite store share.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string_view>
#include <utility>

#include "common/base/json.h"
#include "common/base/result.h"
#include "store/connection.h"
#include "store/error_ids.h"
#include "store/writer_process.h"

namespace benchhost::store {

[[nodiscard]] inline Error not_found(std::string_view what, std::int64_t id) {
  return make_error(kNotFound, fmt::format("there is no {} {}", what, id));
}

/// Columns of `runs` that name its writer, in the order in which writer_at reads them.
#define BH_WRITER_COLUMNS "writer_pid, writer_start_ticks, writer_machine, writer_boot, writer_pid_namespace"

[[nodiscard]] inline WriterProcess writer_at(const Cursor& cursor, int first) {
  return {cursor.integer(first), cursor.integer(first + 1), cursor.text(first + 2), cursor.text(first + 3),
          cursor.text(first + 4)};
}

/// Runs `read` on each row.
template <class Read>
[[nodiscard]] Result<void> each(Result<Cursor> cursor, Read read) {
  if (!cursor.ok()) return std::move(cursor).error();
  for (;;) {
    BH_TRY(const bool row, cursor->step());
    if (!row) return {};
    BH_CHECK(read(*cursor));
  }
}

/// The JSON of a column. Errors: damaged.
[[nodiscard]] inline Result<Json> json_of(const Cursor& cursor, int column) {
  auto json = parse_json(cursor.text(column));
  if (!json.ok()) return make_error(kDamaged, fmt::format("the database holds bad JSON: {}", json.error().message));
  return json;
}

}  // namespace benchhost::store
