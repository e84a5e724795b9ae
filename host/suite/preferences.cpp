#include "suite/preferences.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "common/base/suggest.h"
#include "suite/node_reader.h"
#include "suite/yaml_reader.h"
#include "suite/yaml_tree.h"

namespace benchhost::suite {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWrong = "BH0103";

constexpr auto kKeys = std::to_array<Key>({
    {"db", Shape::text, "Database of results"},
    {"plugins", Shape::texts, "Folders in which plugins are searched"},
    {"backends", Shape::texts, "Folders in which backend modules are searched"},
    {"suites", Shape::texts, "Folders in which suites are searched by name"},
    {"cache_dir", Shape::text, "Where probes and compiled programs are remembered"},
    {"state_dir", Shape::text, "Where it is kept what crashed and is not started again"},
    {"format", Shape::text, "How data is written on standard output: text or json"},
    {"color", Shape::text, "auto, always or never"},
    {"progress", Shape::text, "auto, bar, lines or none"},
});

class PreferencesReader {
 public:
  PreferencesReader(const std::string& file, Diagnostics& diagnostics)
      : folder_(fs::path(file).parent_path()), reader_(file, diagnostics), diagnostics_(diagnostics) {}

  Preferences read(const YamlNode& root) {
    Preferences out;
    reader_.mapping(root, {preference_keys()}, [&](const Key& key, const YamlNode&, const YamlNode& value) {
      if (key.name == "db") {
        out.db = path(value, "a file");
      } else if (key.name == "cache_dir") {
        out.cache_dir = path(value, "a folder");
      } else if (key.name == "state_dir") {
        out.state_dir = path(value, "a folder");
      } else if (key.name == "plugins") {
        out.plugins = folders(value);
      } else if (key.name == "backends") {
        out.backends = folders(value);
      } else if (key.name == "suites") {
        out.suites = folders(value);
      } else if (key.name == "format") {
        out.format = one_of(key, value, {"text", "json"});
      } else if (key.name == "color") {
        out.color = one_of(key, value, {"auto", "always", "never"});
      } else if (key.name == "progress") {
        out.progress = one_of(key, value, {"auto", "bar", "lines", "none"});
      }
    });
    return out;
  }

 private:
  [[nodiscard]] std::string absolute(const std::string& text) const {
    return (folder_ / text).lexically_normal().string();
  }

  std::optional<std::string> path(const YamlNode& value, std::string_view what) {
    const auto text = reader_.text(value, what);
    return text ? std::optional(absolute(*text)) : std::nullopt;
  }

  std::vector<std::string> folders(const YamlNode& value) {
    std::vector<std::string> out;
    for (const Placed& one : reader_.texts(value, "a folder")) out.push_back(absolute(one.text));
    return out;
  }

  std::optional<std::string> one_of(const Key& key, const YamlNode& value, const std::vector<std::string>& choices) {
    auto text = reader_.text(value, fmt::format("'{}'", key.name));
    if (!text) return std::nullopt;
    if (std::ranges::find(choices, *text) != choices.end()) return text;
    diagnostics_.error(
        kWrong, fmt::format("'{}' is one of {}, not '{}'", key.name, fmt::join(choices, ", "), cut_for_message(*text)),
        reader_.at(value), did_you_mean(*text, choices));
    return std::nullopt;
  }

  fs::path folder_;
  NodeReader reader_;
  Diagnostics& diagnostics_;
};

// Whether there is anything but blank lines and comments: a benchhost.yaml without settings marks a project's folder.
bool says_nothing(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first != std::string_view::npos && line[first] != '#') return false;
  }
  return true;
}

void keep_new(std::vector<std::string>& into, const std::vector<std::string>& more) {
  for (const std::string& one : more) {
    if (std::ranges::find(into, one) == into.end()) into.push_back(one);
  }
}

}  // namespace

KeyTable preference_keys() { return {"a settings file", kKeys}; }

PreferencesReading read_preferences_text(std::string_view text, const std::string& file) {
  PreferencesReading reading;
  Preferences read;
  if (!says_nothing(text)) {
    const auto root = parse_yaml(text, file, reading.diagnostics);
    if (root) read = PreferencesReader(file, reading.diagnostics).read(*root);
  }
  if (reading.diagnostics.ok()) reading.preferences = std::move(read);
  return reading;
}

PreferencesReading read_preferences(platform::Files& files, const std::string& path) {
  std::error_code failed;
  const fs::path absolute = fs::absolute(path, failed);
  const auto text = files.read(path, Bytes{kMostFileBytes});
  if (text.ok()) return read_preferences_text(*text, failed ? path : absolute.string());
  PreferencesReading reading;
  reading.diagnostics.error(Error(text.error()), {path, 0, 0});
  return reading;
}

Preferences merge(Preferences strong, const Preferences& weak) {
  const auto fill = [](std::optional<std::string>& into, const std::optional<std::string>& from) {
    if (!into) into = from;
  };
  fill(strong.db, weak.db);
  fill(strong.cache_dir, weak.cache_dir);
  fill(strong.state_dir, weak.state_dir);
  fill(strong.format, weak.format);
  fill(strong.color, weak.color);
  fill(strong.progress, weak.progress);
  keep_new(strong.plugins, weak.plugins);
  keep_new(strong.backends, weak.backends);
  keep_new(strong.suites, weak.suites);
  return strong;
}

}  // namespace benchhost::suite
