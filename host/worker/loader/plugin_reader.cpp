#include "worker/loader/plugin_reader.h"

#include <set>

#include <benchhost/roles.h>

#include <fmt/format.h>

#include "worker/loader/benchmark_reader.h"
#include "worker/loader/field_reader.h"
#include "worker/loader/param_reader.h"

namespace benchhost::loader {
namespace {

using protocol::PluginRecord;

void read_benchmarks(FieldReader& reader, const bh_plugin_t& plugin, PluginRecord& record) {
  std::set<std::string> ids;
  for (std::uint32_t i = 0; reader.ok(); ++i) {
    const bh_benchmark_t* benchmark = plugin.benchmark(i);
    if (benchmark == nullptr) break;
    const std::string item = fmt::format("benchmark {}", i);
    if (!reader.require(i < BH_MAX_ITEMS, "benchmark", fmt::format("there are more than {}", BH_MAX_ITEMS)) ||
        !reader.structure(item, benchmark, BH_SIZE_TO(bh_benchmark_t, lifecycle)) ||
        !reader.require(plugin.benchmark(i) == benchmark, item, "is another pointer at the second call")) {
      break;
    }
    auto read = read_benchmark(reader, record.id, i, *benchmark);
    reader.require(ids.insert(read.id).second, item, fmt::format("id '{}' is there twice", read.id));
    reader.require(!read.enumerated || record.has_enumerate, item,
                   "its cases come from enumerate (BH_BENCHMARK_ENUMERATED), and the plugin has none");
    record.benchmarks.push_back(std::move(read));
  }
  reader.require(!record.benchmarks.empty(), "benchmark", "there is none");
}

void add_roles(FieldReader& reader, const bh_plugin_t& plugin, PluginRecord& record) {
  if (!reader.ok() || plugin.extension == nullptr) return;
  const void* found = plugin.extension(BH_EXT_ROLES);
  if (found == nullptr || !reader.structure(BH_EXT_ROLES, found, BH_SIZE_TO(bh_plugin_roles_t, role))) return;
  const auto& roles = *static_cast<const bh_plugin_roles_t*>(found);
  if (!reader.require(roles.role != nullptr, BH_EXT_ROLES, "its function role is NULL")) return;
  for (auto& benchmark : record.benchmarks) benchmark.roles = read_roles(reader, roles, benchmark);
}

}  // namespace

Result<PluginRecord> read_plugin(const bh_plugin_t* plugin, std::uint32_t abi, const protocol::Note& note,
                                 bool* broke_shape) {
  FieldReader reader("BH0209", note.id);
  PluginRecord record;
  record.id = note.id;
  record.version = note.version;
  record.vendor = note.vendor;
  record.licence = note.licence;
  record.url = note.url;
  record.sdk_version = note.sdk;
  record.abi = abi;
  try {
    if (reader.structure("plugin", plugin, BH_SIZE_TO(bh_plugin_t, settings))) {
      if (plugin->own_threads != BH_THREADS_UNKNOWN) record.own_threads = plugin->own_threads;
      reader.require((plugin->flags & ~BH_PLUGIN_SPAWNS) == 0, "flags",
                     fmt::format("has unknown bits: {}", plugin->flags));
      record.spawns = (plugin->flags & BH_PLUGIN_SPAWNS) != 0;
      record.has_enumerate = plugin->enumerate != nullptr;
      record.settings = read_params(reader, "setting", plugin->settings);
      if (reader.require(plugin->benchmark != nullptr, "benchmark", "is mandatory and NULL")) {
        read_benchmarks(reader, *plugin, record);
      }
      add_roles(reader, *plugin, record);
    }
  } catch (...) {
    reader.refuse("plugin", "a function let an exception out; nothing may unwind across the interface");
  }
  if (broke_shape != nullptr) *broke_shape = reader.broke_shape();
  if (!reader.ok()) return reader.take_error();
  return record;
}

}  // namespace benchhost::loader
