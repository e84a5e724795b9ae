#include "suite/yaml_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "common/base/digest.h"
#include "common/base/glob.h"
#include "suite/keys.h"
#include "suite/node_reader.h"
#include "suite/yaml_tree.h"

namespace benchhost::suite {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUnreadable = "BH0101";
constexpr const char* kWrong = "BH0103";
constexpr std::uint32_t kFewestForPrecision = 5;
constexpr std::uint64_t kMostSeed = ~std::uint64_t{0};

void read_setting(const Key& key, const YamlNode& value, NodeReader& reader, Settings& out) {
  if (key.name == "devices") {
    out.devices = reader.devices(value);
  } else if (key.name == "precision") {
    out.precision_ratio = reader.ratio(value);
  } else if (key.name == "time") {
    out.time_ns = reader.duration(value);
  } else if (key.name == "invocations") {
    out.invocations = reader.invocations(value);
  } else if (key.name == "timeout") {
    out.timeout_ns = reader.duration(value);
  } else if (key.name == "priority") {
    out.priority = reader.priority(value);
  } else if (key.name == "exclusive") {
    out.exclusive = reader.boolean(value);
  } else if (key.name == "share_device") {
    out.share_device = reader.boolean(value);
  } else if (key.name == "tags") {
    for (Placed& tag : reader.texts(value, "a tag")) out.tags.push_back(std::move(tag.text));
  } else if (key.name == "labels") {
    out.labels = reader.labels(value);
  } else if (key.name == "thresholds") {
    out.thresholds = reader.thresholds(value);
  } else if (key.name == "environment") {
    reader.environment(value, out.environment, out.when_unmet);
  }
}

/// The folder of a file, as a path that can be compared.
fs::path real_folder(const fs::path& file) {
  std::error_code error;
  const fs::path absolute = fs::absolute(file, error);
  return fs::weakly_canonical(error ? file : absolute, error).parent_path();
}

class SuiteReader {
 public:
  explicit SuiteReader(platform::Files* files) : files_(files) {}

  SuiteReading read_file(const std::string& path) {
    root_ = real_folder(path);
    out_.file = path;
    read_into(path, {}, nullptr);
    return finish();
  }

  SuiteReading read_text(std::string_view text, const std::string& name) {
    out_.file = name;
    read(text, name, {}, nullptr);
    return finish();
  }

 private:
  SuiteReading finish() {
    SuiteReading reading;
    out_.digest = to_hex(digest_.finish());
    if (diagnostics_.ok()) reading.suite = std::move(out_);
    reading.diagnostics = std::move(diagnostics_);
    return reading;
  }

  /// Reads a file, the given one or an include that was asked for at `asked`.
  void read_into(const fs::path& path, const Position& asked, const Settings* outer) {
    std::error_code error;
    const fs::path real = fs::weakly_canonical(fs::absolute(path, error), error);
    if (std::ranges::find(open_, real) != open_.end()) {
      diagnostics_.error(kUnreadable, "this include leads back to '" + path.string() + "'", asked,
                         "remove one of the includes of the loop");
      return;
    }
    if (++files_read_ > kMostIncludes) {
      diagnostics_.error(kUnreadable, fmt::format("more than {} files", kMostIncludes), asked, "merge some of them");
      return;
    }
    auto text = files_->read(path, Bytes{kMostFileBytes});
    if (!text.ok()) {
      const Position at = asked.line == 0 ? Position{path.string(), 0, 0} : asked;
      diagnostics_.error(std::move(text).error(), at);
      return;
    }
    open_.push_back(real);
    read(*text, path.string(), real.parent_path().string(), outer);
    open_.pop_back();
  }

  void read(std::string_view text, const std::string& name, const std::string& folder, const Settings* outer) {
    digest_.update(std::to_string(text.size()) + '\n');
    digest_.update(text);
    if (text.size() > kMostFileBytes) {
      diagnostics_.error(kUnreadable, fmt::format("larger than {} bytes", kMostFileBytes), {name, 0, 0});
      return;
    }
    const auto root = parse_yaml(text, name, diagnostics_);
    if (!root) return;
    NodeReader reader(name, diagnostics_);
    File file{name, folder, outer == nullptr, {}, nullptr, nullptr};
    const bool included = !file.outermost;
    reader.mapping(*root, {suite_keys()}, [&](const Key& key, const YamlNode& at, const YamlNode& value) {
      read_key(key, at, value, reader, file);
    });
    if (outer != nullptr) file.defaults = merge(*outer, file.defaults);
    if (file.includes != nullptr) read_includes(*file.includes, reader, file);
    if (file.entries != nullptr) read_entries(*file.entries, reader, file);
    if (file.includes == nullptr && file.entries == nullptr && root->kind == YamlNode::Kind::mapping)
      reader.error(*root, included ? "an included suite needs the key 'entries'" : "a suite needs the key 'entries'");
  }

