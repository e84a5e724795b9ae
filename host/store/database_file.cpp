// Facts about a file come from stat() and SQLite alone. Opening and closing the file here would drop the POSIX locks
// that another connection of this process may hold on it (fcntl(2): locks go with any descriptor of the file).
#include "store/database_file.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/vfs.h>
#endif

#include <cerrno>
#include <cstring>
#include <optional>
#include <set>
#include <utility>

#include "store/error_ids.h"
#include "store/new_file.h"

namespace benchhost::store {
namespace {

Error cannot_open(const std::string& path, std::string message, std::string help = "name another file with --db") {
  return make_error(kCannotOpen, std::move(message), std::move(help)).in(path);
}

/// Size of a regular file; nullopt: there is none of that name. Errors: something else has the name.
Result<std::optional<std::int64_t>> regular_file_size(const std::string& path) {
  struct stat facts {};
  if (stat(path.c_str(), &facts) != 0) {
    if (errno == ENOENT) return std::optional<std::int64_t>();
    return cannot_open(path, fmt::format("the file cannot be looked at: {}", std::strerror(errno)));
  }
  if (S_ISDIR(facts.st_mode)) return cannot_open(path, "this is a directory, not a database");
  if (S_ISFIFO(facts.st_mode)) return cannot_open(path, "this is a FIFO, not a database");
  if (!S_ISREG(facts.st_mode)) return cannot_open(path, "this is no regular file");
  return std::optional<std::int64_t>(facts.st_size);
}

bool on_network(const std::string& path) {
#ifdef __linux__
  struct statfs facts {};
  if (statfs(path.c_str(), &facts) != 0) return false;
  // Magic numbers of statfs(2): nfs, smb, smb2, cifs, 9p, afs, ceph, lustre.
  static constexpr std::uint32_t kNetwork[] = {0x6969,     0x517b,     0xfe534d42, 0xff534d42,
                                               0x01021997, 0x5346414f, 0x00c36400, 0x0bd00bd0};
  for (const std::uint32_t magic : kNetwork) {
    if (static_cast<std::uint32_t>(facts.f_type) == magic) return true;
  }
#else
  static_cast<void>(path);
#endif
  return false;
}

void warn_of_network(const std::string& path, std::vector<std::string>& warnings) {
  if (!on_network(folder_of(path))) return;
  warnings.push_back(fmt::format(
      "{} lies on a network file system, whose locks do not protect a database; keep it on a local disk", path));
}

Result<int> pragma(Connection& connection, const char* sql) {
  BH_TRY(const auto value, connection.integer(sql));
  return static_cast<int>(value.value_or(0));
}

/// Version of the schema. Errors: not a database, damaged, or not ours.
Result<int> version_of_ours(Connection& connection) {
  BH_TRY(const int application, pragma(connection, "PRAGMA application_id"));
  BH_TRY(const int version, pragma(connection, "PRAGMA user_version"));
  if (application != kApplicationId) {
    return cannot_open(connection.path(), "this SQLite database belongs to another program");
  }
  BH_TRY(const auto triggers, connection.integer("SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'"));
  if (triggers.value_or(0) != 0) {
    return make_error(kDamaged, "the database holds triggers, which benchhost never makes",
                      "somebody changed its schema: restore a backup, or drop the triggers")
        .in(connection.path());
  }
  return version;
}

using Columns = std::set<std::pair<std::string, std::string>>;

Result<Columns> columns(Connection& connection) {
  BH_TRY(Cursor cursor, connection.query("SELECT t.name, c.name FROM sqlite_schema t, pragma_table_xinfo(t.name) c "
                                         "WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"));
  Columns found;
  for (;;) {
    BH_TRY(const bool row, cursor.step());
    if (!row) return found;
    found.emplace(cursor.text(0), cursor.text(1));
  }
}

/// Every table and column that the migrations make must be there; what an analyst added beside them may stay.
Result<void> check_tables(Connection& connection, std::span<const Migration> steps) {
  BH_TRY(Connection model, Connection::open("", OpenMode::create, 0));
  BH_CHECK(migrate(model, steps));
  BH_TRY(const Columns wanted, columns(model));
  BH_TRY(const Columns found, columns(connection));
  for (const auto& column : wanted) {
    if (!found.contains(column)) {
      return make_error(kDamaged, fmt::format("column '{}' of table '{}' is missing", column.second, column.first),
                        "somebody changed the schema: restore a backup")
          .in(connection.path());
    }
  }
  return {};
}

Error newer(const std::string& path, int found, int known) {
  return make_error(
             kNewerSchema,
             fmt::format("the database has schema {}, and this benchhost knows schemas up to {}", found, known),
             "write with the newer benchhost or to another file; reading (list, show, report, query) still works")
      .in(path);
}

/// A new database, built beside its name, so that a kill in the middle leaves no half-made file under it. Returns what
/// to tell people, if anything.
Result<std::string> create(const std::string& path, int busy_wait_ms, std::span<const Migration> steps) {
  const std::string file = fmt::format("{}.new-{}", path, getpid());
  remove_database(file);
  const auto build = [&]() -> Result<void> {
    BH_TRY(Connection connection, Connection::open(file, OpenMode::create, busy_wait_ms));
    BH_CHECK(connection.execute(fmt::format("PRAGMA application_id = {}", kApplicationId).c_str()));
    BH_CHECK(connection.execute("PRAGMA synchronous = FULL"));
    BH_CHECK(migrate(connection, steps));
    return connection.execute("PRAGMA journal_mode = WAL");
  };
  if (auto built = build(); !built.ok()) {
    remove_database(file);
    return std::move(built).error();
  }
  auto told = set_logs_aside(path, busy_wait_ms);
  if (!told.ok()) {
    remove_database(file);
    return told;
  }
  // Where somebody else was quicker, theirs is the database.
  BH_TRY(const bool ours, give_name(file, path));
  static_cast<void>(ours);
  return told;
}

Result<std::string> keep_copy(Connection& connection, int version) {
  for (int n = 1; n < 1000; ++n) {
    const std::string name = n == 1 ? fmt::format("{}.v{}.backup", connection.path(), version)
                                    : fmt::format("{}.v{}.backup.{}", connection.path(), version, n);
    if (access(name.c_str(), F_OK) == 0) continue;
    BH_CHECK(copy_database(connection, name));
    return name;
  }
  return make_error(kMigration, "there are too many old backups beside the database", "move them elsewhere")
      .in(connection.path());
}

/// Of a step of a copy, which reads one file and writes the other.
Error copy_error(int code, const std::string& from, const std::string& to) {
  const int kind = code & 0xff;
  const bool reading = code == SQLITE_IOERR_READ || code == SQLITE_IOERR_SHORT_READ || code == SQLITE_IOERR_CORRUPTFS;
  if (kind == SQLITE_FULL || (kind == SQLITE_IOERR && !reading)) {
    return make_error(kNotStored, fmt::format("no copy was made: {}", sqlite3_errstr(code)),
                      "look at the disk's space and health, or copy to another disk")
        .in(to);
  }
  const bool of_the_copy = kind == SQLITE_READONLY || kind == SQLITE_CANTOPEN || kind == SQLITE_PERM;
  return sqlite_error(nullptr, code, of_the_copy ? to : from);
}

/// Foreign keys, not enforced during its life.
class UnboundReferences {
 public:
  explicit UnboundReferences(Connection& connection) : connection_(connection) { set("PRAGMA foreign_keys = OFF"); }
  UnboundReferences(const UnboundReferences&) = delete;
  UnboundReferences& operator=(const UnboundReferences&) = delete;
  ~UnboundReferences() { set("PRAGMA foreign_keys = ON"); }

