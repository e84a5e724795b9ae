#include "cli/completion.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "cli/completion_script.h"
#include "cli/known_names.h"

using benchhost::cli::Arguments;
using benchhost::cli::Candidate;
using benchhost::cli::Command;
using benchhost::cli::commands;
using benchhost::cli::CommandSpec;
using benchhost::cli::complete;
using benchhost::cli::Completion;
using benchhost::cli::KnownNames;
using benchhost::cli::Paths;
using benchhost::cli::ValueKind;
using Words = std::vector<std::string>;

namespace {

// Says which names it was asked for, and after which words.
class AskedNames final : public KnownNames {
 public:
  std::vector<Candidate> names(ValueKind kind, const Arguments& typed, std::string_view value) override {
    asked.push_back(kind);
    before = typed;
    typed_value = value;
    return {{"one", "first"}, {"two words", ""}};
  }
  std::vector<ValueKind> asked;
  Arguments before;
  std::string typed_value;
};

std::vector<Command> table() {
  CommandSpec run;
  run.name = "run";
  run.operands = "[BENCHMARK...]";
  run.summary = "Runs.";
  run.options = {{"suite", "SUITE", "The suite."}, {"param", "PARAM=VALUE", "A parameter.", true},
                 {"mode", "fast|slow", "How."},    {"out", "DIR", "Where."},
                 {"count", "N", "How many."},      {"dry-run", "", "Show only."}};
  run.max_operands = 9;
  CommandSpec check;
  check.name = "suite check";
  check.operands = "FILE";
  check.max_operands = 1;
  CommandSpec schema;
  schema.name = "suite schema";
  CommandSpec man;
  man.name = "man";
  man.operands = "[COMMAND]";
  man.max_operands = 2;
  return {{run, nullptr}, {check, nullptr}, {schema, nullptr}, {man, nullptr}};
}

struct Asked {
  AskedNames known;
  Completion completion;
  Words texts;
  [[nodiscard]] bool offers(const std::string& text) const { return std::ranges::find(texts, text) != texts.end(); }
};

Asked ask(const Words& words, const std::string& current) {
  Asked asked;
  asked.completion = complete(table(), words, current, asked.known);
  for (const Candidate& c : asked.completion.candidates) asked.texts.push_back(c.text);
  return asked;
}

}  // namespace

TEST_CASE("the first word is a command or a group, which says what is in it") {
  const Asked first = ask({}, "");
  CHECK(first.texts == Words{"run", "suite", "man"});
  CHECK(first.completion.candidates[1].description == "check, schema");
  CHECK(ask({"suite"}, "").texts == Words{"check", "schema"});
  CHECK(ask({}, "--").offers("--version"));
  CHECK(ask({"man"}, "").texts == Words{"run", "suite", "man"});
  CHECK(ask({"man", "suite"}, "").texts == Words{"check", "schema"});
}

TEST_CASE("flags are offered with their sentence, those that stand once only once, globals too") {
  const Asked flags = ask({"run", "--suite", "x", "--param", "a=1"}, "--");
  CHECK_FALSE(flags.offers("--suite"));
  CHECK(flags.offers("--param"));
  CHECK(flags.offers("--color"));
  const auto& all = flags.completion.candidates;
  CHECK(std::ranges::find(all, Candidate{"--dry-run", "Show only."}) != all.end());
  CHECK_FALSE(ask({"run", "-q"}, "--").offers("--quiet"));
  CHECK_FALSE(ask({"run", "-vC", "/tmp"}, "--").offers("--directory"));
}

TEST_CASE("a flag's value is completed by what its form says, behind a blank or an equals sign") {
  CHECK(ask({"run", "--mode"}, "").texts == Words{"fast", "slow"});
  CHECK(ask({"run"}, "--mode=").texts == Words{"--mode=fast", "--mode=slow"});
  CHECK(ask({"run", "--out"}, "").completion.paths == Paths::folders);
  CHECK(ask({"run", "-C"}, "").completion.paths == Paths::folders);
  const Asked suite = ask({"run"}, "--suite=ni");
  CHECK(suite.completion.paths == Paths::files);
  CHECK(suite.texts == Words{"--suite=one", "--suite=two words"});
  CHECK(suite.known.typed_value == "ni");
  CHECK(ask({"run", "--count"}, "").texts.empty());
  CHECK(ask({"run"}, "--nothing=").texts.empty());
}

