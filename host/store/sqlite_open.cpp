// Opening: what earlier processes left behind is settled before a store is handed out.
#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "store/database_file.h"
#include "store/sqlite_rows.h"
#include "store/sqlite_store.h"
#include "store/sqlite_store_body.h"

namespace benchhost::store {
namespace {

std::int64_t system_wall_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

SqliteStore::SqliteStore(Connection connection, std::function<std::int64_t()> wall_clock)
    : connection_(std::move(connection)),
      wall_clock_(wall_clock ? std::move(wall_clock) : system_wall_ns),
      writer_(this_process()) {}

Result<std::size_t> SqliteStore::interrupt_abandoned_runs() {
  // First a look without the lock: opening a database must not wait for another run's transaction.
  std::vector<std::pair<RunId, WriterProcess>> gone;
  {
    BH_TRY(Cursor cursor, connection_.query("SELECT id, " BH_WRITER_COLUMNS " FROM runs WHERE state = 'running'"));
    for (;;) {
      BH_TRY(const bool row, cursor.step());
      if (!row) break;
      const WriterProcess writer = writer_at(cursor, 1);
      if (liveness(writer) == Liveness::gone) gone.emplace_back(cursor.integer(0), writer);
    }
  }
  if (gone.empty()) return std::size_t{0};
  BH_TRY(Transaction transaction, Transaction::begin(connection_, Transaction::Kind::write));
  std::size_t marked = 0;
  for (const auto& [run, writer] : gone) {
    // Another process may have done it, or resumed the run, in between.
    BH_CHECK(
        connection_.run("UPDATE runs SET state = 'interrupted' WHERE id = ? AND state = 'running' AND "
                        "writer_pid = ? AND writer_start_ticks = ? AND writer_boot = ?",
                        run, writer.pid, writer.start_ticks, writer.boot));
    if (sqlite3_changes(connection_.handle()) == 0) continue;
    ++marked;
    BH_CHECK(interrupt_results(run, "benchhost ended without finishing this case"));
    BH_TRY(const std::int64_t event, put_event(run, "run_interrupted", Json()));
    static_cast<void>(event);
  }
  BH_CHECK(transaction.commit());
  return marked;
}

Result<OpenedStore> open_store(const OpenOptions& options) {
  BH_TRY(OpenedFile file, open_for_writing(options.path, options.busy_wait_ms));
  auto store = std::make_unique<SqliteStore>(std::move(file.connection), options.wall_clock);
  BH_TRY(const std::size_t interrupted, store->interrupt_abandoned_runs());
  if (interrupted > 0) {
    file.warnings.push_back(
        fmt::format("{} earlier run{} ended without finishing; `benchhost run --resume` goes on with the "
                    "newest",
                    interrupted, interrupted == 1 ? "" : "s"));
  }
  return OpenedStore{std::move(store), std::move(file.warnings)};
}

Result<OpenedReader> open_reader(const OpenOptions& options) {
  BH_TRY(OpenedFile file, open_for_reading(options.path, options.busy_wait_ms));
  return OpenedReader{std::make_unique<SqliteStore>(std::move(file.connection), options.wall_clock),
                      std::move(file.warnings)};
}

}  // namespace benchhost::store
