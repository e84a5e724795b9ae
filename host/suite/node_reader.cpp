#include "suite/node_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "common/base/suggest.h"
#include "common/base/units.h"
#include "common/base/utf8.h"

namespace benchhost::suite {
namespace {

constexpr const char* kUnknown = "BH0102";
constexpr const char* kWrong = "BH0103";
constexpr std::size_t kMostIdBytes = 127;

std::string_view what_it_is(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null:
      return "nothing";
    case YamlNode::Kind::scalar:
      return "a single value";
    case YamlNode::Kind::sequence:
      return "a list";
    case YamlNode::Kind::mapping:
      return "a mapping";
  }
  return "nothing";
}

std::optional<double> whole_double(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace

void NodeReader::error(const YamlNode& node, std::string message, std::string help) {
  diagnostics_.error(kWrong, std::move(message), at(node), std::move(help));
}

void NodeReader::unknown_key(const YamlNode& key, std::string_view where, const std::vector<std::string>& known) {
  std::string help = did_you_mean(key.text, known);
  if (key.text == "<<") help = "merge keys are not read: put what entries share into 'defaults'";
  if (help.empty()) help = fmt::format("known keys: {}", fmt::join(known, ", "));
  diagnostics_.error(kUnknown, fmt::format("{} has no key '{}'", where, cut_for_message(key.text)), at(key), help);
}

bool NodeReader::mapping(const YamlNode& node, std::initializer_list<KeyTable> tables, const Member& member) {
  if (node.kind != YamlNode::Kind::mapping) {
    error(node, fmt::format("{} is a mapping of keys to values, not {}", tables.begin()->name, what_it_is(node)));
    return false;
  }
  for (const auto& [key, value] : node.members) {
    const Key* known = nullptr;
    for (const KeyTable& table : tables) known = known != nullptr ? known : table.find(key.text);
    if (known == nullptr) {
      std::vector<std::string> names;
      for (const KeyTable& table : tables) std::ranges::copy(table.names(), std::back_inserter(names));
      unknown_key(key, tables.begin()->name, names);
    } else if (value.kind == YamlNode::Kind::null) {
      error(key, fmt::format("'{}' has no value", key.text), "give it one, or remove the key");
    } else {
      member(*known, key, value);
    }
  }
  for (const KeyTable& table : tables) {
    for (const Key& key : table.keys) {
      if (!key.required) continue;
      if (std::ranges::none_of(node.members, [&](const auto& m) { return m.key.text == key.name; }))
        error(node, fmt::format("{} needs the key '{}'", table.name, key.name));
    }
  }
  return true;
}

std::optional<std::string> NodeReader::text(const YamlNode& node, std::string_view what) {
  if (node.kind != YamlNode::Kind::scalar) {
    error(node, fmt::format("{} is a text, not {}", what, what_it_is(node)));
  } else if (node.text.empty()) {
    error(node, fmt::format("{} is empty", what));
  } else if (node.text.size() > kMostTextBytes) {
    error(node, fmt::format("{} is longer than {} bytes", what, kMostTextBytes));
  } else {
    return node.text;
  }
  return std::nullopt;
}

std::optional<std::string> NodeReader::id(const YamlNode& node) {
  auto value = text(node, "an id");
  if (!value) return std::nullopt;
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  };
  if (value->size() <= kMostIdBytes && std::ranges::all_of(*value, fits)) return value;
  error(node, fmt::format("'{}' is no id", cut_for_message(*value)),
        fmt::format("ids are letters a-z, digits, '_', '-' and '.', at most {} of them", kMostIdBytes));
  return std::nullopt;
}

std::optional<bool> NodeReader::boolean(const YamlNode& node) {
  if (node.kind == YamlNode::Kind::scalar && !node.quoted) {
    if (node.text == "true" || node.text == "True" || node.text == "TRUE") return true;
    if (node.text == "false" || node.text == "False" || node.text == "FALSE") return false;
  }
  error(node, "expected true or false", node.quoted ? "remove the quotes" : "");
  return std::nullopt;
}

std::optional<std::uint64_t> NodeReader::count(const YamlNode& node, std::uint64_t least, std::uint64_t most) {
  std::uint64_t value = 0;
  if (node.kind == YamlNode::Kind::scalar && !node.quoted) {
    const char* const end = node.text.data() + node.text.size();
    const auto parsed = std::from_chars(node.text.data(), end, value);
    if (parsed.ec == std::errc() && parsed.ptr == end && value >= least && value <= most) return value;
  }
  error(node,
        fmt::format("expected a whole number from {} to {}{}", least, most,
                    node.kind == YamlNode::Kind::scalar ? ", not '" + cut_for_message(node.text) + "'" : ""),
        node.quoted ? "remove the quotes" : "");
  return std::nullopt;
}

std::optional<double> NodeReader::number(const YamlNode& node) {
  const auto value = node.kind == YamlNode::Kind::scalar && !node.quoted ? whole_double(node.text) : std::nullopt;
  if (value && *value >= 0) return value;
  error(node, "expected a number that is not negative");
  return std::nullopt;
}

std::optional<double> NodeReader::ratio(const YamlNode& node) {
  if (node.kind == YamlNode::Kind::scalar) {
    if (const auto value = parse_ratio(node.text)) return value;
    // 1 could mean 1 % as well as all of it.
    if (const auto bare = whole_double(node.text); bare && *bare >= 1) {
      error(node, fmt::format("'{}' without % is 100 % or more", cut_for_message(node.text)),
            *bare <= 100 ? fmt::format("write {} % or {}", *bare, *bare / 100) : "write 1 % or 0.01");
      return std::nullopt;
    }
  }
  error(node, "expected a share over 0 and up to 1", "write 1 % or 0.01");
  return std::nullopt;
}

std::optional<double> NodeReader::share(const YamlNode& node) {
  if (node.kind == YamlNode::Kind::scalar) {
    if (const auto value = parse_share(node.text)) return value;
  }
  return ratio(node);
}

std::optional<Placed> NodeReader::quantity(const YamlNode& node) {
  if (node.kind == YamlNode::Kind::scalar) {
    double value = 0;
    const char* const end = node.text.data() + node.text.size();
    const auto [rest, failed] = std::from_chars(node.text.data(), end, value, std::chars_format::fixed);
    // A second point or number after the first is a slip, and no unit.
    const bool whole = rest == end || (*rest != '.' && (*rest < '0' || *rest > '9'));
    if (failed == std::errc() && std::isfinite(value) && whole) return Placed{node.text, at(node)};
  }
  error(node, "expected a value with its unit", "write it as 10 GB/s, 5 ms or 0.9");
  return std::nullopt;
}

std::optional<std::int64_t> NodeReader::duration(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::scalar) {
    error(node, fmt::format("expected a duration as 30 s, not {}", what_it_is(node)));
    return std::nullopt;
  }
  auto parsed = parse_duration(node.text);
  if (!parsed.ok()) {
    parsed.error().code = kWrong;
    diagnostics_.error(std::move(parsed).error(), at(node));
    return std::nullopt;
  }
  if (parsed->count > 0) return parsed->count;
  error(node, "a duration of 0");
  return std::nullopt;
}

