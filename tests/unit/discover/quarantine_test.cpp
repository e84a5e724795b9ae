// Known sequences of crashes and passes, and what comes of them.
#include "discover/quarantine.h"

#include <doctest/doctest.h>

#include <utility>

using namespace benchhost;
using namespace benchhost::discover;

namespace {

constexpr std::int64_t kDay = std::int64_t{24} * 3600 * 1'000'000'000;

Incident crash_in_run(std::int64_t run, std::int64_t wall_ns = 0) {
  Incident incident;
  incident.fingerprint = "sha256:aabbccdd";
  incident.benchmark = "org.example.shaky.run";
  incident.plugin = "org.example.shaky";
  incident.version = "1.2.3";
  incident.file = "/plugins/shaky.so";
  incident.fault = "SIGSEGV";
  incident.phase = "measuring";
  incident.message = "killed by signal 11";
  incident.wall_ns = wall_ns;
  incident.machine = "node7";
  incident.database = "/data/results.db";
  incident.run = run;
  incident.ordinal = 3;
  incident.case_name = "shaky.run{n=4}";
  return incident;
}

Incident of_probe(FaultKind kind) {
  Incident incident = crash_in_run(0);
  incident.benchmark.clear();
  incident.database.clear();
  incident.case_name.clear();
  incident.ordinal = 0;
  incident.kind = kind;
  return incident;
}

/// Letters: c a crash, p a pass, | the next run. Whether the benchmark is in quarantine after each letter: x or -.
std::string judged(std::string_view sequence, bool same_numbers = false) {
  Quarantine quarantine;
  const Incident sample = crash_in_run(1);
  std::int64_t run = 1;
  std::int64_t now = 0;
  std::optional<std::int64_t> passed;
  bool is_same_run = false;
  std::string out;
  for (const char step : sequence) {
    ++now;
    if (step == '|') {
      // Where each night begins with an empty database, each run is its first.
      if (!same_numbers) ++run;
      is_same_run = false;
      passed.reset();
    } else if (step == 'p') {
      quarantine.passed(sample.fingerprint, sample.benchmark, now);
      passed = now;
    } else {
      quarantine.add(crash_in_run(run, now), std::exchange(passed, std::nullopt), std::exchange(is_same_run, true));
    }
    out += quarantine.find_shut(sample.fingerprint, sample.benchmark) != nullptr ? 'x' : '-';
  }
  return out;
}

}  // namespace

TEST_CASE("crashes in three runs in a row put a benchmark into quarantine, and ten of one that never passed") {
  CHECK(judged("c|c|c") == "----x");
  CHECK(judged("ccc|cc|c") == "-------x");
  CHECK(judged("cccccccccc") == "---------x");
  CHECK(judged("ccccc|ccccc") == "----------x");
}

TEST_CASE("several cases that always crash may come first in the first run of a build") {
  CHECK(judged("cccccccccp|ccccccccccccp") == "------------------------");
}

TEST_CASE("a pass ends the row") {
  CHECK(judged("ccpc|c") == "------");
  CHECK(judged("c|p|c|p|c|p|c") == "-------------");
}

TEST_CASE("of a benchmark that passed before, the row has to come from three runs") {
  // What some cases of a benchmark do that always crash, whatever the order in which they and the good ones come.
  CHECK(judged("pcccccccccccc") == "-------------");
  CHECK(judged("cpccc|ccpcc|cccpc|pcccc|ccccp") == "-----------------------------");
  // And what a benchmark does that a driver has broken since.
  CHECK(judged("pc|cc|c|c") == "------xxx");
  CHECK(judged("pc|cc|c|c", true) == "------xxx");
  CHECK(judged("pcccccccccccc", true) == "-------------");
}

TEST_CASE("what is in quarantine stays there until it is cleared, whatever else passes meanwhile") {
  CHECK(judged("c|c|cp") == "----xx");
  Quarantine quarantine;
  for (int i = 0; i < 3; ++i) quarantine.add(crash_in_run(i));
  const std::vector<QuarantineEntry> gone = quarantine.clear(quarantine.find_named("org.example.shaky.run"));
  CHECK(gone.size() == 1);
  CHECK(quarantine.entries().empty());
  CHECK_FALSE(quarantine.add(crash_in_run(2)).in_quarantine());
}