 private:
  void set(const char* sql) { sqlite3_exec(connection_.handle(), sql, nullptr, nullptr, nullptr); }
  Connection& connection_;
};

}  // namespace

Result<void> migrate(Connection& connection, std::span<const Migration> steps,
                     const std::function<void(int version)>& after_step) {
  // A step that rebuilds a table drops the old one, which would delete all that refers to it. Set outside the
  // transactions, for within one the setting does nothing.
  const UnboundReferences off(connection);
  for (const Migration& step : steps) {
    const auto apply = [&]() -> Result<bool> {
      BH_TRY(Transaction transaction, Transaction::begin(connection, Transaction::Kind::write));
      // Read under the lock: another process may have taken this step.
      BH_TRY(const int version, pragma(connection, "PRAGMA user_version"));
      if (version != step.from) return false;
      BH_CHECK(connection.execute(step.sql));
      BH_TRY(const auto broken, connection.integer("SELECT count(*) FROM pragma_foreign_key_check"));
      if (broken.value_or(0) != 0) {
        return make_error(kMigration, fmt::format("{} rows would refer to nothing", *broken)).in(connection.path());
      }
      BH_CHECK(connection.execute(fmt::format("PRAGMA user_version = {}", step.from + 1).c_str()));
      BH_CHECK(transaction.commit());
      return true;
    };
    auto applied = apply();
    if (!applied.ok()) return std::move(applied).error().in(fmt::format("migration from schema {}", step.from));
    if (*applied && after_step) after_step(step.from + 1);
  }
  return {};
}

Result<void> copy_database(Connection& from, const std::string& to) {
  if (access(to.c_str(), F_OK) == 0) return cannot_open(to, "the file exists already", "name a new file");
  if (const std::string log = log_left_beside(to); !log.empty()) {
    return cannot_open(to, fmt::format("'{}', left of another database, would be taken for a part of the copy", log),
                       "name a new file, or move that one away");
  }
  const std::string file = fmt::format("{}.new-{}", to, getpid());
  remove_database(file);
  const auto copy = [&]() -> Result<void> {
    BH_TRY(Connection target, Connection::open(file, OpenMode::create, 0));
    sqlite3_backup* backup = sqlite3_backup_init(target.handle(), "main", from.handle(), "main");
    if (backup == nullptr) return sqlite_error(target.handle(), sqlite3_errcode(target.handle()), file);
    // All pages in one step: one read transaction, which in WAL mode holds up no writer.
    const int step = sqlite3_backup_step(backup, -1);
    const int finish = sqlite3_backup_finish(backup);
    if (step != SQLITE_DONE) return copy_error(step, from.path(), to);
    if (finish != SQLITE_OK) return copy_error(finish, from.path(), to);
    return {};
  };
  const auto check = [&]() -> Result<void> {
    BH_TRY(Connection target, Connection::open(file, OpenMode::read_write, 0));
    BH_TRY(Cursor cursor, target.query("PRAGMA integrity_check(1)"));
    BH_TRY(const bool row, cursor.step());
    if (row && cursor.text(0) == "ok") return {};
    return make_error(kDamaged, fmt::format("the copy is damaged: {}", cursor.text(0)),
                      "`benchhost db check` says what is wrong with the original")
        .in(to);
  };
  auto done = copy();
  if (done.ok()) done = check();
  if (!done.ok()) {
    remove_database(file);
    return std::move(done).error();
  }
  BH_TRY(const bool named, give_name(file, to));
  if (!named) return cannot_open(to, "the file exists already", "name a new file");
  return {};
}

Result<OpenedFile> open_for_writing(const std::string& path, int busy_wait_ms, std::span<const Migration> steps) {
  OpenedFile opened;
  if (path.empty()) return cannot_open(path, "the database has no name");
  BH_TRY(const auto size, regular_file_size(path));
  const std::string folder = folder_of(path);
  if (access(folder.c_str(), F_OK) != 0) return cannot_open(path, fmt::format("there is no folder '{}'", folder));
  // The folder too: SQLite keeps its -wal file there.
  if (access(folder.c_str(), W_OK | X_OK) != 0) return not_writable("the folder of the database", folder);
  if (size && access(path.c_str(), W_OK) != 0) return not_writable("the database", path);
  if (size && *size == 0) {
    return cannot_open(path, "the file is empty, and no database of benchhost",
                       "delete it to start a new database there, or name another file with --db");
  }
  warn_of_network(path, opened.warnings);
  if (!size) {
    BH_TRY(std::string told, create(path, busy_wait_ms, steps));
    if (!told.empty()) opened.warnings.push_back(std::move(told));
  }

  BH_TRY(opened.connection, Connection::open(path, OpenMode::read_write, busy_wait_ms));
  Connection& connection = opened.connection;
  BH_TRY(const int version, version_of_ours(connection));
  const int current = steps.empty() ? 0 : steps.back().from + 1;
  if (version > current) return newer(path, version, current);
  BH_CHECK(connection.execute("PRAGMA synchronous = FULL"));
  if (version < current) {
    BH_TRY(const std::string copy, keep_copy(connection, version));
    BH_CHECK(migrate(connection, steps));
    opened.warnings.push_back(
        fmt::format("{} was brought from schema {} to {}; the old one is kept as {}", path, version, current, copy));
  }
  BH_CHECK(check_tables(connection, steps));
  {
    BH_TRY(Cursor cursor, connection.query("PRAGMA journal_mode = WAL"));
    BH_TRY(const bool row, cursor.step());
    if (!row || cursor.text(0) != "wal") {
      return make_error(kNotWritable, "the file system does not allow write-ahead logging",
                        "keep the database on a local disk")
          .in(path);
    }
  }
  opened.version = current;
  // 64 MiB: what a long read may leave behind in the -wal file is given back at the next checkpoint.
  BH_CHECK(connection.execute("PRAGMA journal_size_limit = 67108864; PRAGMA cell_size_check = ON"));
  return opened;
}

namespace {

/// Opened for reading, of whichever version.
Result<OpenedFile> open_readable(const std::string& path, int busy_wait_ms) {
  OpenedFile opened;
  BH_TRY(const auto size, regular_file_size(path));
  if (!size) return cannot_open(path, "there is no such database", "run something first, or name its file with --db");
  if (*size == 0) return cannot_open(path, "the file is empty, and no database of benchhost");
  if (access(path.c_str(), R_OK) != 0) {
    return cannot_open(path, fmt::format("the database cannot be read: {}", std::strerror(errno)));
  }
  warn_of_network(path, opened.warnings);
  Connection& connection = opened.connection;
  BH_TRY(connection, Connection::open(path, OpenMode::read_only, busy_wait_ms));
  auto version = version_of_ours(connection);
  // A closed database has no -shm file, and a reader that may not write the folder cannot make one. Without a -wal file
  // the database file is all there is, and can be read as it stands.
  struct stat wal {};
  const bool has_wal = stat((path + "-wal").c_str(), &wal) == 0 && wal.st_size > 0;
  if (!version.ok() && !has_wal && access(folder_of(path).c_str(), W_OK) != 0) {
    connection = Connection();
    BH_TRY(connection, Connection::open(path, OpenMode::read_only_immutable, busy_wait_ms));
    version = version_of_ours(connection);
  }
  if (!version.ok()) return std::move(version).error();
  BH_CHECK(connection.execute("PRAGMA query_only = ON; PRAGMA cell_size_check = ON"));
  opened.version = *version;
  return opened;
}

}  // namespace

Result<OpenedFile> open_for_reading(const std::string& path, int busy_wait_ms) {
  BH_TRY(OpenedFile opened, open_readable(path, busy_wait_ms));
  if (opened.version < schema_version()) {
    return make_error(kMigration, fmt::format("the database has the older schema {}", opened.version),
                      fmt::format("`benchhost db migrate --db {}` brings it to schema {}, keeping a copy", path,
                                  schema_version()))
        .in(path);
  }
  if (opened.version > schema_version()) {
    opened.warnings.push_back(fmt::format("{} has the newer schema {}; this benchhost reads it as schema {}", path,
                                          opened.version, schema_version()));
  }
  return opened;
}

Result<OpenedFile> open_for_copying(const std::string& path, int busy_wait_ms) {
  BH_TRY(OpenedFile opened, open_readable(path, busy_wait_ms));
  if (opened.version > schema_version()) return newer(path, opened.version, schema_version());
  return opened;
}

Result<Connection> open_own_copy(const std::string& path) {
  BH_TRY(Connection connection, Connection::open(path, OpenMode::read_write, 0));
  BH_CHECK(version_of_ours(connection));
  BH_CHECK(connection.execute("PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF"));
  BH_CHECK(migrate(connection, migrations()));
  BH_CHECK(check_tables(connection, migrations()));
  return connection;
}

}  // namespace benchhost::store
