#include "discover/discover.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <utility>

#include "common/platform/clock.h"
#include "discover/quarantine_file.h"

using namespace benchhost;
using namespace benchhost::discover;
namespace fs = std::filesystem;

namespace {

/// The fixture's id: each test writes another of the same length over it.
constexpr std::string_view kId = "org.example.placeholder_0000000000";

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  REQUIRE(in);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void write(const fs::path& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary);
  out << bytes;
  REQUIRE(out.flush());
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  REQUIRE(from.size() == to.size());
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

/// A plugin's bytes that tell the fake worker what to do.
std::string plugin_that(const std::string& does, int number = 0) {
  std::string id = "org.example." + does + "_";
  std::string tail = std::to_string(number);
  id += std::string(kId.size() - id.size() - tail.size(), '0') + tail;
  return replaced(read(FIXTURE), kId, id);
}

/// A plugin's bytes with an id of any shorter length: a key that nobody knows fills the note up.
std::string plugin_with_id(const std::string& id) {
  const std::string filler = "\nx=";
  REQUIRE(id.size() + filler.size() <= kId.size());
  return replaced(read(FIXTURE), kId, id + filler + std::string(kId.size() - id.size() - filler.size(), 'x'));
}

/// The machine's files, and how many libraries were read whole, and how many of them at once.
class CountingFiles final : public platform::Files {
 public:
  Result<std::string> read(const fs::path& path, Bytes limit) override {
    const bool counts = path.extension() == ".so";
    if (counts) {
      ++whole_files;
      const int together = ++now;
      for (int most = most_together; together > most && !most_together.compare_exchange_weak(most, together);) {
      }
    }
    auto content = system.read(path, limit);
    if (counts) --now;
    return content;
  }
  Result<std::string> read_start(const fs::path& path, Bytes count) override { return system.read_start(path, count); }
  Result<platform::FileStatus> status(const fs::path& path) override { return system.status(path); }
  Result<platform::FileStatus> link_status(const fs::path& path) override { return system.link_status(path); }
  Result<std::vector<platform::DirectoryEntry>> list(const fs::path& folder) override { return system.list(folder); }
  Result<void> write(const fs::path& path, std::string_view content, std::uint32_t mode) override {
    return system.write(path, content, mode);
  }
  Result<void> make_folder(const fs::path& folder) override {
    if (const auto once = std::exchange(before_folder, {})) once();
    return system.make_folder(folder);
  }
  Result<void> remove(const fs::path& path) override { return system.remove(path); }

  platform::SystemFiles system;
  std::function<void()> before_folder;  // once
  std::atomic<int> whole_files = 0;
  std::atomic<int> now = 0;
  std::atomic<int> most_together = 0;
};

/// A folder of plugins, a cache and a fake worker.
class Place {
 public:
  Place() : folder_(make()) {
    fs::create_directory(plugins());
    program.path = FAKE_PROBER;
    program.environment = platform::Environment::of_process();
    program.environment.set("FAKE_PROBES", (folder_.path() / "probes").string());
    options.host = host_facts({});
    options.cache_file = folder_.path() / "cache" / "probes.json";
    options.plugins.folders = {{plugins(), "--plugins"}};
    options.version = "1";
  }
  [[nodiscard]] fs::path plugins() const { return folder_.path() / "plugins"; }
  [[nodiscard]] fs::path root() const { return folder_.path(); }
  void add(const std::string& name, std::string_view bytes) const { write(plugins() / name, bytes); }
  /// Probes started since the last call.
  int probes() {
    std::ifstream in(folder_.path() / "probes");
    int all = 0;
    for (std::string line; std::getline(in, line);) ++all;
    return all - std::exchange(probes_seen_, all);
  }
  Catalogue look() { return look(files); }
  Catalogue look(platform::Files& with) {
    auto cancel = supervise::CancelToken::make();
    REQUIRE(cancel.ok());
    auto found = discover::discover(options, program, *cancel, with, log);
    REQUIRE(found.ok());
    return std::move(found).value();
  }

  DiscoverOptions options;
  supervise::WorkerProgram program;
  platform::SystemFiles files;
  CollectingLogSink log;

