#include "store/connection.h"

#include <fmt/format.h>

#include <utility>

#include "store/error_ids.h"
#include "store/lock_holder.h"

namespace benchhost::store {

Error sqlite_error(sqlite3* db, int code, const std::string& path) {
  const std::string text = db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code);
  Error error;
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: {
      const std::string holder = lock_holder(path);
      error = make_error(kLocked,
                         holder.empty() ? std::string("the database is locked by another program")
                                        : fmt::format("the database is locked by {}", holder),
                         "wait for that program to end, or write to another file with --db");
      break;
    }
    case SQLITE_CORRUPT:
      error = make_error(kDamaged, fmt::format("the database is damaged: {}", text),
                         fmt::format("`benchhost db check --db {}` says where; restore a backup", path));
      break;
    case SQLITE_NOTADB:
      error = make_error(kCannotOpen, "this file is no SQLite database",
                         "name another file with --db; if this was a database, restore a backup");
      break;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      error = make_error(kNotWritable, fmt::format("the database cannot be written: {}", text),
                         "make the file and its folder writable, or write to another file with --db");
      break;
    case SQLITE_FULL:
      error = make_error(kNotStored, "the disk is full: nothing of this record was stored",
                         "free some space, then resume the run");
      break;
    case SQLITE_IOERR:
      error = make_error(kNotStored, fmt::format("input or output failed: {} (error {})", text, code),
                         "look at the disk's space and health, then resume the run");
      break;
    case SQLITE_CANTOPEN:
      error = make_error(kCannotOpen, fmt::format("the database cannot be opened: {}", text),
                         "look at the path and its permissions");
      break;
    case SQLITE_CONSTRAINT:
      error = make_error(kRefused, fmt::format("the record contradicts what is stored: {}", text));
      break;
    default:
      error = make_error(kNotStored, fmt::format("SQLite: {} (error {})", text, code));
      break;
  }
  return std::move(error).in(path);
}

Cursor::~Cursor() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Result<bool> Cursor::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  sqlite3* db = sqlite3_db_handle(statement_);
  const char* path = sqlite3_db_filename(db, "main");
  return sqlite_error(db, code, path != nullptr ? path : "");
}

void Cursor::rewind() { sqlite3_reset(statement_); }

void Cursor::bind(int at, std::string_view value) {
  // A null pointer would bind NULL; an empty text is a text.
  sqlite3_bind_text64(statement_, at, value.data() != nullptr ? value.data() : "", value.size(), SQLITE_TRANSIENT,
                      SQLITE_UTF8);
}

void Cursor::bind(int at, Blob value) {
  if (value.bytes.empty()) {
    sqlite3_bind_zeroblob(statement_, at, 0);
  } else {
    sqlite3_bind_blob64(statement_, at, value.bytes.data(), value.bytes.size(), SQLITE_TRANSIENT);
  }
}

std::string Cursor::text(int column) const {
  const void* bytes = sqlite3_column_type(statement_, column) == SQLITE_BLOB
                          ? sqlite3_column_blob(statement_, column)
                          : static_cast<const void*>(sqlite3_column_text(statement_, column));
  const int size = sqlite3_column_bytes(statement_, column);
  return bytes != nullptr ? std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size))
                          : std::string();
}

std::optional<std::int64_t> Cursor::maybe_integer(int column) const {
  return is_null(column) ? std::nullopt : std::optional(integer(column));
}

std::optional<std::uint64_t> Cursor::maybe_natural(int column) const {
  return is_null(column) ? std::nullopt : std::optional(natural(column));
}

std::optional<double> Cursor::maybe_real(int column) const {
  return is_null(column) ? std::nullopt : std::optional(real(column));
}

Result<Connection> Connection::open(const std::string& path, OpenMode mode, int busy_wait_ms) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_URI;
  switch (mode) {
    case OpenMode::read_only:
    case OpenMode::read_only_immutable:
      flags |= SQLITE_OPEN_READONLY;
      break;
    case OpenMode::read_write:
      flags |= SQLITE_OPEN_READWRITE;
      break;
    case OpenMode::create:
      flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
      break;
  }
  // A URI, because only it can say `immutable`; every byte that means something in one is written as %xx.
  std::string uri = "file:";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
                       byte == '/' || byte == '.' || byte == '-' || byte == '_';
    uri += plain ? std::string(1, c) : fmt::format("%{:02x}", byte);
  }
  if (mode == OpenMode::read_only_immutable) uri += "?immutable=1";

  Connection connection;
  connection.path_ = path;
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(uri.c_str(), &raw, flags, nullptr);
  connection.db_.reset(raw);
  if (code != SQLITE_OK) return sqlite_error(raw, code, path);
  sqlite3_busy_timeout(raw, busy_wait_ms);
  // A database file is input too: nothing in it may change what the connection does.
  for (const auto& [option, value] : {std::pair{SQLITE_DBCONFIG_DEFENSIVE, 1},
                                      {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
                                      {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
                                      {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
                                      {SQLITE_DBCONFIG_DQS_DML, 0},
                                      {SQLITE_DBCONFIG_DQS_DDL, 0},
                                      {SQLITE_DBCONFIG_ENABLE_FKEY, 1}}) {
    if (const int set = sqlite3_db_config(raw, option, value, static_cast<int*>(nullptr)); set != SQLITE_OK) {
      return sqlite_error(raw, set, path);
    }
  }
  return connection;
}

Result<void> Connection::execute(const char* sql) {
  const int code = sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return sqlite_error(db_.get(), code, path_);
  return {};
}

Result<sqlite3_stmt*> Connection::prepare(const char* sql) {
  if (const auto found = cache_.find(sql); found != cache_.end()) return found->second.get();
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(db_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return sqlite_error(db_.get(), code, path_);
  cache_.emplace(sql, statement);
  return statement;
}

Result<Transaction> Transaction::begin(Connection& connection, Kind kind) {
  // In WAL mode NORMAL appends to the log without flushing it; the next commit under FULL flushes all of it.
  if (kind == Kind::write_unflushed) BH_CHECK(connection.execute("PRAGMA synchronous = NORMAL"));
  Transaction transaction(connection, kind);
  BH_CHECK(connection.run(kind == Kind::read ? "BEGIN" : "BEGIN IMMEDIATE"));
  return transaction;
}

void Transaction::end() {
  if (kind_ == Kind::write_unflushed) {
    sqlite3_exec(connection_->handle(), "PRAGMA synchronous = FULL", nullptr, nullptr, nullptr);
  }
  connection_ = nullptr;
}

Transaction::~Transaction() {
  if (connection_ == nullptr) return;
  // Some errors (disk full) have rolled back already; a ROLLBACK then would only report that there is nothing to undo.
  if (sqlite3_get_autocommit(connection_->handle()) == 0) {
    sqlite3_exec(connection_->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
  end();
}

Result<void> Transaction::commit() {
  BH_CHECK(connection_->run("COMMIT"));
  end();
  return {};
}

}  // namespace benchhost::store