TEST_CASE("another build and another benchmark of the same plugin are counted for themselves") {
  Quarantine quarantine;
  for (int i = 1; i < 3; ++i) quarantine.add(crash_in_run(i));
  Incident other = crash_in_run(1);
  other.fingerprint = "sha256:eeff";
  quarantine.add(other);
  other = crash_in_run(1);
  other.benchmark = "org.example.shaky.walk";
  quarantine.add(other);
  quarantine.passed("sha256:aabbccdd", "org.example.shaky.walk", 1);
  CHECK(quarantine.find("sha256:aabbccdd", "org.example.shaky.run")->faults == 2);
  CHECK(quarantine.add(crash_in_run(3)).in_quarantine());
  CHECK(quarantine.find_shut("sha256:eeff", "org.example.shaky.run") == nullptr);
  CHECK(quarantine.find_shut("sha256:aabbccdd", "org.example.shaky.walk") == nullptr);
  CHECK(quarantine.find_shut("sha256:aabbccdd", "") == nullptr);
}

TEST_CASE("a probe that crashes is in quarantine at once, one that hangs or exits after three in a row") {
  Quarantine quarantine;
  CHECK(quarantine.add(of_probe(FaultKind::crash)).in_quarantine());
  for (const FaultKind kind : {FaultKind::hang, FaultKind::exit}) {
    Quarantine slow;
    CHECK_FALSE(slow.add(of_probe(kind)).in_quarantine());
    CHECK_FALSE(slow.add(of_probe(kind)).in_quarantine());
    slow.passed("sha256:aabbccdd", "", 5);
    CHECK(slow.entries().empty());
    slow.add(of_probe(kind));
    slow.add(of_probe(kind));
    CHECK(slow.add(of_probe(kind)).in_quarantine());
  }
  Quarantine mixed;
  mixed.add(of_probe(FaultKind::hang));
  CHECK(mixed.add(of_probe(FaultKind::crash)).in_quarantine());
}

TEST_CASE("an entry says what, where, how often, when, and what to do") {
  Quarantine quarantine;
  // 2026-03-01 09:30 UTC.
  constexpr std::int64_t kThen = 1'772'357'400'000'000'000;
  quarantine.add(crash_in_run(11, kThen - kDay));
  quarantine.add(crash_in_run(12, kThen - 1));
  const QuarantineEntry entry = quarantine.add(crash_in_run(13, kThen));
  CHECK(entry.first_ns == kThen - kDay);
  CHECK(entry.since_ns == kThen);
  CHECK(summary_of(entry) == "SIGSEGV while measuring, 3 times in a row in 3 runs, last 2026-03-01 09:30 UTC on node7");
  CHECK(
      reason_of(entry) ==
      "org.example.shaky.run is in quarantine: SIGSEGV while measuring, 3 times in a row in 3 runs, last 2026-03-01 "
      "09:30 UTC on node7 (benchhost show 13/3 --log); it is not started until it is built anew or cleared: benchhost "
      "plugin quarantine --clear org.example.shaky.run");
  Quarantine probes;
  const QuarantineEntry probe = probes.add(of_probe(FaultKind::crash));
  CHECK(refusal_of(probe).gate == "quarantine");
  CHECK(refusal_of(probe).code == "BH0215");
  CHECK(refusal_of(probe).message ==
        "its probe is in quarantine: SIGSEGV while measuring, 1970-01-01 00:00 UTC on node7: killed by signal 11");
  CHECK(refusal_of(probe).help.ends_with("benchhost plugin quarantine --clear org.example.shaky"));
}

