#include "suite/expand.h"

#include <doctest/doctest.h>

#include <map>

#include "common/base/digest.h"
#include "suite/selection.h"
#include "unit/suite/reading.h"

namespace benchhost::suite {
namespace {

using protocol::ParamRecord;
using protocol::Value;
using protocol::ValueType;
using test::contains;

ParamRecord param(std::string name, Value value, std::string unit = {}) {
  ParamRecord p;
  p.name = std::move(name);
  p.type = value.type;
  p.unit = std::move(unit);
  p.default_value = std::move(value);
  return p;
}

/// A plugin with a kernel on the processor and one on a device.
protocol::PluginRecord plugin() {
  protocol::PluginRecord out;
  out.id = "org.x.mem";
  protocol::BenchmarkRecord triad;
  triad.id = "org.x.mem.triad";
  triad.tags = {"memory"};
  triad.claim_cores = "threads";
  triad.claim_memory_bytes = "bytes";
  triad.requirement = "cores >= param.threads";
  ParamRecord type = param("type", protocol::choice_value("fp64"));
  type.choices = {protocol::choice_value("fp32"), protocol::choice_value("fp64")};
  ParamRecord bytes = param("bytes", protocol::uint_value(1 << 20), "By");
  bytes.minimum = protocol::uint_value(1024);
  ParamRecord threads = param("threads", protocol::uint_value(1));
  threads.constraint = "bytes >= 1 KiB * threads";
  ParamRecord limit = param("effort", protocol::uint_value(5));
  limit.flags = 4;  // apart
  triad.parameters = {type, bytes, threads, limit};
  protocol::MetricRecord rate;
  rate.id = "rate";
  triad.metrics = {rate};
  protocol::BenchmarkRecord kernel;
  kernel.index = 1;
  kernel.id = "org.x.mem.kernel";
  kernel.slots = {{"device", "kind == 'opencl' && (param.type != 'fp64' || 'fp64' in types)", "d", false, false, true}};
  kernel.parameters = {type};
  kernel.metrics = {rate};
  out.benchmarks = {triad, kernel};
  return out;
}

DeviceInput device(std::string kind, std::uint32_t index, std::string model, std::vector<std::string> types = {}) {
  DeviceInput out;
  out.backend_file = "/b/" + kind + ".so";
  out.record.kind = kind;
  out.record.index = index;
  out.record.name = kind + ':' + std::to_string(index);
  protocol::CapRecord cap;
  cap.name = "model";
  cap.text = std::move(model);
  out.record.caps = {cap};
  protocol::CapRecord words;
  words.name = "types";
  words.type = protocol::CapType::words;
  words.words = std::move(types);
  out.record.caps.push_back(words);
  return out;
}

struct World {
  protocol::PluginRecord record = plugin();
  ExpandInputs inputs;

  World() {
    inputs.plugins = {{"/p/mem.so", &record}};
    inputs.devices = {device("cpu", 0, "EPYC")};
    inputs.machine.cores = 2;
    inputs.machine.threads = 2;
    inputs.machine.memory_bytes = std::uint64_t{1} << 30;
    inputs.overrides.folder = "/cwd";
  }

