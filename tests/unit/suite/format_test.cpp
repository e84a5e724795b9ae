// The format as it is published: schema, shipped suites and the examples of the documentation agree with the reader.
#include <doctest/doctest.h>

#include <regex>
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
      for (const Json& one : schema["anyOf"].items()) {
        if (accepts(one, value)) return true;
      }
      return false;
    }
    if (schema.has("enum")) {
      const JsonArray& all = schema["enum"].items();
      return std::find(all.begin(), all.end(), value) != all.end();
    }
    if (schema.has("type") && !is_type(schema["type"], value)) return false;
    if (schema.has("pattern") && !std::regex_search(value.as_string(), std::regex(schema["pattern"].as_string())))
      return false;
    if (schema.has("minLength") && value.as_string().empty()) return false;
    if (value.is_number()) {
      const double number = value.as_double(0);
      if (schema.has("minimum") && number < schema["minimum"].as_double(0)) return false;
      if (schema.has("exclusiveMinimum") && number <= schema["exclusiveMinimum"].as_double(0)) return false;
      if (schema.has("maximum") && number > schema["maximum"].as_double(0)) return false;
    }
    if (value.is_array() && !accepts_items(schema, value)) return false;
    return !value.is_object() || accepts_members(schema, value);
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
    for (const auto& [name, member] : value.members()) {
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

TEST_CASE("every key that the reader knows stands in the schema with its description") {
  const Json schema = suite_schema();
  for (const Key& key : suite_keys().keys) CHECK(schema["properties"][key.name]["description"].is_string());
  for (const std::string& key : entry_key_names()) CHECK(schema["$defs"]["entry"]["properties"].has(key));
  for (const Key& key : environment_keys().keys) CHECK(schema["$defs"]["environment"]["properties"].has(key.name));
  CHECK(schema["$schema"].as_string() == "https://json-schema.org/draft/2020-12/schema");
}

TEST_CASE("shipped suites are read without a word and valid by the schema") {
  for (const char* name : {"suites/quick.yaml", "suites/nightly.yaml"}) {
    CAPTURE(name);
    const std::string text = source_file(name);
    CHECK(test::errors_of(text).empty());
    CHECK(read_suite_text(text, name).diagnostics.warnings().empty());
    CHECK(schema_accepts(text));
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
