#include "discover/descriptor_check.h"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>

#include "common/protocol/id.h"

using namespace benchhost;
using namespace benchhost::discover;
using namespace benchhost::protocol;

namespace {

PluginRecord good() {
  ParamRecord n;
  n.name = "n";
  n.type = ValueType::uint64;
  n.description = "elements";
  n.default_value = uint_value(64);
  n.minimum = uint_value(1);
  n.maximum = uint_value(4096);
  n.constraint = "n % 2 == 0 || type == 'fp64'";
  n.sweep = 3;
  n.sweep_first = uint_value(2);
  n.sweep_last = uint_value(1024);
  ParamRecord type;
  type.name = "type";
  type.type = ValueType::choice;
  type.description = "element type";
  type.default_value = choice_value("fp64");
  type.choices = {choice_value("fp64"), choice_value("fp32")};
  MetricRecord rate;
  rate.id = "bandwidth";
  rate.title = "Bandwidth";
  rate.unit = "By/s";
  rate.description = "bytes per second";
  rate.kind = MetricKind::rate;
  rate.direction = Direction::higher;
  rate.domain = Domain::host;
  rate.primary = true;
  rate.work = "bytes";
  MetricRecord latency = rate;
  latency.id = "latency";
  latency.unit = "ns";
  latency.kind = MetricKind::time;
  latency.domain = Domain::self;
  latency.primary = false;
  latency.work.clear();
  MetricRecord tail = latency;
  tail.id = "latency_p99";
  tail.source = "latency";
  tail.statistic = "p99.9";
  SummaryRecord best;
  best.id = "best";
  best.title = "Best size";
  best.unit = "1";
  best.description = "where";
  best.kind = 3;
  BenchmarkRecord b;
  b.id = "org.example.triad";
  b.title = "Triad";
  b.description = "a = b + s * c\nover n";
  b.category = "hardware";
  b.tags = {"memory"};
  b.requirement = "cores >= 1 && known(machine.memory_bytes)";
  b.claim_memory_bytes = "3 * 8 * n";
  b.slots = {
      {"device", "kind == 'cpu' && mem.bytes >= 1 GiB && param.n > 1 && nvidia.cc > 7", "where", false, false, false}};
  b.parameters = {n, type};
  b.metrics = {rate, latency, tail};
  b.summaries = {best};
  PluginRecord plugin;
  plugin.id = "org.example";
  plugin.version = "1";
  plugin.vendor = "V";
  plugin.licence = "MIT";
  plugin.abi = 1;
  plugin.benchmarks = {b};
  return plugin;
}

using Change = std::function<void(PluginRecord&, BenchmarkRecord&)>;

struct Case {
  const char* member;
  Change change;
};

/// The parameter as one of type double, without a sweep.
ParamRecord& real(ParamRecord& param) {
  param.type = ValueType::real;
  param.default_value = real_value(64);
  param.minimum = real_value(1);
  param.maximum = real_value(1024);
  param.sweep = 0;
  param.constraint.clear();
  return param;
}

}  // namespace

TEST_CASE("descriptors that hold together have no findings") {
  for (const Finding& finding : check_descriptors(good())) FAIL(to_text(finding));
}

