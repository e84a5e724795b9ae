#include <doctest/doctest.h>

#include "common/protocol/job.h"
#include "unit/common/protocol/sample_records.h"

using namespace benchhost;
using namespace benchhost::protocol;
using namespace benchhost::protocol::testing;

namespace {

RunJob sample_run() {
  RunJob job;
  job.case_id = 7;
  job.invocation = 2;
  job.plugin_file = "/p/x.so";
  job.plugin_stamp = "1:2:3:4:5";
  job.descriptor_digest = "sha256:00";
  job.benchmark = "org.example.triad";
  job.input = "in";
  job.content_digest = "sha256:11";
  job.settings = {bool_value(true)};
  job.values = {uint_value(4), Value{}};
  job.devices = {{1, "/b/cpu.so", 2, "cpu:2"}};
  job.seed = ~0ull;
  job.cores = {3, 1};
  job.memory_limit_bytes = 1u << 30;
  job.asset_dir = "/a";
  job.scratch_dir = "/s";
  job.cache_dir = "/c";
  job.backend_options = {{"k", "v"}};
  job.plan = {5, 6, 7, 8, 9, 10, false};
  return job;
}

}  // namespace

TEST_CASE("a plugin's descriptors come back from JSON text as they were") {
  const PluginRecord record = sample_plugin();
  const auto json = parse_json(to_text(to_json(record)));
  REQUIRE(json.ok());
  const auto back = plugin_from_json(*json);
  REQUIRE(back.ok());
  CHECK(*back == record);
  CHECK(descriptor_digest(*back) == descriptor_digest(record));
}

TEST_CASE("the digest of descriptors changes with any member") {
  const std::string before = descriptor_digest(sample_plugin());
  CHECK(before.starts_with("sha256:"));
  PluginRecord record = sample_plugin();
  record.benchmarks[0].parameters[0].maximum = uint_value(5);
  CHECK(descriptor_digest(record) != before);
  record = sample_plugin();
  record.own_threads.reset();
  CHECK(descriptor_digest(record) != before);
}

TEST_CASE("a missing or mistyped member is named with its path") {
  const Json good = to_json(sample_plugin());
  for (const auto& [name, member] : good.members()) {
    Json without = JsonObject{};
    for (const auto& [key, value] : good.members()) {
      if (key != name) without.set(key, value);
    }
    const auto missing = plugin_from_json(without);
    REQUIRE(!missing.ok());
    CHECK(missing.error().message.find("'" + name + "'") != std::string::npos);
    Json wrong = good;
    wrong.set(name, JsonArray{Json(JsonArray{})});
    CHECK(!plugin_from_json(wrong).ok());
  }
  Json benchmarks = good["benchmarks"].items()[0];
  Json metric = benchmarks["metrics"].items()[0];
  metric.set("kind", 10);
  benchmarks.set("metrics", JsonArray{metric});
  Json changed = good;
  changed.set("benchmarks", JsonArray{benchmarks});
  const auto bad = plugin_from_json(changed);
  REQUIRE(!bad.ok());
  CHECK(bad.error().message.find("'benchmarks[0].metrics[0].kind'") != std::string::npos);
}

TEST_CASE("numbers out of range of their member are refused") {
  const auto with = [](const char* name, Json value) {
    Json json = to_json(sample_plugin());
    json.set(name, std::move(value));
    return plugin_from_json(json).ok();
  };
  CHECK(with("abi", 4294967295u));
  CHECK(!with("abi", std::int64_t{4294967296}));
  CHECK(!with("abi", -1));
  CHECK(!with("abi", 1.5));
  CHECK(with("own_threads", nullptr));
  CHECK(!with("own_threads", "3"));
}

TEST_CASE("backends, devices and found cases come back as they were") {
  const BackendRecord backend = sample_backend();
  const auto json = parse_json(to_text(to_json(backend)));
  REQUIRE(json.ok());
  const auto back = backend_from_json(*json);
  REQUIRE(back.ok());
  CHECK(*back == backend);
  const auto device = device_from_json(to_json(backend.devices[0]));
  REQUIRE(device.ok());
  CHECK(*device == backend.devices[0]);
  const FoundCase found{3, "in put", "sha256:aa", "T", {int_value(1), Value{}}};
  const auto case_back = found_case_from_json(to_json(found));
  REQUIRE(case_back.ok());
  CHECK(*case_back == found);
}

TEST_CASE("a device answers its facts by name and its model by the best that it reports") {
  DeviceRecord device;
  device.kind = "cpu";
  CHECK(device.model() == "cpu");
  CHECK(!device.simulated());
  CHECK(device.cap("name") == nullptr);
  CHECK(device.text("name").empty());
  device.caps.push_back({"name", CapType::string, Provenance::driver, 0, 0, "Name (R)", {}});
  CHECK(device.model() == "Name (R)");
  device.caps.push_back({"model", CapType::string, Provenance::driver, 0, 0, "Model", {}});
  device.caps.push_back({"simulated", CapType::boolean, Provenance::driver, 1, 0, "", {}});
  CHECK(device.model() == "Model");
  CHECK(device.simulated());
}

TEST_CASE("every job comes back from JSON text as it was") {
  const RunJob run = sample_run();
  for (const Job& job : {Job(ProbePluginJob{"/p"}), Job(EnumerateJob{"/p", "/a", "/s", {string_value("x")}}),
                         Job(ProbeBackendJob{"/b", {{"a", "1"}, {"b", ""}}}), Job(run)}) {
    const std::string text = to_text(to_json(job));
    const auto json = parse_json(text);
    REQUIRE(json.ok());
    const auto back = job_from_json(*json);
    REQUIRE(back.ok());
    CHECK(back->index() == job.index());
    CHECK(to_text(to_json(*back)) == text);
  }
  const auto back = job_from_json(to_json(Job(run)));
  REQUIRE(back.ok());
  const auto& got = std::get<RunJob>(*back);
  CHECK(got.seed == run.seed);
  CHECK(got.values == run.values);
  CHECK(got.cores == run.cores);
  CHECK(got.memory_limit_bytes == run.memory_limit_bytes);
  CHECK(got.plan.time_budget_ns == run.plan.time_budget_ns);
  CHECK(got.backend_options == run.backend_options);
}

TEST_CASE("a job that is none is refused") {
  for (const char* text : {"null", "{}", R"({"job":"run"})", R"({"job":"sing","arguments":{}})",
                           R"({"job":"probe_plugin","arguments":{"file":5}})"}) {
    const auto json = parse_json(text);
    REQUIRE(json.ok());
    CHECK(!job_from_json(*json).ok());
  }
}
