// The small collections of a suite: labels, invocations, thresholds, environment, reports, devices.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

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
    if (auto all = threshold("*", at(node), node)) out.push_back(*std::move(all));
    return out;
  }
  for (const auto& [key, value] : node.members) {
    if (auto glob = Glob::parse(key.text); !glob.ok()) {
      diagnostics_.error(std::move(glob).error(), at(key));
    } else if (auto one = threshold(key.text, at(key), value)) {
      out.push_back(*std::move(one));
    }
  }
  return out;
}

std::optional<Threshold> NodeReader::threshold(const std::string& metric, const Position& where, const YamlNode& node) {
  Threshold out;
  out.metric = metric;
  out.at = where;
  if (node.kind != YamlNode::Kind::mapping) {
    out.change = ratio(node);
    return out.change ? std::optional(std::move(out)) : std::nullopt;
  }
  bool good = true;
  mapping(node, {threshold_keys()}, [&](const Key& key, const YamlNode&, const YamlNode& value) {
    if (key.shape == Shape::ratio) {
      out.change = ratio(value);
      good = good && out.change;
      return;
    }
    auto written = quantity(value);
    good = good && written;
    (key.name == "at_least" ? out.at_least : out.at_most) = std::move(written);
  });
  if (node.members.empty()) error(node, "an empty mapping limits nothing", "write {at_least: 10 GB/s}, or 3 %");
  return good && !node.members.empty() ? std::optional(std::move(out)) : std::nullopt;
}

void NodeReader::environment(const YamlNode& node, std::vector<Demand>& demands, std::optional<WhenUnmet>& when_unmet) {
  mapping(node, {environment_keys()}, [&](const Key& key, const YamlNode& name, const YamlNode& value) {
    if (key.shape == Shape::unmet) {
      if (const auto word = one_of(value, "a choice", unmet_names()))
        when_unmet = static_cast<WhenUnmet>(std::ranges::find(unmet_names(), *word) - unmet_names().begin());
    } else if (demand_fits(key, value)) {
      demands.push_back({std::string(key.name), value.text, at(name)});
    }
  });
  if (node.kind == YamlNode::Kind::mapping && node.members.empty())
    error(node, "an empty mapping demands nothing", "remove the key, or write {governor: performance}");
}

bool NodeReader::demand_fits(const Key& key, const YamlNode& value) {
  switch (key.shape) {
    case Shape::boolean:
      return boolean(value).has_value();
    case Shape::number:
      return number(value).has_value();
    case Shape::cores:
      return count(value, 1, kMostCores).has_value();
    case Shape::ratio:
      return ratio(value).has_value();
    case Shape::share:
      return share(value).has_value();
    case Shape::governor:
      return one_of(value, "a governor", governor_names()).has_value();
    default:
      break;
  }
  if (value.kind != YamlNode::Kind::scalar) return text(value, fmt::format("'{}'", key.name)).has_value();
  auto size = parse_bytes(value.text);
  if (size.ok()) return true;
  diagnostics_.error(std::move(size).error(), at(value));
  return false;
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

/// Where somebody else's suite may write: nowhere but in the folder that whoever runs it names.
bool NodeReader::report_file_fits(const std::string& file, const YamlNode& node) {
  const std::filesystem::path path = file;
  const bool outside = path.is_absolute() || std::ranges::find(path, std::filesystem::path("..")) != path.end();
  const bool hidden = std::ranges::any_of(
      path, [](const std::filesystem::path& part) { return part != "." && part.string().starts_with('.'); });
  if (!outside && hidden) {
    // What a shell or a tool reads at its start is nobody's report.
    error(node, fmt::format("the report '{}' would be a hidden file", cut_for_message(file)),
          "name it without the dot");
  }
  if (!outside) return !hidden;
  error(node, fmt::format("the report '{}' lies outside of the output folder", cut_for_message(file)),
        "files are relative to --output-dir and lie below it; run --report writes anywhere");
  return false;
}

std::optional<ReportRequest> NodeReader::report(const YamlNode& node) {
  ReportRequest out;
  out.at = at(node);
  if (node.kind != YamlNode::Kind::mapping) {
    // As on the command line: FORMAT or FORMAT:FILE.
    YamlNode format = node;
    if (const std::size_t colon = node.text.find(':'); colon != std::string::npos) {
      out.file = node.text.substr(colon + 1);
      format.text.resize(colon);
      if (out.file.empty()) {
        error(node, fmt::format("the report '{}' names no file", cut_for_message(node.text)),
              fmt::format("{}:FILE, or {} alone for standard output", format.text, format.text));
        return std::nullopt;
      }
    }
    const auto known = one_of(format, "a report format", report_formats());
    if (!known || !report_file_fits(out.file, node)) return std::nullopt;
    out.format = *known;
    return out;
  }
  bool good = true;
  mapping(node, {report_keys()}, [&](const Key& key, const YamlNode&, const YamlNode& value) {
    const auto read =
        key.shape == Shape::format ? one_of(value, "a report format", report_formats()) : text(value, "a file name");
    good = good && read.has_value();
    if (read && key.shape != Shape::format) good = report_file_fits(*read, value) && good;
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
