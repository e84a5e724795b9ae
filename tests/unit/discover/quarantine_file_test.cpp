// The file of state itself: damaged, foreign, shared, not writable.
#include "discover/quarantine_file.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "common/platform/file_lock.h"

using namespace benchhost;
using namespace benchhost::discover;
namespace fs = std::filesystem;

namespace {

Incident incident(const std::string& fingerprint) {
  Incident one;
  one.fingerprint = fingerprint;
  one.plugin = "org.example.shaky";
  one.version = "1";
  one.file = "/plugins/shaky.so";
  one.fault = "SIGSEGV";
  one.phase = "loading";
  one.message = "killed by signal 11";
  one.wall_ns = 7;
  return one;
}

std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void put(const fs::path& path, std::string_view text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  REQUIRE(out.flush());
}

/// Files that read and cannot write.
class ReadOnly final : public platform::Files {
 public:
  Result<std::string> read(const fs::path& path, Bytes limit) override { return system.read(path, limit); }
  Result<std::string> read_start(const fs::path& path, Bytes count) override { return system.read_start(path, count); }
  Result<platform::FileStatus> status(const fs::path& path) override { return system.status(path); }
  Result<platform::FileStatus> link_status(const fs::path& path) override { return system.link_status(path); }
  Result<std::vector<platform::DirectoryEntry>> list(const fs::path& folder) override { return system.list(folder); }
  Result<void> write(const fs::path&, std::string_view, std::uint32_t) override {
    return make_error("BH0003", "cannot write: No space left on device");
  }
  Result<void> make_folder(const fs::path& folder) override { return system.make_folder(folder); }
  Result<void> remove(const fs::path& path) override { return system.remove(path); }
  platform::SystemFiles system;
};

struct Place {
  Place()
      : folder([] {
          auto made = platform::TempFolder::make(fs::temp_directory_path());
          REQUIRE(made.ok());
          return std::move(made).value();
        }()) {}
  [[nodiscard]] fs::path path() const { return folder.path() / "state" / "quarantine.json"; }
  [[nodiscard]] QuarantineFile file() { return {path(), files}; }
  void add(const std::string& fingerprint) {
    REQUIRE(file().update([&](Quarantine& q) { q.add(incident(fingerprint)); }).ok());
  }
  platform::TempFolder folder;
  platform::SystemFiles files;
};

}  // namespace

TEST_CASE("without a file nothing is in quarantine, and asking makes none") {
  Place place;
  CHECK(place.file().read().quarantine.entries().empty());
  CHECK(place.file().read().problem.empty());
  CHECK(place.file().peek().entries().empty());
  CHECK_FALSE(fs::exists(place.path().parent_path()));
}

TEST_CASE("what is counted is kept, for its owner alone, with the folder it needs") {
  Place place;
  place.add("sha256:a");
  place.add("sha256:b");
  const auto reading = place.file().read();
  CHECK(reading.problem.empty());
  REQUIRE(reading.quarantine.entries().size() == 2);
  CHECK(reading.quarantine.entries()[0].in_quarantine());
  CHECK(place.file().peek() == reading.quarantine);
  CHECK((place.files.status(place.path())->mode & 0777u) == 0600);
}

TEST_CASE("without a name nothing is kept and nothing fails") {
  platform::SystemFiles files;
  const QuarantineFile nowhere("", files);
  const auto told = nowhere.update([](Quarantine& q) { q.add(incident("sha256:a")); });
  REQUIRE(told.ok());
  CHECK(told->entries().size() == 1);
  CHECK(nowhere.read().quarantine.entries().empty());
  CHECK(nowhere.read().problem.empty());
}

