#include "discover/probe_cache.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

using namespace benchhost;
using namespace benchhost::discover;
namespace fs = std::filesystem;

namespace {

ContentFacts sample(const std::string& digest) {
  ContentFacts content;
  content.digest = digest;
  content.fingerprint = "sha256:print";
  content.note_text = "BHNOTE1\nid=x\n";
  content.facts.format = protocol::ObjectFormat::elf;
  content.facts.arch = "x86_64";
  content.facts.needed = {"liba.so", "libb.so"};
  content.facts.runpath = "$ORIGIN";
  content.facts.is_shared = true;
  return content;
}

}  // namespace

TEST_CASE("what was remembered is found again by file state and by content") {
  auto folder = platform::TempFolder::make(fs::temp_directory_path());
  REQUIRE(folder.ok());
  const fs::path file = folder->path() / "below" / "probes.json";
  platform::SystemFiles files;
  CollectingLogSink log;
  const FileKey key{1, 2, 3, 4, 5};
  ContentFacts refused = sample("sha256:b");
  refused.refusal = Refusal{"note", "BH0202", "no note", "help"};
  PluginProbe crashed;
  crashed.lasting = true;
  crashed.refusal = Refusal{"probe", "BH0210", "SIGSEGV", ""};
  PluginProbe passed;
  passed.lasting = true;
  passed.record.emplace();
  passed.record->id = "org.example";
  {
    ProbeCache cache = ProbeCache::load(file, "reader 1", files, log);
    CHECK(cache.find_file(key) == nullptr);
    cache.remember_content(sample("sha256:a"));
    cache.remember_content(refused);
    cache.remember_file(key, "sha256:a");
    cache.remember_file({9, 9, 9, 9, 9}, "sha256:gone");
    cache.remember_probe("sha256:a", passed);
    cache.remember_probe("sha256:b", crashed);
    REQUIRE(cache.save(files).ok());
  }
  const auto status = files.status(file);
  REQUIRE(status.ok());
  CHECK(status->mode == 0600);
  ProbeCache cache = ProbeCache::load(file, "reader 1", files, log);
  const ContentFacts* found = cache.find_file(key);
  REQUIRE(found != nullptr);
  CHECK(found->digest == "sha256:a");
  CHECK(found->note_text == sample("").note_text);
  CHECK(found->facts.needed == sample("").facts.needed);
  CHECK(found->facts.is_shared);
  CHECK(!found->refusal);
  CHECK(cache.find_content("sha256:b")->refusal == refused.refusal);
  CHECK(cache.find_probe("sha256:a")->record->id == "org.example");
  CHECK(cache.find_probe("sha256:b")->refusal == crashed.refusal);
  CHECK(cache.find_file({9, 9, 9, 9, 9}) == nullptr);
  for (const FileKey& other : {FileKey{0, 2, 3, 4, 5}, FileKey{1, 0, 3, 4, 5}, FileKey{1, 2, 0, 4, 5},
                               FileKey{1, 2, 3, 0, 5}, FileKey{1, 2, 3, 4, 0}}) {
    CHECK(cache.find_file(other) == nullptr);
  }
  ProbeCache newer = ProbeCache::load(file, "reader 2", files, log);
  CHECK(newer.find_file(key) != nullptr);
  CHECK(newer.find_probe("sha256:a") == nullptr);
  CHECK(log.entries().empty());
}

TEST_CASE("of a file only its last state is remembered, and of many files those that are still met") {
  auto folder = platform::TempFolder::make(fs::temp_directory_path());
  REQUIRE(folder.ok());
  const fs::path file = folder->path() / "probes.json";
  platform::SystemFiles files;
  CollectingLogSink log;
  const FileKey other{1, 3, 1, 1, 1};
  {
    ProbeCache cache = ProbeCache::load(file, "r", files, log);
    cache.remember_content(sample("sha256:a"));
    cache.remember_file(other, "sha256:a");
    for (std::int64_t time = -3; time < 100; ++time) cache.remember_file({1, 2, 50, time, time}, "sha256:a");
    CHECK(cache.find_file({1, 2, 50, 98, 98}) == nullptr);
    CHECK(cache.find_file({1, 2, 50, 99, 99}) != nullptr);
    CHECK(cache.find_file(other) != nullptr);
    REQUIRE(cache.save(files).ok());
  }
  {
    ProbeCache cache = ProbeCache::load(file, "r", files, log);
    CHECK(cache.find_file({1, 2, 50, 98, 98}) == nullptr);
    // Far more files than are kept; the first two are not met any more.
    for (std::uint64_t inode = 100; inode < 10'100; ++inode) cache.remember_file({1, inode, 1, 1, 1}, "sha256:a");
    REQUIRE(cache.save(files).ok());
  }
  ProbeCache cache = ProbeCache::load(file, "r", files, log);
  CHECK(cache.find_file(other) == nullptr);
  CHECK(cache.find_file({1, 2, 50, 99, 99}) == nullptr);
  CHECK(cache.find_file({1, 100, 1, 1, 1}) != nullptr);
  CHECK(cache.find_file({1, 10'099, 1, 1, 1}) != nullptr);
}
