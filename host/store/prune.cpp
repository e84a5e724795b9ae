#include "store/prune.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <set>

#include "store/database_file.h"
#include "store/error_ids.h"
#include "store/run_presence.h"
#include "store/sqlite_rows.h"

namespace benchhost::store {
namespace {

constexpr int kWaitMs = 10'000;

std::uint64_t file_bytes(const std::string& path) {
  struct stat facts {};
  return stat(path.c_str(), &facts) == 0 ? static_cast<std::uint64_t>(facts.st_size) : 0;
}

bool has(const Labels& labels, const std::string& name, const std::optional<std::string>& value) {
  const auto found = labels.find(name);
  return found != labels.end() && (!value || found->second == *value);
}

std::string kept_label(const PruneCandidate& run, const PruneWish& wish) {
  for (const auto& [name, value] : wish.keep_labels) {
    if (has(run.labels, name, value)) return fmt::format("it has the label {}={}", name, run.labels.at(name));
  }
  return {};
}

/// Runs that the wish names, ascending, before anything keeps them.
std::set<RunId> asked_for(std::span<const PruneCandidate> candidates, const PruneWish& wish) {
  std::set<RunId> asked;
  if (!wish.runs.empty()) {
    for (const PruneCandidate& run : candidates) {
      if (std::ranges::find(wish.runs, run.id) != wish.runs.end()) asked.insert(run.id);
    }
    return asked;
  }
  std::vector<const PruneCandidate*> labelled;
  for (const PruneCandidate& run : candidates) {
    const bool all =
        std::ranges::all_of(wish.labels, [&](const auto& l) { return has(run.labels, l.first, l.second); });
    if (all) labelled.push_back(&run);
  }
  std::ranges::sort(labelled, std::ranges::greater(), &PruneCandidate::id);
  for (std::size_t i = 0; i < labelled.size(); ++i) {
    if (wish.keep_newest && i < *wish.keep_newest) continue;
    if (wish.before_wall_ns && labelled[i]->started_wall_ns >= *wish.before_wall_ns) continue;
    asked.insert(labelled[i]->id);
  }
  return asked;
}

Result<std::vector<PruneCandidate>> read_candidates(Connection& connection) {
  std::map<RunId, PruneCandidate> runs;
  BH_CHECK(each(connection.query("SELECT id, started_wall_ns FROM runs"), [&](Cursor& c) -> Result<void> {
    runs[c.integer(0)] = {c.integer(0), c.integer(1), {}, false, false, {}};
    return {};
  }));
  BH_CHECK(each(connection.query("SELECT run, label, value FROM run_labels"), [&](Cursor& c) -> Result<void> {
    runs[c.integer(0)].labels.emplace(c.text(1), c.text(2));
    return {};
  }));
  BH_CHECK(each(connection.query("SELECT DISTINCT r.run, o.run FROM results r JOIN results o ON o.id = r.cached_from "
                                 "WHERE r.cached_from IS NOT NULL AND o.run <> r.run"),
                [&](Cursor& c) -> Result<void> {
                  runs[c.integer(0)].stands_on.push_back(c.integer(1));
                  return {};
                }));
  BH_TRY(const auto open, open_runs(connection));
  for (const OpenRun& run : open) {
    runs[run.id].under_way = run.liveness == Liveness::alive;
    runs[run.id].may_be_under_way = run.liveness == Liveness::unknown;
  }
  std::vector<PruneCandidate> all;
  for (auto& [id, run] : runs) all.push_back(std::move(run));
  return all;
}

Result<PrunedRun> describe(Connection& connection, RunId run) {
  BH_TRY(Cursor c,
         connection.query("SELECT started_wall_ns, suite_name, (SELECT count(*) FROM results WHERE run = r.id) "
                          "FROM runs r WHERE id = ?",
                          run));
  BH_TRY(const bool row, c.step());
  if (!row) return not_found("run", run);
  return PrunedRun{run, c.integer(0), c.text(1), c.natural(2)};
}

/// False: the run was taken up again meanwhile, and stays.
Result<bool> remove_run(Connection& connection, RunId run, bool may_be_under_way) {
  BH_TRY(Transaction transaction, Transaction::begin(connection, Transaction::Kind::write));
  BH_TRY(const auto open, open_runs(connection));
  const auto own = std::ranges::find(open, run, &OpenRun::id);
  if (own != open.end() && own->liveness != Liveness::gone) {
    if (own->liveness == Liveness::alive || !may_be_under_way) return false;
  }
  // Samples belong to a segment by their numbers, so no reference takes them along.
  std::vector<std::pair<std::int64_t, std::int64_t>> ranges;
  BH_CHECK(each(connection.query("SELECT g.first_sample, g.count FROM results r JOIN invocations i ON i.result = r.id "
                                 "JOIN segments g ON g.invocation = i.id WHERE r.run = ? AND g.count > 0",
                                 run),
                [&](Cursor& c) -> Result<void> {
                  ranges.emplace_back(c.integer(0), c.integer(1));
                  return {};
                }));
  for (const auto& [first, count] : ranges) {
    BH_CHECK(connection.run("DELETE FROM samples WHERE id >= ?1 AND id < ?1 + ?2", first, count));
  }
  BH_CHECK(connection.run("DELETE FROM runs WHERE id = ?", run));
  BH_CHECK(transaction.commit());
  return true;
}

/// What no run names any more. Not plugins and benchmarks: a run that is about to begin has registered its own.
Result<void> remove_what_nobody_names(Connection& connection) {
  BH_TRY(Transaction transaction, Transaction::begin(connection, Transaction::Kind::write));
  for (const char* sql :
       {"DELETE FROM cases WHERE NOT EXISTS (SELECT 1 FROM results r WHERE r.case_id = cases.id)",
        "DELETE FROM devices WHERE NOT EXISTS (SELECT 1 FROM run_devices x WHERE x.device = devices.id) "
        "AND NOT EXISTS (SELECT 1 FROM result_devices x WHERE x.device = devices.id)",
        "DELETE FROM backends WHERE NOT EXISTS (SELECT 1 FROM run_backends x WHERE x.backend = "
        "backends.id)",
        "DELETE FROM testbeds WHERE NOT EXISTS (SELECT 1 FROM runs u WHERE u.testbed = testbeds.id) "
        "AND NOT EXISTS (SELECT 1 FROM devices d WHERE d.testbed = testbeds.id)"}) {
    BH_CHECK(connection.execute(sql));
  }
  return transaction.commit();
}

/// Why the file could not be made smaller; "" if it was.
std::string compact(Connection& connection) {
  auto open = open_runs(connection);
  if (!open.ok()) return open.error().message;
  for (const OpenRun& run : *open) {
    if (run.liveness == Liveness::alive) {
      return fmt::format("run {} is under way; later runs fill the room, or prune again when none is", run.id);
    }
  }
  for (const char* sql : {"VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"}) {
    if (auto done = connection.execute(sql); !done.ok()) return done.error().message;
  }
  return {};
}

}  // namespace

PruneChoice choose_runs_to_prune(std::span<const PruneCandidate> candidates, const PruneWish& wish) {
  std::set<RunId> go = asked_for(candidates, wish);
  std::map<RunId, std::string> kept;
  const auto keep = [&](RunId run, std::string reason) {
    if (go.erase(run) > 0) kept[run] = std::move(reason);
  };
  for (const PruneCandidate& run : candidates) {
    if (run.under_way) {
      keep(run.id, "it is under way");
    } else if (run.may_be_under_way && wish.runs.empty()) {
      keep(run.id, "it has no end, and on another machine it may be under way: name it to prune it");
    } else if (std::string label = kept_label(run, wish); !label.empty()) {
      keep(run.id, std::move(label));
    }
  }
  for (bool any = true; any;) {
    any = false;
    for (const PruneCandidate& run : candidates) {
      if (go.contains(run.id)) continue;
      for (const RunId other : run.stands_on) {
        if (!go.contains(other)) continue;
        keep(other, fmt::format("cached results of run {} are its numbers", run.id));
        any = true;
      }
    }
  }
  PruneChoice choice;
  choice.go.assign(go.begin(), go.end());
  for (auto& [run, reason] : kept) choice.kept.push_back({run, std::move(reason)});
  return choice;
}

Result<PruneReport> prune_database(const std::string& path, const PruneWish& wish, bool dry_run) {
  if (!dry_run && file_bytes(path) == 0) return make_error(kCannotOpen, "there is no such database").in(path);
  BH_TRY(OpenedFile file, dry_run ? open_for_reading(path, kWaitMs) : open_for_writing(path, kWaitMs));
  Connection& connection = file.connection;
  BH_TRY(const auto candidates, read_candidates(connection));
  for (const RunId run : wish.runs) {
    if (std::ranges::find(candidates, run, &PruneCandidate::id) == candidates.end()) return not_found("run", run);
  }
  PruneChoice choice = choose_runs_to_prune(candidates, wish);
  PruneReport report;
  report.kept = std::move(choice.kept);
  report.bytes_before = report.bytes_after = file_bytes(path);
  for (const RunId run : choice.go) {
    BH_TRY(PrunedRun pruned, describe(connection, run));
    if (!dry_run) {
      BH_TRY(const bool removed, remove_run(connection, run, !wish.runs.empty()));
      if (!removed) {
        report.kept.push_back({run, "it was taken up again"});
        continue;
      }
    }
    report.runs.push_back(std::move(pruned));
  }
  if (dry_run || report.runs.empty()) return report;
  BH_CHECK(remove_what_nobody_names(connection));
  report.not_compacted = compact(connection);
  report.bytes_after = file_bytes(path);
  return report;
}

}  // namespace benchhost::store