TEST_CASE("operands are completed by their form, and names are asked with what was typed") {
  const Asked names = ask({"run", "--mode=fast", "--suite", "s.yaml", "first"}, "tw");
  CHECK(names.known.asked == std::vector<ValueKind>{ValueKind::benchmark});
  CHECK(names.known.before.value("mode") == "fast");
  CHECK(names.known.before.value("suite") == "s.yaml");
  CHECK(names.known.before.operands() == Words{"first"});
  CHECK(ask({"suite", "check"}, "").completion.paths == Paths::files);
}

TEST_CASE("after -- no flag is offered, and where no operand may stand flags are") {
  const Asked after = ask({"run", "--"}, "--");
  CHECK(after.texts == Words{"one", "two words"});
  CHECK(ask({"suite", "schema"}, "").offers("--format"));
  CHECK(ask({"suite", "check", "file"}, "").offers("--format"));
  CHECK(ask({"suite", "check", "file"}, "x").texts.empty());
}

TEST_CASE("nonsense gives no candidates") {
  CHECK(ask({"nothing"}, "").texts.empty());
  CHECK(ask({"nothing", "of", "this"}, "--").texts.empty());
  CHECK(ask({""}, "").texts.empty());
  CHECK(ask({"run", "-"}, "--mode=").texts.size() == 2);
  CHECK(ask({"run", "--="}, "--").offers("--mode"));
}

TEST_CASE("every flag and every fixed word of every command is offered") {
  AskedNames known;
  for (const Command& command : commands()) {
    CAPTURE(command.spec.name);
    Words words{command.spec.name};
    if (const std::size_t blank = words[0].find(' '); blank != std::string::npos) {
      words = {words[0].substr(0, blank), words[0].substr(blank + 1)};
    }
    Words offered;
    for (const Candidate& c : complete(commands(), words, "--", known).candidates) offered.push_back(c.text);
    Words expected;
    for (const auto& o : all_options(command.spec)) expected.push_back("--" + o.name);
    CHECK(offered == expected);
    for (const auto& o : all_options(command.spec)) {
      CAPTURE(o.name);
      if (o.argument.empty()) continue;
      const Completion value = complete(commands(), words, "--" + o.name + "=", known);
      for (const std::string& word : benchhost::cli::read_value_form(o.argument).words) {
        CHECK(std::ranges::find(value.candidates, "--" + o.name + "=" + word, &Candidate::text) !=
              value.candidates.end());
      }
    }
  }
}

TEST_CASE("parameters of the benchmarks that are named, then the values that their author named") {
  benchhost::protocol::PluginRecord plugin;
  for (const char* id : {"org.a.copy", "org.a.chase"}) {
    benchhost::protocol::BenchmarkRecord b;
    b.id = id;
    benchhost::protocol::ParamRecord q;
    q.name = b.id == "org.a.copy" ? "type" : "bytes";
    q.description = "about";
    q.choices = {benchhost::protocol::choice_value("fp32"), benchhost::protocol::choice_value("fp64")};
    b.parameters = {q};
    plugin.benchmarks.push_back(b);
  }
  using benchhost::cli::parameter_names;
  CHECK(parameter_names({plugin}, {}, "") == std::vector<Candidate>{{"type=", "about"}, {"bytes=", "about"}});
  CHECK(parameter_names({plugin}, {"*.copy"}, "b") == std::vector<Candidate>{{"type=", "about"}});
  CHECK(parameter_names({plugin}, {"*.copy"}, "type=fp") ==
        std::vector<Candidate>{{"type=fp32", ""}, {"type=fp64", ""}});
  CHECK(parameter_names({plugin}, {"[", "none"}, "").empty());
}

TEST_CASE("there is a script for each shell that completions names, and none for another") {
  for (const char* shell : {"bash", "zsh", "fish"}) CHECK(benchhost::cli::completion_script(shell).has_value());
  CHECK_FALSE(benchhost::cli::completion_script("powershell").has_value());
}
