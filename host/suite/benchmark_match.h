// Which benchmarks an entry selects, and what its plugin is told. Private to the module.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/glob.h"
#include "suite/diagnostics.h"
#include "suite/expand.h"

namespace benchhost::suite {

/// Plugin and benchmark by index, ascending.
using BenchmarkRef = std::pair<std::size_t, std::uint32_t>;

/// Whether a pattern matches an id, or what follows one of its dots: `cpu_stream.*` matches
/// org.benchhost.cpu_stream.triad.
[[nodiscard]] bool matches_id(const Glob& glob, std::string_view id);

/// The benchmarks of an entry. Errors: a pattern that matches none, with the nearest id.
[[nodiscard]] std::vector<BenchmarkRef> match_benchmarks(const Entry& entry, const std::vector<PluginInput>& plugins,
                                                         Diagnostics& diagnostics);

/// The settings of an entry for one plugin: all declared, paths absolute. nullopt: an error was said.
[[nodiscard]] std::optional<std::vector<protocol::Value>> settings_for(const Entry& entry,
                                                                       const protocol::PluginRecord& plugin,
                                                                       Diagnostics& diagnostics);

/// A path as it was written, absolute: against `folder` if it is relative; "" stays "".
[[nodiscard]] protocol::Value absolute_paths(const protocol::Value& value, const std::string& folder);

}  // namespace benchhost::suite
