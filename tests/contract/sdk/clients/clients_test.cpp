// Every client is loaded, its descriptors are checked, and those that need no device run through two cycles.
#include "contract/sdk/driver/drive.h"
#include "contract/sdk/driver/note_file.h"
#include "contract/sdk/driver/roles_case.h"

#include <benchhost/roles.h>
#include <doctest/doctest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <tuple>

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
  for (const char* name : {"triad_c99", "sum_cxx", "model_once", "latency", "gbench_adapter", "interference",
                           "pool_roles", "gpu_dialects"}) {
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

TEST_CASE("The adapter finds the tests of another program, declares its counters, and says how a child ended") {
  const bh_plugin_t& p = plugin("gbench_adapter");
  CHECK((p.benchmark(0)->flags & BH_BENCHMARK_ENUMERATED) != 0);
  const std::string folder = scratch("adapter");  // where a child says why it failed
  TestHost finder;
  finder.set_scratch_dir(folder);
  Outcome enumerated;
  const auto cases = enumerate(finder, p, {BH_STRING(SDK_FOREIGN_PROGRAM)}, enumerated);
  CHECK_MESSAGE(enumerated.status == BH_OK, enumerated.reason);
  REQUIRE(cases.size() == 6);
  CHECK(cases[0].input == "foreign_program/BM_Sort<int>/1024");
  REQUIRE(finder.logs.size() == 1);  // the test that is listed twice
  CHECK(finder.logs[0].find("BM_Copy/8") != std::string::npos);

  Plan plan;
  plan.cycles = 1;
  plan.batches = {1, 1};  // the first is a warm-up
  TestHost sort;
  sort.set_scratch_dir(folder);
  passes(sort, p, cases[0], plan);
  CHECK(sort.reported.at("real_time") == std::vector<double>{1500.0});
  CHECK(sort.reported.at("cpu_time") == std::vector<double>{1250.0});
  REQUIRE(sort.reported.at("items").size() == 1);
  CHECK(sort.reported.at("items")[0] == doctest::Approx(6.6e8));
  CHECK(sort.reported.at("counter.n__4c_1_2d_misses") == std::vector<double>{32.0});
  CHECK(sort.reported.at("counter.n__4c_1_5f_misses") == std::vector<double>{5.0});
  CHECK(sort.withheld.count("bytes") == 1);
  TestHost copy;
  copy.set_scratch_dir(folder);
  passes(copy, p, cases[1], plan);
  CHECK(copy.declared.empty());
  CHECK(copy.reported.count("bytes") == 1);
  CHECK(copy.withheld.count("items") == 1);

  const struct {
    std::size_t which;
    bh_status_t status;
    const char* reason;
  } bad[] = {{2, BH_E_UNSUPPORTED, "needs \"huge\" pages"},
             {3, BH_E_FAILED, "status 3: no such file"},
             {4, BH_E_CRASHED, "signal 6"}};
  for (const auto& b : bad) {
    TestHost host;
    host.set_scratch_dir(folder);
    const Outcome out = drive(host, p, cases[b.which]);
    CHECK(out.status == b.status);
    CHECK_MESSAGE(out.reason.find(b.reason) != std::string::npos, out.reason);
    CHECK_MESSAGE(host.violations.empty(), joined(host.violations));
  }
  TestHost asked_to_end;  // the child never ends by itself
  asked_to_end.set_scratch_dir(folder);
  asked_to_end.cancel();
  CHECK(drive(asked_to_end, p, cases[5]).status == BH_E_CANCELLED);
  (void)enumerate(finder, p, {BH_STRING("/nowhere/program")}, enumerated);
  CHECK(enumerated.status == BH_E_IO);
  CHECK(enumerate(finder, p, {BH_STRING("")}, enumerated).empty());
  CHECK(enumerated.status == BH_OK);
  std::filesystem::remove_all(folder);
}

TEST_CASE("The clients of several workers name their roles and say what is missing on a host without them") {
  for (const auto& [name, benchmark, first] :
       {std::tuple{"interference", "org.example.interference.read_write", "reader"},
        std::tuple{"pool_roles", "org.example.pool.recovery", "client"}}) {
    CAPTURE(name);
    const bh_plugin_t& p = plugin(name);
    REQUIRE(static_cast<bool>(p.extension));
    CHECK(p.extension("benchhost.nothing/1") == nullptr);
    const auto* roles = static_cast<const bh_plugin_roles_t*>(p.extension(BH_EXT_ROLES));
    REQUIRE(roles != nullptr);
    const bh_role_t* primary = roles->role(benchmark, 0);
    const bh_role_t* load = roles->role(benchmark, 1);
    REQUIRE(primary != nullptr);
    REQUIRE(load != nullptr);
    CHECK(primary->id == std::string(first));
    CHECK((primary->flags & (BH_ROLE_MORTAL | BH_ROLE_LOAD)) == 0);
    CHECK((load->flags & BH_ROLE_LOAD) != 0);
    CHECK(roles->role(benchmark, 2) == nullptr);
    CHECK(roles->role("org.example.other", 0) == nullptr);
    TestHost host;
    const Outcome out = drive(host, p, Case{});
    CHECK(out.status == BH_E_UNSUPPORTED);
    CHECK(out.reason.find(BH_EXT_ROLES) != std::string::npos);
  }
}

TEST_CASE("The reader measures alone and beside two writers, who report what they wrote") {
  Case what;
  what.values["bytes"] = BH_UINT(8192);
  what.values["writers"] = BH_UINT(2);
  RolesCase roles(plugin("interference"), what, {1, 2});
  Plan plan;
  plan.cycles = 1;
  plan.batches = {1, 2, 3};
  const Outcome out = roles.run(plan);
  CHECK_MESSAGE(out.status == BH_OK, out.reason);
  CHECK(out.verified);
  CHECK(out.checked == 12);  // a pass alone and one beside, of 6 iterations
  TestHost& reader = roles.host(0, 0);
  CHECK(reader.reported.at("slowdown").size() == 5);  // the first batch is a warm-up
  CHECK(reader.reported.at("solo").size() == 5);
  CHECK(reader.reported.at("contended").size() == 5);
  CHECK(reader.reported.count("written") == 0);
  CHECK_MESSAGE(reader.violations.empty(), joined(reader.violations));
  for (std::uint32_t writer = 0; writer < 2; ++writer) {
    CHECK(roles.outcome(1, writer).status == BH_OK);
    TestHost& host = roles.host(1, writer);
    CHECK(host.reported.at("written").size() == 1);
    CHECK(host.reported.count("slowdown") == 0);
    CHECK(host.leaked == 0);
    CHECK_MESSAGE(host.violations.empty(), joined(host.violations));
  }
}

TEST_CASE("The pool's client finds its server again after it was killed, each reply checked") {
  RolesCase roles(plugin("pool_roles"), Case{}, {1, 1});
  Plan plan;
  plan.cycles = 2;  // ONCE: the first is a warm-up
  const Outcome out = roles.run(plan);
  CHECK_MESSAGE(out.status == BH_OK, out.reason);
  CHECK(out.verified);
  CHECK(out.checked == 1001);
  CHECK(roles.incarnation(1, 0) == 2);
  TestHost& client = roles.host(0, 0);
  REQUIRE(client.reported.at("recover").size() == 1);
  CHECK(client.reported.at("recover")[0] > 0);
  CHECK(client.reported.at("lost").size() == 1);
  CHECK_MESSAGE(client.violations.empty(), joined(client.violations));
  CHECK_MESSAGE(roles.host(1, 0).violations.empty(), joined(roles.host(1, 0).violations));
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
