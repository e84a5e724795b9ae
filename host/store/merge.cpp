#include "store/merge.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <memory>
#include <system_error>

#include "store/database_file.h"
#include "store/db_admin.h"
#include "store/error_ids.h"
#include "store/merge_tables.h"
#include "store/new_file.h"
#include "store/run_presence.h"
#include "store/sqlite_rows.h"

namespace benchhost::store {
namespace {

namespace fs = std::filesystem;

constexpr int kWaitMs = 10'000;
constexpr std::string_view kMerging = ".merging-";

/// A database that is gone with this object.
class PrivateFile {
 public:
  explicit PrivateFile(std::string path) : path_(std::move(path)) { remove_database(path_); }
  PrivateFile(const PrivateFile&) = delete;
  PrivateFile& operator=(const PrivateFile&) = delete;
  ~PrivateFile() { remove_database(path_); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// "results.db.merging-1234-0" of process 1234.
std::string private_name(const std::string& target, std::size_t number) {
  return fmt::format("{}{}{}-{}", target, kMerging, getpid(), number);
}

/// Removes what merges left that were killed: files of the names above whose process is gone.
void remove_left_copies(const std::string& target) {
  const std::string beginning = fs::path(target).filename().string() + std::string(kMerging);
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder_of(target), failed)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(beginning)) continue;
    pid_t process = 0;
    const char* end = name.data() + name.size();
    const auto [stop, error] = std::from_chars(name.data() + beginning.size(), end, process);
    if (error != std::errc{} || stop == end || *stop != '-' || process <= 0) continue;
    if (process == getpid() || kill(process, 0) == 0 || errno != ESRCH) continue;
    unlink(entry.path().c_str());
  }
}

bool is_same_file(const std::string& a, const std::string& b) {
  struct stat one {};
  struct stat other {};
  return stat(a.c_str(), &one) == 0 && stat(b.c_str(), &other) == 0 && one.st_dev == other.st_dev &&
         one.st_ino == other.st_ino;
}

/// A copy of a source under `copy`, of this program's schema and sound.
Result<void> take_copy(const std::string& source, const std::string& copy) {
  const auto take = [&]() -> Result<void> {
    {
      BH_TRY(OpenedFile file, open_for_copying(source, kWaitMs));
      BH_CHECK(copy_database(file.connection, copy));
    }
    BH_CHECK(open_own_copy(copy));
    BH_TRY(const CheckReport found, check_database(copy));
    if (found.sound()) return {};
    return make_error(kDamaged, fmt::format("the database is damaged: {}", found.damage.front()),
                      fmt::format("`benchhost db check --db {}` says more; nothing was merged", source));
  };
  auto taken = take();
  if (taken.ok()) return {};
  // What the copy is called concerns nobody.
  Error error = std::move(taken).error();
  error.place = source;
  return error;
}

/// A source, attached to a connection as "source" until it goes.
class Attached {
 public:
  static Result<std::unique_ptr<Attached>> attach(Connection& connection, const std::string& path) {
    BH_CHECK(connection.run("ATTACH ? AS source", path));
    return std::unique_ptr<Attached>(new Attached(connection));
  }
  Attached(const Attached&) = delete;
  Attached& operator=(const Attached&) = delete;
  ~Attached() { sqlite3_exec(connection_.handle(), "DETACH source", nullptr, nullptr, nullptr); }

 private:
  explicit Attached(Connection& connection) : connection_(connection) {}
  Connection& connection_;
};

/// The runs of the attached source that are to come in; what of the others is worth telling goes into the report.
Result<std::vector<RunId>> choose_runs(Connection& connection, const std::string& source, bool take_unfinished,
                                       MergeReport& report) {
  std::vector<RunId> chosen;
  BH_CHECK(each(
      connection.query("SELECT s.id, s.state, m.id, m.state, s.writer_pid, s.writer_start_ticks, s.writer_machine, "
                       "s.writer_boot, s.writer_pid_namespace, s.uid FROM source.runs s LEFT JOIN main.runs m "
                       "ON m.uid = s.uid ORDER BY s.id"),
      [&](Cursor& c) -> Result<void> {
        const RunId run = c.integer(0);
        if (!c.is_null(2)) {
          ++report.present;
          if (c.text(1) == "finished" && c.text(3) != "finished") {
            report.notes.push_back(fmt::format("run {} never finished here, but in {}, as uid:{}: it was left as it is",
                                               c.integer(2), source, c.text(9)));
          }
          return {};
        }
        const Liveness writer = c.text(1) == "running" ? liveness(writer_at(c, 4)) : Liveness::gone;
        if (writer == Liveness::alive) {
          report.notes.push_back(fmt::format("run {} of {} is under way and was left out", run, source));
        } else if (writer == Liveness::unknown && !take_unfinished) {
          report.notes.push_back(fmt::format(
              "run {} of {} has no end and was left out: on another machine it may be under way (--take-unfinished "
              "takes it as interrupted)",
              run, source));
        } else {
          chosen.push_back(run);
        }
        return {};
      }));
  return chosen;
}

/// Merges a copy into a database. `source`: how people know it.
Result<void> merge_copy(Connection& connection, const std::string& copy, const std::string& source,
                        bool take_unfinished, MergeReport& report,
                        const std::function<void(std::string_view)>& after_table) {
  BH_TRY(const auto attached, Attached::attach(connection, copy));
  BH_TRY(const auto runs, choose_runs(connection, source, take_unfinished, report));
  BH_TRY(MergedRows rows, merge_attached(connection, runs, after_table));
  // Those of the last merge: the one into the database itself.
  report.runs = std::move(rows.runs);
  report.results = rows.results;
  report.samples = rows.samples;
  return {};
}

}  // namespace

Result<MergeReport> merge_databases(const std::string& path, const MergeWish& wish,
                                    const std::function<void(std::string_view table)>& after_table) {
  for (const std::string& source : wish.sources) {
    if (is_same_file(source, path)) {
      return make_error(kCannotOpen, "this is the database to merge into", "name the others only").in(source);
    }
  }
  if (access(path.c_str(), F_OK) == 0) {
    BH_TRY(OpenedFile target, open_for_copying(path, kWaitMs));
    if (target.version == schema_version()) BH_CHECK(need_no_run_under_way(target.connection));
  }
  MergeReport report;
  remove_left_copies(path);
  const PrivateFile gathered(private_name(path, 0));
  std::string told;
  if (wish.sources.size() == 1) {
    told = wish.sources.front();
    BH_CHECK(take_copy(told, gathered.path()));
  } else {
    // The runs of all sources go into one private database first, so that the other gets them at once or not at all.
    told = "the sources";
    BH_CHECK(open_for_writing(gathered.path(), kWaitMs));
    for (const std::string& source : wish.sources) {
      const PrivateFile copy(private_name(path, 1));
      BH_CHECK(take_copy(source, copy.path()));
      BH_TRY(Connection connection, open_own_copy(gathered.path()));
      BH_CHECK(merge_copy(connection, copy.path(), source, wish.take_unfinished, report, {}));
    }
  }
  BH_TRY(OpenedFile target, open_for_writing(path, kWaitMs));
  report.notes.insert(report.notes.end(), target.warnings.begin(), target.warnings.end());
  BH_CHECK(need_no_run_under_way(target.connection));
  BH_CHECK(merge_copy(target.connection, gathered.path(), told, wish.take_unfinished, report, after_table));
  return report;
}

}  // namespace benchhost::store
