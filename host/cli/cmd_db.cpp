#include "cli/cmd_db.h"

#include <fmt/format.h>

#include "cli/workplace.h"
#include "common/base/units.h"
#include "store/db_admin.h"

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
  return {{std::move(check), run_check}, {std::move(backup), run_backup}, {std::move(migrate), run_migrate}};
}

}  // namespace benchhost::cli