 private:
  static platform::TempFolder make() {
    auto folder = platform::TempFolder::make(fs::temp_directory_path());
    REQUIRE(folder.ok());
    return std::move(folder).value();
  }
  platform::TempFolder folder_;
  int probes_seen_ = 0;
};

const PluginEntry& entry(const Catalogue& catalogue, const std::string& name) {
  for (const PluginEntry& plugin : catalogue.plugins) {
    if (plugin.path.filename() == name) return plugin;
  }
  FAIL("not listed: " << name);
  return catalogue.plugins.front();
}

std::string gate(const Catalogue& catalogue, const std::string& name) {
  const PluginEntry& found = entry(catalogue, name);
  if (!found.refusal) return "";
  CHECK(!found.refusal->message.empty());
  CHECK((!found.refusal->code.empty() || found.refusal->message.find("on request") != std::string::npos));
  CHECK(!found.usable());
  return found.refusal->gate;
}

bool says(const Catalogue& catalogue, const std::string& name, const char* part) {
  const PluginEntry& found = entry(catalogue, name);
  INFO(name << ": " << (found.refusal ? found.refusal->message : "accepted"));
  const bool has = found.refusal && (found.refusal->message + found.refusal->help).find(part) != std::string::npos;
  CHECK(has);
  return has;
}

}  // namespace

TEST_CASE("a good plugin is listed with all that is known of it") {
  Place place;
  place.add("good.so", plugin_that("good"));
  fs::create_directory(place.plugins() / "good.assets");
  const Catalogue catalogue = place.look();
  const PluginEntry& good = entry(catalogue, "good.so");
  REQUIRE(good.usable());
  CHECK(good.origin == "--plugins");
  CHECK(good.note->version == "1.2.3");
  CHECK(good.record->benchmarks.size() == 1);
  CHECK(good.fingerprint.starts_with("sha256:"));
  CHECK(good.content_digest.starts_with("sha256:"));
  CHECK(good.descriptor_digest == protocol::descriptor_digest(*good.record));
  CHECK(good.asset_dir == (place.plugins() / "good.assets").string());
  CHECK(!good.from_cache);
  const std::string id = good.record->benchmarks[0].id;
  REQUIRE(catalogue.find_benchmark(id));
  CHECK(catalogue.find_benchmark(id)->plugin == &good);
  CHECK(catalogue.find_plugin(good.record->id) == &good);
  CHECK(!catalogue.find_benchmark("org.example.none"));
}