TEST_CASE("an entry is found by every name that people have for it, the nearest meaning first") {
  Quarantine quarantine;
  quarantine.add(crash_in_run(1));
  quarantine.add(of_probe(FaultKind::crash));
  Incident other = crash_in_run(1);
  other.fingerprint = "sha256:aabbcc00";
  other.plugin = "org.example.other";
  other.benchmark = "org.example.other.run";
  other.file = "/plugins/other.so";
  quarantine.add(other);
  using Indices = std::vector<std::size_t>;
  CHECK(quarantine.find_named("org.example.shaky") == Indices{0, 1});
  CHECK(quarantine.find_named("org.example.shaky.run") == Indices{0});
  CHECK(quarantine.find_named("shaky.run") == Indices{0});
  CHECK(quarantine.find_named("run") == Indices{0, 2});
  CHECK(quarantine.find_named("sha256:aabbccdd") == Indices{0, 1});
  CHECK(quarantine.find_named("aabbcc") == Indices{0, 1, 2});
  CHECK(quarantine.find_named("aabbc").empty());
  CHECK(quarantine.find_named("sha256:").empty());
  CHECK(quarantine.find_named("/plugins/other.so") == Indices{2});
  CHECK(quarantine.find_named("other.so") == Indices{2});
  CHECK(quarantine.find_named("ther.so").empty());
  CHECK(quarantine.find_named("haky.run").empty());
  CHECK(quarantine.find_named("").empty());
  // Many names of people's are digits as well.
  CHECK(begins_fingerprint("sha256:addaddadd0", "sha256:addadd"));
  CHECK(begins_fingerprint("sha256:addaddadd0", "addadda"));
  CHECK_FALSE(begins_fingerprint("sha256:addaddadd0", "add"));
  CHECK_FALSE(begins_fingerprint("sha256:addaddadd0", "dadddd"));
}

TEST_CASE("what is written is read back, and nothing else is taken for it") {
  Quarantine quarantine;
  quarantine.add(crash_in_run(12, 7), 5);
  quarantine.add(of_probe(FaultKind::hang));
  Incident bare;
  bare.fingerprint = "sha256:bare";
  bare.database = "/a.db";
  quarantine.add(bare);
  bool is_newer = true;
  const auto back = Quarantine::from_json(quarantine.to_json(), is_newer);
  REQUIRE(back.ok());
  CHECK_FALSE(is_newer);
  CHECK(*back == quarantine);
  for (const char* text :
       {"null", "[]", "{}", R"({"version": 1})", R"({"version": 1, "entries": {}})", R"({"version": 0, "entries": []})",
        R"({"version": 1, "entries": [{}]})", R"({"version": "1", "entries": []})"}) {
    CAPTURE(text);
    const auto json = parse_json(text);
    REQUIRE(json.ok());
    CHECK_FALSE(Quarantine::from_json(*json, is_newer).ok());
    CHECK_FALSE(is_newer);
  }
  // Every member of an entry is needed, and of its type; an entry stands once.
  const Json whole = quarantine.to_json();
  for (const auto& [name, value] : whole["entries"].items()[0].members()) {
    for (const Json& wrong : {Json(true), Json(-1.5)}) {
      CAPTURE(name);
      if (name == "in_quarantine") continue;  // follows from since_wall_ns
      Json entry = whole["entries"].items()[0];
      entry.set(name, wrong);
      Json changed;
      changed.set("version", 1).set("entries", JsonArray{entry});
      CHECK_FALSE(Quarantine::from_json(changed, is_newer).ok());
    }
  }
  Json twice;
  twice.set("version", 1).set("entries", JsonArray{whole["entries"].items()[0], whole["entries"].items()[0]});
  CHECK_FALSE(Quarantine::from_json(twice, is_newer).ok());
  Json newer;
  newer.set("version", 2).set("entries", "in another way");
  CHECK_FALSE(Quarantine::from_json(newer, is_newer).ok());
  CHECK(is_newer);
}

