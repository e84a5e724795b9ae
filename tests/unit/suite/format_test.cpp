// The format as it is published: schema, shipped suites and the examples of the documentation agree with the reader.
#include <doctest/doctest.h>

#include <algorithm>
#include <regex>
#include <set>
#include <string>

#include "common/base/units.h"
#include "common/base/utf8.h"
#include "common/platform/files.h"
#include "suite/keys.h"
#include "suite/schema.h"
#include "suite/yaml_tree.h"
#include "unit/suite/reading.h"

namespace benchhost::suite {
namespace {

std::string source_file(const std::string& name) {
  platform::SystemFiles files;
  auto text = files.read(std::string(BENCHHOST_SOURCE_DIR) + '/' + name, Bytes{1 << 20});
  REQUIRE(text.ok());
  return std::move(text).value();
}

/// What a JSON reader of YAML 1.2 would see.
Json to_json(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null:
      return {};
    case YamlNode::Kind::scalar: {
      if (node.quoted) return node.text;
      auto number = parse_json(node.text);
      return number.ok() && !number->is_object() && !number->is_array() ? *number : Json(node.text);
    }
    case YamlNode::Kind::sequence: {
      JsonArray items;
      for (const YamlNode& item : node.items) items.push_back(to_json(item));
      return items;
    }
    case YamlNode::Kind::mapping: {
      JsonObject members;
      for (const auto& [key, value] : node.members) members.emplace_back(key.text, to_json(value));
      return members;
    }
  }
  return {};
}

/// The part of JSON Schema that suite_schema() uses.
class Checker {
 public:
  explicit Checker(Json schema) : root_(std::move(schema)) {}
  [[nodiscard]] bool accepts(const Json& value) const { return accepts(root_, value); }

 private:
  [[nodiscard]] bool accepts(const Json& schema, const Json& value) const {
    if (schema.has("$ref")) {
      const std::string& name = schema["$ref"].as_string();
      return accepts(root_["$defs"][name.substr(name.rfind('/') + 1)], value);
    }
    if (schema.has("anyOf")) {
      const auto fits = [&](const Json& one) { return accepts(one, value); };
      if (!std::ranges::any_of(schema["anyOf"].items(), fits)) return false;
    }
    if (schema.has("enum")) {
      const JsonArray& all = schema["enum"].items();
      return std::find(all.begin(), all.end(), value) != all.end();
    }
    if (schema.has("type") && !is_type(schema["type"], value)) return false;
    if (value.is_string() && !accepts_text(schema, value.as_string())) return false;
    if (value.is_number()) {
      const double number = value.as_double(0);
      if (schema.has("minimum") && number < schema["minimum"].as_double(0)) return false;
      if (schema.has("exclusiveMinimum") && number <= schema["exclusiveMinimum"].as_double(0)) return false;
      if (schema.has("maximum") && number > schema["maximum"].as_double(0)) return false;
      if (schema.has("exclusiveMaximum") && number >= schema["exclusiveMaximum"].as_double(0)) return false;
    }
    if (value.is_array() && !accepts_items(schema, value)) return false;
    return !value.is_object() || accepts_members(schema, value);
  }

  static bool accepts_text(const Json& schema, const std::string& text) {
    if (schema.has("pattern") && !std::regex_search(text, std::regex(schema["pattern"].as_string()))) return false;
    return text.size() >= schema["minLength"].as_uint(0) &&
           text.size() <= schema["maxLength"].as_uint(~std::uint64_t{0});
  }

  static bool is_type(const Json& type, const Json& value) {
    if (type.is_array()) {
      for (const Json& one : type.items()) {
        if (is_type(one, value)) return true;
      }
      return false;
    }
    const std::string& name = type.as_string();
    return (name == "object" && value.is_object()) || (name == "array" && value.is_array()) ||
           (name == "string" && value.is_string()) || (name == "boolean" && value.is_bool()) ||
           (name == "number" && value.is_number()) || (name == "integer" && value.is_integer());
  }

  [[nodiscard]] bool accepts_items(const Json& schema, const Json& value) const {
    if (value.items().size() < schema["minItems"].as_uint(0)) return false;
    if (value.items().size() > schema["maxItems"].as_uint(~std::uint64_t{0})) return false;
    for (const Json& item : value.items()) {
      if (schema.has("items") && !accepts(schema["items"], item)) return false;
    }
    return true;
  }

