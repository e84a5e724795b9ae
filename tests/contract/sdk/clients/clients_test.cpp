// Every client is loaded, its descriptors are checked, and those that need no device run through two cycles.
#include "contract/sdk/driver/drive.h"
#include "contract/sdk/driver/note_file.h"

#include <benchhost/roles.h>
#include <doctest/doctest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

using namespace benchhost::contract;

namespace {

std::string client(const std::string& name) { return SDK_CLIENTS "/sdk_client_" + name + SDK_CLIENT_SUFFIX; }

const bh_plugin_t& plugin(const std::string& name) {
  const Negotiated n = negotiate(client(name), BH_ABI_VERSION, BH_ABI_VERSION);
  REQUIRE_MESSAGE(n.plugin != nullptr, n.reason);
  return *n.plugin;
}

/// A folder of this test alone, empty.
std::string scratch(const std::string& name) {
  const std::filesystem::path folder = std::filesystem::path(SDK_SCRATCH) / (name + std::to_string(::getpid()));
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder.string();
}

std::string joined(const std::vector<std::string>& lines) {
  std::string all;
  for (const std::string& line : lines) all += line + "\n";
  return all;
}

/// Runs a case that must pass, verified, without a leak or a broken rule.
void passes(TestHost& host, const bh_plugin_t& p, const Case& what, const Plan& plan = {}) {
  const Outcome out = drive(host, p, what, plan);
  CHECK_MESSAGE(out.status == BH_OK, out.phase << ": " << out.reason);
  CHECK(out.verified);
  CHECK(out.cycles == plan.cycles);
  CHECK(host.leaked == 0);
  CHECK_MESSAGE(host.violations.empty(), joined(host.violations));
}

}  // namespace

TEST_CASE("The descriptors of every client are complete") {
  for (const char* name : {"triad_c99", "sum_cxx", "model_once", "latency", "adapter", "pool_roles", "gpu_dialects"}) {
    CAPTURE(name);
    const auto faults = descriptor_faults(plugin(name), note_of_file(client(name)));
    CHECK_MESSAGE(faults.empty(), joined(faults));
  }
}

TEST_CASE("The C99 triad runs, states its work and is verified") {
  TestHost host;
  Case what;
  what.values["n"] = BH_UINT(1000);
  passes(host, plugin("triad_c99"), what);
  CHECK(host.work.at("bytes.read") == 16000.0);
  CHECK(host.work.at("bytes.written") == 8000.0);
}

TEST_CASE("The C99 triad gives back half a preparation when memory runs out") {
  for (std::uint64_t call = 1; call <= 3; ++call) {
    TestHost host;
    host.fail_memory_at(call);
    Case what;
    what.values["n"] = BH_UINT(1000);
    const Outcome out = drive(host, plugin("triad_c99"), what);
    CHECK(out.status == BH_E_NO_MEMORY);
    CHECK(out.phase == "prepare");
    CHECK(host.leaked == 0);
    CHECK_MESSAGE(host.violations.empty(), joined(host.violations));
  }
}

TEST_CASE("The C++ sum runs, and what the thrower throws arrives as a code and a text") {
  const bh_plugin_t& p = plugin("sum_cxx");
  TestHost host;
  passes(host, p, Case{});
  const struct {
    const char* where;
    bh_status_t status;
    const char* phase;
    const char* reason;
  } expected[] = {{"prepare", BH_E_NO_MEMORY, "prepare", "std::bad_alloc"},
                  {"memory", BH_E_NO_MEMORY, "prepare", "address space"},
                  {"run", BH_E_FAILED, "run", "thrown on purpose"},
                  {"int", BH_E_FAILED, "run", "no std::exception"},
                  {"verify", BH_E_MISMATCH, "verify", "wrong on purpose"}};
  for (const auto& e : expected) {
    CAPTURE(e.where);
    TestHost fresh;
    Case what;
    what.benchmark = 1;
    what.values["where"] = BH_ENUM(e.where);
    const Outcome out = drive(fresh, p, what);
    CHECK(out.status == e.status);
    CHECK(out.phase == e.phase);
    CHECK_MESSAGE(out.reason.find(e.reason) != std::string::npos, out.reason);
    CHECK(fresh.leaked == 0);
  }
}

TEST_CASE("The latency client records every request of every batch that counts, under four threads") {
  TestHost host;
  Case what;
  what.values["clients"] = BH_UINT(4);
  what.values["rate"] = BH_DOUBLE(1e7);
  Plan plan;
  plan.cycles = 1;
  plan.batches = {100, 100, 300};
  passes(host, plugin("latency"), what, plan);
  CHECK(host.recorded("latency") == 400);  // the first batch is a warm-up
  CHECK(host.reported.at("achieved").size() == 2);
}

TEST_CASE("The latency client ends with the cancelled code when it is asked to") {
  TestHost host;
  host.cancel();
  const Outcome out = drive(host, plugin("latency"), Case{});
  CHECK(out.status == BH_E_CANCELLED);
  CHECK(out.phase == "run");
}

