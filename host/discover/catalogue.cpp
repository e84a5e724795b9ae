#include "discover/catalogue.h"

namespace benchhost::discover {

std::optional<Catalogue::Found> Catalogue::find_benchmark(std::string_view id) const {
  for (const PluginEntry& plugin : plugins) {
    if (!plugin.usable()) continue;
    for (const protocol::BenchmarkRecord& benchmark : plugin.record->benchmarks) {
      if (benchmark.id == id) return Found{&plugin, &benchmark};
    }
  }
  return std::nullopt;
}

const PluginEntry* Catalogue::find_plugin(std::string_view id) const {
  for (const PluginEntry& plugin : plugins) {
    if (plugin.usable() && plugin.record->id == id) return &plugin;
  }
  return nullptr;
}

std::optional<Catalogue::FoundDevice> Catalogue::find_device(std::string_view name) const {
  for (const BackendEntry& backend : backends) {
    if (!backend.usable()) continue;
    for (const protocol::DeviceRecord& device : backend.record->devices) {
      if (device.name == name) return FoundDevice{&backend, &device};
    }
  }
  return std::nullopt;
}

}  // namespace benchhost::discover
