#include "cli/cmd_db.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "cli/workplace.h"
#include "common/base/terminal_text.h"
#include "common/base/units.h"
#include "report/run_view.h"
#include "report/table.h"
#include "store/db_admin.h"
#include "store/merge.h"
#include "store/prune.h"

namespace benchhost::cli {

namespace {

std::string size_text(std::uint64_t bytes) { return format_quantity(static_cast<double>(bytes), "By"); }

Result<ExitStatus> run_check(CommandContext& context) {
  Workplace workplace;
  const std::string path = database_path(context.args, workplace);
  BH_TRY(const store::CheckReport found, store::check_database(path));
  const auto size = store::database_size(path);
  if (context.json) {
    Json damage{JsonArray{}};
    for (const std::string& d : found.damage) damage.push(d);
    Json json;
    json.set("format", "benchhost.db_check").set("version", 1).set("file", path).set("schema", found.schema);
    json.set("sound", found.sound()).set("damage", std::move(damage));
    json.set("interrupted_runs", found.interrupted.size()).set("running_runs", found.running.size());
    json.set("unfinished_results", found.unfinished_results);
    json.set("orphan_samples", found.orphan_samples).set("missing_samples", found.missing_samples);
    context.console.out(to_pretty_text(json) + '\n');
  } else {
    std::string out = fmt::format("{}: {}, schema {}\n", path, found.sound() ? "sound" : "damaged", found.schema);
    for (const std::string& d : found.damage) out += "  " + d + '\n';
    for (const store::RunId id : found.interrupted) {
      out += fmt::format("  run {} was interrupted; its finished cases are complete\n", id);
    }
    for (const store::RunId id : found.running) out += fmt::format("  run {} is under way\n", id);
    if (found.orphan_samples > 0) out += fmt::format("  {} samples belong to no segment\n", found.orphan_samples);
    if (size.ok()) {
      out += fmt::format("  {}, write-ahead log {}, free {}\n", size_text(size->file_bytes), size_text(size->wal_bytes),
                         size_text(size->free_bytes));
    }
    context.console.text(out);
  }
  return found.sound() ? ExitStatus::ok : ExitStatus::incomplete;
}

Result<ExitStatus> run_backup(CommandContext& context) {
  Workplace workplace;
  const std::string path = database_path(context.args, workplace);
  const std::string& to = context.args.operands().front();
  BH_TRY(const std::uint64_t bytes, store::backup_database(path, to));
  if (context.json) {
    Json json;
    json.set("format", "benchhost.db_backup").set("version", 1);
    json.set("from", path).set("to", to).set("bytes", bytes);
    context.console.out(to_pretty_text(json) + '\n');
  }
  context.console.say(fmt::format("{}: {} copied from {} and checked\n", to, size_text(bytes), path));
  return ExitStatus::ok;
}

Result<ExitStatus> run_migrate(CommandContext& context) {
  Workplace workplace;
  BH_TRY(const auto done, store::migrate_database(database_path(context.args, workplace)));
  if (context.json) {
    Json steps{JsonArray{}};
    for (const std::string& line : done) steps.push(line);
    Json json;
    json.set("format", "benchhost.db_migrate").set("version", 1).set("steps", std::move(steps));
    context.console.out(to_pretty_text(json) + '\n');
  }
  for (const std::string& line : done) context.console.say(line + '\n');
  if (done.empty()) context.console.say("nothing to do: the schema is up to date\n");
  return ExitStatus::ok;
}

// ---- prune

/// "NAME=VALUE"; with `bare`, "NAME" as well. Errors: no name, or no value where one is needed.
Result<std::pair<std::string, std::optional<std::string>>> read_label(const std::string& text, std::string_view flag,
                                                                      bool bare) {
  const std::size_t equals = text.find('=');
  const std::string name = text.substr(0, equals);
  if (name.empty() || (equals == std::string::npos && !bare)) {
    return make_error("BH0001", fmt::format("--{} takes NAME=VALUE, not '{}'", flag, text));
  }
  std::optional<std::string> value;
  if (equals != std::string::npos) value = text.substr(equals + 1);
  return std::pair{name, std::move(value)};
}

Result<store::PruneWish> prune_wish(CommandContext& context, Workplace& workplace) {
  const Arguments& args = context.args;
  store::PruneWish wish;
  if (!args.operands().empty()) {
    BH_TRY(const auto reader, open_for_reading(context, workplace));
    for (const std::string& reference : args.operands()) {
      BH_TRY(const store::RunId run, reader->find_run(reference));
      wish.runs.push_back(run);
    }
  }
  if (const auto age = args.value("older-than")) {
    BH_TRY(const Nanoseconds span, parse_duration(*age));
    wish.before_wall_ns = workplace.clock.wall_ns() - span.count;
  }
  if (const auto text = args.value("keep")) {
    std::uint64_t count = 0;
    const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), count);
    if (failed != std::errc{} || end != text->data() + text->size() || text->empty()) {
      return make_error("BH0001", fmt::format("--keep takes a number of runs, not '{}'", *text));
    }
    wish.keep_newest = count;
  }
  for (const std::string& text : args.values("label")) {
    BH_TRY(auto label, read_label(text, "label", false));
    wish.labels.emplace_back(std::move(label.first), std::move(*label.second));
  }
  for (const std::string& text : args.values("keep-label")) {
    BH_TRY(auto label, read_label(text, "keep-label", true));
    wish.keep_labels.push_back(std::move(label));
  }
  const bool by_rule = wish.before_wall_ns || wish.keep_newest || !wish.labels.empty();
  if (!wish.runs.empty() && by_rule) {
    return make_error("BH0001", "runs by name and by a rule do not go together", "leave one out");
  }
  if (wish.runs.empty() && !by_rule) {
    return make_error("BH0001", "nothing says which runs go",
                      "--older-than 90d, --keep 100, --label NAME=VALUE, or runs; --dry-run shows what would go");
  }
  return wish;
}

