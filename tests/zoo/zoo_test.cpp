// Every animal of the zoo through the real worker: found, refused or run, and what becomes of it.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "common/platform/files.h"
#include "discover/discover.h"
#include "supervise/supervisor.h"

using namespace benchhost;
using protocol::Outcome;
using protocol::Phase;

namespace {

/// Where an answer comes from an event and must never come from a timer.
constexpr std::int64_t kFar = 3'000'000'000'000;

supervise::WorkerProgram worker() {
  supervise::WorkerProgram program;
  program.path = ZOO_WORKER;
  program.environment = platform::Environment::of_process();
  // Where this build has sanitizers, they leave the signals of animals to those they are meant for, and what a killed
  // process holds alone.
  program.environment.set("ASAN_OPTIONS", "handle_segv=0:handle_abort=0:detect_leaks=0");
  program.environment.set("UBSAN_OPTIONS", "handle_segv=0:handle_abort=0");
  program.working_folder = std::filesystem::temp_directory_path();
  return program;
}

class SilentLog final : public LogSink {
 public:
  void write(LogLevel, std::string_view) override {}
};

const discover::Catalogue& catalogue() {
  static const discover::Catalogue found = [] {
    discover::DiscoverOptions options;
    for (const char* folder : {ZOO_FOLDER, ZOO_PLUGINS}) {
      options.plugins.folders.push_back({std::filesystem::path(folder), "test"});
    }
    options.host = discover::host_facts({});
    options.version = "test";
    options.probe_deadline_ns = 120'000'000'000;
    options.jobs = 2;
    auto cancel = supervise::CancelToken::make();
    REQUIRE(cancel.ok());
    platform::SystemFiles files;
    SilentLog log;
    auto all = discover::discover(options, worker(), *cancel, files, log);
    REQUIRE(all.ok());
    return *std::move(all);
  }();
  return found;
}

const discover::PluginEntry& animal(const std::string& name) {
  const std::string file = name + ZOO_SUFFIX;
  const auto& all = catalogue().plugins;
  const auto it = std::ranges::find_if(all, [&](const auto& p) { return p.path.filename() == file; });
  REQUIRE_MESSAGE(it != all.end(), file);
  return *it;
}

/// What a worker said, and what became of it.
struct Told final : supervise::Observer {
  void on_message(const protocol::Message& message) override {
    if (const auto* log = std::get_if<protocol::Log>(&message)) logs.push_back(log->text);
    if (const auto* v = std::get_if<protocol::Verdict>(&message)) verdict = *v;
    if (const auto* s = std::get_if<protocol::Segment>(&message)) {
      if (s->phase == protocol::SegmentPhase::measure && s->quantity == protocol::Quantity::wall) batches += s->size();
    }
  }
  void on_slow(std::int64_t, Phase) override { ++slow; }
  std::vector<std::string> logs;
  std::optional<protocol::Verdict> verdict;
  std::size_t batches = 0;
  int slow = 0;
  supervise::WorkerReport report;
};

supervise::Limits patient() {
  supervise::Limits limits;
  limits.silence_ns = kFar;
  limits.slow_notice_ns = kFar;
  return limits;
}

/// One short invocation of a benchmark; `changes` replace defaults by parameter.
void run(Told& told, const std::string& benchmark, const std::vector<std::pair<std::string, protocol::Value>>& changes,
         const supervise::Limits& limits = patient()) {
  const auto found = catalogue().find_benchmark(benchmark);
  REQUIRE_MESSAGE(found, benchmark);
  protocol::RunJob job;
  job.plugin_file = found->plugin->path.string();
  job.descriptor_digest = found->plugin->descriptor_digest;
  job.benchmark = benchmark;
  job.seed = 1;
  job.plan.time_budget_ns = 5'000'000;
  job.plan.warmup_budget_ns = 5'000'000;
  for (const protocol::ParamRecord& p : found->benchmark->parameters) {
    const auto change = std::ranges::find(changes, p.name, [](const auto& c) { return c.first; });
    job.values.push_back(change == changes.end() ? p.default_value : change->second);
  }
  auto cancel = supervise::CancelToken::make();
  REQUIRE(cancel.ok());
  auto report = supervise::run_worker(worker(), job, limits, told, *cancel);
  REQUIRE(report.ok());
  told.report = *std::move(report);
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// A good plugin, run after each animal: nothing of it is left.
void check_good_plugin() {
  Told told;
  run(told, "org.benchhost.cpu_stream.copy", {{"bytes", protocol::uint_value(64 << 10)}});
  CAPTURE(told.report.reason);
  CHECK(told.report.outcome == Outcome::passed);
  CHECK(told.batches > 0);
  REQUIRE(told.verdict);
  CHECK(told.verdict->checked > 0);
  CHECK(told.verdict->error == 0.0);
}

}  // namespace

TEST_CASE("an animal that misbehaves in run is probed like any plugin") {
  for (const char* name : {"segv", "abort", "throws", "blocks_term", "garbage", "floods"}) {
    CAPTURE(name);
    const discover::PluginEntry& entry = animal(name);
    CAPTURE(entry.refusal ? entry.refusal->message : "");
    CHECK(entry.usable());
    REQUIRE(entry.record);
    CHECK(entry.record->id == std::string("org.benchhost.zoo.") + name);
  }
}

TEST_CASE("well behaved, every animal passes and is verified") {
  for (const char* name : {"segv", "abort", "throws", "blocks_term", "garbage", "floods"}) {
    CAPTURE(name);
    Told told;
    run(told, std::string("org.benchhost.zoo.") + name + ".run", {{"well_behaved", protocol::bool_value(true)}});
    CAPTURE(told.report.reason);
    CHECK(told.report.outcome == Outcome::passed);
    for (const char* flag : {"killed", "leaked", "noisy", "unverified", "elided"})
      CHECK_FALSE(told.report.has_flag(flag));
    CHECK(told.batches > 0);
    REQUIRE(told.verdict);
    CHECK(told.verdict->checked > 0);
    CHECK(told.verdict->error == 0.0);
  }
}

TEST_CASE("segv and abort crash with their signal and phase, and the next plugin passes") {
  for (const auto& [name, signal] :
       std::vector<std::pair<std::string, std::string>>{{"segv", "SIGSEGV"}, {"abort", "SIGABRT"}}) {
    CAPTURE(name);
    Told told;
    run(told, "org.benchhost.zoo." + name + ".run", {});
    CHECK(told.report.outcome == Outcome::crashed);
    CHECK(told.report.code == "BH0303");
    CHECK(told.report.signal_name == signal);
    CHECK(told.report.phase == Phase::calibrating);
    CHECK(has(told.report.reason, signal));
    CHECK(has(told.report.reason, "calibrating"));
    CHECK_FALSE(told.verdict);
    check_good_plugin();
  }
}

TEST_CASE(
    "an exception that leaves a plugin breaks the protocol in the call that is named, and the next plugin passes") {
  Told told;
  run(told, "org.benchhost.zoo.throws.run", {});
  CAPTURE(told.report.reason);
  CHECK(told.report.outcome == Outcome::protocol_error);
  CHECK(has(told.report.reason, "run let an exception out"));
  CHECK(told.report.exit_code == 0);
  CHECK_FALSE(told.verdict);
  check_good_plugin();
}

TEST_CASE("a loop that blocks TERM is killed at its time, and the next plugin passes") {
  supervise::Limits limits = patient();
  limits.total_ns = 6'000'000'000;
  limits.grace_ns = 200'000'000;
  Told told;
  run(told, "org.benchhost.zoo.blocks_term.run", {}, limits);
  CAPTURE(told.report.reason);
  CHECK(told.report.outcome == Outcome::timed_out);
  CHECK(told.report.code == "BH0304");
  // On a machine so busy that it was not deaf yet, TERM was enough.
  const bool deaf = std::ranges::any_of(told.logs, [](const auto& l) { return has(l, "does not listen to SIGTERM"); });
  CHECK(told.report.has_flag("killed") == deaf);
  CHECK((told.report.signal_name == "SIGKILL") == deaf);
  check_good_plugin();
}

TEST_CASE("rubbish on the result pipe breaks the protocol, and the next plugin passes") {
  Told told;
  run(told, "org.benchhost.zoo.garbage.run", {});
  CAPTURE(told.report.reason);
  CHECK(told.report.outcome == Outcome::protocol_error);
  CHECK(told.report.code == "BH0302");
  CHECK(told.batches == 0);
  check_good_plugin();
}

TEST_CASE("a flood of output costs no result: head and tail are kept, and it passes") {
  Told told;
  run(told, "org.benchhost.zoo.floods.run", {});
  CAPTURE(told.report.reason);
  CHECK(told.report.outcome == Outcome::passed);
  CHECK(told.report.has_flag("noisy"));
  CHECK(told.report.stdout_text.total_bytes == 1'000'000'000);
  const supervise::Limits limits = patient();
  CHECK(told.report.stdout_text.head.size() == limits.output_head_bytes);
  CHECK(told.report.stdout_text.tail.size() == limits.output_tail_bytes);
  CHECK(told.report.stdout_text.head.starts_with("::error::"));
  REQUIRE(told.verdict);
  CHECK(told.verdict->error == 0.0);
  check_good_plugin();
}

TEST_CASE("a plugin that exits while it is loaded is refused at the probe, whatever its exit status") {
  const discover::PluginEntry& entry = animal("exits");
  CHECK_FALSE(entry.usable());
  REQUIRE(entry.refusal);
  CHECK(entry.refusal->gate == "probe");
  CHECK(entry.refusal->code == "BH0302");
  CHECK(has(entry.refusal->message, "exit 0 before it had finished while loading"));
  // Its note was read without running it.
  REQUIRE(entry.note);
  CHECK(entry.note->id == "org.benchhost.zoo.exits");
}

TEST_CASE("a plugin that crashes while it is loaded is refused at the probe, with signal and phase") {
  const discover::PluginEntry& entry = animal("falls");
  CHECK_FALSE(entry.usable());
  REQUIRE(entry.refusal);
  CHECK(entry.refusal->gate == "probe");
  CHECK(entry.refusal->code == "BH0210");
  // What a compiler's trap is depends on the processor.
  CHECK((has(entry.refusal->message, "SIGILL") || has(entry.refusal->message, "SIGTRAP")));
  CHECK(has(entry.refusal->message, "while loading"));
  CHECK_FALSE(entry.fingerprint.empty());
}

TEST_CASE("a foreign ABI is refused from the file, with both ranges") {
  const discover::PluginEntry& entry = animal("wrong_abi");
  CHECK_FALSE(entry.usable());
  REQUIRE(entry.refusal);
  CHECK(entry.refusal->gate == "abi");
  CHECK(entry.refusal->code == "BH0203");
  CHECK(has(entry.refusal->message, "7.0"));
  CHECK(has(entry.refusal->message, "0.1"));
}
