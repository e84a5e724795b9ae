// What was found: plugins and backends, those that can be used and those that cannot, each with its reason.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/protocol/descriptor.h"
#include "common/protocol/device.h"
#include "common/protocol/note.h"
#include "discover/quarantine.h"
#include "discover/refusal.h"
#include "discover/search_path.h"

namespace benchhost::discover {

struct PluginEntry {
  std::filesystem::path path;
  std::string origin;          ///< of its search folder
  std::string content_digest;  ///< SHA-256 of the whole file; "" if it was not read
  std::string stamp;           ///< platform::stamp_of the file that has this content
  std::string fingerprint;     ///< of what runs; "" of a file that was refused before its probe
  std::optional<protocol::Note> note;
  std::optional<protocol::PluginRecord> record;
  std::optional<Refusal> refusal;
  /// NAME.assets beside NAME.so, "" if there is none.
  std::string asset_dir;
  std::string descriptor_digest;  ///< of the record, for RunJob; "" without one
  bool from_cache = false;        ///< the probe was remembered, no process was started

  [[nodiscard]] bool usable() const { return record.has_value() && !refusal.has_value(); }
};

struct BackendEntry {
  std::filesystem::path path;
  std::string origin;
  std::string fingerprint;
  std::optional<protocol::BackendRecord> record;
  std::optional<Refusal> refusal;

  [[nodiscard]] bool usable() const { return record.has_value() && !refusal.has_value(); }
};

struct Catalogue {
  std::vector<PluginEntry> plugins;    ///< in search order, then by file name
  std::vector<BackendEntry> backends;  ///< likewise
  std::vector<RefusedFolder> refused_folders;
  Quarantine quarantine;  ///< when all this was found, of every plugin that the user has met

  /// A benchmark of a usable plugin, by its id.
  struct Found {
    const PluginEntry* plugin = nullptr;
    const protocol::BenchmarkRecord* benchmark = nullptr;
  };
  [[nodiscard]] std::optional<Found> find_benchmark(std::string_view id) const;
  [[nodiscard]] const PluginEntry* find_plugin(std::string_view id) const;
  /// A device of a usable backend, by its name "kind:index".
  struct FoundDevice {
    const BackendEntry* backend = nullptr;
    const protocol::DeviceRecord* device = nullptr;
  };
  [[nodiscard]] std::optional<FoundDevice> find_device(std::string_view name) const;
};

}  // namespace benchhost::discover