TEST_CASE("what is not in quarantine is forgotten after a quarter of a year, and a flood of builds has a bound") {
  Quarantine quarantine;
  quarantine.add(crash_in_run(1, kDay));
  quarantine.add(of_probe(FaultKind::crash));
  Incident newer = of_probe(FaultKind::hang);
  newer.fingerprint = "sha256:newer";
  newer.wall_ns = 90 * kDay;
  quarantine.add(newer);
  CHECK(quarantine.entries().size() == 3);
  newer.wall_ns = 92 * kDay;
  quarantine.add(newer);
  CHECK(quarantine.find("sha256:aabbccdd", "org.example.shaky.run") == nullptr);
  CHECK(quarantine.find_shut("sha256:aabbccdd", "") != nullptr);
  CHECK(quarantine.entries().size() == 2);
  for (int i = 0; i < 5000; ++i) {
    Incident incident = crash_in_run(1, 100 * kDay + i);
    incident.fingerprint = "sha256:" + std::to_string(i);
    quarantine.add(incident);
  }
  CHECK(quarantine.entries().size() == 4096);
  CHECK(quarantine.find_shut("sha256:aabbccdd", "") != nullptr);
  CHECK(quarantine.find("sha256:4999", "org.example.shaky.run") != nullptr);
  CHECK(quarantine.find("sha256:0", "org.example.shaky.run") == nullptr);
}

TEST_CASE("a machine whose clock was wrong once keeps no other one from counting") {
  Quarantine quarantine;
  Incident wrong = of_probe(FaultKind::crash);
  wrong.fingerprint = "sha256:wrong";
  wrong.wall_ns = 40'000 * kDay;
  CHECK(quarantine.add(wrong).in_quarantine());
  for (int i = 0; i < 3; ++i) quarantine.add(crash_in_run(i, 100 * kDay + i));
  CHECK(quarantine.find_shut("sha256:aabbccdd", "org.example.shaky.run") != nullptr);
}

TEST_CASE("where all that fits is in quarantine, the next one is counted all the same") {
  Quarantine quarantine;
  Incident shut = of_probe(FaultKind::crash);
  for (int i = 0; i < 4096; ++i) {
    shut.fingerprint = "sha256:" + std::to_string(i);
    shut.wall_ns = i;
    quarantine.add(shut);
  }
  for (int i = 0; i < 3; ++i) quarantine.add(crash_in_run(i, 5000 + i));
  CHECK(quarantine.entries().size() == 4096);
  CHECK(quarantine.find_shut("sha256:aabbccdd", "org.example.shaky.run") != nullptr);
}

TEST_CASE("a name of a file that is no text spoils nothing") {
  Quarantine quarantine;
  Incident incident = crash_in_run(1);
  incident.file = "/plugins/\xff\xfe.so";
  incident.database = std::string("/data\xc3");
  quarantine.add(incident);
  bool is_newer = false;
  const auto json = parse_json(to_text(quarantine.to_json()));
  REQUIRE(json.ok());
  const auto back = Quarantine::from_json(*json, is_newer);
  REQUIRE(back.ok());
  CHECK(*back == quarantine);
  CHECK(back->entries()[0].last.file == R"(/plugins/\xff\xfe.so)");
}

TEST_CASE("texts of any length and of any characters are kept to a bound that can be read again") {
  Quarantine quarantine;
  const std::string worst(100'000, '\x01');
  for (int i = 0; i < 4096; ++i) {
    Incident incident = crash_in_run(1, i);
    incident.fingerprint = "sha256:" + std::to_string(i);
    for (std::string* text : {&incident.file, &incident.message, &incident.machine, &incident.database,
                              &incident.case_name, &incident.plugin, &incident.version}) {
      *text = i == 0 ? worst : std::string(2000, '"');
    }
    quarantine.add(incident);
  }
  // What quarantine_file reads.
  CHECK(to_pretty_text(quarantine.to_json()).size() <= std::size_t{64} << 20);
  CHECK(quarantine.entries()[0].last.file.starts_with(R"(\x01\x01)"));
}

TEST_CASE("a message of any length is kept to a bound, and cut between characters") {
  Quarantine quarantine;
  Incident incident = crash_in_run(1);
  incident.message = "x";
  for (int i = 0; i < 100'000; ++i) incident.message += "\xc3\xa9";
  const std::string kept = quarantine.add(incident).last.message;
  CHECK(kept.size() == 1023);
  bool is_newer = false;
  const auto json = parse_json(to_text(quarantine.to_json()));
  REQUIRE(json.ok());
  CHECK(Quarantine::from_json(*json, is_newer).ok());
}
