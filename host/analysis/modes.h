// Whether the invocations of a case, or the batches of one, come at two speeds or more.
#pragma once

#include <span>
#include <vector>

#include "analysis/invocation.h"
#include "common/protocol/descriptor.h"
#include "store/records.h"

namespace benchhost::analysis {

/// Fewest samples of an invocation in which groups are looked for: below, a change of level and chance look alike.
inline constexpr std::size_t kLeastBatchesForModes = 20;

/// Groups (stats/modes.h) of the primary metric: first those of the invocations' values, then, invocation by
/// invocation, those of the samples of each. Only metrics that are times or rates have speeds. Samples of a rate by the
/// host's clock are times per iteration, in ns. Groups by the host's clock that lie within two of its steps are one:
/// short batches (cold, once, with a small batch_max) come out on one step or on the next. Empty: one group of each.
[[nodiscard]] std::vector<store::ModeSet> modes_of(const protocol::MetricRecord& primary,
                                                   std::span<const Invocation> invocations);

}  // namespace benchhost::analysis
