// The small collections of a suite: labels, invocations, thresholds, environment, reports, devices.
#include <fmt/format.h>

#include <algorithm>

#include "common/base/glob.h"
#include "common/base/units.h"
#include "suite/node_reader.h"
#include "suite/selection.h"

namespace benchhost::suite {

Labels NodeReader::labels(const YamlNode& node) {
  Labels out;
  if (node.kind != YamlNode::Kind::mapping) {
    error(node, "labels are a mapping of names to texts");
    return out;
  }
  for (const auto& [key, value] : node.members) {
    const auto name = id(key);
    const auto content = text(value, "a label");
    if (name && content) out.emplace_back(*name, *content);
  }
  return out;
}

std::optional<Invocations> NodeReader::invocations(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::mapping) {
    const auto exactly = count(node, 1, kMostInvocations);
    if (!exactly) return std::nullopt;
    return Invocations{static_cast<std::uint32_t>(*exactly), static_cast<std::uint32_t>(*exactly)};
  }
  std::optional<std::uint64_t> min;
  std::optional<std::uint64_t> max;
  mapping(node, {invocation_keys()}, [&](const Key& key, const YamlNode&, const YamlNode& value) {
    (key.name == "min" ? min : max) = count(value, 1, kMostInvocations);
  });
  if (!min || !max) return std::nullopt;
  if (*min > *max) {
    error(node, fmt::format("min {} is more than max {}", *min, *max));
    return std::nullopt;
  }
  return Invocations{static_cast<std::uint32_t>(*min), static_cast<std::uint32_t>(*max)};
}

std::vector<Threshold> NodeReader::thresholds(const YamlNode& node) {
  std::vector<Threshold> out;
  if (node.kind != YamlNode::Kind::mapping) {
    if (const auto all = ratio(node)) out.push_back({"*", *all, at(node)});
    return out;
  }
  for (const auto& [key, value] : node.members) {
    if (auto glob = Glob::parse(key.text); !glob.ok()) {
      diagnostics_.error(std::move(glob).error(), at(key));
    } else if (const auto limit = ratio(value)) {
      out.push_back({key.text, *limit, at(key)});
    }
  }
  return out;
}

std::vector<Demand> NodeReader::environment(const YamlNode& node) {
  std::vector<Demand> out;
  mapping(node, {environment_keys()}, [&](const Key& key, const YamlNode& name, const YamlNode& value) {
    bool fits = false;
    if (key.shape == Shape::boolean) {
      fits = boolean(value).has_value();
    } else if (key.shape == Shape::number) {
      fits = number(value).has_value();
    } else if (key.shape == Shape::size && value.kind == YamlNode::Kind::scalar) {
      auto size = parse_bytes(value.text);
      fits = size.ok();
      if (!fits) diagnostics_.error(std::move(size).error(), at(value));
    } else {
      fits = text(value, fmt::format("'{}'", key.name)).has_value();
    }
    if (fits) out.push_back({std::string(key.name), value.text, at(name)});
  });
  return out;
}

std::vector<ReportRequest> NodeReader::reports(const YamlNode& node) {
  std::vector<ReportRequest> out;
  const auto add = [&](const YamlNode& item) {
    if (auto one = report(item)) out.push_back(std::move(*one));
  };
  if (node.kind != YamlNode::Kind::sequence) {
    add(node);
    return out;
  }
  if (node.items.empty()) error(node, "an empty list", "remove the key, or name a report");
  std::ranges::for_each(node.items, add);
  return out;
}

std::optional<ReportRequest> NodeReader::report(const YamlNode& node) {
  ReportRequest out;
  out.at = at(node);
  if (node.kind != YamlNode::Kind::mapping) {
    const auto format = one_of(node, "a report format", report_formats());
    if (!format) return std::nullopt;
    out.format = *format;
    return out;
  }
  bool good = true;
  mapping(node, {report_keys()}, [&](const Key& key, const YamlNode&, const YamlNode& value) {
    const auto read =
        key.shape == Shape::format ? one_of(value, "a report format", report_formats()) : text(value, "a file name");
    good = good && read.has_value();
    if (read) (key.shape == Shape::format ? out.format : out.file) = *read;
  });
  return good && !out.format.empty() ? std::optional(out) : std::nullopt;
}

std::vector<DeviceSelector> NodeReader::devices(const YamlNode& node) {
  std::vector<DeviceSelector> out;
  const auto add = [&](const YamlNode& item) {
    if (auto one = device(item)) out.push_back(std::move(*one));
  };
  if (node.kind != YamlNode::Kind::sequence) {
    add(node);
    return out;
  }
  if (node.items.empty()) error(node, "an empty list of devices", "remove the key to run on every device that fits");
  std::ranges::for_each(node.items, add);
  return out;
}

std::optional<DeviceSelector> NodeReader::device(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::mapping) {
    const auto written = text(node, "a device selector");
    if (!written) return std::nullopt;
    auto parsed = parse_device_selector(*written, at(node));
    if (parsed.ok()) return std::move(parsed).value();
    diagnostics_.error(std::move(parsed).error());
    return std::nullopt;
  }
  DeviceSelector out;
  out.at = at(node);
  bool good = true;
  mapping(node, {device_keys()}, [&](const Key& key, const YamlNode&, const YamlNode& value) {
    const auto written = text(value, fmt::format("'{}'", key.name));
    if (!written) {
      good = false;
      return;
    }
    // The command line's form is read for each key, so that both check the same.
    auto part = parse_device_selector(fmt::format("{}={}", key.name, *written), at(value));
    if (!part.ok()) {
      diagnostics_.error(std::move(part).error());
      good = false;
      return;
    }
    const auto take = [](std::string& to, std::string& from) {
      if (!from.empty()) to = std::move(from);
    };
    take(out.pattern, part->pattern);
    take(out.name, part->name);
    take(out.vendor, part->vendor);
    take(out.where, part->where);
  });
  return good ? std::optional(out) : std::nullopt;
}

}  // namespace benchhost::suite