Json kept_json(const std::vector<store::KeptRun>& kept) {
  Json all{JsonArray{}};
  for (const store::KeptRun& run : kept) all.push(Json().set("run", run.id).set("reason", run.reason));
  return all;
}

Json prune_json(const store::PruneReport& report, const std::string& path, bool dry_run) {
  Json runs{JsonArray{}};
  for (const store::PrunedRun& run : report.runs) {
    runs.push(Json()
                  .set("run", run.id)
                  .set("started_wall_ns", run.started_wall_ns)
                  .set("suite", run.suite_name.empty() ? Json() : Json(run.suite_name))
                  .set("results", run.results));
  }
  Json json;
  json.set("format", "benchhost.db_prune").set("version", 1).set("file", path).set("dry_run", dry_run);
  json.set("runs", std::move(runs)).set("kept", kept_json(report.kept));
  json.set("bytes_before", report.bytes_before).set("bytes_after", report.bytes_after);
  json.set("not_compacted", report.not_compacted.empty() ? Json() : Json(report.not_compacted));
  return json;
}

std::string prune_text(const store::PruneReport& report, const std::string& path, bool dry_run,
                       const report::Style& style) {
  std::string out;
  if (!report.runs.empty()) {
    report::Table table;
    table.columns = {{dry_run ? "would go" : "gone", report::Align::right, false},
                     {"started (UTC)", report::Align::left, false},
                     {"suite", report::Align::left, true},
                     {"results", report::Align::right, false}};
    for (const store::PrunedRun& run : report.runs) {
      table.rows.push_back({fmt::format("{}", run.id), report::time_text(run.started_wall_ns),
                            escape_for_terminal(run.suite_name.empty() ? "-" : run.suite_name),
                            fmt::format("{}", run.results)});
    }
    out += report::draw_console(table, style.width, style.ascii) + '\n';
  }
  for (const store::KeptRun& run : report.kept) {
    out += fmt::format("run {} stays: {}\n", run.id, escape_for_terminal(run.reason));
  }
  out += fmt::format("{}: {} run{} {}", path, report.runs.size(), report.runs.size() == 1 ? "" : "s",
                     dry_run ? "would go" : "gone");
  if (!dry_run && !report.runs.empty()) {
    out += fmt::format(", {} before, {} now", size_text(report.bytes_before), size_text(report.bytes_after));
  }
  out += '\n';
  if (!report.not_compacted.empty()) {
    out += fmt::format("the file was not made smaller: {}\n", escape_for_terminal(report.not_compacted));
  }
  return out;
}

