#include "common/platform/files.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

using namespace benchhost;
using namespace benchhost::platform;
namespace fs = std::filesystem;

namespace {

constexpr Bytes kLimit{1000};

struct Scratch {
  TempFolder folder = TempFolder::make(fs::temp_directory_path()).value();
  SystemFiles files;
  [[nodiscard]] fs::path operator/(const char* name) const { return folder.path() / name; }
};

std::string refusal(Scratch& scratch, const fs::path& path) {
  const auto content = scratch.files.read(path, kLimit);
  REQUIRE_FALSE(content.ok());
  CHECK(content.error().code == "BH0002");
  return content.error().message;
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a file is read back as it was written") {
  Scratch scratch;
  const std::string content("a\0b\nc", 5);
  REQUIRE(scratch.files.write(scratch / "file", content).ok());
  CHECK(*scratch.files.read(scratch / "file", kLimit) == content);
  REQUIRE(scratch.files.write(scratch / "file", "").ok());
  CHECK(scratch.files.read(scratch / "file", Bytes{0})->empty());
}

TEST_CASE("a file larger than the limit is refused, one of exactly the limit is read") {
  Scratch scratch;
  REQUIRE(scratch.files.write(scratch / "file", std::string(1000, 'x')).ok());
  CHECK(scratch.files.read(scratch / "file", kLimit).ok());
  REQUIRE(scratch.files.write(scratch / "file", std::string(1001, 'x')).ok());
  CHECK(contains(refusal(scratch, scratch / "file"), "1000 bytes"));
}

TEST_CASE("files that state no size are read whole and within the limit") {
  Scratch scratch;
  CHECK(scratch.files.read("/proc/self/status", Bytes{100000})->size() > 100);
  CHECK(contains(refusal(scratch, "/proc/self/smaps"), "limit"));
}

TEST_CASE("the start of a file is as much as there is, and of regular files only") {
  Scratch scratch;
  REQUIRE(scratch.files.write(scratch / "file", "abcdef").ok());
  CHECK(*scratch.files.read_start(scratch / "file", Bytes{4}) == "abcd");
  CHECK(*scratch.files.read_start(scratch / "file", Bytes{100}) == "abcdef");
  REQUIRE(mkfifo((scratch / "fifo").c_str(), 0600) == 0);
  for (const fs::path& path : {scratch / "fifo", scratch / "none", scratch.folder.path(), fs::path("/dev/zero")}) {
    const auto start = scratch.files.read_start(path, Bytes{4});
    REQUIRE_FALSE(start.ok());
    CHECK(start.error().code == "BH0002");
  }
}

TEST_CASE("what is no regular file is refused at once and by its kind") {
  Scratch scratch;
  REQUIRE(mkfifo((scratch / "fifo").c_str(), 0600) == 0);
  CHECK(contains(refusal(scratch, scratch / "fifo"), "FIFO"));
  CHECK(contains(refusal(scratch, scratch.folder.path()), "directory"));
  CHECK(contains(refusal(scratch, "/dev/zero"), "device"));
  CHECK(contains(refusal(scratch, scratch / "none"), "No such file"));
  fs::create_symlink(scratch / "fifo", scratch / "to_fifo");
  CHECK(contains(refusal(scratch, scratch / "to_fifo"), "FIFO"));

  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = (scratch / "socket").string();
  REQUIRE(name.size() < sizeof address.sun_path);
  std::memcpy(address.sun_path, name.c_str(), name.size() + 1);
  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  REQUIRE(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  CHECK(contains(refusal(scratch, scratch / "socket"), "socket"));
  ::close(listener);
}

TEST_CASE("links are followed, loops and dangling ones are errors") {
  Scratch scratch;
  REQUIRE(scratch.files.write(scratch / "file", "x").ok());
  fs::create_symlink("file", scratch / "link");
  CHECK(*scratch.files.read(scratch / "link", kLimit) == "x");
  fs::create_symlink("loop_b", scratch / "loop_a");
  fs::create_symlink("loop_a", scratch / "loop_b");
  CHECK(contains(refusal(scratch, scratch / "loop_a"), "symbolic links"));
  fs::create_symlink("nothing", scratch / "dangling");
  CHECK(contains(refusal(scratch, scratch / "dangling"), "No such file"));
  CHECK(scratch.files.link_status(scratch / "dangling")->type == FileType::symlink);
  CHECK_FALSE(exists(scratch.files, scratch / "dangling"));
  CHECK(exists(scratch.files, scratch / "link"));
}

TEST_CASE("a file that may not be read is an error") {
  Scratch scratch;
  REQUIRE(scratch.files.write(scratch / "secret", "x", 0600).ok());
  REQUIRE(chmod((scratch / "secret").c_str(), 0) == 0);
  if (geteuid() == 0) {
    // Permissions do not bind root; a write-only file of the kernel does.
    if (exists(scratch.files, "/proc/self/clear_refs"))
      CHECK_FALSE(scratch.files.read("/proc/self/clear_refs", kLimit).ok());
  } else {
    CHECK(contains(refusal(scratch, scratch / "secret"), "denied"));
  }
}

TEST_CASE("the status tells type, size, time and who may write") {
  Scratch scratch;
  REQUIRE(scratch.files.write(scratch / "file", "12345").ok());
  REQUIRE(chmod((scratch / "file").c_str(), 0644) == 0);
  const auto status = scratch.files.status(scratch / "file");
  REQUIRE(status.ok());
  CHECK(status->type == FileType::regular);
  CHECK(status->size_bytes == 5);
  CHECK(status->mode == 0644);
  CHECK(status->owned_by_caller);
  CHECK_FALSE(status->writable_by_group);
  CHECK_FALSE(status->writable_by_world);
  CHECK(status->modified_ns > 1'700'000'000'000'000'000);
  REQUIRE(chmod((scratch / "file").c_str(), 0666) == 0);
  CHECK(scratch.files.status(scratch / "file")->writable_by_group);
  CHECK(scratch.files.status(scratch / "file")->writable_by_world);
  REQUIRE(scratch.files.write(scratch / "other", "x").ok());
  CHECK(scratch.files.status(scratch / "other")->inode != status->inode);
}

TEST_CASE("a folder is listed in the order of its names with the types of its entries") {
  Scratch scratch;
  REQUIRE(scratch.files.write(scratch / "b", "x").ok());
  REQUIRE(scratch.files.make_folder(scratch / "a" / "deeper").ok());
  fs::create_symlink(".", scratch / "c");
  REQUIRE(mkfifo((scratch / "Z").c_str(), 0600) == 0);
  const auto entries = scratch.files.list(scratch.folder.path());
  REQUIRE(entries.ok());
  CHECK(*entries ==
        std::vector<DirectoryEntry>{
            {"Z", FileType::fifo}, {"a", FileType::directory}, {"b", FileType::regular}, {"c", FileType::symlink}});
}

TEST_CASE("what is no folder is not listed, a FIFO without waiting") {
  Scratch scratch;
  REQUIRE(mkfifo((scratch / "fifo").c_str(), 0600) == 0);
  CHECK_FALSE(scratch.files.list(scratch / "fifo").ok());
  CHECK_FALSE(scratch.files.list(scratch / "none").ok());
}

TEST_CASE("writing replaces the file as a whole, keeps its permissions and leaves no temporary file") {
  Scratch scratch;
  REQUIRE(scratch.files.write(scratch / "file", "old", 0600).ok());
  CHECK(scratch.files.status(scratch / "file")->mode == 0600);
  std::ifstream reader(scratch / "file");
  REQUIRE(scratch.files.write(scratch / "file", "new").ok());
  std::string seen;
  reader >> seen;
  CHECK(seen == "old");  // who has the old file open still sees all of it
  CHECK(*scratch.files.read(scratch / "file", kLimit) == "new");
  CHECK(scratch.files.status(scratch / "file")->mode == 0600);
  CHECK(scratch.files.list(scratch.folder.path())->size() == 1);
}

TEST_CASE("writing over a folder or into a missing one fails and leaves nothing") {
  Scratch scratch;
  REQUIRE(scratch.files.make_folder(scratch / "folder").ok());
  const auto over = scratch.files.write(scratch / "folder", "x");
  REQUIRE_FALSE(over.ok());
  CHECK(over.error().code == "BH0003");
  CHECK_FALSE(scratch.files.write(scratch / "none" / "file", "x").ok());
  CHECK(scratch.files.list(scratch.folder.path())->size() == 1);
}

TEST_CASE("removing what is not there succeeds, a folder that is not empty is kept") {
  Scratch scratch;
  CHECK(scratch.files.remove(scratch / "none").ok());
  REQUIRE(scratch.files.make_folder(scratch / "a" / "b").ok());
  CHECK_FALSE(scratch.files.remove(scratch / "a").ok());
  CHECK(scratch.files.remove(scratch / "a" / "b").ok());
  CHECK(scratch.files.remove(scratch / "a").ok());
}

TEST_CASE("the running program knows its own file") {
  const auto path = executable_path();
  REQUIRE(path.ok());
  CHECK(path->filename() == "platform_test");
}