TEST_CASE("a damaged file is said once, set aside, and counting begins anew") {
  for (const std::string& text : {std::string(), std::string("{"), std::string("[1, 2]"), std::string(1000, '\xff'),
                                  std::string(R"({"version": 1, "entries": [{"fingerprint": 3}]})")}) {
    Place place;
    place.add("sha256:a");
    put(place.path(), text);
    const auto reading = place.file().read();
    CAPTURE(reading.problem);
    CHECK(reading.problem.find("damaged") != std::string::npos);
    CHECK(reading.problem.find("quarantine.json.damaged") != std::string::npos);
    CHECK(reading.quarantine.entries().empty());
    CHECK(text_of(place.path().string() + ".damaged") == text);
    CHECK(place.file().read().problem.empty());
    place.add("sha256:b");
    CHECK(place.file().read().quarantine.entries().size() == 1);
  }
}

TEST_CASE("a damaged file is set aside by who counts, too, and loses nothing that is counted then") {
  Place place;
  place.add("sha256:a");
  put(place.path(), "{");
  place.add("sha256:b");
  CHECK(text_of(place.path().string() + ".damaged") == "{");
  CHECK(place.file().read().quarantine.entries().size() == 1);
}

TEST_CASE("what a newer benchhost wrote is left as it is, and said") {
  Place place;
  place.add("sha256:a");
  const std::string newer = R"({"version": 2, "entries": "in another way"})";
  put(place.path(), newer);
  const auto reading = place.file().read();
  CHECK(reading.problem.find("newer") != std::string::npos);
  CHECK(reading.quarantine.entries().empty());
  const auto told = place.file().update([](Quarantine& q) { q.add(incident("sha256:b")); });
  REQUIRE_FALSE(told.ok());
  CHECK(told.error().message.find("newer") != std::string::npos);
  CHECK(text_of(place.path()) == newer);
  CHECK_FALSE(fs::exists(place.path().string() + ".damaged"));
}

TEST_CASE("a file that is none, and a folder that is none, are said and stop nothing") {
  Place place;
  fs::create_directories(place.path());
  CHECK(place.file().read().problem.find("directory") != std::string::npos);
  CHECK_FALSE(place.file().update([](Quarantine& q) { q.add(incident("sha256:a")); }).ok());
  platform::SystemFiles files;
  const QuarantineFile nowhere("/dev/null/state/quarantine.json", files);
  CHECK(nowhere.read().quarantine.entries().empty());
  const auto told = nowhere.update([](Quarantine& q) { q.add(incident("sha256:a")); });
  REQUIRE_FALSE(told.ok());
  CHECK(told.error().code == "BH0003");
}

TEST_CASE("where nothing can be written, what is there is known, and what is damaged is said") {
  Place place;
  place.add("sha256:a");
  ReadOnly files;
  const QuarantineFile file(place.path(), files);
  CHECK(file.read().quarantine.entries().size() == 1);
  CHECK_FALSE(file.update([](Quarantine& q) { q.add(incident("sha256:b")); }).ok());
  CHECK(file.read().quarantine.entries().size() == 1);
  // A change that changes nothing needs no disk.
  CHECK(file.update([](Quarantine&) {}).ok());
  put(place.path(), "{");
  CHECK(file.read().problem.find("cannot be set aside") != std::string::npos);
  CHECK(text_of(place.path()) == "{");
}

TEST_CASE("writers at once lose nothing of each other's") {
  Place place;
  constexpr int kWriters = 4;
  constexpr int kEach = 25;
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&place, w] {
      platform::SystemFiles files;
      const QuarantineFile file(place.path(), files);
      for (int i = 0; i < kEach; ++i) {
        (void)file.update([&](Quarantine& q) {
          // One of their own each time, and one that all of them count.
          q.add(incident("sha256:" + std::to_string(w * kEach + i)));
          q.add(incident("sha256:shared"));
        });
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  const auto reading = place.file().read();
  CHECK(reading.quarantine.entries().size() == kWriters * kEach + 1);
  const QuarantineEntry* shared = reading.quarantine.find("sha256:shared", "");
  REQUIRE(shared != nullptr);
  CHECK(shared->faults == kWriters * kEach);
}
