#include "common/platform/file_lock.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <optional>

#include "common/platform/temp_folder.h"

using namespace benchhost;
using namespace benchhost::platform;
namespace fs = std::filesystem;

TEST_CASE("a lock is held by one at a time, and is free when its object ends") {
  auto folder = TempFolder::make(fs::temp_directory_path());
  REQUIRE(folder.ok());
  const fs::path file = folder->path() / "lock";
  {
    const auto first = FileLock::take(file, 0);
    REQUIRE(first.ok());
    struct stat status {};
    REQUIRE(stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777u) == 0600);
    const auto second = FileLock::take(file, 0);
    REQUIRE_FALSE(second.ok());
    CHECK(second.error().code == "BH0003");
    CHECK(second.error().message.find("another process holds it") != std::string::npos);
  }
  CHECK(FileLock::take(file, 0).ok());
}

TEST_CASE("what is no file of the caller's own is not locked") {
  auto folder = TempFolder::make(fs::temp_directory_path());
  REQUIRE(folder.ok());
  fs::create_symlink(folder->path() / "elsewhere", folder->path() / "link");
  CHECK_FALSE(FileLock::take(folder->path() / "link", 0).ok());
  CHECK_FALSE(fs::exists(folder->path() / "elsewhere"));
  CHECK_FALSE(FileLock::take(folder->path(), 0).ok());
  CHECK_FALSE(FileLock::take(folder->path() / "none" / "lock", 0).ok());
}