TEST_CASE("no bad file hangs or hurts the host, starts a process, or is left out") {
  Place place;
  const std::string whole = plugin_that("good");
  const fs::path at = place.plugins();
  place.add("a_good.so", whole);
  std::map<std::string, std::string> wanted;
  place.add("empty.so", "");
  wanted["empty.so"] = "format";
  REQUIRE(mkfifo((at / "fifo.so").c_str(), 0600) == 0);
  wanted["fifo.so"] = "file";
  fs::create_directory(at / "folder.so");
  wanted["folder.so"] = "file";
  fs::create_symlink(at / "loop_b.so", at / "loop_a.so");
  fs::create_symlink(at / "loop_a.so", at / "loop_b.so");
  wanted["loop_a.so"] = wanted["loop_b.so"] = "file";
  fs::create_symlink("/nowhere/at/all", at / "dangling.so");
  wanted["dangling.so"] = "file";
  fs::create_symlink("/dev/zero", at / "zero.so");
  wanted["zero.so"] = "file";
  const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string socket_path = (at / "socket.so").string();
  REQUIRE(socket_path.size() < sizeof address.sun_path);
  std::strncpy(address.sun_path, socket_path.c_str(), sizeof address.sun_path - 1);
  REQUIRE(bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  close(listener);
  wanted["socket.so"] = "file";
  write(at / "sparse.so", "");
  REQUIRE(truncate((at / "sparse.so").c_str(), off_t{2} << 30) == 0);
  wanted["sparse.so"] = "file";
  place.add("text.so", "#!/bin/sh\nexit 0\n");
  wanted["text.so"] = "format";
  std::string noise(5000, '\0');
  for (std::size_t i = 0; i < noise.size(); ++i) noise[i] = static_cast<char>(i * 131 + i / 7);
  place.add("noise.so", noise);
  wanted["noise.so"] = "format";
  for (std::size_t cut = 1024; cut < whole.size(); cut += 1024) {
    const std::string name = "cut" + std::to_string(cut) + ".so";
    place.add(name, std::string_view(whole).substr(0, cut));
    wanted[name] = "format";
  }
  place.add("windows.dll", "MZ\x90");
  wanted["windows.dll"] = "format";
  if (geteuid() != 0) {  // root may read everything
    place.add("unreadable.so", whole);
    chmod((at / "unreadable.so").c_str(), 0);
    wanted["unreadable.so"] = "file";
  }
  place.add("readme.txt", "not a library by its name");
  const Catalogue catalogue = place.look();
  CHECK(catalogue.plugins.size() == wanted.size() + 1);
  for (const auto& [name, gate_wanted] : wanted) {
    CAPTURE(name);
    CHECK(gate(catalogue, name) == gate_wanted);
  }
  CHECK(entry(catalogue, "a_good.so").usable());
  CHECK(place.probes() == 1);
  says(catalogue, "fifo.so", "FIFO");
  says(catalogue, "sparse.so", "2147483648");
  says(catalogue, "cut1024.so", "truncated");
}

TEST_CASE("what the note and the header say refuses a file by its gate and costs no process") {
  Place place;
  place.options.host.isa = {"x86-64-v2", "sse4_2"};
  const std::string whole = plugin_that("good");
  const std::string arch = "arch=" + place.options.host.arch;
  std::string foreign = arch;
  foreign.back() = foreign.back() == '4' ? '5' : '4';
  place.add("arch.so", replaced(whole, arch, foreign));
  place.add("os.so", replaced(whole, "os=linux", "os=haiku"));
  place.add("abi_new.so", replaced(whole, "abi=0.1-0.1", "abi=0.7-0.9"));
  place.add("isa.so", replaced(whole, "isa=x86-64-v1", "isa=x86-64-v4"));
  place.add("isa_ok.so", replaced(plugin_that("good", 1), "isa=x86-64-v1", "isa=x86-64-v2"));
  place.add("no_note.so", replaced(whole, "benchhost", "bencHhost"));
  place.add("bad_note.so", replaced(whole, "vendor=", "Vendor="));
  std::string other_machine = whole;
  other_machine[18] = static_cast<char>(other_machine[18] == static_cast<char>(183) ? 62 : 183);
  place.add("machine.so", replaced(other_machine, arch, foreign));
  place.add("header.so", other_machine);  // its note says this machine
  const Catalogue catalogue = place.look();
  CHECK(gate(catalogue, "arch.so") == "arch");
  CHECK(gate(catalogue, "os.so") == "os");
  CHECK(gate(catalogue, "abi_new.so") == "abi");
  CHECK(gate(catalogue, "isa.so") == "isa");
  CHECK(gate(catalogue, "isa_ok.so").empty());
  CHECK(gate(catalogue, "no_note.so") == "note");
  CHECK(gate(catalogue, "bad_note.so") == "note");
  CHECK(gate(catalogue, "machine.so") == "arch");
  CHECK(gate(catalogue, "header.so") == "arch");
  says(catalogue, "abi_new.so", "0.7 to 0.9");
  says(catalogue, "abi_new.so", "this host 0.1");
  says(catalogue, "isa.so", "x86-64-v4");
  says(catalogue, "os.so", "haiku");
  CHECK(place.probes() == 1);
  place.options.host.abi_min = place.options.host.abi_max = 5;
  says(place.look(), "isa_ok.so", "rebuild");
}

TEST_CASE("what a probe ends with is the refusal, in the words of who refused") {
  Place place;
  for (const char* does : {"crash", "leave", "loader", "library", "refuse", "entry", "quiet", "other", "badunit"}) {
    place.add(std::string(does) + ".so", plugin_that(does));
  }
  const Catalogue catalogue = place.look();
  CHECK(gate(catalogue, "crash.so") == "probe");
  says(catalogue, "crash.so", "SIGSEGV");
  says(catalogue, "crash.so", "loading");
  says(catalogue, "crash.so", R"(\x1b[2Jcannot find my table | no heart left)");
  CHECK(entry(catalogue, "crash.so").refusal->message.find("first") == std::string::npos);
  CHECK(entry(catalogue, "crash.so").refusal->code == "BH0210");
  CHECK(gate(catalogue, "leave.so") == "probe");
  says(catalogue, "leave.so", "exit 0");
  CHECK(gate(catalogue, "loader.so") == "probe");
  says(catalogue, "loader.so", "no_such_function");
  CHECK(gate(catalogue, "library.so") == "dependencies");
  says(catalogue, "library.so", "libnowhere.so.3");
  CHECK(gate(catalogue, "refuse.so") == "abi");
  says(catalogue, "refuse.so", "too old");
  CHECK(gate(catalogue, "entry.so") == "probe");
  CHECK(gate(catalogue, "quiet.so") == "probe");
  CHECK(gate(catalogue, "other.so") == "descriptors");
  CHECK(gate(catalogue, "badunit.so") == "descriptors");
  says(catalogue, "badunit.so", "furlong");
  says(catalogue, "badunit.so", "metric 'time'");
}

TEST_CASE("a probe that does not end is ended at its deadline") {
  Place place;
  place.options.probe_deadline_ns = 200'000'000;
  place.add("hang.so", plugin_that("hang"));
  const Catalogue catalogue = place.look();
  CHECK(gate(catalogue, "hang.so") == "probe");
  CHECK(entry(catalogue, "hang.so").refusal->code == "BH0211");
  says(catalogue, "hang.so", "200 ms");
}

TEST_CASE("probes are remembered until the file changes, and what the machine decides is asked again") {
  Place place;
  place.add("good.so", plugin_that("good"));
  place.add("crash.so", plugin_that("crash"));
  place.add("library.so", plugin_that("library"));
  place.add("no_note.so", replaced(plugin_that("good"), "benchhost", "bencHhost"));
  const Catalogue first = place.look();
  CHECK(place.probes() == 3);
  const Catalogue second = place.look();
  CHECK(place.probes() ==
        2);  // the missing library may have been installed, and a crash is the quarantine's to remember
  CHECK(entry(second, "good.so").from_cache);
  CHECK(*entry(second, "good.so").record == *entry(first, "good.so").record);
  CHECK(entry(second, "good.so").fingerprint == entry(first, "good.so").fingerprint);
  CHECK(entry(second, "good.so").note == entry(first, "good.so").note);
  CHECK(*entry(second, "crash.so").refusal == *entry(first, "crash.so").refusal);
  CHECK(gate(second, "no_note.so") == "note");
  place.add("crash.so", plugin_that("good", 2));
  const Catalogue third = place.look();
  CHECK(place.probes() == 2);  // the library, and the new build
  CHECK(entry(third, "crash.so").usable());
  CHECK(!entry(third, "crash.so").from_cache);
}

TEST_CASE("an answer in which the machine may have had a part is not remembered") {
  Place place;
  place.options.probe_deadline_ns = 3'000'000'000'000;
  const std::vector<std::string> lasting = {"good", "refuse", "other", "badunit"};
  const std::vector<std::string> passing = {"crash", "killed", "term", "unread", "leave", "loader", "library", "quiet"};
  for (const auto& all : {lasting, passing}) {
    for (const std::string& does : all) place.add(does + ".so", plugin_that(does));
  }
  const Catalogue first = place.look();
  CHECK(place.probes() == 12);
  for (const std::string& does : passing) CHECK(!gate(first, does + ".so").empty());
  const Catalogue second = place.look();
  CHECK(place.probes() == static_cast<int>(passing.size()));
  for (const std::string& does : lasting) CHECK(entry(second, does + ".so").from_cache);
  for (const std::string& does : passing) CHECK(!entry(second, does + ".so").from_cache);
  says(second, "killed.so", "next time");
}

TEST_CASE("a plugin whose probe crashed is not started again, whatever becomes of the cache, until it is another one") {
  Place place;
  place.options.quarantine_file = place.root() / "state" / "quarantine.json";
  place.options.machine = "node7";
  place.add("crash.so", plugin_that("crash"));
  place.add("good.so", plugin_that("good"));
  const Catalogue first = place.look();
  CHECK(place.probes() == 2);
  CHECK(gate(first, "crash.so") == "probe");
  CHECK(entry(first, "crash.so").refusal->help.find("quarantine --clear org.example.crash_") != std::string::npos);

  fs::remove(place.options.cache_file);
  const Catalogue second = place.look();
  CHECK(place.probes() == 1);  // the good one
  CHECK(gate(second, "crash.so") == "quarantine");
  CHECK(entry(second, "crash.so").refusal->code == "BH0215");
  says(second, "crash.so", "SIGSEGV while loading");
  says(second, "crash.so", "on node7");
  says(second, "crash.so", "no heart left");
  CHECK(entry(second, "good.so").usable());
  const QuarantineEntry* kept = second.quarantine.find_shut(entry(second, "crash.so").fingerprint, "");
  REQUIRE(kept != nullptr);
  CHECK(kept->last.version == "1.2.3");
  CHECK(kept->last.file == (place.plugins() / "crash.so").string());

  // Moved, and with a signature behind it: the same code.
  fs::rename(place.plugins() / "crash.so", place.plugins() / "moved.so");
  place.add("moved.so", plugin_that("crash") + "signature");
  CHECK(gate(place.look(), "moved.so") == "quarantine");
  CHECK(place.probes() == 0);

  // Somebody looks at it all the same; that counts nothing.
  place.options.in_spite_of = [](const PluginEntry& e) { return e.path.filename() == "moved.so"; };
  CHECK(gate(place.look(), "moved.so") == "probe");
  CHECK(place.probes() == 1);
  place.options.in_spite_of = {};

  place.add("moved.so", plugin_that("good", 2));
  CHECK(entry(place.look(), "moved.so").usable());
  CHECK(place.probes() == 1);

  // And the old build once more, cleared.
  place.add("moved.so", plugin_that("crash"));
  CHECK(gate(place.look(), "moved.so") == "quarantine");
  const QuarantineFile file(place.options.quarantine_file, place.files);
  REQUIRE(file.update([](Quarantine& q) { q.clear(q.find_named("crash.so")); }).ok());
  CHECK(gate(place.look(), "moved.so") == "probe");
  CHECK(place.probes() == 1);
}

TEST_CASE("what is counted against a probe: an exit and a hang thrice in a row, nothing that comes from outside") {
  Place place;
  place.options.quarantine_file = place.root() / "state" / "quarantine.json";
  for (const char* does : {"leave", "killed", "term", "library", "quiet"}) {
    place.add(std::string(does) + ".so", plugin_that(does));
  }
  for (int listing = 0; listing < 3; ++listing) CHECK(gate(place.look(), "leave.so") == "probe");
  CHECK(place.probes() == 3 * 5);
  const Catalogue last = place.look();
  CHECK(place.probes() == 4);
  CHECK(gate(last, "leave.so") == "quarantine");
  says(last, "leave.so", "exit 0 while loading, 3 times in a row");
  CHECK(last.quarantine.entries().size() == 1);
}

TEST_CASE("a probe that hangs is in quarantine the third time in a row, copies of it beside it counted once") {
  Place place;
  place.options.quarantine_file = place.root() / "state" / "quarantine.json";
  place.options.probe_deadline_ns = 100'000'000;
  place.add("hang.so", plugin_that("hang"));
  place.add("hang_signed.so", plugin_that("hang") + "signature");
  for (int listing = 0; listing < 3; ++listing) CHECK(gate(place.look(), "hang.so") == "probe");
  const Catalogue last = place.look();
  CHECK(gate(last, "hang.so") == "quarantine");
  CHECK(gate(last, "hang_signed.so") == "quarantine");
  says(last, "hang.so", "no answer while loading, 3 times in a row");
}

TEST_CASE("of hosts that run side by side one counts a slow moment that all of them meet") {
  Place place;
  place.options.quarantine_file = place.root() / "state" / "quarantine.json";
  place.options.probe_deadline_ns = 100'000'000;
  place.add("hang.so", plugin_that("hang"));
  place.look();
  // Another host has counted when this one comes to it.
  CountingFiles files;
  files.before_folder = [&place] {
    const QuarantineFile file(place.options.quarantine_file, place.files);
    REQUIRE(file.update([](Quarantine& q) {
                  Incident other = q.entries().at(0).last;
                  other.wall_ns = platform::SystemClock().wall_ns();
                  q.add(other);
                })
                .ok());
  };
  const Catalogue found = place.look(files);
  CHECK(gate(found, "hang.so") == "probe");
  REQUIRE(found.quarantine.entries().size() == 1);
  CHECK(found.quarantine.entries()[0].faults == 2);
  // The next one waits for itself.
  CHECK(place.look().quarantine.entries()[0].faults == 3);
}

TEST_CASE("a file that is written to while it is probed is not held against the plugin") {
  Place place;
  place.options.quarantine_file = place.root() / "state" / "quarantine.json";
  place.add("rewritten.so", plugin_that("rewritten"));
  const Catalogue found = place.look();
  CHECK(gate(found, "rewritten.so") == "file");
  CHECK(entry(found, "rewritten.so").refusal->code == "BH0214");
  says(found, "rewritten.so", "SIGBUS");
  says(found, "rewritten.so", "next time");
  CHECK(found.quarantine.entries().empty());
  place.look();
  CHECK(place.probes() == 2);
}

TEST_CASE("a quarantine that cannot be read or kept is said and stops nothing") {
  Place place;
  place.options.quarantine_file = "/dev/null/state/quarantine.json";
  place.add("crash.so", plugin_that("crash"));
  place.add("good.so", plugin_that("good"));
  for (int listing = 0; listing < 2; ++listing) {
    const Catalogue found = place.look();
    CHECK(gate(found, "crash.so") == "probe");
    CHECK(entry(found, "good.so").usable());
  }
  REQUIRE(place.log.entries().size() == 2);
  CHECK(place.log.entries()[0].text.find("not kept in quarantine") != std::string::npos);
  place.options.quarantine_file = place.root() / "quarantine.json";
  write(place.options.quarantine_file, "{");
  CHECK(gate(place.look(), "crash.so") == "probe");
  CHECK(place.log.entries()[2].text.find("damaged") != std::string::npos);
  CHECK(gate(place.look(), "crash.so") == "quarantine");
}

TEST_CASE("a deadline that was missed once is not held against a plugin") {
  Place place;
  place.add("hang.so", plugin_that("hang"));
  place.options.probe_deadline_ns = 100'000'000;
  CHECK(entry(place.look(), "hang.so").refusal->code == "BH0211");
  const Catalogue again = place.look();
  CHECK(entry(again, "hang.so").refusal->code == "BH0211");
  CHECK(!entry(again, "hang.so").from_cache);
}

TEST_CASE("a touched or copied file costs no probe, and another worker, host or ABI range asks again") {
  Place place;
  place.add("good.so", plugin_that("good"));
  place.look();
  CHECK(place.probes() == 1);
  place.add("good.so", plugin_that("good"));
  CHECK(entry(place.look(), "good.so").from_cache);
  CHECK(place.probes() == 0);
  place.options.version = "2";
  place.look();
  CHECK(place.probes() == 1);
  place.options.host.abi_max = 9;
  place.look();
  CHECK(place.probes() == 1);
  const fs::path copy = place.root() / "other-worker";
  fs::copy_file(place.program.path, copy);
  place.program.path = copy;
  place.look();
  CHECK(place.probes() == 1);
}

TEST_CASE("a corrupt or unwritable cache is no obstacle") {
  Place place;
  place.add("good.so", plugin_that("good"));
  place.look();
  CHECK(place.probes() == 1);
  const std::string good = read(place.options.cache_file);
  std::vector<std::string> bad = {
      "", "{", "[]", "null", R"({"version":1})", R"({"version":2,"reader":"x"})", std::string("\0\xff", 2)};
  for (std::size_t cut = 1; cut < good.size(); cut += 1 + good.size() / 8) bad.push_back(good.substr(0, cut));
  for (const std::string& content : bad) {
    write(place.options.cache_file, content);
    CHECK(entry(place.look(), "good.so").usable());
    CHECK(place.probes() == 1);
  }
  CHECK(place.log.entries().size() == bad.size());
  CHECK(entry(place.look(), "good.so").from_cache);
  CHECK(place.probes() == 0);
  // A flipped bit anywhere is noticed: no half-right descriptor is ever taken from a cache.
  const std::string known = read(place.options.cache_file);
  for (std::size_t at = 0; at < known.size(); at += 1 + known.size() / 16) {
    std::string changed = known;
    changed[at] = static_cast<char>(changed[at] ^ 0x01);
    write(place.options.cache_file, changed);
    CHECK(!entry(place.look(), "good.so").from_cache);
    CHECK(place.probes() == 1);
  }
  place.options.cache_file = place.plugins() / "good.so" / "below-a-file" / "cache.json";
  CHECK(entry(place.look(), "good.so").usable());
  place.options.cache_file.clear();
  CHECK(entry(place.look(), "good.so").usable());
}

TEST_CASE("of two files with one id the first in search order is used and both are named") {
  Place place;
  const fs::path second = place.root() / "second";
  fs::create_directory(second);
  place.add("same.so", plugin_that("good"));
  write(second / "same.so", plugin_that("good") + "appended");
  write(second / "other.so", plugin_that("good", 5));
  place.options.plugins.folders.push_back({second, "BENCHHOST_PLUGIN_PATH"});
  const Catalogue catalogue = place.look();
  REQUIRE(catalogue.plugins.size() == 3);
  CHECK(catalogue.plugins[0].usable());
  CHECK(catalogue.plugins[1].usable());
  REQUIRE(catalogue.plugins[2].refusal);
  CHECK(catalogue.plugins[2].refusal->gate == "identity");
  CHECK(catalogue.plugins[2].refusal->message.find((place.plugins() / "same.so").string()) != std::string::npos);
  CHECK(catalogue.plugins[2].origin == "BENCHHOST_PLUGIN_PATH");
}

TEST_CASE("a thousand files with one content cost one probe, and none when they are known") {
  Place place;
  const std::string bytes = plugin_that("good");
  for (int i = 0; i < 1000; ++i) place.add("p" + std::to_string(i) + ".so", bytes);
  CHECK(place.look().plugins.size() == 1000);
  CHECK(place.probes() == 1);
  const Catalogue known = place.look();
  CHECK(place.probes() == 0);
  CHECK(known.plugins[0].usable());
  CHECK(known.plugins[999].refusal->gate == "identity");
}

TEST_CASE("two plugins that publish one benchmark are twins although their ids differ") {
  Place place;
  place.add("a.so", plugin_with_id("org.example.twin_1"));
  place.add("b.so", plugin_with_id("org.example.twin_1.b"));
  const Catalogue catalogue = place.look();
  CHECK(entry(catalogue, "a.so").usable());
  CHECK(gate(catalogue, "b.so") == "identity");
  says(catalogue, "b.so", "benchmark 'org.example.twin_1.b.c'");
  says(catalogue, "b.so", "a.so");
  CHECK(catalogue.find_plugin("org.example.twin_1.b") == nullptr);
}

TEST_CASE("backends are asked anew each time; one without devices is a normal answer") {
  Place place;
  const fs::path backends = place.root() / "backends";
  fs::create_directory(backends);
  const std::string module = replaced(plugin_that("good"), "benchhost", "bencHhost");
  for (const char* name : {"cpu.so", "opencl-none.so", "gpu-crash.so", "cpu-second.so", "cuda-liar.so"}) {
    write(backends / name, module);
  }
  write(backends / "text.so", "text");
  place.options.backends.folders = {{backends, "--backends"}};
  const Catalogue catalogue = place.look();
  REQUIRE(catalogue.backends.size() == 6);
  std::map<std::string, const BackendEntry*> by_name;
  for (const BackendEntry& backend : catalogue.backends) by_name[backend.path.filename().string()] = &backend;
  CHECK(by_name["opencl-none.so"]->usable());
  CHECK(by_name["opencl-none.so"]->record->reason == "no driver is installed");
  CHECK(by_name["gpu-crash.so"]->refusal->gate == "probe");
  CHECK(by_name["cuda-liar.so"]->refusal->gate == "descriptors");
  CHECK(by_name["cuda-liar.so"]->refusal->message.find("must be named") != std::string::npos);
  CHECK(by_name["text.so"]->refusal->gate == "format");
  CHECK(by_name["cpu-second.so"]->usable());
  CHECK(by_name["cpu.so"]->refusal->gate == "identity");
  REQUIRE(catalogue.find_device("cpu:0"));
  CHECK(catalogue.find_device("cpu:0")->backend == by_name["cpu-second.so"]);
  CHECK(!catalogue.find_device("gpu:7"));
  CHECK(place.probes() == 5);
  place.look();
  CHECK(place.probes() == 5);
}

TEST_CASE("a stop on request lists every file and remembers nothing of it") {
  Place place;
  place.add("good.so", plugin_that("good"));
  auto cancel = supervise::CancelToken::make();
  REQUIRE(cancel.ok());
  cancel->request();
  const auto stopped = discover::discover(place.options, place.program, *cancel, place.files, place.log);
  REQUIRE(stopped.ok());
  CHECK(gate(*stopped, "good.so") == "probe");
  CHECK(place.probes() == 0);
  CHECK(entry(place.look(), "good.so").usable());
}

TEST_CASE("of what is no library only its first bytes are read, and what is read together is bounded") {
  Place place;
  place.add("good.so", plugin_that("good"));
  for (int i = 0; i < 8; ++i) {
    place.add("text" + std::to_string(i) + ".so", std::string(1'000'000, 'x'));
    place.add("large" + std::to_string(i) + ".so", plugin_that("good") + std::string(1'000'000, 'x'));
  }
  CountingFiles counting;
  place.options.jobs = 8;
  place.options.max_file = Bytes{plugin_that("good").size() + 1'000'000};
  const Catalogue found = place.look(counting);
  CHECK(entry(found, "good.so").usable());
  for (int i = 0; i < 8; ++i) {
    CHECK(gate(found, "text" + std::to_string(i) + ".so") == "format");
    CHECK(gate(found, "large" + std::to_string(i) + ".so") == "identity");
  }
  CHECK(counting.whole_files == 9);
  CHECK(counting.most_together == 1);  // any two are more than one file may have
}

TEST_CASE("only what passed the gates of its bytes is fingerprinted, and it is once it does") {
  Place place;
  place.add("isa.so", replaced(plugin_that("good"), "isa=x86-64-v1", "isa=x86-64-v4"));
  const fs::path backends = place.root() / "backends";
  fs::create_directory(backends);
  const std::string module = replaced(plugin_that("good"), "benchhost", "bencHhost");
  place.add("module.so", module);
  place.options.host.isa = {"x86-64-v2"};
  const Catalogue first = place.look();
  CHECK(gate(first, "isa.so") == "isa");
  CHECK(gate(first, "module.so") == "note");
  CHECK(entry(first, "isa.so").fingerprint.empty());
  CHECK(!entry(first, "isa.so").content_digest.empty());
  // The same bytes on another machine, and in the place of a module, with the cache of before.
  place.options.host.isa = {"x86-64-v4"};
  write(backends / "cpu.so", module);
  place.options.backends.folders = {{backends, "--backends"}};
  const Catalogue second = place.look();
  CHECK(entry(second, "isa.so").usable());
  CHECK(entry(second, "isa.so").fingerprint.starts_with("sha256:"));
  REQUIRE(second.backends.size() == 1);
  CHECK(second.backends[0].usable());
  CHECK(second.backends[0].fingerprint.starts_with("sha256:"));
  const Catalogue third = place.look();
  CHECK(entry(third, "isa.so").fingerprint == entry(second, "isa.so").fingerprint);
  CHECK(third.backends[0].fingerprint == second.backends[0].fingerprint);
}

TEST_CASE("a library that others may write to is not run unless its folder was named") {
  Place place;
  for (const char* name : {"good.so", "group.so", "world.so", "foreign.so"}) {
    place.add(name, plugin_that("good"));
    chmod((place.plugins() / name).c_str(), 0644);
  }
  chmod((place.plugins() / "group.so").c_str(), 0664);
  chmod((place.plugins() / "world.so").c_str(), 0646);
  // A link out of the folder: what it leads to counts, and who may exchange that.
  const fs::path shared = place.root() / "shared";
  const fs::path own = place.root() / "own";
  for (const fs::path& folder : {shared, own}) {
    fs::create_directory(folder);
    write(folder / "linked.so", plugin_that("good", 1));
    chmod((folder / "linked.so").c_str(), 0644);
    chmod(folder.c_str(), folder == shared ? 01777 : 0755);
  }
  fs::create_symlink(shared / "linked.so", place.plugins() / "to_shared.so");
  fs::create_symlink(own / "linked.so", place.plugins() / "to_own.so");
  if (geteuid() == 0) REQUIRE(chown((place.plugins() / "foreign.so").c_str(), 12345, 12345) == 0);
  place.options.plugins.folders = {{place.plugins(), "project", Trust{}}};
  const Catalogue found = place.look();
  CHECK(gate(found, "group.so") == "trust");
  CHECK(gate(found, "world.so") == "trust");
  CHECK(gate(found, "to_shared.so") == "trust");
  CHECK(entry(found, "to_own.so").usable());
  CHECK(gate(found, "foreign.so") == (geteuid() == 0 ? "trust" : ""));
  CHECK(entry(found, "good.so").usable() == (geteuid() == 0));  // else it has the same id as the foreign one
  says(found, "world.so", "everybody");
  says(found, "to_shared.so", "link into");
  CHECK(entry(found, "group.so").refusal->code == "BH0212");
  place.options.plugins.folders = {{place.plugins(), "--plugins"}};
  const Catalogue named = place.look();
  for (const PluginEntry& plugin : named.plugins) {
    CAPTURE(plugin.path);
    if (plugin.refusal) CHECK(plugin.refusal->gate == "identity");
  }
}

TEST_CASE("a worker that cannot be started refuses every plugin with that reason, and heals") {
  Place place;
  place.add("good.so", plugin_that("good"));
  const fs::path worker = place.program.path;
  place.program.path = "/nonexistent/benchhost-worker";
  const Catalogue catalogue = place.look();
  CHECK(gate(catalogue, "good.so") == "probe");
  CHECK(entry(catalogue, "good.so").refusal->code == "BH0301");
  place.program.path = worker;
  CHECK(entry(place.look(), "good.so").usable());
}
