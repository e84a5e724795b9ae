// Metrics as a plugin publishes or declares them (sdk metrics.h).
#pragma once

#include <string_view>
#include <vector>

#include <benchhost/metrics.h>

#include "common/protocol/descriptor.h"
#include "worker/loader/field_reader.h"

namespace benchhost::loader {

/// Reads one metric. Refuses a unit outside the registry, a domain that cannot give this kind, a rate without the work
/// it divides, a labelled or primary metric where none may be. `source` is checked by check_sources, which sees all.
/// Requires: metric begins with struct_size (FieldReader::structure, or ::list, has checked it).
[[nodiscard]] protocol::MetricRecord read_metric(FieldReader& reader, const bh_metric_t& metric);

/// Reads the published ones: at least one, ids unique, exactly one primary.
[[nodiscard]] std::vector<protocol::MetricRecord> read_metrics(FieldReader& reader, const bh_metric_list_t& list);

/// "" or the rule that `source` of the metric breaks: it names a SELF metric of the same unit that has none itself.
[[nodiscard]] std::string broken_source(const protocol::MetricRecord& metric,
                                        const std::vector<protocol::MetricRecord>& all);

}  // namespace benchhost::loader
