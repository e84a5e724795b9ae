// Descriptors: what a correct plugin gives, and the rule that each broken one is refused by.
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>

#include "compile_time_rules.h"
#include "plugin_tables.h"

namespace benchhost::loader::test {
namespace {

/// The parameter with a sweep of 16, 32, 64 in its place.
bh_param_t& by_octaves(bh_param_t& param) {
  param.sweep = BH_SWEEP_LOG2;
  param.sweep_first = BH_UINT(16);
  param.sweep_last = BH_UINT(64);
  return param;
}

TEST_CASE("a correct plugin is read whole") {
  Tables t;
  const auto record = t.read();
  REQUIRE_MESSAGE(record.ok(), (record.ok() ? "" : to_text(record.error())));
  CHECK(record->id == "org.example.tables");
  CHECK(record->own_threads == 2u);
  REQUIRE(record->benchmarks.size() == 1);
  const auto& b = record->benchmarks[0];
  CHECK(b.id == "org.example.tables.first");
  CHECK(b.category == "hardware");
  CHECK(b.tags == std::vector<std::string>{"memory", "bandwidth"});
  CHECK(b.batch_min == 1);
  CHECK_FALSE(b.has_verify);
  CHECK(b.parameters.size() == 2);
  CHECK(b.parameters[0].sweep_values.size() == 2);
  CHECK(b.primary()->id == "bandwidth");
  CHECK(b.metrics[2].source == "latency");
  CHECK_FALSE(b.metrics[0].target.has_value());
  CHECK(b.slots[0].id == "device");
  CHECK(b.summaries[0].kind == BH_SUMMARY_KNEE);
}

TEST_CASE("a benchmark of enumerated cases needs a plugin that enumerates") {
  Tables t;
  t.benchmark.flags = BH_BENCHMARK_ENUMERATED;
  t.plugin.enumerate = [](const bh_host_t*, const bh_enumerate_t*) { return BH_OK; };
  const auto record = t.read();
  REQUIRE_MESSAGE(record.ok(), (record.ok() ? "" : to_text(record.error())));
  CHECK(record->benchmarks[0].enumerated);
  t.benchmark.flags = 0;
  CHECK_FALSE(t.read()->benchmarks[0].enumerated);
}

TEST_CASE("every kind of summary is read, the first and the last included") {
  for (const std::uint32_t kind : {BH_SUMMARY_SPEEDUP, BH_SUMMARY_FIT_SLOPE, BH_SUMMARY_RATIO, BH_SUMMARY_BEST}) {
    Tables t;
    t.summaries[0].kind = kind;
    const auto record = t.read();
    REQUIRE_MESSAGE(record.ok(), (record.ok() ? "" : to_text(record.error())));
    CHECK(record->benchmarks[0].summaries[0].kind == kind);
  }
}

TEST_CASE("the digest is that of the record and changes with any member") {
  Tables t;
  const std::string before = descriptor_digest(*t.read());
  CHECK(before == descriptor_digest(*t.read()));
  CHECK(before.starts_with("sha256:"));
  t.benchmark.title = "Other";
  CHECK(descriptor_digest(*t.read()) != before);
}

/// Who finds a mistake: the compiler in a plugin written with the wrapper; the host alone, which has the grammar and
/// the encodings; or nobody but a reader of memory, for the wrapper makes counts, strides and pointers by itself.
enum class By { compiler, host, layout };

struct Broken {
  std::string words;  ///< in the error
  std::function<void(Tables&)> breaks;
  By by = By::compiler;
};

std::string long_text(std::size_t size) { return std::string(size, 'x'); }

TEST_CASE("every broken descriptor is refused by item, member and rule") {
  static const std::string too_long = long_text(BH_MAX_TEXT + 1);
  static const std::string long_title = long_text(BH_MAX_TITLE + 1);
  static const bh_value_t infinite = BH_DOUBLE(INFINITY);
  static bh_value_t mixed[] = {BH_UINT(1), BH_INT(1)};
  const std::vector<Broken> rows = {
      {"plugin: struct_size", [](Tables& t) { t.plugin.struct_size = 0; }, By::layout},
      {"flags: has unknown bits", [](Tables& t) { t.plugin.flags = 8; }, By::layout},
      {"benchmark: is mandatory and NULL", [](Tables& t) { t.plugin.benchmark = nullptr; }, By::layout},
      {"benchmark: there is none", [](Tables& t) { t.published.clear(); }, By::layout},
      {"is there twice", [](Tables& t) { t.published.push_back(&t.benchmark); }, By::host},
      {"benchmark 0: struct_size", [](Tables& t) { t.benchmark.struct_size = 16; }, By::layout},
      {"must begin with 'org.example.tables.'", [](Tables& t) { t.benchmark.id = "org.example.other.first"; },
       By::host},
      {"must begin with 'org.example.tables.'", [](Tables& t) { t.benchmark.id = "org.example.tables"; }, By::host},
      {"is no id", [](Tables& t) { t.benchmark.id = "org.example.tables.First"; }},
      {"is no id", [](Tables& t) { t.benchmark.id = "org.example.tables.in"; }},
      {"'org.example.tables.first', title: is mandatory", [](Tables& t) { t.benchmark.title = ""; }},
      {"title: is longer than 255", [](Tables& t) { t.benchmark.title = long_title.c_str(); }},
      {"title: has a control character", [](Tables& t) { t.benchmark.title = "two\nlines"; }, By::host},
      {"title: is not UTF-8", [](Tables& t) { t.benchmark.title = "\xff"; }, By::host},
      {"title: begins with a byte order mark", [](Tables& t) { t.benchmark.title = "\xef\xbb\xbfx"; }, By::host},
      {"description: is longer than 4095", [](Tables& t) { t.benchmark.description = too_long.c_str(); }},
      {"description: has a control character", [](Tables& t) { t.benchmark.description = "a\rb"; }, By::host},
      {"category", [](Tables& t) { t.benchmark.category = 5; }},
      {"flags", [](Tables& t) { t.benchmark.flags = 1u << 20; }},
      {"FRESH_PROCESS", [](Tables& t) { t.benchmark.flags = BH_BENCHMARK_FRESH_PROCESS; }},
      {"come from enumerate", [](Tables& t) { t.benchmark.flags = BH_BENCHMARK_ENUMERATED; }, By::host},
      {"batch policy", [](Tables& t) { t.benchmark.batch = 3; }},
      {"batch_min: is above", [](Tables& t) { t.benchmark.batch_min = 5, t.benchmark.batch_max = 4; }},
      {"workload_revision", [](Tables& t) { t.benchmark.workload_revision = 0; }},
      {"tags", [](Tables& t) { t.benchmark.tags = "memory, bandwidth"; }},
      {"requirement", [](Tables& t) { t.benchmark.requirement = "cores >="; }, By::host},
      {"requirement", [](Tables& t) { t.benchmark.requirement = "coers >= 2"; }, By::host},
      {"requirement", [](Tables& t) { t.benchmark.requirement = "cores + 1"; }, By::host},
      {"claim_memory_bytes", [](Tables& t) { t.benchmark.claim_memory_bytes = "8 * m"; }, By::host},
      {"lifecycle: is mandatory", [](Tables& t) { t.benchmark.lifecycle = nullptr; }, By::layout},
      {"lifecycle: struct_size", [](Tables& t) { t.lifecycle.struct_size = 8; }, By::layout},
      {"lifecycle.run", [](Tables& t) { t.lifecycle.run = nullptr; }, By::layout},
      {"lifecycle.destroy", [](Tables& t) { t.lifecycle.destroy = nullptr; }, By::layout},
      {"has 1025 items", [](Tables& t) { t.benchmark.parameters.count = 1025; }, By::layout},
      {"says 2 items and is NULL", [](Tables& t) { t.benchmark.parameters.items = nullptr; }, By::layout},
      {"stride", [](Tables& t) { t.benchmark.parameters.stride = sizeof(bh_param_t) - 8; }, By::layout},
      {"stride", [](Tables& t) { t.benchmark.parameters.stride = sizeof(bh_param_t) + 4; }, By::layout},
      {"stride", [](Tables& t) { t.benchmark.parameters.stride = 8192; }, By::layout},
      {"above the stride", [](Tables& t) { t.params[0].struct_size = 2000; }, By::layout},
      {"parameter 1, item: struct_size", [](Tables& t) { t.params[1].struct_size = 0; }, By::layout},
      {"parameter 'n', name", [](Tables& t) { t.params[1].name = "n"; }},
      {"is a scope", [](Tables& t) { t.params[0].name = "machine"; }},
      {"no id of one part", [](Tables& t) { t.params[0].name = "a.b"; }},
      {"is no type", [](Tables& t) { t.params[0].type = 9; }},
      {"a path is a string", [](Tables& t) { t.params[0].flags = BH_PARAM_PATH; }},
      {"cannot be swept", [](Tables& t) { t.params[0].flags = BH_PARAM_APART; }},
      {"registry of units", [](Tables& t) { t.params[0].unit = "KiB"; }},
      {"default_value: is of type int", [](Tables& t) { t.params[0].default_value = BH_INT(64); }},
      {"default_value: is below the minimum", [](Tables& t) { t.params[0].default_value = BH_UINT(1); }},
      {"default_value: is above the maximum", [](Tables& t) { t.params[0].default_value = BH_UINT(4096); }},
      {"default_value: is none of the choices", [](Tables& t) { t.params[1].default_value = BH_ENUM("fp16"); }},
      {"default_value: is of type", [](Tables& t) { t.params[0].default_value = BH_NONE; }},
      {"not finite", [](Tables& t) { t.params[0].default_value = infinite; }},
      {"minimum: is above", [](Tables& t) { t.params[0].minimum = BH_UINT(2000); }},
      {"choices: are mandatory", [](Tables& t) { t.params[1].choices = BH_EMPTY_LIST; }},
      {"choices[1]: is there twice", [](Tables& t) { t.choices[1] = BH_ENUM("fp32"); }},
      {"sweep_values[0]", [](Tables& t) { t.sweep[0] = BH_UINT(2); }},
      {"sweep_values: is empty", [](Tables& t) { t.params[0].sweep_values = BH_EMPTY_LIST; }},
      {"sweep_first", [](Tables& t) { t.params[0].sweep = BH_SWEEP_LOG2; }},
      {"sweep_per_octave: must be at most 1000",
       [](Tables& t) { by_octaves(t.params[0]).sweep_per_octave = 0xffffffffu; }},
      {"sweep_step: must be at most 64 octaves", [](Tables& t) { by_octaves(t.params[0]).sweep_step = BH_UINT(65); }},
      {"sweep_first: must be above 0",
       [](Tables& t) { t.params[0].minimum = BH_NONE, by_octaves(t.params[0]).sweep_first = BH_UINT(0); }},
      {"sweep_first: is above sweep_last", [](Tables& t) { by_octaves(t.params[0]).sweep_first = BH_UINT(128); }},
      {"sweep_last: is above the maximum", [](Tables& t) { by_octaves(t.params[0]).sweep_last = BH_UINT(4096); }},
      {"sweep_step: is mandatory", [](Tables& t) { by_octaves(t.params[0]).sweep = BH_SWEEP_LINEAR; }},
      {"sweep_step: must be above 0",
       [](Tables& t) { by_octaves(t.params[0]).sweep = BH_SWEEP_LINEAR, t.params[0].sweep_step = BH_UINT(0); }},
      {"no way to sweep", [](Tables& t) { t.params[0].sweep = 9; }},
      {"counts are for lists only", [](Tables& t) { t.params[0].max_count = 2; }},
      {"unknown bits", [](Tables& t) { t.params[0].flags = 1u << 20; }},
      {"constraint", [](Tables& t) { t.params[0].constraint = "machine.cores > n"; }, By::host},
      {"element type",
       [](Tables& t) {
         t.params[0].type = BH_TYPE_LIST | BH_TYPE_UINT;
         t.params[0].default_value = BH_VALUES(BH_TYPE_UINT, mixed);
       }},
      {"at least one", [](Tables& t) { t.benchmark.metrics.count = 0; }},
      {"exactly one is primary", [](Tables& t) { t.metrics[0].flags = 0; }},
      {"exactly one is primary", [](Tables& t) { t.metrics[1].flags = BH_METRIC_PRIMARY; }},
      {"is there twice", [](Tables& t) { t.metrics[1].id = "bandwidth"; }},
      {"registry of units", [](Tables& t) { t.metrics[1].unit = "ms"; }},
      {"of a time is ns", [](Tables& t) { t.metrics[1].unit = "1"; }},
      {"names its work", [](Tables& t) { t.metrics[0].work = nullptr; }},
      {"no work key", [](Tables& t) { t.metrics[0].work = "bytes.moved_twice"; }},
      {"'p101' is none of", [](Tables& t) { t.metrics[2].statistic = "p101"; }},
      {"no other metric", [](Tables& t) { t.metrics[2].source = "nothing"; }},
      {"has a source itself", [](Tables& t) { t.metrics[1].source = "tail"; }},
      {"never primary",
       [](Tables& t) {
         t.metrics[0].flags |= BH_METRIC_LABELLED, t.metrics[0].domain = BH_DOMAIN_SELF, t.metrics[0].work = nullptr;
       }},
      {"is no direction", [](Tables& t) { t.metrics[0].direction = 7; }},
      {"is no kind", [](Tables& t) { t.metrics[0].kind = 99; }},
      {"is no domain", [](Tables& t) { t.metrics[1].domain = 99; }},
      {"unknown bits", [](Tables& t) { t.metrics[1].flags = 1u << 20; }},
      {"power is in W",
       [](Tables& t) { t.metrics[0].kind = BH_KIND_POWER, t.metrics[0].work = nullptr, t.metrics[0].unit = "J"; }},
      {"1 or absent", [](Tables& t) { t.benchmark.batch = BH_BATCH_ONCE, t.benchmark.batch_min = 5; }},
      {"noise_floor_ratio", [](Tables& t) { t.metrics[0].noise_floor_ratio = -1; }},
      {"target", [](Tables& t) { t.metrics[0].direction = BH_DIRECTION_TARGET, t.metrics[0].target = std::nan(""); }},
      {"the host takes times", [](Tables& t) { t.metrics[0].kind = BH_KIND_RATIO, t.metrics[0].work = nullptr; }},
      {"no device slot", [](Tables& t) { t.metrics[0].domain = BH_DOMAIN_QUEUE, t.benchmark.slots = BH_EMPTY_LIST; }},
      {"slot 'device', requirement", [](Tables& t) { t.slots[0].requirement = "kidn == 'cpu'"; }, By::host},
      {"slot 0, flags", [](Tables& t) { t.slots[0].flags = 64; }},
      {"summary 0, kind", [](Tables& t) { t.summaries[0].kind = BH_SUMMARY_BEST + 1; }},
      {"there is no metric 7", [](Tables& t) { t.summaries[0].metric = 7; }},
      {"'type' is no number", [](Tables& t) { t.summaries[0].parameter = 1; }},
      {"limit", [](Tables& t) { t.summaries[0].kind = BH_SUMMARY_MAX_WITHIN; }},
      {"another summary or metric", [](Tables& t) { t.summaries[0].id = "latency"; }},
      {"let an exception out",
       [](Tables& t) { t.plugin.benchmark = [](std::uint32_t) -> const bh_benchmark_t* { throw 1; }; }, By::layout},
  };
  for (const Broken& row : rows) {
    CAPTURE(row.words);
    Tables t;
    row.breaks(t);
    const auto record = t.read();
    REQUIRE_FALSE(record.ok());
    CHECK(record.error().code == "BH0209");
    CHECK_MESSAGE(record.error().message.find(row.words) != std::string::npos, record.error().message);
    if (row.by == By::layout) continue;
    CHECK(wrapper_accepts(t.benchmark) == (row.by == By::host));
  }
}

TEST_CASE("items of a newer, longer struct are read by stride") {
  struct Longer {
    bh_param_t known;
    std::uint64_t appended[3];
  };
  Tables t;
  std::vector<Longer> longer(2);
  for (std::size_t i = 0; i < 2; ++i) {
    longer[i].known = t.params[i];
    longer[i].known.struct_size = sizeof(Longer);
  }
  t.benchmark.parameters = {&longer[0].known, 2, sizeof(Longer)};
  const auto record = t.read();
  REQUIRE(record.ok());
  CHECK(record->benchmarks[0].parameters[1].name == "type");
}

TEST_CASE("roles are read through the extension, the primary with what is always set") {
  Tables t;
  bh_role_t primary{};
  primary.struct_size = sizeof primary;
  primary.id = "primary";
  primary.description = "measures";
  bh_role_t load = primary;
  load.id = "load";
  load.flags = BH_ROLE_LOAD;
  load.count = "n / 16";
  t.roles = {primary, load};
  const auto record = t.read();
  REQUIRE(record.ok());
  REQUIRE(record->benchmarks[0].roles.size() == 2);
  CHECK(record->benchmarks[0].roles[0].flags == (BH_ROLE_DEVICES | BH_ROLE_VERIFIES));
  t.roles[0].flags = BH_ROLE_MORTAL;
  CHECK_FALSE(t.read().ok());
  t.roles[0].flags = 0;
  t.roles[1].count = "nonsense(";
  CHECK_FALSE(t.read().ok());
}

}  // namespace
}  // namespace benchhost::loader::test
