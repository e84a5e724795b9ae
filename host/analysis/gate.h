// Whether a case keeps the limits that its suite sets: pure, decided by intervals and never by a single number.
#pragma once

#include <span>
#include <vector>

#include "store/records.h"
#include "suite/expand.h"

namespace benchhost::analysis {

/// One check a limit and measurement of its metric, in the order of the limits; labels of a labelled metric in theirs.
/// The limit is held if the whole interval keeps it (its end may touch the bound), tripped if no part of the interval
/// does, and undecided if the bound lies inside; undecided also without an interval or a value. All but `held` carry
/// their reason. Requires: the case passed, for numbers of any other are not believed.
[[nodiscard]] std::vector<store::GateCheck> check_gates(std::span<const suite::Gate> gates,
                                                        std::span<const store::Measurement> measurements);

}  // namespace benchhost::analysis
