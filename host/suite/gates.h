// From the limits that a suite sets on metrics to those of one benchmark, in the units of its metrics. Pure.
#pragma once

#include <span>
#include <vector>

#include "common/protocol/descriptor.h"
#include "suite/diagnostics.h"
#include "suite/expand.h"
#include "suite/model.h"

namespace benchhost::suite {

/// The limits on each metric that the benchmark declares, in declared order, at_least first. Of each kind the last
/// threshold that matches a metric counts. Errors: a value whose unit is not the metric's; limits that no value can
/// keep together.
[[nodiscard]] std::vector<Gate> gates_of(std::span<const Threshold> thresholds,
                                         const protocol::BenchmarkRecord& benchmark, Diagnostics& diagnostics);

}  // namespace benchhost::suite
