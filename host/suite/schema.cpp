#include "suite/schema.h"

#include "common/protocol/descriptor_rules.h"
#include "suite/keys.h"

namespace benchhost::suite {
namespace {

Json object(std::initializer_list<std::pair<std::string, Json>> members) { return JsonObject(members); }
Json type(std::string_view name) { return object({{"type", name}}); }
Json ref(std::string_view name) { return object({{"$ref", "#/$defs/" + std::string(name)}}); }
Json any_of(JsonArray choices) { return object({{"anyOf", std::move(choices)}}); }
Json list_of(Json item) { return object({{"type", "array"}, {"items", std::move(item)}, {"minItems", 1}}); }
Json map_of(Json value) { return object({{"type", "object"}, {"additionalProperties", std::move(value)}}); }
Json one_or_list(const Json& item) { return any_of({item, list_of(item)}); }
Json pattern(std::string_view regex) { return object({{"type", "string"}, {"pattern", regex}}); }

Json whole(std::uint64_t least, std::uint64_t most) {
  return object({{"type", "integer"}, {"minimum", least}, {"maximum", most}});
}

// What a text may be without quotes: YAML reads 2024 as a number and true as a boolean.
Json plain_types() { return JsonArray{"string", "number", "boolean"}; }

// A number of units.h, and one that is not 0: a later digit says so.
constexpr std::string_view kNumber = "([0-9]+\\.?[0-9]*|\\.[0-9]+)";
constexpr std::string_view kNotZero = "(?=[0-9.]*[1-9])";

std::string regex(std::initializer_list<std::string_view> parts) {
  std::string out = "^";
  for (const std::string_view part : parts) out += part;
  return out + "$";
}

Json choice_of(std::span<const std::string_view> names) {
  JsonArray values;
  for (const std::string_view name : names) values.emplace_back(name);
  return object({{"enum", std::move(values)}});
}

Json schema_of(Shape shape) {
  switch (shape) {
    case Shape::text:
    case Shape::expression:
      return ref("text");
    case Shape::id:
      return ref("id");
    case Shape::boolean:
      return type("boolean");
    case Shape::number:
      return object({{"type", "number"}, {"minimum", 0}});
    case Shape::seed:
      return whole(0, ~std::uint64_t{0});
    case Shape::steps:
      return whole(1, protocol::kMostPerOctave);
    case Shape::processes:
      return whole(1, kMostInvocations);
    case Shape::ratio:
      return ref("ratio");
    case Shape::share:
      return any_of({object({{"type", "number"}, {"minimum", 0}, {"exclusiveMaximum", 1}}),
                     pattern("^(0+(\\.0*)?|\\.0+) *%?$"), ref("ratio")});
    case Shape::cores:
      return whole(1, kMostCores);
    case Shape::quantity:
      return any_of({type("number"), pattern(regex({"-?", kNumber, "([^.0-9].*)?"}))});
    case Shape::governor:
      return choice_of(governor_names());
    case Shape::unmet:
      return choice_of(unmet_names());
    case Shape::duration:
      return pattern(regex({kNotZero, kNumber, " *(ns|us|\u00b5s|\u03bcs|ms|s|m|min|h|d)"}));
    case Shape::size:
      return any_of(
          {object({{"type", "integer"}, {"minimum", 0}}), pattern(regex({kNumber, " *([KMGTP]iB|[kKMGTP]B|B)?"}))});
    case Shape::priority:
      return choice_of(priority_names());
    case Shape::format:
      return choice_of(report_formats());
    case Shape::texts:
    case Shape::expressions:
      return one_or_list(ref("text"));
    case Shape::labels:
      return map_of(ref("text")).set("propertyNames", ref("id"));
    case Shape::devices:
      return one_or_list(any_of({ref("text"), ref("device")}));
    case Shape::parameters:
      return map_of(ref("sweep"));
    case Shape::values:
      return map_of(ref("value"));
    case Shape::zips:
      return one_or_list(map_of(ref("sweep")).set("minProperties", 2));
    case Shape::bounds:
      return object({{"type", "array"}, {"items", ref("text")}, {"minItems", 2}, {"maxItems", 2}});
    case Shape::step:
      return ref("scalar");
    case Shape::invocations:
      return any_of({whole(1, kMostInvocations), ref("invocations")});
    case Shape::thresholds:
      return any_of({ref("ratio"), map_of(any_of({ref("ratio"), ref("threshold")}))});
    case Shape::environment:
      return ref("environment");
    case Shape::reports:
      return one_or_list(any_of({ref("report_text"), ref("report")}));
    case Shape::defaults:
      return ref("defaults");
    case Shape::entries:
      return list_of(ref("entry"));
  }
  return {};
}

void add_keys(const KeyTable& table, Json& properties, JsonArray& required) {
  for (const Key& key : table.keys) {
    properties.set(key.name, schema_of(key.shape).set("description", key.description));
    if (key.required) required.emplace_back(key.name);
  }
}

/// A mapping that accepts the keys of the tables and no others.
Json mapping(std::initializer_list<KeyTable> tables) {
  Json properties{JsonObject{}};
  JsonArray required;
  for (const KeyTable& table : tables) add_keys(table, properties, required);
  Json out = object({{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}});
  if (!required.empty()) out.set("required", std::move(required));
  return out;
}

}  // namespace

Json suite_schema() {
  Json defs;
  defs.set("scalar", object({{"type", plain_types()}}));
  defs.set("text", object({{"type", plain_types()}, {"minLength", 1}, {"maxLength", kMostTextBytes}}));
  defs.set("id", object({{"type", plain_types()}, {"pattern", "^[A-Za-z0-9_.-]{1,127}$"}}));
  defs.set("value", any_of({ref("scalar"), object({{"type", "array"}, {"items", ref("scalar")}})}));
  defs.set("ratio", any_of({object({{"type", "number"}, {"exclusiveMinimum", 0}, {"exclusiveMaximum", 1}}),
                            pattern(regex({kNotZero, "0*\\.[0-9]+"})),
                            pattern(regex({kNotZero, "(100(\\.0*)?|[0-9]{1,2}(\\.[0-9]*)?|\\.[0-9]+) *%"}))}));
  defs.set("sweep", any_of({ref("scalar"), list_of(ref("value")), ref("linear"), ref("log2")}));
  defs.set("linear", mapping({linear_keys()}));
  defs.set("log2", mapping({log2_keys()}));
  defs.set("device", mapping({device_keys()}));
  defs.set("invocations", mapping({invocation_keys()}));
  defs.set("report", mapping({report_keys()}));
  std::string formats;
  for (const std::string_view format : report_formats()) formats += (formats.empty() ? "" : "|") + std::string(format);
  defs.set("report_text", pattern("^(" + formats + ")(:.+)?$"));
  defs.set("threshold", mapping({threshold_keys()}).set("minProperties", 1));
  defs.set("environment", mapping({environment_keys()}).set("minProperties", 1));
  defs.set("defaults", mapping({defaults_keys()}));
  defs.set("entry", mapping({entry_keys(), defaults_keys()}));

  Json schema;
  schema.set("$schema", "https://json-schema.org/draft/2020-12/schema");
  schema.set("title", "benchhost suite");
  const Json suite = mapping({suite_keys()});
  for (const auto& [name, value] : suite.members()) schema.set(name, value);
  schema.set("anyOf",
             JsonArray{object({{"required", JsonArray{"entries"}}}), object({{"required", JsonArray{"includes"}}})});
  schema.set("$defs", std::move(defs));
  return schema;
}

}  // namespace benchhost::suite