TEST_CASE("each fault of a descriptor is found and named with its benchmark and member") {
  const std::vector<Case> cases = {
      {"id", [](auto& p, auto&) { p.id = "Org.Example"; }},
      {"id", [](auto&, auto& b) { b.id = "org.other.triad"; }},
      {"id", [](auto& p, auto& b) { p.benchmarks.push_back(b); }},
      {"benchmarks", [](auto& p, auto&) { p.benchmarks.clear(); }},
      {"vendor", [](auto& p, auto&) { p.vendor.clear(); }},
      {"licence", [](auto& p, auto&) { p.licence = std::string(256, 'x'); }},
      {"title", [](auto&, auto& b) { b.title.clear(); }},
      {"title", [](auto&, auto& b) { b.title = "a\nb"; }},
      {"description", [](auto&, auto& b) { b.description = "\xff"; }},
      {"description", [](auto&, auto& b) { b.description = std::string(4096, 'x'); }},
      {"category", [](auto&, auto& b) { b.category = "games"; }},
      {"tags", [](auto&, auto& b) { b.tags = {"Not an id"}; }},
      {"batch_min", [](auto&, auto& b) { b.batch_min = 10, b.batch_max = 9; }},
      {"batch_min", [](auto&, auto& b) { b.batch = BatchPolicy::once, b.batch_min = 2; }},
      {"fresh_process", [](auto&, auto& b) { b.fresh_process = true; }},
      {"enumerated", [](auto& p, auto& b) { p.has_enumerate = false, b.enumerated = true; }},
      {"workload_revision", [](auto&, auto& b) { b.workload_revision = 0; }},
      {"requirement", [](auto&, auto& b) { b.requirement = "cores >= "; }},
      {"requirement", [](auto&, auto& b) { b.requirement = "coers >= 4"; }},
      {"requirement", [](auto&, auto& b) { b.requirement = "cores + 4"; }},
      {"requirement", [](auto&, auto& b) { b.requirement = "cores == 'four'"; }},
      {"claim_memory_bytes", [](auto&, auto& b) { b.claim_memory_bytes = "n > 4"; }},
      {"claim_cores", [](auto&, auto& b) { b.claim_cores = "m"; }},
      {"claim_seconds", [](auto&, auto& b) { b.claim_seconds = "(1"; }},
      {"slot 'device': requirement", [](auto&, auto& b) { b.slots[0].requirement = "mem.bites > 4"; }},
      {"slot 'device': description", [](auto&, auto& b) { b.slots[0].description.clear(); }},
      {"slot 'device'", [](auto&, auto& b) { b.slots.push_back(b.slots[0]); }},
      {"parameter 'n'", [](auto&, auto& b) { b.parameters.push_back(b.parameters[0]); }},
      {"parameter 'machine'", [](auto&, auto& b) { b.parameters[1].name = "machine"; }},
      {"parameter 'a.b'", [](auto&, auto& b) { b.parameters[1].name = "a.b"; }},
      {"parameter 'n': unit", [](auto&, auto& b) { b.parameters[0].unit = "KB"; }},
      {"parameter 'n': default", [](auto&, auto& b) { b.parameters[0].default_value = uint_value(0); }},
      {"parameter 'n': default", [](auto&, auto& b) { b.parameters[0].default_value = uint_value(5000); }},
      {"parameter 'n': default", [](auto&, auto& b) { b.parameters[0].default_value = int_value(64); }},
      {"parameter 'n': default", [](auto&, auto& b) { b.parameters[0].default_value = Value{}; }},
      {"parameter 'type': default", [](auto&, auto& b) { b.parameters[1].default_value = choice_value("fp16"); }},
      {"parameter 'type': choices", [](auto&, auto& b) { b.parameters[1].choices.clear(); }},
      {"parameter 'n': minimum", [](auto&, auto& b) { b.parameters[0].minimum = uint_value(5000); }},
      {"parameter 'n': minimum", [](auto&, auto& b) { b.parameters[0].minimum = real_value(1); }},
      {"parameter 'n': constraint", [](auto&, auto& b) { b.parameters[0].constraint = "n % 2"; }},
      {"parameter 'n': constraint", [](auto&, auto& b) { b.parameters[0].constraint = "machine.cores > 1"; }},
      {"parameter 'n': type", [](auto&, auto& b) { b.parameters[0].type = ValueType::none; }},
      {"parameter 'n': flags", [](auto&, auto& b) { b.parameters[0].flags = 2; }},
      {"parameter 'n': sweep", [](auto&, auto& b) { b.parameters[0].sweep = 9; }},
      {"parameter 'n': sweep", [](auto&, auto& b) { b.parameters[0].flags = 4; }},
      {"parameter 'n': sweep_values", [](auto&, auto& b) { b.parameters[0].sweep = 1; }},
      {"parameter 'n': sweep_values",
       [](auto&, auto& b) { b.parameters[0].sweep = 1, b.parameters[0].sweep_values = {uint_value(9999)}; }},
      {"parameter 'n': sweep_first", [](auto&, auto& b) { b.parameters[0].sweep_first = uint_value(2048); }},
      {"parameter 'n': sweep_first", [](auto&, auto& b) { b.parameters[0].sweep_first = Value{}; }},
      {"parameter 'n': sweep_last", [](auto&, auto& b) { b.parameters[0].sweep_last = uint_value(1 << 20); }},
      {"parameter 'n': sweep_step", [](auto&, auto& b) { b.parameters[0].sweep = 2; }},
      {"parameter 'n': sweep_step", [](auto&, auto& b) { b.parameters[0].sweep_step = uint_value(0); }},
      {"parameter 'n': sweep_step", [](auto&, auto& b) { b.parameters[0].sweep_step = uint_value(65); }},
      {"parameter 'n': sweep_per_octave", [](auto&, auto& b) { b.parameters[0].sweep_per_octave = 1001; }},
      {"parameter 'n': sweep_per_octave", [](auto&, auto& b) { b.parameters[0].sweep_per_octave = 0; }},
      {"parameter 'type': sweep", [](auto&, auto& b) { b.parameters[1].sweep = 3; }},
      {"parameters",
       [](auto&, auto& b) {
         b.parameters[0].sweep = 4;
         b.parameters.push_back(b.parameters[0]);
       }},
      {"metrics", [](auto&, auto& b) { b.metrics.clear(), b.summaries.clear(); }},
      {"metrics", [](auto&, auto& b) { b.metrics[0].primary = false; }},
      {"metrics", [](auto&, auto& b) { b.metrics[1].primary = true; }},
      {"metric 'latency'", [](auto&, auto& b) { b.metrics.push_back(b.metrics[1]); }},
      {"metric 'bandwidth': unit", [](auto&, auto& b) { b.metrics[0].unit = "GB/s"; }},
      {"metric 'latency': unit", [](auto&, auto& b) { b.metrics[1].unit = "1"; }},
      {"metric 'bandwidth': work", [](auto&, auto& b) { b.metrics[0].work.clear(); }},
      {"metric 'bandwidth': work", [](auto&, auto& b) { b.metrics[0].work = "ops.fp128"; }},
      {"metric 'latency': work", [](auto&, auto& b) { b.metrics[1].work = "items"; }},
      {"metric 'latency_p99': statistic", [](auto&, auto& b) { b.metrics[2].statistic = "p101"; }},
      {"metric 'latency_p99': source", [](auto&, auto& b) { b.metrics[2].source = "nothing"; }},
      {"metric 'latency_p99': source", [](auto&, auto& b) { b.metrics[2].source = "bandwidth"; }},
      {"metric 'bandwidth': labelled", [](auto&, auto& b) { b.metrics[0].labelled = true; }},
      {"metric 'bandwidth': target", [](auto&, auto& b) { b.metrics[0].direction = Direction::target; }},
      {"metric 'bandwidth': noise_floor_ratio", [](auto&, auto& b) { b.metrics[0].noise_floor_ratio = -0.1; }},
      {"summary 'latency'", [](auto&, auto& b) { b.summaries[0].id = "latency"; }},
      {"summary 'best': unit", [](auto&, auto& b) { b.summaries[0].unit = "%"; }},
      {"summary 'best': kind", [](auto&, auto& b) { b.summaries[0].kind = 12; }},
      {"summary 'best': basis", [](auto&, auto& b) { b.summaries[0].basis = 4; }},
      {"summary 'best': metric", [](auto&, auto& b) { b.summaries[0].metric = 3; }},
      {"summary 'best': parameter", [](auto&, auto& b) { b.summaries[0].parameter = 0xffffffff; }},
      {"summary 'best': parameter", [](auto&, auto& b) { b.summaries[0].parameter = 1; }},
      {"summary 'best': limit", [](auto&, auto& b) { b.summaries[0].limit = "n"; }},
      {"summary 'best': limit", [](auto&, auto& b) { b.summaries[0].kind = 8; }},
      {"role 'r': count", [](auto&, auto& b) { b.roles = {{"r", "d", "true", "", 0}}; }},
      {"role 'r': count", [](auto&, auto& b) { b.roles = {{"r", "d", "2", "", 0}}; }},
      {"role 'r': flags", [](auto&, auto& b) { b.roles = {{"r", "d", "", "", 1}}; }},
      {"role 's': flags", [](auto&, auto& b) { b.roles = {{"r", "d", "", "", 0}, {"s", "d", "", "", 32}}; }},
      {"role 's': claim_cores", [](auto&, auto& b) { b.roles = {{"r", "d", "", "", 0}, {"s", "d", "n", "(n", 0}}; }},
      {"role 'r'", [](auto&, auto& b) { b.roles = {{"r", "d", "", "", 0}, {"r", "d", "n", "", 0}}; }},
      {"role 'r': description", [](auto&, auto& b) { b.roles = {{"r", "", "", "", 0}}; }},
      {"parameter 'n': minimum", [](auto&, auto& b) { real(b.parameters[0]).minimum = real_value(NAN); }},
      {"parameter 'n': maximum", [](auto&, auto& b) { real(b.parameters[0]).maximum = real_value(-INFINITY); }},
      {"parameter 'n': default", [](auto&, auto& b) { real(b.parameters[0]).default_value = real_value(NAN); }},
      {"parameter 'n': choices", [](auto&, auto& b) { real(b.parameters[0]).choices = {real_value(NAN)}; }},
      {"parameter 'n': choices", [](auto&, auto& b) { b.parameters[0].choices = {int_value(64)}; }},
      {"parameter 'type': choices", [](auto&, auto& b) { b.parameters[1].choices.push_back(choice_value("\x1b[2J")); }},
      {"metric 'bandwidth': noise_floor_ratio", [](auto&, auto& b) { b.metrics[0].noise_floor_ratio = NAN; }},
      {"metric 'bandwidth': target",
       [](auto&, auto& b) { b.metrics[0].direction = Direction::target, b.metrics[0].target = NAN; }},
      {"summary 'best': description", [](auto&, auto& b) { b.summaries[0].description = "\xff"; }},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    PluginRecord plugin = good();
    BenchmarkRecord benchmark = plugin.benchmarks[0];
    cases[i].change(plugin, benchmark);
    if (!plugin.benchmarks.empty()) plugin.benchmarks[0] = benchmark;
    const std::vector<Finding> findings = check_descriptors(plugin);
    CAPTURE(i);
    CAPTURE(std::string(cases[i].member));
    bool found = false;
    for (const Finding& finding : findings) {
      found = found || finding.member == cases[i].member;
      CHECK(!finding.what.empty());
    }
    CHECK(found);
  }
}

