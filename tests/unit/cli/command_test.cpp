#include "cli/command.h"

#include <doctest/doctest.h>

#include <set>

using benchhost::Error;
using benchhost::cli::commands;
using benchhost::cli::error_status;
using benchhost::cli::ExitStatus;
using benchhost::cli::find_command;

TEST_CASE("a command of two words is found before one of one word") {
  const auto two = find_command({"list", "plugins", "--quiet"});
  REQUIRE(two.ok());
  CHECK(two->command->spec.name == "list plugins");
  CHECK(two->words == 2);
  const auto one = find_command({"doctor"});
  REQUIRE(one.ok());
  CHECK(one->words == 1);
}

TEST_CASE("an unknown command, or an unknown second word, is answered with the nearest") {
  CHECK(find_command({"rum"}).error().help == "did you mean 'run'?");
  CHECK(find_command({"list", "plugin"}).error().help == "did you mean 'plugins'?");
  CHECK(find_command({"lst", "plugins"}).error().help == "did you mean 'list plugins'?");
  CHECK(find_command({"sute"}).error().help == "did you mean 'suite'?");
  CHECK(find_command({"db"}).error().message == "benchhost db needs to know what to do");
}

TEST_CASE("every command has a name of its own, a summary, and examples that it can parse") {
  std::set<std::string> names;
  for (const auto& command : commands()) {
    CAPTURE(command.spec.name);
    CHECK(names.insert(command.spec.name).second);
    CHECK_FALSE(command.spec.summary.empty());
    CHECK_FALSE(command.spec.examples.empty());
    for (const std::string& example : command.spec.examples) CHECK(example.starts_with(command.spec.name));
  }
}

TEST_CASE("what an error means for the exit status") {
  auto status = [](const char* code) { return error_status(Error{code, "", "", ""}); };
  CHECK(status("BH0001") == ExitStatus::usage);
  CHECK(status("BH0102") == ExitStatus::usage);
  CHECK(status("BH0405") == ExitStatus::incomplete);
  CHECK(status("BH0408") == ExitStatus::usage);
  CHECK(status("BH0501") == ExitStatus::usage);
  CHECK(status("BH0503") == ExitStatus::incomplete);
  CHECK(status("BH0010") == ExitStatus::incomplete);
  CHECK(status("BH0011") == ExitStatus::incomplete);
  CHECK(status("BH0099") == ExitStatus::bug);
}
