// Plugins whose kernels are wrong on purpose, through the real worker: each must fail, none may pass.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/platform/affinity.h"
#include "common/platform/files.h"
#include "common/platform/temp_folder.h"
#include "discover/discover.h"
#include "supervise/supervisor.h"

using namespace benchhost;
using protocol::Outcome;

namespace {

supervise::WorkerProgram worker() {
  supervise::WorkerProgram program;
  program.path = MUTANT_WORKER;
  program.environment = platform::Environment::of_process();
  program.working_folder = std::filesystem::temp_directory_path();
  return program;
}

class SilentLog final : public LogSink {
 public:
  void write(LogLevel, std::string_view) override {}
};

/// Mutants share their ids with what they are mutants of, so each lies in a folder of its own.
const discover::PluginEntry& entry(const std::string& name) {
  static std::map<std::string, discover::Catalogue> catalogues;
  auto known = catalogues.find(name);
  if (known == catalogues.end()) {
    discover::DiscoverOptions options;
    options.plugins.folders.push_back({std::filesystem::path(MUTANT_FOLDER) / name, "test"});
    options.host = discover::host_facts({});
    options.version = "test";
    options.probe_deadline_ns = 120'000'000'000;
    options.jobs = 1;
    auto cancel = supervise::CancelToken::make();
    REQUIRE(cancel.ok());
    platform::SystemFiles files;
    SilentLog log;
    auto found = discover::discover(options, worker(), *cancel, files, log);
    REQUIRE(found.ok());
    known = catalogues.emplace(name, *std::move(found)).first;
  }
  REQUIRE(known->second.plugins.size() == 1);
  const discover::PluginEntry& plugin = known->second.plugins.front();
  REQUIRE_MESSAGE(plugin.usable(), (plugin.refusal ? plugin.refusal->message : ""));
  return plugin;
}

struct Nobody final : supervise::Observer {
  void on_message(const protocol::Message&) override {}
};

using Values = std::vector<std::pair<std::string, protocol::Value>>;

/// What differs from the defaults: only parameters that the benchmark has count.
supervise::WorkerReport run(const std::string& file, const protocol::BenchmarkRecord& benchmark, const Values& changes,
                            std::vector<std::uint32_t> cores = {}) {
  const discover::PluginEntry& plugin = entry(file);
  protocol::RunJob job;
  job.plugin_file = plugin.path.string();
  job.descriptor_digest = plugin.descriptor_digest;
  job.benchmark = benchmark.id;
  job.seed = 5;
  job.cores = std::move(cores);
  auto scratch = platform::TempFolder::make(std::filesystem::temp_directory_path());
  REQUIRE(scratch.ok());
  job.scratch_dir = scratch->path().string();
  job.plan.time_budget_ns = 3'000'000;
  job.plan.warmup_budget_ns = 3'000'000;
  for (const protocol::ParamRecord& p : benchmark.parameters) {
    const auto change = std::ranges::find(changes, p.name, [](const auto& c) { return c.first; });
    job.values.push_back(change == changes.end() ? p.default_value : change->second);
  }
  supervise::Limits limits;
  limits.silence_ns = limits.slow_notice_ns = 3'000'000'000'000;
  auto cancel = supervise::CancelToken::make();
  REQUIRE(cancel.ok());
  Nobody nobody;
  auto report = supervise::run_worker(worker(), job, limits, nobody, *cancel);
  REQUIRE(report.ok());
  return *std::move(report);
}

/// Arrays of the least size that any benchmark takes.
const Values kSmall = {{"bytes", protocol::uint_value(1 << 20)}};

/// Switching is measured on one core; what else needs cores needs two.
std::vector<std::uint32_t> cores_for(const protocol::BenchmarkRecord& benchmark) {
  const auto allowed = platform::allowed_cpus();
  REQUIRE(allowed.ok());
  std::vector<std::uint32_t> cores(allowed->begin(), allowed->end());
  cores.resize(std::min<std::size_t>(cores.size(), benchmark.id.find(".sys.switch_") != std::string::npos ? 1 : 2));
  return cores;
}

/// "passed", "mismatch" or "elided"; anything else is the report's reason.
std::string verdict(const supervise::WorkerReport& report) {
  if (report.outcome == Outcome::passed) return "passed";
  if (report.outcome == Outcome::failed && report.has_flag("elided")) return "elided";
  if (report.outcome == Outcome::failed && report.code == "BH0602") return "mismatch";
  return std::string(protocol::outcome_name(report.outcome)) + " " + report.code + ": " + report.reason;
}

}  // namespace

TEST_CASE("what the mutants are made of passes when it is not mutated") {
  for (const std::string file : {"stream_0", "latency_0"}) {
    CAPTURE(file);
    const discover::PluginEntry& plugin = entry(file);
    for (const protocol::BenchmarkRecord& benchmark : plugin.record->benchmarks) {
      CAPTURE(benchmark.id);
      CHECK(verdict(run(file, benchmark, {{"bytes", protocol::uint_value(16 << 10)}})) == "passed");
    }
  }
}

TEST_CASE("what the mutants of cpu_cache, cpu_scaling, cpu_atomics and sys are made of passes when it is not mutated") {
  for (const std::string file : {"cache_0", "scaling_0", "atomics_0", "sys_0"}) {
    CAPTURE(file);
    for (const protocol::BenchmarkRecord& benchmark : entry(file).record->benchmarks) {
      CAPTURE(benchmark.id);
      // Threads that wait for each other on a machine that does other work may take so long for little that the time
      // seems not to grow with the work: then again.
      std::string got = "elided";
      for (int attempt = 0; attempt < 20 && got == "elided"; ++attempt) {
        got = verdict(run(file, benchmark, kSmall, cores_for(benchmark)));
      }
      CHECK(got == "passed");
    }
  }
}