std::optional<std::string> NodeReader::one_of(const YamlNode& node, std::string_view what,
                                              std::span<const std::string_view> names) {
  auto value = text(node, what);
  if (!value || std::ranges::find(names, *value) != names.end()) return value;
  const std::vector<std::string> known(names.begin(), names.end());
  std::string help = did_you_mean(*value, known);
  diagnostics_.error(kUnknown, fmt::format("'{}' is no {}", cut_for_message(*value), what.substr(what.find(' ') + 1)),
                     at(node), help.empty() ? fmt::format("there are: {}", fmt::join(known, ", ")) : help);
  return std::nullopt;
}

std::optional<Priority> NodeReader::priority(const YamlNode& node) {
  const auto value = one_of(node, "a priority", priority_names());
  if (!value) return std::nullopt;
  return static_cast<Priority>(std::ranges::find(priority_names(), *value) - priority_names().begin());
}

std::vector<Placed> NodeReader::texts(const YamlNode& node, std::string_view what) {
  std::vector<Placed> out;
  const auto add = [&](const YamlNode& item) {
    if (auto value = text(item, what)) out.push_back({std::move(*value), at(item)});
  };
  if (node.kind != YamlNode::Kind::sequence) {
    add(node);
    return out;
  }
  if (node.items.empty()) error(node, "an empty list", "remove the key, or name something");
  for (const YamlNode& item : node.items) add(item);
  return out;
}

std::string cut_for_message(std::string_view text) {
  constexpr std::size_t kMost = 60;
  return text.size() <= kMost ? std::string(text) : std::string(cut_utf8(text, kMost)) + "…";
}

std::optional<double> parse_ratio(std::string_view text) {
  const bool percent = text.ends_with('%');
  if (percent) text.remove_suffix(1);
  while (percent && text.ends_with(' ')) text.remove_suffix(1);
  const auto value = whole_double(text);
  if (!value) return std::nullopt;
  const double ratio = percent ? *value / 100 : *value;
  const double most = percent ? 1 : std::nextafter(1.0, 0.0);
  return ratio > 0 && ratio <= most ? std::optional(ratio) : std::nullopt;
}

std::optional<double> parse_share(std::string_view text) {
  std::string_view number = text;
  if (number.ends_with('%')) number.remove_suffix(1);
  while (number.size() < text.size() && number.ends_with(' ')) number.remove_suffix(1);
  if (whole_double(number) == 0.0) return 0;
  return parse_ratio(text);
}

}  // namespace benchhost::suite