  Expansion run(const std::string& entry) {
    return expand(test::good("name: s\nentries:\n  - " + entry + "\n"), inputs);
  }
  std::string errors(const std::string& entry) {
    const Expansion expansion = run(entry);
    CHECK((expansion.diagnostics.ok() || expansion.cases.empty()));
    std::string out;
    for (const Error& error : expansion.diagnostics.errors()) out += to_text(error) + '\n';
    return out;
  }
};

std::vector<std::string> names(const Expansion& expansion) {
  std::vector<std::string> out;
  for (const Error& error : expansion.diagnostics.errors()) FAIL_CHECK(to_text(error));
  for (const CaseSpec& c : expansion.cases) out.push_back(c.name);
  return out;
}

using Names = std::vector<std::string>;

TEST_CASE("parameters are crossed in the order they stand, the last varying fastest") {
  World world;
  CHECK(names(world.run("{benchmarks: mem.triad, parameters: {bytes: [64 KiB, 2 MiB], type: [fp32, fp64]}}")) ==
        Names{"mem.triad{type=fp32,bytes=64 KiB}@cpu:0", "mem.triad{type=fp64,bytes=64 KiB}@cpu:0",
              "mem.triad{type=fp32,bytes=2 MiB}@cpu:0", "mem.triad{type=fp64,bytes=2 MiB}@cpu:0"});
}

TEST_CASE("a case carries its identity, its claims and all its values") {
  World world;
  const Expansion expansion = world.run("{benchmarks: triad, parameters: {bytes: 64 KiB, threads: 2, effort: 9}}");
  REQUIRE(expansion.cases.size() == 1);
  const CaseSpec& c = expansion.cases[0];
  CHECK(c.canonical_parameters == "{bytes=65536,threads=2,type=fp64}");
  CHECK(c.canonical_identity == R"(["org.x.mem.triad","{bytes=65536,threads=2,type=fp64}","",[],1])");
  CHECK(c.key == to_hex(sha256(c.canonical_identity)));
  CHECK(c.values.size() == 4);
  CHECK(c.values[3] == protocol::uint_value(9));
  CHECK(c.claims.cores == 2);
  CHECK(c.claims.memory_bytes == 65536);
  CHECK_FALSE(c.claims.seconds.has_value());
  CHECK(c.skip_reason.empty());
  CHECK(c.plugin_file == "/p/mem.so");
}

TEST_CASE("zipped parameters advance together") {
  World world;
  CHECK(names(world.run("{benchmarks: triad, zip: {bytes: [64 KiB, 2 MiB], threads: [1, 2]}}")) ==
        Names{"mem.triad{bytes=64 KiB,threads=1}@cpu:0", "mem.triad{bytes=2 MiB,threads=2}@cpu:0"});
  CHECK(contains(world.errors("{benchmarks: triad, zip: {bytes: [64 KiB, 2 MiB], threads: [1]}}"),
                 "s.yaml:3:55: parameter 'threads' has 1 values and the first one of this zip 2"));
}

TEST_CASE("constraints and excludes take combinations away and are counted") {
  World world;
  const Expansion expansion = world.run(
      "{benchmarks: triad, parameters: {bytes: [1 KiB, 2 KiB], threads: [1, 2]}, exclude: \"param.bytes == 2048 && "
      "param.threads == 1\"}");
  CHECK(names(expansion) == Names{"mem.triad{bytes=1 KiB,threads=1}@cpu:0", "mem.triad{bytes=2 KiB,threads=2}@cpu:0"});
  REQUIRE(expansion.dropped.size() == 2);
  CHECK(expansion.dropped[0].cause == "constraint `bytes >= 1 KiB * threads` of parameter threads");
  CHECK(expansion.dropped[0].count == 1);
  CHECK(expansion.dropped[1].count == 1);
}

TEST_CASE("a requirement that is not met skips the case and says why") {
  World world;
  const Expansion expansion = world.run("{benchmarks: triad, parameters: {threads: [2, 4]}}");
  REQUIRE(expansion.cases.size() == 2);
  CHECK(expansion.cases[0].skip_reason.empty());
  CHECK(contains(expansion.cases[1].skip_reason, "cores >= param.threads"));
  CHECK(contains(expansion.cases[1].skip_reason, "machine.cores is 2"));
}

TEST_CASE("what is larger than memory is skipped") {
  World world;
  const Expansion expansion = world.run("{benchmarks: triad, parameters: {bytes: 2 GiB}}");
  REQUIRE(expansion.cases.size() == 1);
  CHECK(contains(expansion.cases[0].skip_reason, "claims 2147483648 bytes of memory"));
}

TEST_CASE("a slot is filled by every device that fits, and by none with a reason") {
  World world;
  const Expansion none = world.run("{benchmarks: kernel}");
  REQUIRE(none.cases.size() == 1);
  CHECK(contains(none.cases[0].skip_reason, "cpu:0: it requires kind == 'opencl'"));

  world.inputs.devices.push_back(device("opencl", 0, "Old", {}));
  world.inputs.devices.push_back(device("opencl", 1, "New", {"fp64"}));
  const Expansion both = world.run("{benchmarks: kernel, parameters: {type: sweep}}");
  CHECK(names(both) == Names{"mem.kernel{type=fp32}@opencl:0", "mem.kernel{type=fp64}@opencl:0",
                             "mem.kernel{type=fp32}@opencl:1", "mem.kernel{type=fp64}@opencl:1"});
  CHECK(contains(both.cases[1].skip_reason, "opencl:0: it requires "));
  CHECK(both.cases[3].skip_reason.empty());
  CHECK(both.cases[3].devices[0].name == "opencl:1");
  CHECK(contains(both.cases[3].canonical_identity, "[\"New\"]"));
  CHECK(names(world.run("{benchmarks: kernel, devices: \"opencl:1\"}")) == Names{"mem.kernel@opencl:1"});
  CHECK(names(world.run("{benchmarks: kernel, devices: {where: \"'fp64' in types\"}}")) ==
        Names{"mem.kernel@opencl:1"});
  CHECK(contains(world.errors("{benchmarks: kernel, devices: opencll}"), "did you mean 'opencl'?"));
  const Expansion away = world.run("{benchmarks: kernel, devices: cuda}");
  REQUIRE(away.cases.size() == 1);
  CHECK(away.cases[0].skip_reason == "no device here matches 'cuda'");
  CHECK(world.run("{benchmarks: triad, devices: opencl}").cases.empty());
}

TEST_CASE("wrong names and values are refused with place and nearest name") {
  World world;
  const std::map<std::string, std::string> rows = {
      {"{benchmarks: triadd}", "s.yaml:3:18: no benchmark matches 'triadd' (did you mean 'triad'?)"},
      {"{benchmarks: triad, parameters: {byts: 1}}",
       "s.yaml:3:38: org.x.mem.triad has no parameter 'byts' (did you mean 'bytes'?)"},
      {"{benchmarks: triad, parameters: {type: fp46}}",
       "s.yaml:3:44: parameter 'type' has no choice 'fp46' (did you mean"},
      {"{benchmarks: triad, parameters: {bytes: 1e3}}",
       "s.yaml:3:45: parameter 'bytes' is a whole number that is not negative, not '1e3'"},
      {"{benchmarks: triad, parameters: {bytes: -1}}", "s.yaml:3:45: "},
      {"{benchmarks: triad, parameters: {bytes: 100}}",
       "100 B is less than the least value of parameter 'bytes', 1 KiB"},
      {"{benchmarks: triad, parameters: {threads: \"1\"}}", "in quotes (remove the quotes)"},
      {"{benchmarks: triad, parameters: {bytes: {range: [8 KiB, 4 KiB]}}}", "the range ends before it begins"},
      {"{benchmarks: triad, parameters: {type: {range: [1, 2]}}}", "has no ranges"},
      {"{benchmarks: triad, parameters: {effort: [1, 2]}}", "all its values would be one case"},
      {"{benchmarks: triad, exclude: \"param.byte > 1\"}", "s.yaml:3:34: "},
      {"{benchmarks: triad, exclude: \"param.bytes >\"}", "s.yaml:3:34: "},
      {"{benchmarks: triad, settings: {a: 1}}", "no plugin of this entry has a setting 'a'"},
      {"{benchmarks: triad, thresholds: {rat: 1 %}}",
       "no selected benchmark has a metric 'rat' (did you mean 'rate'?)"},
  };
  for (const auto& [entry, expected] : rows) {
    CAPTURE(entry);
    const std::string errors = world.errors(entry);
    CAPTURE(errors);
    CHECK(contains(errors, expected));
  }
}

TEST_CASE("limits and demands go with each case, and a limit is no summary's") {
  World world;
  world.record.benchmarks[0].metrics[0].unit = "By/s";
  protocol::SummaryRecord knee;
  knee.id = "knee";
  world.record.benchmarks[0].summaries.push_back(knee);
  const Expansion expansion = world.run(
      "{benchmarks: triad, parameters: {bytes: [1 KiB, 2 KiB]}, thresholds: {rate: {at_least: 2 GB/s}, knee: 5 %},"
      " environment: {smt: true, unmet: skip}}");
  REQUIRE(names(expansion).size() == 2);
  for (const CaseSpec& c : expansion.cases) {
    CHECK(c.gates == std::vector<Gate>{{"rate", "By/s", Gate::Kind::at_least, 2e9, "2 GB/s"}});
    CHECK(c.environment.size() == 1);
    CHECK(c.when_unmet == WhenUnmet::skip);
  }
  CHECK(contains(world.errors("{benchmarks: triad, thresholds: {knee: {at_least: 1}}}"),
                 "no selected benchmark has a metric 'knee'"));
}

TEST_CASE("more than a million combinations are refused before the first is made") {
  World world;
  CHECK(contains(world.errors("{benchmarks: triad, parameters: {bytes: {range: [1 KiB, 200000]}}}"),
                 "s.yaml:3:45: the sweep has more than 100000 values"));
  const std::string crossed =
      "{benchmarks: triad, parameters: {bytes: {range: [1 KiB, 90000]}, threads: {range: [1, 90000]}}}";
  CHECK(contains(world.errors(crossed), "s.yaml:3:5: more than 1000000 combinations, of org.x.mem.triad alone"));
  // No entry is too large by itself.
  const std::string half =
      "{benchmarks: triad, parameters: {bytes: {range: [1 KiB, 90000]}, threads: {range: [1, 9]}}}";
  CHECK(contains(world.errors(half + "\n  - " + half), "s.yaml:4:5: more than 1000000 combinations ("));
}

TEST_CASE("as many cases as are allowed are kept, and one more is refused") {
  World world;
  world.inputs.most_cases = 6;
  // Eight combinations, of which the excludes leave six and seven.
  const std::string all = "{benchmarks: triad, parameters: {threads: [1, 2], bytes: {range: [2048, 2051]}}, exclude: ";
  CHECK(world.run(all + "param.bytes == 2051}").cases.size() == 6);
  CHECK(world.run(all + "param.bytes == 2048}").cases.size() == 6);
  CHECK(contains(world.errors(all + "\"param.bytes == 2051 && param.threads == 2\"}"),
                 "s.yaml:3:5: more than 6 cases (narrow"));
}

TEST_CASE("an entry whose patterns take everything away is refused") {
  World world;
  CHECK(contains(world.errors("{benchmarks: [\"*\", \"!mem.*\"]}"),
                 "s.yaml:3:19: the patterns take away every benchmark that they pick"));
  CHECK(world.errors("{benchmarks: [\"*\", \"!triad\"]}").empty());
}

TEST_CASE("ten thousand cases are expanded to distinct keys") {
  World world;
  const Expansion expansion =
      world.run("{benchmarks: triad, parameters: {bytes: {range: [1 MiB, 1053575]}, threads: [1, 2]}}");
  CHECK(expansion.cases.size() == 10'000);
  CHECK(expansion.diagnostics.warnings().empty());
}

TEST_CASE("repeated cases are merged with a warning") {
  World world;
  const Expansion expansion = world.run("{benchmarks: triad, parameters: {bytes: [64 KiB, 65536]}}");
  CHECK(expansion.cases.size() == 1);
  CHECK(contains(test::warnings_of(expansion.diagnostics), "1 case of this entry repeats one"));
}

TEST_CASE("the command line overrides parameters, selects and filters") {
  World world;
  const auto axis = parse_parameter("bytes=4KiB,8KiB");
  REQUIRE(axis.ok());
  world.inputs.overrides.parameters = {*axis};
  world.inputs.overrides.filter = "param.bytes < 8 KiB";
  world.inputs.overrides.invocations = Invocations{5, 5};
  const Expansion expansion = world.run("{benchmarks: triad, parameters: {bytes: 1 MiB}}");
  CHECK(names(expansion) == Names{"mem.triad{bytes=4 KiB}@cpu:0"});
  CHECK(expansion.cases[0].limits.invocations == Invocations{5, 5});
  world.inputs.overrides.filter.clear();
  world.inputs.overrides.tags = {"other"};
  CHECK(world.run("{benchmarks: triad}").cases.empty());
  CHECK(world.run("{benchmarks: triad, tags: other}").cases.size() == 2);
}

TEST_CASE("a selection expands as a suite does") {
  World world;
  const auto axis = parse_parameter("bytes={log2: [4 KiB, 16 KiB]}");
  REQUIRE(axis.ok());
  const auto suite = from_selection({"mem.triad"}, {*axis});
  REQUIRE(suite.ok());
  CHECK(expand(*suite, world.inputs).cases.size() == 3);
  CHECK_FALSE(from_selection({"x"}, {*axis, *axis}).ok());
  CHECK_FALSE(parse_parameter("bytes").ok());
  CHECK_FALSE(parse_parameter("bytes=").ok());
}

TEST_CASE("found cases carry their input and fix their values") {
  World world;
  world.record.has_enumerate = true;
  world.record.settings = {param("sizes", protocol::uint_value(3))};
  const Suite suite = test::good("name: s\nentries:\n  - {benchmarks: triad, settings: {sizes: 4}, inputs: \"a/*\"}\n");
  Diagnostics diagnostics;
  const auto requests = plan_enumerations(suite, world.inputs.plugins, diagnostics);
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].settings == std::vector<Value>{protocol::uint_value(4)});
  protocol::FoundCase found;
  found.input = "a/one";
  found.content_digest = "sha256:00";
  found.values = {protocol::choice_value("fp32")};
  protocol::FoundCase other = found;
  other.input = "b/two";
  world.inputs.found = {{0, requests[0].settings, {found, other}}};
  const Expansion expansion = expand(suite, world.inputs);
  CHECK(names(expansion) == Names{"mem.triad[a/one]{type=fp32}@cpu:0"});
  CHECK(expansion.cases[0].content_digest == "sha256:00");
  CHECK(expansion.cases[0].settings == requests[0].settings);
}

TEST_CASE(
    "where enumerate found nothing, a benchmark has its case without input, unless its cases are enumerated ones") {
  World world;
  world.record.has_enumerate = true;
  world.record.settings = {param("sizes", protocol::uint_value(3))};
  const Suite plain = test::good("name: s\nentries:\n  - {benchmarks: triad, settings: {sizes: 4}}\n");
  const Expansion own = expand(plain, world.inputs);
  REQUIRE_FALSE(own.cases.empty());
  for (const auto& c : own.cases) {
    CHECK(c.input.empty());
    CHECK(c.settings.empty());
  }
  const Suite asked = test::good("name: s\nentries:\n  - {benchmarks: triad, inputs: \"a/*\"}\n");
  CHECK(expand(asked, world.inputs).cases.empty());
  world.record.benchmarks[0].enumerated = true;
  const Expansion none = expand(plain, world.inputs);
  CHECK(none.cases.empty());
  CHECK(contains(test::warnings_of(none.diagnostics), "found no case"));
}

/// Knows one path.
class OneModel final : public ContentSource {
 public:
  Result<std::string> digest(const std::string& path) override {
    ++asked;
    if (path == "/models/a.onnx" || path == "/cwd/b.onnx") return std::string("sha256:11");
    return make_error("BH0002", "not there").in(path);
  }
  int asked = 0;
};

TEST_CASE("a path counts by its content and is handed over absolute") {
  World world;
  ParamRecord model = param("model", protocol::string_value(""));
  model.flags = 2;
  world.record.benchmarks[0].parameters = {model};
  world.record.benchmarks[0].requirement.clear();
  world.record.benchmarks[0].claim_cores.clear();
  world.record.benchmarks[0].claim_memory_bytes.clear();
  OneModel content;
  world.inputs.content = &content;
  Suite suite = test::good("name: s\nentries:\n  - {benchmarks: triad, parameters: {model: sub/../a.onnx}}\n");
  suite.entries[0].folder = "/models";
  const Expansion expansion = expand(suite, world.inputs);
  REQUIRE(expansion.cases.size() == 1);
  CHECK(expansion.cases[0].values[0] == protocol::string_value("/models/a.onnx"));
  CHECK(expansion.cases[0].canonical_parameters == R"({model="sha256:11"})");
  const auto axis = parse_parameter("model=b.onnx");
  REQUIRE(axis.ok());
  world.inputs.overrides.parameters = {*axis};
  const Expansion moved = expand(suite, world.inputs);
  REQUIRE(moved.cases.size() == 1);
  CHECK(moved.cases[0].key == expansion.cases[0].key);
  CHECK(world.run("{benchmarks: triad}").cases[0].canonical_parameters == R"({model="sha256:11"})");
  world.inputs.overrides.parameters.clear();
  CHECK(world.run("{benchmarks: triad}").cases[0].canonical_parameters == R"({model=""})");
  suite.entries[0].folder = "/elsewhere";
  const Expansion missing = expand(suite, world.inputs);
  CHECK(missing.cases.empty());
  REQUIRE(missing.diagnostics.errors().size() == 1);
  CHECK(missing.diagnostics.errors()[0].place == "s.yaml:3:5: /elsewhere/a.onnx");
}

TEST_CASE("two slots take different devices unless the second may share") {
  World world;
  auto& kernel = world.record.benchmarks[1];
  kernel.slots = {{"source", "kind == 'opencl'", "", false, false, false},
                  {"target", "kind == 'opencl'", "", false, false, false}};
  world.inputs.devices = {device("opencl", 0, "A")};
  const Expansion one = world.run("{benchmarks: kernel}");
  REQUIRE(one.cases.size() == 1);
  CHECK(one.cases[0].skip_reason == "it needs a device of its own for each of 2 slots");
  kernel.slots[1].shared = true;
  CHECK(names(world.run("{benchmarks: kernel}")) == Names{"mem.kernel@opencl:0+opencl:0"});
  kernel.slots[1].shared = false;
  world.inputs.devices.push_back(device("opencl", 1, "B"));
  CHECK(names(world.run("{benchmarks: kernel}")) ==
        Names{"mem.kernel@opencl:0+opencl:1", "mem.kernel@opencl:1+opencl:0"});
}

}  // namespace
}  // namespace benchhost::suite
