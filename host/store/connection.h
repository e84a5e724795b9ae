// RAII over the SQLite C API. Private to this folder: no other module sees SQLite.
#pragma once

#include <sqlite3.h>

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/base/result.h"

namespace benchhost::store {

/// Bytes bound as a BLOB. Valid until: the bytes change.
struct Blob {
  std::string_view bytes;
};

/// A prepared statement in use. Its destructor resets it, so that no read transaction outlives it.
/// Valid until: its connection is closed.
class Cursor {
 public:
  explicit Cursor(sqlite3_stmt* statement) : statement_(statement) {}
  Cursor(Cursor&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;
  Cursor& operator=(Cursor&&) = delete;
  ~Cursor();

  /// True: a row stands ready. False: done.
  [[nodiscard]] Result<bool> step();
  /// Makes the statement ready for the next values.
  void rewind();

  void bind(int at, std::int64_t value) { sqlite3_bind_int64(statement_, at, value); }
  /// Requires: fits int64 (validate.h sees to it).
  void bind(int at, std::uint64_t value) { sqlite3_bind_int64(statement_, at, static_cast<std::int64_t>(value)); }
  void bind(int at, std::int32_t value) { sqlite3_bind_int64(statement_, at, value); }
  void bind(int at, std::uint32_t value) { sqlite3_bind_int64(statement_, at, value); }
  void bind(int at, bool value) { sqlite3_bind_int64(statement_, at, value ? 1 : 0); }
  void bind(int at, double value) { sqlite3_bind_double(statement_, at, value); }
  void bind(int at, std::string_view value);
  void bind(int at, const std::string& value) { bind(at, std::string_view(value)); }
  void bind(int at, const char* value) { bind(at, std::string_view(value)); }
  void bind(int at, Blob value);
  void bind(int at, std::nullopt_t) { sqlite3_bind_null(statement_, at); }
  template <class T>
  void bind(int at, const std::optional<T>& value) {
    if (value) {
      bind(at, *value);
    } else {
      sqlite3_bind_null(statement_, at);
    }
  }

  [[nodiscard]] bool is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  [[nodiscard]] bool is_real(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_FLOAT; }
  [[nodiscard]] std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  [[nodiscard]] std::uint64_t natural(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  [[nodiscard]] std::uint32_t natural32(int column) const { return static_cast<std::uint32_t>(integer(column)); }
  [[nodiscard]] double real(int column) const { return sqlite3_column_double(statement_, column); }
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::optional<std::int64_t> maybe_integer(int column) const;
  [[nodiscard]] std::optional<std::uint64_t> maybe_natural(int column) const;
  [[nodiscard]] std::optional<double> maybe_real(int column) const;

 private:
  sqlite3_stmt* statement_;
};

/// How a file is opened.
enum class OpenMode {
  read_only,
  read_only_immutable,  ///< no locks and no -shm file: for a closed database on a medium that cannot be written
  read_write,           ///< the file must exist
  create,               ///< the file may be new
};

/// One connection. Thread: one at a time.
class Connection {
 public:
  Connection() = default;
  Connection(Connection&&) = default;
  Connection& operator=(Connection&&) = default;

  /// Opens and hardens: extended codes, defensive, trusted_schema off, no extension loading. Pragmas are the caller's.
  static Result<Connection> open(const std::string& path, OpenMode mode, int busy_wait_ms);

  [[nodiscard]] sqlite3* handle() const { return db_.get(); }
  [[nodiscard]] const std::string& path() const { return path_; }

  /// Runs a statement text that has no parameters; several statements are allowed.
  [[nodiscard]] Result<void> execute(const char* sql);

  /// A cursor over a cached statement with its parameters bound. `sql` must be a literal: its address is the cache's
  /// key.
  template <class... Args>
  [[nodiscard]] Result<Cursor> query(const char* sql, const Args&... args) {
    BH_TRY(sqlite3_stmt * statement, prepare(sql));
    Cursor cursor(statement);
    int at = 0;
    (cursor.bind(++at, args), ...);
    return cursor;
  }
  /// Runs to the end; rows are ignored.
  template <class... Args>
  [[nodiscard]] Result<void> run(const char* sql, const Args&... args) {
    BH_TRY(Cursor cursor, query(sql, args...));
    BH_TRY(const bool row, cursor.step());
    static_cast<void>(row);
    return {};
  }
  /// The first column of the first row; nullopt without a row.
  template <class... Args>
  [[nodiscard]] Result<std::optional<std::int64_t>> integer(const char* sql, const Args&... args) {
    BH_TRY(Cursor cursor, query(sql, args...));
    BH_TRY(const bool row, cursor.step());
    if (!row) return std::optional<std::int64_t>();
    return std::optional<std::int64_t>(cursor.integer(0));
  }
  [[nodiscard]] std::int64_t last_row() const { return sqlite3_last_insert_rowid(db_.get()); }

 private:
  struct Close {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  Result<sqlite3_stmt*> prepare(const char* sql);

  std::string path_;
  std::unique_ptr<sqlite3, Close> db_;
  std::unordered_map<const char*, std::unique_ptr<sqlite3_stmt, Finalize>> cache_;  // destroyed before db_
};

/// A transaction that rolls back unless committed.
class Transaction {
 public:
  /// A `write` is on the disk when commit returns. `write_unflushed` survives the death of this process then, and gets
  /// to the disk with the next `write`: until then a power cut takes it back whole.
  enum class Kind { read, write, write_unflushed };
  /// A write transaction takes the lock at once, waiting for at most the connection's busy wait.
  static Result<Transaction> begin(Connection& connection, Kind kind);
  Transaction(Transaction&& other) noexcept
      : connection_(std::exchange(other.connection_, nullptr)), kind_(other.kind_) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  [[nodiscard]] Result<void> commit();

 private:
  Transaction(Connection& connection, Kind kind) : connection_(&connection), kind_(kind) {}
  void end();
  Connection* connection_;
  Kind kind_;
};

/// The error that SQLite reports on this connection now, with a code, the file and what to do.
[[nodiscard]] Error sqlite_error(sqlite3* db, int code, const std::string& path);

}  // namespace benchhost::store
