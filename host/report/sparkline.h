// Pictures made of letters: a line of a few columns, and bars. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "report/run_report.h"
#include "report/sample_shape.h"

namespace benchhost::report {

/// A mark a value, its height between the least and the greatest of them: "▁▃▂█▂"; ASCII: "_-:#:". A value that is not
/// finite is a blank. Values that differ by less than `flat_ratio` of the greatest are drawn alike: a line that jumps
/// for a millionth would deceive.
[[nodiscard]] std::string sparkline(std::span<const double> values, bool ascii, double flat_ratio = 0.005);

/// The run order of all invocations as a line, and the distribution as bars, with range and counts; "" without samples.
[[nodiscard]] std::string shape_text(const CaseShape& shape, const Style& style);

}  // namespace benchhost::report
