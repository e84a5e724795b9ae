#include "cli/cmd_quarantine.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/folders.h"
#include "cli/shell_words.h"
#include "cli/site.h"
#include "common/base/suggest.h"
#include "common/base/terminal_text.h"
#include "common/base/units.h"
#include "common/protocol/note.h"

namespace benchhost::cli {

namespace {

using discover::Quarantine;
using discover::QuarantineEntry;

constexpr Bytes kMaxFile{std::uint64_t{512} << 20};

std::string subject_text(const QuarantineEntry& entry) {
  return escape_for_terminal(entry.subject()) + (entry.last.benchmark.empty() ? " (its probe)" : "");
}

std::string entry_text(const QuarantineEntry& entry) {
  const discover::Incident& last = entry.last;
  std::string text = fmt::format("{}  {}  {}\n    {}\n", subject_text(entry),
                                 entry.in_quarantine() ? "in quarantine" : "counted, still started",
                                 escape_for_terminal(last.file), escape_for_terminal(summary_of(entry)));
  text += fmt::format("    {}\n", escape_for_terminal(last.message));
  if (!last.database.empty()) {
    text += fmt::format("    look: benchhost show {}/{} --log --db {}  ({})\n", last.run, last.ordinal,
                        escape_for_terminal(shell_word(last.database)), escape_for_terminal(last.case_name));
  }
  text += fmt::format("    {}: {}\n", entry.in_quarantine() ? "try it again" : "forget it",
                      escape_for_terminal(clear_command(entry)));
  return text;
}

// What is being counted; a row of crashes that has ended with a pass is nothing to show.
std::vector<QuarantineEntry> shown(const Quarantine& quarantine) {
  std::vector<QuarantineEntry> all;
  for (const QuarantineEntry& e : quarantine.entries()) {
    if (e.faults > 0) all.push_back(e);
  }
  return all;
}

// A file that somebody names by where it lies now is meant by what is in it.
std::string name_of_content(const std::string& name, Workplace& workplace) {
  const auto bytes = workplace.files.read(name, kMaxFile);
  if (!bytes.ok()) return {};
  auto fingerprint = protocol::fingerprint(*bytes);
  return fingerprint.ok() ? *std::move(fingerprint) : std::string();
}

Result<std::vector<std::size_t>> find(const Quarantine& quarantine, const std::string& name,
                                      const std::filesystem::path& file, Workplace& workplace) {
  std::vector<std::size_t> found = quarantine.find_named(name);
  if (found.empty()) {
    if (const auto absolute = absolute_path(name); absolute.ok()) found = quarantine.find_named(absolute->string());
  }
  if (found.empty()) found = quarantine.find_named(name_of_content(name, workplace));
  const auto fingerprint = [&](std::size_t i) { return quarantine.entries()[i].last.fingerprint; };
  const bool by_digits = !found.empty() && discover::begins_fingerprint(fingerprint(found.front()), name);
  if (by_digits && std::ranges::any_of(found, [&](std::size_t i) { return fingerprint(i) != fingerprint(found[0]); })) {
    return make_error("BH0102", fmt::format("'{}' begins more than one fingerprint", name), "write more of it");
  }
  if (!found.empty()) return found;
  std::vector<std::string> known;
  for (const QuarantineEntry& e : shown(quarantine)) {
    for (const std::string& one : {e.subject(), e.last.plugin}) {
      if (std::ranges::find(known, one) == known.end()) known.push_back(one);
    }
  }
  std::string help = did_you_mean(name, known);
  if (help.empty()) {
    help = known.empty() ? "nothing is in quarantine" : fmt::format("there are: {}", fmt::join(known, ", "));
  }
  // With another --state-dir it may be.
  return make_error("BH0102", fmt::format("'{}' is not in quarantine by '{}'", name, file.string()), std::move(help));
}

// All that is named, or nothing if one name is unknown.
Result<std::vector<std::size_t>> find_all(const Quarantine& quarantine, const Arguments& args,
                                          const std::filesystem::path& file, Workplace& workplace) {
  std::vector<std::size_t> all;
  if (args.has("clear-all")) {
    for (std::size_t i = 0; i < quarantine.entries().size(); ++i) all.push_back(i);
    return all;
  }
  for (const std::string& name : args.values("clear")) {
    BH_TRY(const std::vector<std::size_t> found, find(quarantine, name, file, workplace));
    all.insert(all.end(), found.begin(), found.end());
  }
  return all;
}

Json entries_json(const std::vector<QuarantineEntry>& entries) {
  Json all{JsonArray{}};
  for (const QuarantineEntry& e : entries) all.push(e.to_json());
  return all;
}

Result<ExitStatus> run_quarantine(CommandContext& context) {
  Workplace workplace;
  const Arguments& args = context.args;
  const bool clears = args.has("clear") || args.has("clear-all");
  if (args.has("clear") && args.has("clear-all")) {
    return make_error("BH0001", "--clear and --clear-all do not go together", "--clear-all clears everything");
  }
  const discover::QuarantineFile file = quarantine_file(args, workplace);
  discover::QuarantineFile::Reading reading = file.read();
  if (!reading.problem.empty()) context.console.warning(make_error("", reading.problem));
  Quarantine quarantine = std::move(reading.quarantine);
  std::vector<QuarantineEntry> gone;
  // Asked before anything is written: a name that is unknown makes no folder of state.
  BH_TRY(const std::vector<std::size_t> meant, find_all(quarantine, args, file.path(), workplace));
  // What could not be read is not cleared in silence.
  if (!meant.empty() || (clears && !reading.problem.empty())) {
    Result<void> done;
    BH_TRY(quarantine, file.update([&](Quarantine& now) {
      auto found = find_all(now, args, file.path(), workplace);
      if (found.ok()) {
        gone = now.clear(*found);
      } else {
        done = std::move(found).error();
      }
    }));
    BH_CHECK(std::move(done));
  }
  std::erase_if(gone, [](const QuarantineEntry& e) { return e.faults == 0; });

  const std::vector<QuarantineEntry> left = shown(quarantine);
  if (context.json) {
    Json json;
    json.set("format", "benchhost.quarantine").set("version", 1);
    json.set("file", file.path().empty() ? Json() : Json(file.path().string()));
    json.set("entries", entries_json(left)).set("cleared", entries_json(gone));
    context.console.out(to_pretty_text(json) + '\n');
    return ExitStatus::ok;
  }
  std::string text;
  for (const QuarantineEntry& e : gone) text += "cleared: " + subject_text(e) + '\n';
  if (!clears) {
    for (const QuarantineEntry& e : left) text += entry_text(e);
  }
  if (text.empty()) text = "nothing is in quarantine\n";
  context.console.out(text);
  return ExitStatus::ok;
}

}  // namespace

std::vector<QuarantineEntry> in_quarantine(const Quarantine& quarantine, std::string_view fingerprint) {
  std::vector<QuarantineEntry> all;
  for (const QuarantineEntry& e : quarantine.entries()) {
    if (!fingerprint.empty() && e.last.fingerprint == fingerprint && e.in_quarantine()) all.push_back(e);
  }
  return all;
}

void warn_of_quarantine(const Quarantine& quarantine, std::string_view fingerprint, std::string_view benchmark,
                        Console& console) {
  for (const QuarantineEntry& e : in_quarantine(quarantine, fingerprint)) {
    if (!benchmark.empty() && !e.last.benchmark.empty() && e.last.benchmark != benchmark) continue;
    console.warning(make_error("",
                               fmt::format("{} is in quarantine, and is started here all the same: {}", subject_text(e),
                                           escape_for_terminal(summary_of(e))),
                               "whatever comes of it, it stays there until it is cleared: " + clear_command(e)));
  }
}

Command quarantine_command() {
  CommandSpec spec;
  spec.name = "plugin quarantine";
  spec.summary = "Lists what crashed and is not started again, with phase and signal, and sets it free.";
  spec.options = {{"clear", "ENTRY", "Have it tried again: a plugin, a benchmark, a fingerprint or a file.", true},
                  {"clear-all", "", "Have all of it tried again."},
                  state_option()};
  spec.examples = {"plugin quarantine", "plugin quarantine --clear org.example.triad", "plugin quarantine --clear-all"};
  return {std::move(spec), run_quarantine};
}

}  // namespace benchhost::cli