  struct File {
    std::string name;
    std::string folder;
    bool outermost = true;
    Settings defaults;
    const YamlNode* includes = nullptr;
    const YamlNode* entries = nullptr;
  };

  void read_key(const Key& key, const YamlNode& at, const YamlNode& value, NodeReader& reader, File& file) {
    const auto outermost_only = [&] {
      if (file.outermost) return true;
      diagnostics_.warning(kWrong, fmt::format("'{}' of an included suite has no effect", key.name), reader.at(at),
                           "say it in the suite that is run");
      return false;
    };
    if (key.name == "name") {
      auto name = reader.text(value, "a name");
      if (name && file.outermost) out_.name = std::move(*name);
    } else if (key.name == "description") {
      auto description = reader.text(value, "a description");
      if (description && file.outermost) out_.description = std::move(*description);
    } else if (key.name == "labels") {
      for (auto& label : reader.labels(value)) {
        if (std::ranges::none_of(out_.labels, [&](const auto& l) { return l.first == label.first; }))
          out_.labels.push_back(std::move(label));
      }
    } else if (key.name == "seed") {
      const auto seed = reader.count(value, 0, kMostSeed);
      if (outermost_only()) out_.seed = seed;
    } else if (key.name == "devices") {
      set_devices(reader.devices(value), reader.at(at), file);
    } else if (key.name == "defaults") {
      reader.mapping(value, {defaults_keys()}, [&](const Key& setting, const YamlNode& where, const YamlNode& node) {
        if (setting.name == "devices")
          set_devices(reader.devices(node), reader.at(where), file);
        else
          read_setting(setting, node, reader, file.defaults);
      });
    } else if (key.name == "includes") {
      file.includes = &value;
    } else if (key.name == "entries") {
      file.entries = &value;
    } else if (key.name == "reports") {
      auto reports = reader.reports(value);
      if (outermost_only()) out_.reports = std::move(reports);
    }
  }

  void set_devices(std::vector<DeviceSelector> devices, const Position& at, File& file) {
    if (file.defaults.devices)
      diagnostics_.error(kWrong, "devices are given twice, for the suite and in its defaults", at,
                         "keep one of the two");
    file.defaults.devices = std::move(devices);
  }

  void read_includes(const YamlNode& node, NodeReader& reader, const File& file) {
    for (const Placed& include : reader.texts(node, "an include")) {
      if (file.folder.empty()) {
        diagnostics_.error(kUnreadable, "an include in a text that lies in no folder", include.at, "save it as a file");
        continue;
      }
      const fs::path written = include.text;
      const bool up = std::ranges::find(written, fs::path("..")) != written.end();
      const fs::path path = fs::path(file.name).parent_path() / written;
      const fs::path folder = real_folder(path);
      const auto [root_end, rest] = std::mismatch(root_.begin(), root_.end(), folder.begin(), folder.end());
      if (written.is_absolute() || up || root_end != root_.end()) {
        diagnostics_.error(kUnreadable, "the include '" + include.text + "' lies outside of the suite's folder",
                           include.at,
                           "includes are relative to the file that names them, in the folder of the suite or below");
        continue;
      }
      read_into(path, include.at, &file.defaults);
    }
  }

  void read_entries(const YamlNode& node, NodeReader& reader, const File& file) {
    if (node.kind != YamlNode::Kind::sequence || node.items.empty()) {
      reader.error(node, "entries are a list with at least one entry");
      return;
    }
    for (const YamlNode& item : node.items) read_entry(item, reader, file);
  }

