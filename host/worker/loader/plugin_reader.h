// A plugin's table, read into one record.
#pragma once

#include <benchhost/plugin.h>

#include "common/base/result.h"
#include "common/protocol/descriptor.h"
#include "common/protocol/note.h"

namespace benchhost::loader {

/// Reads every descriptor of a plugin: settings, benchmarks with parameters, metrics, summaries, slots and lifecycle,
/// roles. Errors: BH0209 with benchmark, member and rule; also when a function of the plugin lets an exception out.
/// broke_shape: null, or told whether the error is one of size, list or text. Thread: control.
[[nodiscard]] Result<protocol::PluginRecord> read_plugin(const bh_plugin_t* plugin, std::uint32_t abi,
                                                         const protocol::Note& note, bool* broke_shape = nullptr);

}  // namespace benchhost::loader
