#include "cli/options.h"

#include <doctest/doctest.h>

using benchhost::cli::Arguments;
using benchhost::cli::CommandSpec;
using benchhost::cli::help_page;
using benchhost::cli::parse_arguments;

namespace {

CommandSpec spec() {
  CommandSpec s;
  s.name = "run";
  s.operands = "[BENCHMARK...]";
  s.summary = "Runs.";
  s.options = {
      {"suite", "FILE", "The suite."}, {"param", "NAME=VALUE", "A parameter.", true}, {"dry-run", "", "Show only."}};
  s.examples = {"run --suite quick.yaml"};
  s.max_operands = 2;
  return s;
}

std::string error_of(const std::vector<std::string>& args) {
  const auto parsed = parse_arguments(spec(), args);
  REQUIRE_FALSE(parsed.ok());
  CHECK(parsed.error().code == "BH0001");
  return parsed.error().message + " | " + parsed.error().help;
}

}  // namespace

TEST_CASE("flags, values and operands in any order") {
  const auto parsed =
      parse_arguments(spec(), {"a.*", "--param", "x=1", "--suite=s.yaml", "--param", "y=2", "--dry-run", "b"});
  REQUIRE(parsed.ok());
  CHECK(parsed->value("suite") == "s.yaml");
  CHECK(parsed->values("param") == std::vector<std::string>{"x=1", "y=2"});
  CHECK(parsed->has("dry-run"));
  CHECK_FALSE(parsed->has("quiet"));
  CHECK(parsed->operands() == std::vector<std::string>{"a.*", "b"});
}

TEST_CASE("a misspelt flag is answered with the nearest one") {
  CHECK(error_of({"--suit", "x"}) == "benchhost run has no flag '--suit' | did you mean '--suite'?");
}

TEST_CASE("flags are not guessed from their beginning: a later flag would change what they mean") {
  CHECK_FALSE(parse_arguments(spec(), {"--dry"}).ok());
}

TEST_CASE("a missing value, one that is a flag, and one that stands twice are errors") {
  CHECK_FALSE(parse_arguments(spec(), {"--suite"}).ok());
  CHECK(error_of({"--suite", "--dry-run"}).find("--suite") != std::string::npos);
  CHECK(error_of({"--suite", "a", "--suite", "b"}).find("may stand once") != std::string::npos);
}

TEST_CASE("too many operands name the first that is too much") {
  CHECK(error_of({"a", "b", "c"}).find("'c'") != std::string::npos);
}

TEST_CASE("after -- everything is an operand") {
  const auto parsed = parse_arguments(spec(), {"--", "--suite"});
  REQUIRE(parsed.ok());
  CHECK(parsed->operands() == std::vector<std::string>{"--suite"});
}

TEST_CASE("the help page fits its width and shows flags and examples") {
  const std::string page = help_page(spec(), 60);
  CHECK(page.find("usage: benchhost run [flags] [BENCHMARK...]") != std::string::npos);
  CHECK(page.find("--param NAME=VALUE") != std::string::npos);
  CHECK(page.find("benchhost run --suite quick.yaml") != std::string::npos);
  for (std::size_t at = 0; at < page.size();) {
    const std::size_t end = page.find('\n', at);
    CHECK(end - at <= 60);
    at = end + 1;
  }
}

TEST_CASE("where one of a few words may stand, another is refused with the nearest") {
  CommandSpec s = spec();
  s.options.push_back({"mode", "fast|slow", "How."});
  s.operands = "here|there FILE";
  const auto fails = [&](const std::vector<std::string>& args) {
    const auto parsed = parse_arguments(s, args);
    REQUIRE_FALSE(parsed.ok());
    return parsed.error().message + " | " + parsed.error().help;
  };
  CHECK(parse_arguments(s, {"here", "anything", "--mode", "slow"}).ok());
  CHECK(fails({"--mode", "slwo"}) == "--mode is one of fast, slow, not 'slwo' | did you mean 'slow'?");
  CHECK(fails({"--color=alway"}) == "--color is one of auto, always, never, not 'alway' | did you mean 'always'?");
  CHECK(fails({"ther", "x"}) ==
        "the word after benchhost run is one of here, there, not 'ther' | did you mean 'there'?");
  CHECK(parse_arguments(s, {"--mode", "slwo", "--help"}).ok());
}
