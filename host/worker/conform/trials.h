// What the validator tries with a plugin in this process. Each function is one trial of protocol::Trial.
#pragma once

#include <optional>

#include "common/platform/files.h"
#include "worker/conform/notebook.h"
#include "worker/conform/process_state.h"
#include "worker/conform/stage.h"
#include "worker/loader/plugin_file.h"

namespace benchhost::conform {

/// Trials of the entry. Each in a process of its own: a host calls the entry once.
void try_older_host(const loader::PluginFile& plugin, Notebook& notes);
void try_newer_host(const loader::PluginFile& plugin, Notebook& notes);
void try_wide_offer(const loader::PluginFile& plugin, Notebook& notes);
void try_short_structs(const loader::PluginFile& plugin, Notebook& notes);
void try_long_structs(const loader::PluginFile& plugin, Notebook& notes);

/// Reads all descriptors, twice, from two working folders and environments, and asks for benchmarks out of order.
/// Requires: the plugin agreed.
/// Afterwards the process is elsewhere and has another environment. What was read; nullopt: it could not be.
[[nodiscard]] std::optional<protocol::PluginRecord> try_descriptors(const loader::PluginFile& plugin, Notebook& notes);

/// Asks for extensions that nobody has, and for roles out of order. Requires: the record was read from this table.
void check_extensions(const bh_plugin_t& table, const protocol::PluginRecord& record, Notebook& notes);

/// Compares what belongs to the process with what it was; threads and children that are about to end are waited for.
void note_changes(const ProcessState& before, std::uint32_t own_threads, platform::Clock& clock,
                  const std::string& where, Notebook& notes);

/// Trials of one benchmark.
void try_life(const Scene& scene, Notebook& notes);
void try_refusals(const Scene& scene, Notebook& notes);
void try_growth(const Scene& scene, Notebook& notes);
void try_corruption(const Scene& scene, Notebook& notes);
void try_disorder(const Scene& scene, Notebook& notes);
void try_boundary(const Scene& scene, Notebook& notes);
void try_beyond(const Scene& scene, Notebook& notes);
/// Of a benchmark of several roles: how many members its roles have, and what it does on a host that knows no roles.
void try_alone(const Scene& scene, Notebook& notes);

}  // namespace benchhost::conform
