// Values and sweeps as a suite writes them.
#include <fmt/format.h>

#include <algorithm>

#include "common/protocol/descriptor_rules.h"
#include "suite/node_reader.h"

namespace benchhost::suite {
namespace {

bool is_plain(const YamlNode& node, std::string_view text) {
  return node.kind == YamlNode::Kind::scalar && !node.quoted && node.text == text;
}

}  // namespace

std::optional<Literal> NodeReader::literal(const YamlNode& node, bool list_allowed) {
  Literal out;
  out.at = at(node);
  switch (node.kind) {
    case YamlNode::Kind::scalar:
      out.text = node.text;
      out.quoted = node.quoted;
      return out;
    case YamlNode::Kind::null:
      error(node, "a value is missing", "for the text write \"null\" or \"\" in quotes");
      return std::nullopt;
    case YamlNode::Kind::sequence: {
      if (!list_allowed) {
        error(node, "a list in a list of lists", "parameters are single values or lists of them");
        return std::nullopt;
      }
      out.is_list = true;
      for (const YamlNode& item : node.items) {
        auto one = literal(item, false);
        if (!one) return std::nullopt;
        out.items.push_back(std::move(*one));
      }
      return out;
    }
    case YamlNode::Kind::mapping:
      error(node, "a mapping is no value");
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Sweep> NodeReader::sweep(const YamlNode& node) {
  if (node.kind == YamlNode::Kind::mapping) return range(node);
  Sweep out;
  out.at = at(node);
  if (is_plain(node, "sweep")) {
    out.form = Sweep::Form::suggested;
    return out;
  }
  if (node.kind != YamlNode::Kind::sequence) {
    auto single = literal(node, false);
    if (!single) return std::nullopt;
    out.values.push_back(std::move(*single));
    return out;
  }
  if (node.items.empty()) {
    error(node, "an empty list gives no case", "name a value, or remove the parameter to use its default");
    return std::nullopt;
  }
  for (const YamlNode& item : node.items) {
    auto one = literal(item, true);
    if (!one) return std::nullopt;
    out.values.push_back(std::move(*one));
  }
  return out;
}

std::optional<Sweep> NodeReader::range(const YamlNode& node) {
  const auto has = [&](std::string_view name) {
    return std::ranges::any_of(node.members, [&](const auto& m) { return m.key.text == name; });
  };
  const bool log2 = has("log2");
  if (!log2 && !has("range")) {
    for (const auto& member : node.members) unknown_key(member.key, "a sweep", {"range", "log2", "step", "per_octave"});
    if (node.members.empty()) error(node, "an empty mapping is no sweep", "write {range: [1, 8]} or {log2: [1, 8]}");
    return std::nullopt;
  }
  Sweep out;
  out.at = at(node);
  out.form = log2 ? Sweep::Form::log2 : Sweep::Form::linear;
  bool good = true;
  mapping(node, {log2 ? log2_keys() : linear_keys()}, [&](const Key& key, const YamlNode&, const YamlNode& value) {
    if (key.shape == Shape::bounds) {
      if (value.kind != YamlNode::Kind::sequence || value.items.size() != 2) {
        error(value, fmt::format("'{}' is a list of the first and the last value", key.name));
        good = false;
        return;
      }
      auto first = literal(value.items[0], false);
      auto last = literal(value.items[1], false);
      good = good && first && last;
      if (!good) return;
      for (const auto& [end, written] : {std::pair(&value.items[0], &*first), {&value.items[1], &*last}}) {
        if (!written->text.empty()) continue;
        error(*end, "the end of a range is empty");
        good = false;
        return;
      }
      out.first = std::move(*first);
      out.last = std::move(*last);
    } else if (key.name == "per_octave") {
      const auto steps = count(value, 1, protocol::kMostPerOctave);
      good = good && steps;
      out.per_octave = static_cast<std::uint32_t>(steps.value_or(1));
    } else {
      if (log2 && !count(value, 1, protocol::kMostPerOctave)) good = false;
      out.step = literal(value, false);
      good = good && out.step;
    }
  });
  return good ? std::optional(out) : std::nullopt;
}

std::vector<Axis> NodeReader::axes(const YamlNode& node) {
  std::vector<Axis> out;
  if (node.kind != YamlNode::Kind::mapping) {
    error(node, "parameters are a mapping of names to values");
    return out;
  }
  for (const auto& [key, value] : node.members) {
    if (auto read = sweep(value)) out.push_back({key.text, std::move(*read), at(key)});
  }
  return out;
}

std::vector<Axis> NodeReader::values(const YamlNode& node) {
  std::vector<Axis> out;
  if (node.kind != YamlNode::Kind::mapping) {
    error(node, "settings are a mapping of names to values");
    return out;
  }
  for (const auto& [key, value] : node.members) {
    auto one = literal(value, true);
    if (!one) continue;
    Axis axis{key.text, {}, at(key)};
    axis.sweep.at = at(value);
    axis.sweep.values.push_back(std::move(*one));
    out.push_back(std::move(axis));
  }
  return out;
}

std::vector<Zip> NodeReader::zips(const YamlNode& node) {
  std::vector<Zip> out;
  const auto add = [&](const YamlNode& item) {
    if (item.kind != YamlNode::Kind::mapping || item.members.size() < 2) {
      error(item, "zip is a mapping of two or more parameters to lists of one length");
      return;
    }
    out.push_back({axes(item), at(item)});
  };
  if (node.kind != YamlNode::Kind::sequence) {
    add(node);
    return out;
  }
  if (node.items.empty()) error(node, "an empty list", "remove the key, or zip two parameters");
  std::ranges::for_each(node.items, add);
  return out;
}

}  // namespace benchhost::suite
