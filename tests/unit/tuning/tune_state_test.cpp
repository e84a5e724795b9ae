#include "tuning/tune_state.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <string>

#include "unit/tuning/kernel_tree.h"

using namespace benchhost;
using namespace benchhost::tuning;
using benchhost::test::KernelTree;

namespace {

TuneState sample() {
  TuneState state;
  state.saved_wall_ns = 1'700'000'000'000'000'000;
  state.settings = {{"governor", std::string(test::kGovernor0), "powersave", "performance"},
                    {"turbo", std::string(test::kNoTurboFile), "0", "1"}};
  return state;
}

std::string code_of(const std::string& text) {
  const auto state = state_from_text(text);
  return state.ok() ? "" : state.error().code;
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), with);
}

}  // namespace

TEST_CASE("saved settings come back as they were") {
  const auto back = state_from_text(state_text(sample()));
  REQUIRE(back.ok());
  CHECK(*back == sample());
}

TEST_CASE("saved settings that are damaged are refused whole, whatever it is that is wrong") {
  const std::string good = state_text(sample());
  REQUIRE(code_of(good).empty());
  for (std::size_t length = 0; length + 2 < good.size(); length += 7)
    CHECK(code_of(good.substr(0, length)) == "BH0751");
  CHECK(code_of("[]") == "BH0751");
  CHECK(code_of("{}") == "BH0751");
  CHECK(code_of(replaced(good, "benchhost.tune_state", "benchhost.run")) == "BH0751");
  CHECK(code_of(replaced(good, "\"version\": 1", "\"version\": 2")) == "BH0751");
  CHECK(code_of(replaced(good, "\"powersave\"", "\"power save\"")) == "BH0751");
  CHECK(code_of(replaced(good, "\"powersave\"", "7")) == "BH0751");
  CHECK(code_of(replaced(good, test::kNoTurboFile, "etc/shadow")) == "BH0751");
  CHECK(code_of(replaced(good, test::kNoTurboFile, test::kGovernor0)) == "BH0751");
}

TEST_CASE("a later tune keeps the oldest value of each file, and adds files of its own") {
  TuneState later;
  later.saved_wall_ns = 5;
  later.settings = {{"governor", std::string(test::kGovernor0), "ondemand", "schedutil"},
                    {"perf_event_paranoid", std::string(test::kParanoidFile), "4", "1"}};
  const TuneState all = merged(sample(), later);
  CHECK(all.saved_wall_ns == sample().saved_wall_ns);
  REQUIRE(all.settings.size() == 3);
  CHECK(all.settings[0].before == "powersave");
  CHECK(all.settings[0].after == "schedutil");
  CHECK(all.settings[1] == sample().settings[1]);
  CHECK(all.settings[2] == later.settings[1]);
  CHECK(merged(std::nullopt, later) == later);
}

TEST_CASE("no file is no state, and one that others may write to is none to be obeyed") {
  KernelTree tree;
  const auto path = tree.root() / "tune.json";
  const auto none = load_state(tree.files, path);
  REQUIRE(none.ok());
  CHECK_FALSE(none->has_value());
  CHECK_FALSE(load_state(tree.files, tree.root() / "not_there" / "tune.json").value().has_value());

  REQUIRE(tree.files.write(path, state_text(sample()), 0600).ok());
  CHECK(load_state(tree.files, path).value() == sample());
  // Not in a folder in which others may put another in its place.
  REQUIRE(chmod(tree.root().c_str(), 0777) == 0);
  const auto anywhere = load_state(tree.files, path);
  REQUIRE(chmod(tree.root().c_str(), 0700) == 0);
  REQUIRE_FALSE(anywhere.ok());
  CHECK(anywhere.error().code == "BH0751");
  CHECK(anywhere.error().place == tree.root().string());
  CHECK(load_state(tree.files, path).ok());
  REQUIRE(chmod(path.c_str(), 0666) == 0);
  const auto open = load_state(tree.files, path);
  REQUIRE_FALSE(open.ok());
  CHECK(open.error().code == "BH0751");
  CHECK(open.error().place == path.string());
}
