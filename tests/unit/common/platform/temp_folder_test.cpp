#include "common/platform/temp_folder.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

#include "common/platform/files.h"

using namespace benchhost;
using namespace benchhost::platform;
namespace fs = std::filesystem;

namespace {

struct Scratch {
  TempFolder folder = TempFolder::make(fs::temp_directory_path()).value();
  SystemFiles files;
  [[nodiscard]] fs::path operator/(const char* name) const { return folder.path() / name; }
};

/// As if nobody had touched it for two hours.
void make_old(const fs::path& path) {
  const timespec long_ago{time(nullptr) - 7200, 0};
  const timespec times[2] = {long_ago, long_ago};
  REQUIRE(utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW) == 0);
}

}  // namespace

TEST_CASE("a temporary folder is private and removed with its content, links not followed") {
  Scratch outside;
  REQUIRE(outside.files.write(outside / "kept", "x").ok());
  fs::path path;
  {
    Scratch scratch;
    path = scratch.folder.path();
    CHECK(scratch.files.status(path)->mode == 0700);
    REQUIRE(scratch.files.make_folder(scratch / "locked" / "inner").ok());
    REQUIRE(scratch.files.write(scratch / "locked" / "inner" / "file", "x").ok());
    REQUIRE(chmod((scratch / "locked").c_str(), 0) == 0);
    fs::create_symlink(outside.folder.path(), scratch / "link");
  }
  CHECK_FALSE(fs::exists(path));
  CHECK(fs::exists(outside / "kept"));
}

TEST_CASE("a released temporary folder stays and a moved one is removed once") {
  auto made = TempFolder::make(fs::temp_directory_path());
  REQUIRE(made.ok());
  TempFolder moved = std::move(made).value();
  const fs::path path = moved.release();
  CHECK(moved.remove().ok());
  CHECK(fs::exists(path));
  fs::remove_all(path);
  CHECK_FALSE(TempFolder::make("/nowhere/at/all").ok());
}

TEST_CASE("what a killed process left is swept, and nothing else") {
  Scratch scratch;
  const fs::path place = scratch.folder.path();
  const auto make = [&](std::string_view prefix) {
    auto made = TempFolder::make(place, prefix);
    REQUIRE(made.ok());
    REQUIRE(scratch.files.write(made->path() / "file", "x").ok());
    return std::move(made).value();
  };
  const fs::path left = make(kTempFolderPrefix).release();
  const fs::path young = make(kTempFolderPrefix).release();
  const fs::path other = make("another-").release();
  TempFolder used = make(kTempFolderPrefix);
  fs::create_directory_symlink(other, place / (std::string(kTempFolderPrefix) + "link"));
  REQUIRE(scratch.files.write(place / (std::string(kTempFolderPrefix) + "file"), "x").ok());
  for (const fs::path& path : {left, other, used.path(), place / (std::string(kTempFolderPrefix) + "link")})
    make_old(path);
  CHECK(sweep_temp_folders(place) == 1);
  CHECK(!fs::exists(left));
  CHECK(fs::exists(young));
  CHECK(fs::exists(other / "file"));
  CHECK(fs::exists(used.path() / "file"));
  CHECK(fs::is_symlink(place / (std::string(kTempFolderPrefix) + "link")));
  CHECK(fs::exists(place / (std::string(kTempFolderPrefix) + "file")));
  // Moved, it is locked all the same.
  const TempFolder moved = std::move(used);
  make_old(moved.path());
  CHECK(sweep_temp_folders(place) == 0);
  CHECK(sweep_temp_folders(place / "none") == 0);
  if (geteuid() == 0) {
    const fs::path foreign = make(kTempFolderPrefix).release();
    REQUIRE(chown(foreign.c_str(), 12345, 12345) == 0);
    make_old(foreign);
    CHECK(sweep_temp_folders(place) == 0);
  }
}
