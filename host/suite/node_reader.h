// Turns nodes into values of the model, one kind of value a function. Private to the module.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "suite/diagnostics.h"
#include "suite/keys.h"
#include "suite/model.h"
#include "suite/yaml_tree.h"

namespace benchhost::suite {

/// At most 60 bytes of a text that the user wrote, for use in a message.
[[nodiscard]] std::string cut_for_message(std::string_view text);

/// 0.01 from "0.01" and "1 %"; nullopt if it is not over 0 and up to 1.
[[nodiscard]] std::optional<double> parse_ratio(std::string_view text);
/// The same, but for 0, which is one too.
[[nodiscard]] std::optional<double> parse_share(std::string_view text);

/// Reads nodes of one file. Each function returns nullopt (or what was right of a list) and says why in the
/// diagnostics.
class NodeReader {
 public:
  NodeReader(std::string file, Diagnostics& diagnostics) : file_(std::move(file)), diagnostics_(diagnostics) {}

  [[nodiscard]] Position at(const YamlNode& node) const { return {file_, node.line, node.column}; }
  void error(const YamlNode& node, std::string message, std::string help = {});
  void unknown_key(const YamlNode& key, std::string_view where, const std::vector<std::string>& known);

  /// Calls `member(key, key node, value node)` for each member whose key the tables know; says which are unknown, which
  /// have no value and which required ones are missing. False: the node is no mapping.
  using Member = std::function<void(const Key&, const YamlNode& key, const YamlNode& value)>;
  bool mapping(const YamlNode& node, std::initializer_list<KeyTable> tables, const Member& member);

  [[nodiscard]] std::optional<std::string> text(const YamlNode& node, std::string_view what);
  [[nodiscard]] std::optional<std::string> id(const YamlNode& node);
  [[nodiscard]] std::optional<bool> boolean(const YamlNode& node);
  [[nodiscard]] std::optional<std::uint64_t> count(const YamlNode& node, std::uint64_t least, std::uint64_t most);
  [[nodiscard]] std::optional<double> number(const YamlNode& node);
  [[nodiscard]] std::optional<double> ratio(const YamlNode& node);
  /// A ratio that may be 0.
  [[nodiscard]] std::optional<double> share(const YamlNode& node);
  /// A number with whatever unit; which one the metric has is known later.
  [[nodiscard]] std::optional<Placed> quantity(const YamlNode& node);
  [[nodiscard]] std::optional<std::int64_t> duration(const YamlNode& node);
  [[nodiscard]] std::optional<Priority> priority(const YamlNode& node);
  [[nodiscard]] std::vector<Placed> texts(const YamlNode& node, std::string_view what);
  [[nodiscard]] Labels labels(const YamlNode& node);
  [[nodiscard]] std::optional<Invocations> invocations(const YamlNode& node);
  [[nodiscard]] std::vector<Threshold> thresholds(const YamlNode& node);
  /// Adds to `demands`, and says what is to be done about those that are not met, if the node does.
  void environment(const YamlNode& node, std::vector<Demand>& demands, std::optional<WhenUnmet>& when_unmet);
  [[nodiscard]] std::vector<ReportRequest> reports(const YamlNode& node);
  [[nodiscard]] std::vector<DeviceSelector> devices(const YamlNode& node);

  [[nodiscard]] std::optional<Literal> literal(const YamlNode& node, bool list_allowed);
  [[nodiscard]] std::optional<Sweep> sweep(const YamlNode& node);
  [[nodiscard]] std::vector<Axis> axes(const YamlNode& node);
  /// One value each, as for the settings of a plugin.
  [[nodiscard]] std::vector<Axis> values(const YamlNode& node);
  [[nodiscard]] std::vector<Zip> zips(const YamlNode& node);

 private:
  [[nodiscard]] std::optional<Sweep> range(const YamlNode& node);
  [[nodiscard]] std::optional<DeviceSelector> device(const YamlNode& node);
  [[nodiscard]] std::optional<ReportRequest> report(const YamlNode& node);
  [[nodiscard]] bool report_file_fits(const std::string& file, const YamlNode& node);
  [[nodiscard]] std::optional<Threshold> threshold(const std::string& metric, const Position& where,
                                                   const YamlNode& node);
  [[nodiscard]] bool demand_fits(const Key& key, const YamlNode& value);
  [[nodiscard]] std::optional<std::string> one_of(const YamlNode& node, std::string_view what,
                                                  std::span<const std::string_view> names);

  std::string file_;
  Diagnostics& diagnostics_;
};

}  // namespace benchhost::suite