  [[nodiscard]] bool accepts_members(const Json& schema, const Json& value) const {
    for (const Json& name : schema["required"].items()) {
      if (!value.has(name.as_string())) return false;
    }
    if (value.members().size() < schema["minProperties"].as_uint(0)) return false;
    for (const auto& [name, member] : value.members()) {
      if (schema.has("propertyNames") && !accepts(schema["propertyNames"], name)) return false;
      const Json& own = schema["properties"][name];
      const Json& rest = schema["additionalProperties"];
      if (own.is_object() ? !accepts(own, member) : rest.is_object() ? !accepts(rest, member) : !rest.as_bool(true))
        return false;
    }
    return true;
  }

  Json root_;
};

bool schema_accepts(const std::string& text) {
  Diagnostics diagnostics;
  const auto tree = parse_yaml(text, "s.yaml", diagnostics);
  REQUIRE(tree.has_value());
  return Checker(suite_schema()).accepts(to_json(*tree));
}

/// Keys of a mapping in the schema, each with a description.
std::set<std::string> described(const Json& mapping) {
  std::set<std::string> out;
  CHECK(mapping["additionalProperties"].is_bool());
  for (const auto& [name, property] : mapping["properties"].members()) {
    CAPTURE(name);
    CHECK(property["description"].is_string());
    CHECK(property["description"].as_string().size() > 10);
    out.insert(name);
  }
  return out;
}

TEST_CASE("the schema has every key that the reader knows with its description, and no other") {
  const Json schema = suite_schema();
  const Json& defs = schema["$defs"];
  const auto names = [](const KeyTable& table) {
    const auto all = table.names();
    return std::set<std::string>(all.begin(), all.end());
  };
  CHECK(described(schema) == names(suite_keys()));
  const auto entry = entry_key_names();
  CHECK(described(defs["entry"]) == std::set<std::string>(entry.begin(), entry.end()));
  std::set<std::string> mappings = {"entry"};
  for (const auto& [name, table] : {std::pair("defaults", defaults_keys()),
                                    {"device", device_keys()},
                                    {"linear", linear_keys()},
                                    {"log2", log2_keys()},
                                    {"invocations", invocation_keys()},
                                    {"report", report_keys()},
                                    {"threshold", threshold_keys()},
                                    {"environment", environment_keys()}}) {
    CAPTURE(name);
    CHECK(described(defs[name]) == names(table));
    mappings.insert(name);
  }
  // A mapping that is new in the schema belongs into this list.
  for (const auto& [name, def] : defs.members()) {
    CAPTURE(name);
    if (def.has("properties")) CHECK(mappings.contains(name));
  }
  CHECK(schema["$schema"].as_string() == "https://json-schema.org/draft/2020-12/schema");
}

TEST_CASE("shipped suites are read without a word and valid by the schema") {
  platform::SystemFiles files;
  const auto found = files.list(std::string(BENCHHOST_SOURCE_DIR) + "/suites");
  REQUIRE(found.ok());
  CHECK(found->size() >= 2);
  for (const platform::DirectoryEntry& entry : *found) {
    const std::string name = "suites/" + entry.name;
    CAPTURE(name);
    const std::string text = source_file(name);
    CHECK(test::errors_of(text).empty());
    CHECK(read_suite_text(text, name).diagnostics.warnings().empty());
    CHECK(schema_accepts(text));
  }
}

TEST_CASE("schema and reader agree on each document") {
  struct Row {
    std::string rest;  ///< after the name, with "@" for the entries
    bool good;
  };
  const std::string longest(4095, 'x');
  const std::vector<Row> rows = {
      {"@", true},
      {"includes: []\n@", false},
      {"description: 2024\n@", true},
      {"description: \"\"\n@", false},
      {"description: " + longest + "\n@", true},
      {"description: " + longest + "x\n@", false},
      {"description: [a]\n@", false},
      {"seed: 0\n@", true},
      {"seed: -1\n@", false},
      {"labels: {year: 2024, on_call: true}\n@", true},
      {"labels: {\"a b\": c}\n@", false},
      {"labels: {a: \"\"}\n@", false},
      {"devices: [\"cpu:*\", {kind: opencl, vendor: 7}]\n@", true},
      {"devices: []\n@", false},
      {"devices: {knd: cpu}\n@", false},
      {"reports: [md, {format: json, file: a.json}]\n@", true},
      {"reports: []\n@", false},
      {"reports: pdf\n@", false},
      {"reports: {file: a}\n@", false},
      {"reports: [\"md:out/a.md\", \"json:b.json\"]\n@", true},
      {"reports: \"md:\"\n@", false},
      {"reports: \"pdf:a.pdf\"\n@", false},
      {"defaults: {precision: 0.01}\n@", true},
      {"defaults: {precision: 0.9999}\n@", true},
      {"defaults: {precision: 1}\n@", false},
      {"defaults: {precision: 1.0}\n@", false},
      {"defaults: {precision: 0}\n@", false},
      {"defaults: {precision: 1 %}\n@", true},
      {"defaults: {precision: .5%}\n@", true},
      {"defaults: {precision: 100 %}\n@", true},
      {"defaults: {precision: 100.5 %}\n@", false},
      {"defaults: {precision: 0.0 %}\n@", false},
      {"defaults: {precision: 1.2.3 %}\n@", false},
      {"defaults: {precision: \"0.02\"}\n@", true},
      {"defaults: {precision: \"2\"}\n@", false},
      {"defaults: {precision: true}\n@", false},
      {"defaults: {thresholds: 3}\n@", false},
      {"defaults: {thresholds: {time: 3 %, \"*\": 0.05}}\n@", true},
      {"defaults: {thresholds: {rate: {at_least: 10 GB/s, at_most: 1e3 B/s, change: 5 %}, share: {at_least: -0.5}}}\n@",
       true},
      {"defaults: {thresholds: {rate: {}}}\n@", false},
      {"defaults: {thresholds: {rate: {atleast: 10 GB/s}}}\n@", false},
      {"defaults: {thresholds: {rate: {at_least: GB/s}}}\n@", false},
      {"defaults: {thresholds: {rate: {at_least: 1.2.3 GB/s}}}\n@", false},
      {"defaults: {thresholds: {rate: {at_least: [1, 2]}}}\n@", false},
      {"defaults: {thresholds: {rate: {change: 3}}}\n@", false},
      {"defaults: {thresholds: [3 %]}\n@", false},
      {"defaults: {time: 30 s, timeout: 1.5h}\n@", true},
      {"defaults: {time: 5 \u00b5s}\n@", true},
      {"defaults: {time: 30}\n@", false},
      {"defaults: {time: 0 s}\n@", false},
      {"defaults: {time: 1.2.3 s}\n@", false},
      {"defaults: {time: 3 fortnights}\n@", false},
      {"defaults: {invocations: 1}\n@", true},
      {"defaults: {invocations: 10000}\n@", true},
      {"defaults: {invocations: 10001}\n@", false},
      {"defaults: {invocations: 0}\n@", false},
      {"defaults: {invocations: {min: 5, max: 10001}}\n@", false},
      {"defaults: {invocations: {min: 0, max: 10}}\n@", false},
      {"defaults: {invocations: {min: 5}}\n@", false},
      {"defaults: {priority: hihg}\n@", false},
      {"defaults: {exclusive: \"true\"}\n@", false},
      {"defaults: {tags: []}\n@", false},
      {"defaults: {tags: [2024, a]}\n@", true},
      {"defaults: {environment: {governor: performance, max_load: 0.5, min_free_memory: 4 GiB}}\n@", true},
      {"defaults: {environment: {turbo: false, smt: true, aslr: true, ac_power: true, unmet: skip}}\n@", true},
      {"defaults: {environment: {max_steal: 0, min_cores: 4, min_memory: 8 GiB, max_resolution: 3 %}}\n@", true},
      {"defaults: {environment: {max_steal: 0.0 %}}\n@", true},
      {"defaults: {environment: {max_steal: 2 %}}\n@", true},
      {"defaults: {environment: {max_steal: 200 %}}\n@", false},
      {"defaults: {environment: {max_resolution: 0}}\n@", false},
      {"defaults: {environment: {min_cores: 0}}\n@", false},
      {"defaults: {environment: {min_cores: 1000001}}\n@", false},
      {"defaults: {environment: {governor: perfomance}}\n@", false},
      {"defaults: {environment: {governer: performance}}\n@", false},
      {"defaults: {environment: {smt: maybe}}\n@", false},
      {"defaults: {environment: {unmet: ignore}}\n@", false},
      {"defaults: {environment: {}}\n@", false},
      {"defaults: {environment: performance}\n@", false},
      {"defaults: {environment: {max_load: -1}}\n@", false},
      {"defaults: {environment: {min_free_memory: lots}}\n@", false},
      {"defaults: {environment: {min_free_memory: 1..5 GiB}}\n@", false},
      {"entries: []\n", false},
      {"entries: [{id: 7, benchmarks: x}]\n", true},
      {"entries: [{id: a b, benchmarks: x}]\n", false},
      {"entries: [{benchmarks: []}]\n", false},
      {"entries: [{benchmarks: x, exclude: []}]\n", false},
      {"entries: [{benchmarks: x, zip: {a: [1], b: [2]}}]\n", true},
      {"entries: [{benchmarks: x, zip: {a: [1]}}]\n", false},
      {"entries: [{benchmarks: x, zip: [{a: [1], b: [2]}, {c: [1]}]}]\n", false},
      {"entries: [{benchmarks: x, zip: []}]\n", false},
      {"entries: [{benchmarks: x, parameters: {a: 1, b: [1, two, [3]], c: sweep}}]\n", true},
      {"entries: [{benchmarks: x, parameters: {a: {log2: [1, 8], step: 1000, per_octave: 1000}}}]\n", true},
      {"entries: [{benchmarks: x, parameters: {a: {log2: [1, 8], per_octave: 1001}}}]\n", false},
      {"entries: [{benchmarks: x, parameters: {a: {log2: [1, 8], per_octave: 0}}}]\n", false},
      {"entries: [{benchmarks: x, parameters: {a: {log2: [1, 8], step: 0}}}]\n", false},
      {"entries: [{benchmarks: x, parameters: {a: {range: [1, 2, 3]}}}]\n", false},
      {"entries: [{benchmarks: x, parameters: {a: {range: [\"\", 2]}}}]\n", false},
      {"entries: [{benchmarks: x, parameters: {a: {range: [1, 8], per_octave: 2}}}]\n", false},
      {"entries: [{benchmarks: x, settings: {a: [], b: 1}}]\n", true},
      {"", false},
  };
  for (const Row& row : rows) {
    std::string text = "name: 2024\n" + row.rest;
    if (text.ends_with('@')) text.replace(text.size() - 1, 1, "entries: [{benchmarks: x}]\n");
    CAPTURE(text);
    const std::string errors = test::errors_of(text);
    CAPTURE(errors);
    CHECK(errors.empty() == row.good);
    CHECK(schema_accepts(text) == row.good);
  }
}

TEST_CASE("the schema refuses what the reader refuses") {
  CHECK(schema_accepts("name: s\nentries:\n  - benchmarks: x\n"));
  for (const char* text :
       {"entries:\n  - benchmarks: x\n", "name: s\nentris: []\n", "name: s\nentries:\n  - id: x\n",
        "name: s\nentries:\n  - {benchmarks: x, priority: hihg}\n",
        "name: s\nentries:\n  - {benchmarks: x, time: 30}\n", "name: s\nentries:\n  - {benchmarks: x, precision: 2}\n",
        "name: s\nentries:\n  - {benchmarks: x, parameters: {a: []}}\n",
        "name: s\nentries:\n  - {benchmarks: x, parameters: {a: {rnge: [1, 2]}}}\n"}) {
    CAPTURE(text);
    CHECK_FALSE(schema_accepts(text));
    CHECK_FALSE(test::errors_of(text).empty());
  }
}

TEST_CASE("each example of the documentation is a suite") {
  const std::string text = source_file("host/suite/README.md");
  const std::string fence = "```yaml\n";
  std::size_t examples = 0;
  for (std::size_t at = text.find(fence); at != std::string::npos; at = text.find(fence, at)) {
    at += fence.size();
    const std::string example = text.substr(at, text.find("```", at) - at);
    CAPTURE(example);
    CHECK(test::errors_of(example).empty());
    CHECK(schema_accepts(example));
    ++examples;
  }
  CHECK(examples >= 4);
}

}  // namespace
}  // namespace benchhost::suite