TEST_CASE("The model is a parameter or a case, reports its layers, and declares a metric late") {
  const bh_plugin_t& p = plugin("model_once");
  const std::string folder = scratch("model");
  std::ofstream(folder + "/small.mlp") << "MLP 3 16";
  std::ofstream(folder + "/broken.mlp") << "nothing";
  std::ofstream(folder + "/other.txt") << "MLP 1 1";

  TestHost host;
  Case by_parameter;
  const std::string path = folder + "/small.mlp";
  by_parameter.values["model"] = BH_STRING(path.c_str());
  Plan plan;
  plan.cycles = 3;
  passes(host, p, by_parameter, plan);
  CHECK(host.labelled.at("layer").size() == 3);
  CHECK(host.reported.at("load").size() == 2);  // a sample per cycle, the first is a warm-up
  CHECK(host.reported.at("width").front() == 16.0);
  CHECK(host.reported.at("file.size").front() == 8.0);
  CHECK(host.declared == std::vector<std::string>{"file.size"});

  Outcome enumerated;
  TestHost finder;
  const auto cases = enumerate(finder, p, {BH_STRING(folder.c_str())}, enumerated);
  CHECK(enumerated.status == BH_OK);
  REQUIRE(cases.size() == 2);
  for (const Case& found : cases) {
    TestHost fresh;
    if (found.input == "small.mlp") {
      passes(fresh, p, found);
    } else {
      CHECK(found.input == "broken.mlp");
      const Outcome out = drive(fresh, p, found);
      CHECK(out.status == BH_E_IO);
      CHECK(out.reason.find("broken.mlp") != std::string::npos);
    }
  }
  (void)enumerate(finder, p, {BH_STRING("/nowhere")}, enumerated);
  CHECK(enumerated.status == BH_E_NOT_FOUND);
  std::filesystem::remove_all(folder);
}

TEST_CASE("The adapter finds the cases of another program, declares its counters, and says how a child ended") {
  const bh_plugin_t& p = plugin("adapter");
  TestHost finder;
  Outcome enumerated;
  const auto cases = enumerate(finder, p, {BH_STRING(SDK_FOREIGN_PROGRAM)}, enumerated);
  CHECK_MESSAGE(enumerated.status == BH_OK, enumerated.reason);
  REQUIRE(cases.size() == 4);
  CHECK(cases[1].input == "foreign_program.sh/slow<int>/8");
  TestHost fast;
  passes(fast, p, cases[0]);
  CHECK(fast.reported.at("time") == std::vector<double>{120.0});
  CHECK(fast.reported.at("hits") == std::vector<double>{7.0});
  TestHost slow;
  passes(slow, p, cases[1]);
  CHECK(slow.declared.empty());
  TestHost failing;
  const Outcome failed = drive(failing, p, cases[2]);
  CHECK(failed.status == BH_E_FAILED);
  CHECK(failed.reason.find("exit status 3") != std::string::npos);
  TestHost dying;
  const Outcome died = drive(dying, p, cases[3]);
  CHECK(died.status == BH_E_CRASHED);
  CHECK(died.reason.find("signal 6") != std::string::npos);
  (void)enumerate(finder, p, {BH_STRING("/nowhere/program")}, enumerated);
  CHECK(enumerated.status == BH_E_NOT_FOUND);
  TestHost alone;
  CHECK(drive(alone, p, Case{}).status == BH_E_ARGUMENT);
}

TEST_CASE("The pool client names its roles and says what is missing on a host without them") {
  const bh_plugin_t& p = plugin("pool_roles");
  REQUIRE(static_cast<bool>(p.extension));
  CHECK(p.extension("benchhost.nothing/1") == nullptr);
  const auto* roles = static_cast<const bh_plugin_roles_t*>(p.extension(BH_ROLES));
  REQUIRE(roles != nullptr);
  for (const char* benchmark : {"org.example.pool.interference", "org.example.pool.recovery"}) {
    const bh_role_t* primary = roles->role(benchmark, 0);
    const bh_role_t* load = roles->role(benchmark, 1);
    REQUIRE(primary != nullptr);
    REQUIRE(load != nullptr);
    CHECK((primary->flags & (BH_ROLE_MORTAL | BH_ROLE_LOAD)) == 0);
    CHECK((load->flags & BH_ROLE_LOAD) != 0);
    CHECK(roles->role(benchmark, 2) == nullptr);
  }
  CHECK(roles->role("org.example.pool.other", 0) == nullptr);
  TestHost host;
  const Outcome out = drive(host, p, Case{});
  CHECK(out.status == BH_E_UNSUPPORTED);
  CHECK(out.reason.find(BH_ROLES) != std::string::npos);
}

TEST_CASE("A queue run may neither allocate nor talk, a run of domain HOST may allocate, an open one may do both") {
  bh_metric_t metric{};
  metric.struct_size = sizeof metric;
  metric.id = "time";
  metric.kind = BH_KIND_TIME;
  bh_benchmark_t benchmark{};
  benchmark.metrics = {&metric, 1, sizeof metric};
  const auto violations_in_run = [&](std::uint32_t domain, std::uint32_t batch) {
    metric.domain = domain;
    benchmark.batch = batch;
    TestHost host;
    host.begin_case(&benchmark);
    host.set_state(State::timed);
    bh_memory_t memory{};
    memory.struct_size = sizeof memory;
    memory.size_bytes = 64;
    memory.node = BH_NODE_ANY;
    if (host.table()->memory_take(host.table(), &memory) == BH_OK) host.table()->memory_free(host.table(), memory.data);
    host.table()->log(host.table(), BH_LOG_INFO, "x");
    return host.violations.size();
  };
  CHECK(violations_in_run(BH_DOMAIN_QUEUE, BH_BATCH_HOT) == 2);
  CHECK(violations_in_run(BH_DOMAIN_QUEUE, BH_BATCH_ONCE) == 2);
  CHECK(violations_in_run(BH_DOMAIN_HOST, BH_BATCH_HOT) == 1);
  CHECK(violations_in_run(BH_DOMAIN_HOST, BH_BATCH_ONCE) == 0);
  CHECK(violations_in_run(BH_DOMAIN_SELF, BH_BATCH_HOT) == 0);
}