TEST_CASE("settings of enumerate are held to the rules of parameters") {
  PluginRecord plugin = good();
  plugin.settings = {plugin.benchmarks[0].parameters[0]};
  plugin.settings[0].constraint.clear();
  CHECK(check_descriptors(plugin).empty());
  plugin.settings[0].default_value = uint_value(0);
  const auto findings = check_descriptors(plugin);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].benchmark.empty());
  CHECK(to_text(findings[0]) == "setting 'n': default: is below the minimum");
}

TEST_CASE("a record that is made to be long is not looked into: its lists have bounds, and so has what is said of it") {
  const std::size_t many = kMaxItems + 1;
  const std::vector<Case> cases = {
      {"benchmarks", [&](auto& p, auto& b) { p.benchmarks.resize(many, b); }},
      {"settings", [&](auto& p, auto& b) { p.settings.resize(many, b.parameters[0]); }},
      {"tags", [&](auto&, auto& b) { b.tags.resize(many, "memory"); }},
      {"parameters", [&](auto&, auto& b) { b.parameters.resize(many, b.parameters[0]); }},
      {"metrics", [&](auto&, auto& b) { b.metrics.resize(many, b.metrics[1]); }},
      {"slots", [&](auto&, auto& b) { b.slots.resize(many, b.slots[0]); }},
      {"roles",
       [&](auto&, auto& b) {
         b.roles.resize(many, {"r", "d", "", "", 0});
       }},
      {"summaries", [&](auto&, auto& b) { b.summaries.resize(many, b.summaries[0]); }},
      {"parameter 'type': choices",
       [&](auto&, auto& b) { b.parameters[1].choices.resize(many, choice_value("fp64")); }},
      {"parameter 'type': sweep_values",
       [&](auto&, auto& b) { b.parameters[1].sweep_values.resize(many, choice_value("fp64")); }},
      {"requirement", [](auto&, auto& b) { b.requirement = "cores > 0" + std::string(kMaxTextBytes, ' '); }},
  };
  for (const Case& one : cases) {
    PluginRecord plugin = good();
    BenchmarkRecord benchmark = plugin.benchmarks[0];
    one.change(plugin, benchmark);
    plugin.benchmarks[0] = benchmark;
    const std::vector<Finding> findings = check_descriptors(plugin);
    CAPTURE(std::string(one.member));
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].member == one.member);
    CHECK(findings[0].what.find("than") != std::string::npos);
  }
  PluginRecord wrong = good();
  wrong.benchmarks[0].tags.resize(kMaxItems, "No Id");
  CHECK(check_descriptors(wrong).size() == 64);
}
