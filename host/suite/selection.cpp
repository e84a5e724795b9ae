#include "suite/selection.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/glob.h"
#include "common/base/suggest.h"
#include "suite/expressions.h"
#include "suite/node_reader.h"
#include "suite/yaml_tree.h"

namespace benchhost::suite {
namespace {

constexpr const char* kUsage = "BH0001";
constexpr const char* kUnknown = "BH0102";

bool is_id_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

Error placed(Error error, const Position& at) { return std::move(error).in(to_text(at)); }

}  // namespace

Result<Axis> parse_parameter(std::string_view name_equals_value, std::string_view flag) {
  const auto equals = name_equals_value.find('=');
  const std::string name(name_equals_value.substr(0, equals));
  if (equals == std::string_view::npos || name.empty() || !std::ranges::all_of(name, is_id_char))
    return placed(make_error(kUsage, "expected name=value", fmt::format("as in {} bytes=64KiB", flag)),
                  {fmt::format("{} {}", flag, cut_for_message(name_equals_value)), 0, 0});
  std::string value(name_equals_value.substr(equals + 1));
  const Position at{fmt::format("{} {}", flag, name), 0, 0};
  if (value.empty())
    return placed(make_error(kUsage, "no value after '='", "for the empty text write " + name + "='\"\"'"), at);
  // A list without its brackets; what begins with a bracket, brace or quote is YAML as it stands.
  if (value.find(',') != std::string::npos && value.find_first_of("[{\"'") != 0) value = '[' + value + ']';
  Diagnostics diagnostics;
  const auto node = parse_yaml(value, at.file, diagnostics);
  NodeReader reader(at.file, diagnostics);
  auto sweep = node ? reader.sweep(*node) : std::nullopt;
  if (!diagnostics.ok()) return diagnostics.errors().front();
  if (!sweep) return placed(make_error(kUsage, "no value"), at);
  return Axis{name, std::move(*sweep), at};
}

Result<DeviceSelector> parse_device_selector(std::string_view text, const Position& at) {
  DeviceSelector out;
  out.at = at;
  const auto equals = text.find('=');
  const std::string_view key = text.substr(0, equals);
  if (equals == std::string_view::npos) {
    out.pattern = text;
  } else if (key == "kind") {
    out.pattern = text.substr(equals + 1);
  } else if (key == "name") {
    out.name = text.substr(equals + 1);
  } else if (key == "vendor") {
    out.vendor = text.substr(equals + 1);
  } else if (key == "where") {
    out.where = text.substr(equals + 1);
  } else {
    const std::vector<std::string> keys = {"kind", "name", "vendor", "where"};
    std::string help = did_you_mean(key, keys);
    if (help.empty()) help = "a selector is a kind, kind:index, name=GLOB, vendor=GLOB or where=EXPRESSION";
    return placed(make_error(kUnknown, "a device selector has no key '" + cut_for_message(key) + "'", help), at);
  }
  if (out.pattern.empty() && out.name.empty() && out.vendor.empty() && out.where.empty())
    return placed(make_error(kUsage, "an empty device selector", "write a kind, as cpu, or *"), at);
  for (const std::string* glob : {&out.pattern, &out.name, &out.vendor}) {
    if (auto parsed = Glob::parse(*glob); !parsed.ok()) return placed(std::move(parsed).error(), at);
  }
  if (!out.where.empty()) BH_CHECK(check_device_expression(out.where, at));
  return out;
}

Result<Suite> from_selection(const std::vector<std::string>& benchmark_globs, const std::vector<Axis>& parameters) {
  Suite suite;
  suite.name = "selection";
  Entry entry;
  entry.at = {"the command line", 0, 0};
  for (const std::string& glob : benchmark_globs) {
    auto parsed = Glob::parse(std::string_view(glob).substr(glob.starts_with('!') ? 1 : 0));
    if (!parsed.ok()) return placed(std::move(parsed).error(), entry.at);
    entry.benchmarks.push_back({glob, entry.at});
  }
  for (const Axis& axis : parameters) {
    if (std::ranges::any_of(entry.parameters, [&](const Axis& a) { return a.name == axis.name; }))
      return placed(
          make_error(kUsage, "the parameter is given twice", "join its values by commas: " + axis.name + "=1,2"),
          axis.at);
    entry.parameters.push_back(axis);
  }
  suite.entries.push_back(std::move(entry));
  return suite;
}

}  // namespace benchhost::suite