TEST_CASE("no mutant of cpu_cache, cpu_scaling, cpu_atomics or sys passes: wrong values, work left out, no work") {
  // Of cpu_atomics without the fourth, which is wrong only where threads meet (shipped_test.cpp).
  const std::map<std::string, int> mutants = {{"cache", 5}, {"scaling", 4}, {"atomics", 3}, {"sys", 3}};
  for (const auto& [plugin, count] : mutants) {
    for (int mutant = 1; mutant <= count; ++mutant) {
      const std::string file = plugin + "_" + std::to_string(mutant);
      CAPTURE(file);
      for (const protocol::BenchmarkRecord& benchmark : entry(file).record->benchmarks) {
        CAPTURE(benchmark.id);
        const std::string got = verdict(run(file, benchmark, kSmall, cores_for(benchmark)));
        CAPTURE(got);
        CHECK((got == "mismatch" || got == "elided"));
      }
    }
  }
}

namespace {

/// The smallest cases of the plugins that compute: by file without its number, what differs from the defaults.
const std::map<std::string, std::vector<Values>> kComputing = {
    {"peak",
     {{{"type", protocol::choice_value("fp64")}},
      {{"type", protocol::choice_value("fp32")}},
      {{"type", protocol::choice_value("int32")}},
      {{"type", protocol::choice_value("int8")}},
      {{"type", protocol::choice_value("bf16")}},
      {{"type", protocol::choice_value("fp16")}}}},
    {"sustained",
     {{{"duration", protocol::uint_value(100'000'000)},
       {"window", protocol::uint_value(5'000'000)},
       {"threads", protocol::uint_value(1)}}}},
    {"roofline",
     {{{"bytes", protocol::uint_value(64 << 10)}, {"type", protocol::choice_value("fp32")}},
      {{"bytes", protocol::uint_value(64 << 10)}, {"type", protocol::choice_value("fp64")}}}},
    {"isa",
     {{{"type", protocol::choice_value("fp64")}},
      {{"type", protocol::choice_value("fp32")}},
      {{"type", protocol::choice_value("bf16")}},
      {{"type", protocol::choice_value("int8")}}}}};

/// judge(what, verdict) for each case of each benchmark of the file.
template <class Judge>
void for_each_case(const std::string& family, const std::string& number, Judge judge) {
  const std::string file = family + "_" + number;
  for (const protocol::BenchmarkRecord& benchmark : entry(file).record->benchmarks) {
    for (const Values& values : kComputing.at(family)) {
      const supervise::WorkerReport report = run(file, benchmark, values);
      std::string what = file + " " + benchmark.id;
      for (const auto& [name, value] : values) what += " " + name + "=" + protocol::canonical_text(value);
      // A type that this processor lacks has no kernel that could be wrong.
      if (report.outcome != Outcome::skipped) judge(what, verdict(report));
    }
  }
}

}  // namespace

TEST_CASE("what the computing mutants are made of passes when it is not mutated") {
  for (const auto& [family, cases] : kComputing) {
    int passed = 0;
    for_each_case(family, "0", [&](const std::string& what, const std::string& got) {
      CAPTURE(what);
      CHECK(got == "passed");
      ++passed;
    });
    CHECK(passed > 0);
  }
}

TEST_CASE("no computing kernel that skips work, takes wrong operands, spoils a result or has no body passes") {
  const std::map<std::string, std::string> last = {{"peak", "5"}, {"sustained", "5"}, {"roofline", "5"}, {"isa", "4"}};
  for (const auto& [family, cases] : kComputing) {
    for (char number = '1'; number <= last.at(family)[0]; ++number) {
      for_each_case(family, std::string(1, number), [&](const std::string& what, const std::string& got) {
        CAPTURE(what);
        CAPTURE(got);
        CHECK((got == "mismatch" || got == "elided"));
      });
    }
  }
}

TEST_CASE("no kernel of cpu_stream with the last element skipped, a wrong scalar, half the work or no body passes") {
  for (const char* mutant : {"1", "2", "3", "4"}) {
    const std::string file = std::string("stream_") + mutant;
    CAPTURE(file);
    const discover::PluginEntry& plugin = entry(file);
    CHECK(plugin.record->benchmarks.size() == 8);
    for (const protocol::BenchmarkRecord& benchmark : plugin.record->benchmarks) {
      CAPTURE(benchmark.id);
      const std::string got = verdict(run(file, benchmark, {{"bytes", protocol::uint_value(16 << 10)}}));
      CAPTURE(got);
      CHECK((got == "mismatch" || got == "elided"));
    }
  }
}

TEST_CASE("no walk of cpu_latency that stays, skips hops or has no body passes, in whole rounds either") {
  for (const char* mutant : {"1", "2", "3"}) {
    const std::string file = std::string("latency_") + mutant;
    CAPTURE(file);
    const discover::PluginEntry& plugin = entry(file);
    const protocol::BenchmarkRecord& chase = plugin.record->benchmarks.at(0);
    for (const std::uint64_t bytes : {4096u, 65536u}) {
      for (const char* pattern : {"random", "linear"}) {
        for (const std::uint64_t chains : {1u, 4u}) {
          const std::string got = verdict(run(file, chase,
                                              {{"bytes", protocol::uint_value(bytes)},
                                               {"pattern", protocol::choice_value(pattern)},
                                               {"chains", protocol::uint_value(chains)}}));
          CAPTURE(bytes);
          CAPTURE(pattern);
          CAPTURE(chains);
          CAPTURE(got);
          CHECK((got == "mismatch" || got == "elided"));
        }
      }
    }
  }
}
