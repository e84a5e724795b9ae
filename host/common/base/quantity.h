// A value with its unit, as people write it, read for a unit of the SDK's registry: what format_quantity writes,
// backwards.
#pragma once

#include <string_view>

#include "common/base/result.h"

namespace benchhost {

/// The value of `text` in `ucum_unit`: 10e9 from "10 GB/s" for By/s, 5e6 from "5 ms" for ns, 0.9 from "90 %" for 1,
/// 12.3e6 from "12.3 M token/s" for {token}/s. A decimal, a prefix where the unit takes one (powers of 1000, and Ki Mi
/// Gi Ti Pi where it counts bytes) and the unit; blanks between them do not count. A bare number is read for 1 and for
/// counts of something alone, since elsewhere nobody can know which unit was meant. Errors: BH0005, with a value in
/// that unit as it may be written.
[[nodiscard]] Result<double> parse_quantity(std::string_view text, std::string_view ucum_unit);

}  // namespace benchhost
