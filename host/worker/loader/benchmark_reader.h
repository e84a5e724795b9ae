// Benchmarks as a plugin publishes them (sdk plugin.h, roles.h).
#pragma once

#include <string_view>
#include <vector>

#include <benchhost/plugin.h>
#include <benchhost/roles.h>

#include "common/protocol/descriptor.h"
#include "worker/loader/field_reader.h"

namespace benchhost::loader {

/// Reads a descriptor with all its lists; roles are read_roles' to add.
/// Requires: FieldReader::structure has checked the benchmark.
[[nodiscard]] protocol::BenchmarkRecord read_benchmark(FieldReader& reader, std::string_view plugin_id,
                                                       std::uint32_t index, const bh_benchmark_t& benchmark);

/// Roles of a benchmark by the plugin's extension; empty for a benchmark without.
/// Requires: FieldReader::structure has checked the extension.
[[nodiscard]] std::vector<protocol::RoleRecord> read_roles(FieldReader& reader, const bh_plugin_roles_t& extension,
                                                           const protocol::BenchmarkRecord& benchmark);

}  // namespace benchhost::loader