Result<ExitStatus> run_prune(CommandContext& context) {
  Workplace workplace;
  BH_TRY(const store::PruneWish wish, prune_wish(context, workplace));
  const std::string path = database_path(context.args, workplace);
  const bool dry_run = context.args.has("dry-run");
  BH_TRY(const store::PruneReport report, store::prune_database(path, wish, dry_run));
  if (context.json) {
    context.console.out(to_pretty_text(prune_json(report, path, dry_run)) + '\n');
  } else {
    context.console.out(prune_text(report, path, dry_run, context.console.style()));
  }
  return ExitStatus::ok;
}

// ---- merge

Result<ExitStatus> run_merge(CommandContext& context) {
  Workplace workplace;
  const std::string path = database_path(context.args, workplace);
  const store::MergeWish wish{context.args.operands(), context.args.has("take-unfinished")};
  BH_TRY(const store::MergeReport report, store::merge_databases(path, wish));
  if (context.json) {
    Json runs{JsonArray{}};
    for (const store::RunId run : report.runs) runs.push(run);
    Json notes{JsonArray{}};
    for (const std::string& note : report.notes) notes.push(note);
    Json json;
    json.set("format", "benchhost.db_merge").set("version", 1).set("file", path);
    json.set("runs", std::move(runs)).set("runs_present", report.present);
    json.set("results", report.results).set("samples", report.samples).set("notes", std::move(notes));
    context.console.out(to_pretty_text(json) + '\n');
    return ExitStatus::ok;
  }
  for (const std::string& note : report.notes) context.console.warning(make_error("", note));
  std::string numbers;
  if (!report.runs.empty()) {
    numbers = report.runs.size() == 1 ? fmt::format(" as run {}", report.runs.front())
                                      : fmt::format(" as runs {} to {}", report.runs.front(), report.runs.back());
  }
  context.console.out(fmt::format("{}: {} run{} taken{}, with {} results and {} samples; {} here already\n", path,
                                  report.runs.size(), report.runs.size() == 1 ? "" : "s", numbers, report.results,
                                  report.samples, report.present));
  return ExitStatus::ok;
}

}  // namespace

std::vector<Command> db_commands() {
  CommandSpec check;
  check.name = "db check";
  check.summary = "Reads the whole database and reports damage, interrupted runs and sizes.";
  check.options = {db_option()};
  check.examples = {"db check --db results.db"};
  CommandSpec backup;
  backup.name = "db backup";
  backup.operands = "FILE";
  backup.summary = "Copies the database, in use or not, to a new file and checks the copy.";
  backup.options = {db_option()};
  backup.examples = {"db backup results-copy.db"};
  backup.min_operands = backup.max_operands = 1;
  CommandSpec migrate;
  migrate.name = "db migrate";
  migrate.summary = "Brings an older database up to date and keeps a copy beside it.";
  migrate.options = {db_option()};
  migrate.examples = {"db migrate"};
  CommandSpec prune;
  prune.name = "db prune";
  prune.operands = "[RUN...]";
  prune.summary = "Deletes runs, those named or by a rule, and makes the file smaller.";
  prune.options = {{"older-than", "AGE", "Runs that started longer ago go: 90d, 12h."},
                   {"keep", "N", "The newest N runs stay; of those with the labels, if some are given."},
                   {"label", "NAME=VALUE", "Of the runs with this label only.", true},
                   {"keep-label", "NAME[=VALUE]", "Runs with this label stay in any case.", true},
                   {"dry-run", "", "Say what would go, and delete nothing."},
                   db_option()};
  prune.examples = {"db prune --older-than 90d --keep-label baseline --dry-run",
                    "db prune --label purpose=nightly --keep 100"};
  prune.max_operands = 1000;
  CommandSpec merge;
  merge.name = "db merge";
  merge.operands = "FILE...";
  merge.summary = "Takes the runs of other databases into this one; a run that is here already is not doubled.";
  merge.options = {{"take-unfinished", "", "Runs of other machines that never ended come in too, as interrupted."},
                   db_option()};
  merge.examples = {"db merge shard-1.db shard-2.db --db all.db"};
  merge.min_operands = 1;
  merge.max_operands = 1000;
  return {{std::move(check), run_check},
          {std::move(backup), run_backup},
          {std::move(migrate), run_migrate},
          {std::move(prune), run_prune},
          {std::move(merge), run_merge}};
}

}  // namespace benchhost::cli
