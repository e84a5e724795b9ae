#include "suite/preferences.h"

#include <doctest/doctest.h>

using benchhost::suite::merge;
using benchhost::suite::Preferences;
using benchhost::suite::read_preferences_text;
using Texts = std::vector<std::string>;

namespace {

constexpr const char* kFile = "/project/benchhost.yaml";

Preferences read(std::string_view text) {
  const auto reading = read_preferences_text(text, kFile);
  REQUIRE_MESSAGE(reading.preferences, (reading.diagnostics.ok() ? "" : to_text(reading.diagnostics.errors().front())));
  return *reading.preferences;
}

std::string error_of(std::string_view text) {
  const auto reading = read_preferences_text(text, kFile);
  REQUIRE_FALSE(reading.preferences);
  const benchhost::Error& e = reading.diagnostics.errors().front();
  return e.code + " " + e.place + ": " + e.message + " | " + e.help;
}

}  // namespace

TEST_CASE("every key is read, and relative paths are meant from the folder of the file") {
  const Preferences p = read(
      "db: results/all.db\nplugins: [plugins, ../shared, /opt/plugins]\nbackends: b\nsuites: [s]\ncache_dir: /cache\n"
      "state_dir: ../state\n"
      "format: json\ncolor: never\nprogress: lines\n");
  CHECK(p.db == "/project/results/all.db");
  CHECK(p.plugins == Texts{"/project/plugins", "/shared", "/opt/plugins"});
  CHECK(p.backends == Texts{"/project/b"});
  CHECK(p.suites == Texts{"/project/s"});
  CHECK(p.cache_dir == "/cache");
  CHECK(p.state_dir == "/state");
  CHECK(p.format == "json");
  CHECK(p.color == "never");
  CHECK(p.progress == "lines");
}

TEST_CASE("a file that says nothing marks a project and sets nothing") {
  for (const char* text : {"", "\n\n", "# settings will come\n", "  # indented\r\n\t\n", "\xef\xbb\xbf"}) {
    CHECK(read(text) == Preferences{});
  }
}

TEST_CASE("what is wrong is placed, with the nearest name") {
  CHECK(error_of("plugin: x\n") ==
        "BH0102 /project/benchhost.yaml:1:1: a settings file has no key 'plugin' | did you mean 'plugins'?");
  CHECK(error_of("db: a.db\nformat: jsn\n") ==
        "BH0103 /project/benchhost.yaml:2:9: 'format' is one of text, json, not 'jsn' | did you mean 'json'?");
  CHECK(error_of("db: a.db\ndb: b.db\n").find(":2:1") != std::string::npos);
  CHECK(error_of("db:\n").find("has no value") != std::string::npos);
  CHECK(error_of("- db\n").find("is a mapping") != std::string::npos);
  CHECK(error_of("plugins: {a: b}\n").find(":1:10") != std::string::npos);
  CHECK(error_of("db: [a, b]\n").find("is a text") != std::string::npos);
}

TEST_CASE("all errors of a file are found in one pass") {
  const auto reading = read_preferences_text("colour: never\nprogress: dots\nplugins: ''\n", kFile);
  CHECK(reading.diagnostics.errors().size() == 3);
}

TEST_CASE("what is nearer goes first, and folders of both are searched") {
  Preferences strong;
  strong.db = "/a.db";
  strong.plugins = {"/a", "/both"};
  Preferences weak;
  weak.db = "/b.db";
  weak.state_dir = "/state";
  weak.color = "never";
  weak.plugins = {"/b", "/both"};
  const Preferences merged = merge(strong, weak);
  CHECK(merged.db == "/a.db");
  CHECK(merged.color == "never");
  CHECK(merged.state_dir == "/state");
  CHECK(merged.plugins == Texts{"/a", "/both", "/b"});
}
