#include "suite/path_content.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "common/base/digest.h"
#include "common/platform/files.h"
#include "suite/machine_scope.h"
#include "unit/suite/reading.h"

namespace benchhost::suite {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

struct Folder {
  platform::SystemFiles files;
  platform::TempFolder folder = [] {
    auto made = platform::TempFolder::make(fs::temp_directory_path());
    REQUIRE(made.ok());
    return std::move(made).value();
  }();
  PathContent content{files};

  [[nodiscard]] std::string path(const std::string& name) const { return (folder.path() / name).string(); }
  void write(const std::string& name, std::string_view text) {
    REQUIRE(files.make_folder(fs::path(path(name)).parent_path()).ok());
    REQUIRE(files.write(path(name), text).ok());
  }
};

TEST_CASE("a file's content is the digest of its bytes") {
  Folder f;
  f.write("a", "abc");
  const auto digest = f.content.digest(f.path("a"));
  REQUIRE(digest.ok());
  CHECK(*digest == std::string("sha256:") + kAbc);
}

TEST_CASE("a folder's content is the digest of its files by path, wherever it lies") {
  Folder f;
  f.write("m/b/x", "abc");
  f.write("m/a", "abc");
  REQUIRE(f.files.make_folder(f.path("m/empty")).ok());
  const std::string lines = std::string(kAbc) + "  a\n" + kAbc + "  b/x\n";
  const auto digest = f.content.digest(f.path("m"));
  REQUIRE(digest.ok());
  CHECK(*digest == digest_text(lines));
  fs::rename(f.path("m"), f.path("moved"));
  CHECK(*f.content.digest(f.path("moved")) == *digest);
}

TEST_CASE("links are followed inside of a folder and refused out of it and in circles") {
  Folder f;
  f.write("m/a", "abc");
  f.write("outside", "abc");
  fs::create_symlink("a", f.path("m/same"));
  CHECK(*f.content.digest(f.path("m")) == digest_text(std::string(kAbc) + "  a\n" + kAbc + "  same\n"));
  f.write("out/a", "abc");
  fs::create_symlink(f.path("outside"), f.path("out/link"));
  const auto out = f.content.digest(f.path("out"));
  REQUIRE_FALSE(out.ok());
  CHECK(test::contains(out.error().message, "leads out of the folder"));
  f.write("loop/sub/a", "abc");
  fs::create_directory_symlink("..", f.path("loop/sub/up"));
  const auto loop = f.content.digest(f.path("loop"));
  REQUIRE_FALSE(loop.ok());
  CHECK(test::contains(loop.error().message, "leads back"));
  f.write("broken/a", "abc");
  fs::create_symlink("nowhere", f.path("broken/link"));
  CHECK_FALSE(f.content.digest(f.path("broken")).ok());
}

TEST_CASE("what is not there has no content") {
  Folder f;
  CHECK_FALSE(f.content.digest(f.path("none")).ok());
}

TEST_CASE("a file that changes during the run is found") {
  Folder f;
  f.write("a", "abc");
  REQUIRE(f.content.digest(f.path("a")).ok());
  CHECK(f.content.check_unchanged().ok());
  f.write("a", "abcd");
  CHECK_FALSE(f.content.check_unchanged().ok());
}

TEST_CASE("facts that the platform does not know stay unknown") {
  platform::MachineFacts facts;
  facts.os = "linux";
  facts.cores_available = 2;
  const MachineScope scope = machine_scope(facts);
  CHECK(scope.os == "linux");
  CHECK(scope.cores == 2);
  CHECK_FALSE(scope.threads.has_value());
  CHECK_FALSE(scope.isa.has_value());
  CHECK_FALSE(scope.memory_bytes.has_value());
  CHECK_FALSE(scope.can.has_value());
}

}  // namespace
}  // namespace benchhost::suite
