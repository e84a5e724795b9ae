#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "common/platform/files.h"
#include "suite/yaml_reader.h"
#include "unit/suite/reading.h"

#if !defined(_WIN32)
#include <sys/stat.h>
#endif

namespace benchhost::suite {
namespace {

namespace fs = std::filesystem;
using test::contains;

/// A folder of suites that the system's files read.
class Suites {
 public:
  Suites() : folder_(make()) {}
  [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
  [[nodiscard]] platform::Files& files() { return files_; }

  void write(const std::string& name, std::string_view text) {
    REQUIRE(files_.make_folder(fs::path(path(name)).parent_path()).ok());
    REQUIRE(files_.write(path(name), text).ok());
  }
  SuiteReading read(const std::string& name) { return read_suite(files_, path(name)); }
  std::string errors(const std::string& name) {
    std::string out;
    const SuiteReading reading = read(name);
    for (const Error& error : reading.diagnostics.errors()) out += to_text(error) + '\n';
    return out;
  }

 private:
  static platform::TempFolder make() {
    auto made = platform::TempFolder::make(fs::temp_directory_path());
    REQUIRE(made.ok());
    return std::move(made).value();
  }
  platform::SystemFiles files_;
  platform::TempFolder folder_;
};

TEST_CASE("entries of an include come first, with its defaults over the outer ones") {
  Suites suites;
  suites.write("parts/a.yaml", "name: a\ndefaults: {priority: low}\nentries:\n  - benchmarks: inner\n");
  suites.write(
      "main.yaml",
      "name: m\ndefaults: {priority: high, invocations: 4}\nincludes: parts/a.yaml\nentries:\n  - benchmarks: own\n");
  const SuiteReading reading = suites.read("main.yaml");
  REQUIRE(reading.suite.has_value());
  REQUIRE(reading.suite->entries.size() == 2);
  const Entry& inner = reading.suite->entries[0];
  CHECK(inner.benchmarks[0].text == "inner");
  CHECK(inner.measure.priority == Priority::low);
  CHECK(inner.measure.invocations == Invocations{4, 4});
  CHECK(inner.folder == fs::weakly_canonical(suites.path("parts")).string());
  CHECK(inner.at.file == suites.path("parts/a.yaml"));
  CHECK(reading.suite->entries[1].measure.priority == Priority::high);
  CHECK(reading.suite->name == "m");
}

TEST_CASE("the digest of a suite covers its includes") {
  Suites suites;
  suites.write("a.yaml", "name: a\nentries:\n  - benchmarks: x\n");
  suites.write("main.yaml", "name: m\nincludes: [a.yaml]\n");
  const std::string before = suites.read("main.yaml").suite->digest;
  CHECK(before == suites.read("main.yaml").suite->digest);
  suites.write("a.yaml", "name: a\nentries:\n  - benchmarks: y\n");
  CHECK(before != suites.read("main.yaml").suite->digest);
}

TEST_CASE("a loop of includes is refused where it closes") {
  Suites suites;
  suites.write("a.yaml", "name: a\nincludes: [b.yaml]\n");
  suites.write("b.yaml", "name: b\nincludes: [a.yaml]\n");
  const std::string errors = suites.errors("a.yaml");
  CHECK(contains(errors, suites.path("b.yaml") + ":2:12: this include leads back to"));
  suites.write("self.yaml", "name: a\nincludes: self.yaml\n");
  CHECK(contains(suites.errors("self.yaml"), ":2:11: this include leads back to"));
}

TEST_CASE("includes that multiply end at the limit of files") {
  Suites suites;
  suites.write("leaf.yaml", "name: l\nentries:\n  - benchmarks: x\n");
  suites.write("l5.yaml", "name: l\nincludes: [leaf.yaml, leaf.yaml, leaf.yaml, leaf.yaml]\n");
  for (int i = 4; i >= 0; --i) {
    const std::string below = "l" + std::to_string(i + 1) + ".yaml";
    suites.write("l" + std::to_string(i) + ".yaml",
                 "name: l\nincludes: [" + below + ", " + below + ", " + below + ", " + below + "]\n");
  }
  CHECK(contains(suites.errors("l0.yaml"), "more than 64 files"));
}

TEST_CASE("an include out of the suite's folder is refused") {
  Suites suites;
  suites.write("out.yaml", "name: o\nentries:\n  - benchmarks: x\n");
  suites.write("in/up.yaml", "name: a\nincludes: ../out.yaml\n");
  CHECK(contains(suites.errors("in/up.yaml"), ":2:11: the include '../out.yaml' lies outside of the suite's folder"));
  suites.write("in/abs.yaml", "name: a\nincludes: \"" + suites.path("out.yaml") + "\"\n");
  CHECK(contains(suites.errors("in/abs.yaml"), "lies outside of the suite's folder"));
  std::error_code error;
  fs::create_directory_symlink(suites.path("."), suites.path("in/link"), error);
  REQUIRE(!error);
  suites.write("in/linked.yaml", "name: a\nincludes: link/out.yaml\n");
  CHECK(contains(suites.errors("in/linked.yaml"), "lies outside of the suite's folder"));
}

TEST_CASE("a missing include is refused where it is asked for") {
  Suites suites;
  suites.write("main.yaml", "name: m\nincludes: [none.yaml]\n");
  CHECK(contains(suites.errors("main.yaml"), suites.path("main.yaml") + ":2:12: "));
}

TEST_CASE("ids are unique over includes") {
  Suites suites;
  suites.write("a.yaml", "name: a\nentries:\n  - {id: x, benchmarks: b}\n");
  suites.write("main.yaml", "name: m\nincludes: a.yaml\nentries:\n  - {id: x, benchmarks: b}\n");
  CHECK(contains(suites.errors("main.yaml"),
                 ":4:10: the id 'x' is used twice, first at " + suites.path("a.yaml") + ":3:10"));
}

TEST_CASE("what an include may not say is warned of") {
  Suites suites;
  suites.write("a.yaml", "name: a\nseed: 1\nreports: md\nentries:\n  - benchmarks: b\n");
  suites.write("main.yaml", "name: m\nseed: 2\nincludes: a.yaml\n");
  const SuiteReading reading = suites.read("main.yaml");
  REQUIRE(reading.suite.has_value());
  CHECK(reading.suite->seed == 2);
  CHECK(reading.suite->reports.empty());
  CHECK(reading.diagnostics.warnings().size() == 2);
}

TEST_CASE("only regular files of a bearable size are read") {
  Suites suites;
  CHECK(contains(suites.errors("none.yaml"), suites.path("none.yaml")));
  REQUIRE(suites.files().make_folder(suites.path("folder.yaml")).ok());
  CHECK_FALSE(suites.errors("folder.yaml").empty());
#if !defined(_WIN32)
  REQUIRE(::mkfifo(suites.path("fifo.yaml").c_str(), 0600) == 0);
  CHECK_FALSE(suites.errors("fifo.yaml").empty());
#endif
  // 100 MB without a byte on the disk: the size alone refuses it.
  suites.write("big.yaml", "name: s\n");
  fs::resize_file(suites.path("big.yaml"), 100'000'000);
  CHECK_FALSE(suites.errors("big.yaml").empty());
  CHECK_FALSE(test::contains(suites.errors("big.yaml"), "control character"));
}

}  // namespace
}  // namespace benchhost::suite