  void read_entry(const YamlNode& node, NodeReader& reader, const File& file) {
    Entry entry;
    entry.at = reader.at(node);
    entry.folder = file.folder;
    Settings own;
    std::map<std::string, Position> axes;
    const auto add_axes = [&](const std::vector<Axis>& more) {
      for (const Axis& axis : more) {
        if (!axes.emplace(axis.name, axis.at).second)
          diagnostics_.error(kWrong, "parameter '" + axis.name + "' stands in this entry twice", axis.at,
                             "it is either crossed or zipped");
      }
    };
    reader.mapping(node, {entry_keys(), defaults_keys()},
                   [&](const Key& key, const YamlNode& at, const YamlNode& value) {
                     if (key.name == "id") {
                       read_entry_id(value, reader, entry);
                     } else if (key.name == "benchmarks") {
                       entry.benchmarks = reader.texts(value, "a benchmark");
                       check_globs(entry.benchmarks, at, reader);
                     } else if (key.name == "inputs") {
                       entry.inputs = reader.texts(value, "an input");
                       check_globs(entry.inputs, at, reader);
                     } else if (key.name == "settings") {
                       entry.settings = reader.values(value);
                     } else if (key.name == "parameters") {
                       entry.parameters = reader.axes(value);
                       add_axes(entry.parameters);
                     } else if (key.name == "zip") {
                       entry.zips = reader.zips(value);
                       for (const Zip& zip : entry.zips) add_axes(zip.axes);
                     } else if (key.name == "exclude") {
                       entry.exclude = reader.texts(value, "an expression");
                     } else {
                       read_setting(key, value, reader, own);
                     }
                   });
    entry.measure = merge(file.defaults, own);
    if (own.when_unmet && entry.measure.environment.empty())
      reader.error(node, "'unmet' says what to do, and the environment demands nothing", "write a demand beside it");
    warn_of_few_invocations(entry);
    out_.entries.push_back(std::move(entry));
  }

  /// Stopping at a precision takes the first interval that is narrow enough, and of two or three invocations one often
  /// is by chance.
  void warn_of_few_invocations(const Entry& entry) {
    const auto& invocations = entry.measure.invocations;
    const auto& precision = entry.measure.precision_ratio;
    if (!precision || !invocations || invocations->min == invocations->max || invocations->min >= kFewestForPrecision) {
      return;
    }
    if (!few_said_.insert(invocations->min).second) return;
    diagnostics_.warning(kWrong,
                         fmt::format("the precision of {:g} % may be reached by chance after {} invocation{}",
                                     *precision * 100, invocations->min, invocations->min == 1 ? "" : "s"),
                         entry.at, fmt::format("write invocations: {{min: {}, …}}", kFewestForPrecision));
  }

  void read_entry_id(const YamlNode& value, NodeReader& reader, Entry& entry) {
    const auto id = reader.id(value);
    if (!id) return;
    entry.id = *id;
    const auto [first, fresh] = ids_.emplace(*id, reader.at(value));
    if (!fresh)
      diagnostics_.error(kUnreadable, "the id '" + *id + "' is used twice, first at " + to_text(first->second),
                         reader.at(value), "ids are unique in a suite and its includes");
  }

  void check_globs(const std::vector<Placed>& globs, const YamlNode& key, NodeReader& reader) {
    bool picks = globs.empty();
    for (const Placed& glob : globs) {
      const bool takes_away = glob.text.starts_with('!');
      picks = picks || !takes_away;
      auto parsed = Glob::parse(std::string_view(glob.text).substr(takes_away ? 1 : 0));
      if (!parsed.ok()) diagnostics_.error(std::move(parsed).error(), glob.at);
    }
    if (!picks) reader.error(key, "all patterns take away and none picks", "begin with \"*\"");
  }

  platform::Files* files_;
  Diagnostics diagnostics_;
  Suite out_;
  fs::path root_;
  std::vector<fs::path> open_;  ///< files being read, outermost first
  std::size_t files_read_ = 0;
  std::map<std::string, Position> ids_;
  std::set<std::uint32_t> few_said_;
  Sha256 digest_;
};

}  // namespace

SuiteReading read_suite(platform::Files& files, const std::string& path) { return SuiteReader(&files).read_file(path); }

SuiteReading read_suite_text(std::string_view text, const std::string& name) {
  return SuiteReader(nullptr).read_text(text, name);
}

}  // namespace benchhost::suite
