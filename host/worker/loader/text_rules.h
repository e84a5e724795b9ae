// What the texts of a descriptor may look like: units, work keys, statistics (sdk metrics.h). Ids:
// common/protocol/id.h.
#pragma once

#include <string_view>

namespace benchhost::loader {

/// A unit of the SDK's registry: 1 ns By By/s 1/s J W Cel Hz {x} {x}/s By/{x} J/{x}.
[[nodiscard]] bool is_unit(std::string_view text);
/// A unit of something per second: By/s, 1/s, {x}/s.
[[nodiscard]] bool is_rate_unit(std::string_view text);
/// A key of the work model; `sums`: also "bytes" and "ops", which only a metric may name.
[[nodiscard]] bool is_work_key(std::string_view text, bool sums);
/// mean median min max sum, or p and a percentile above 0 and up to 100.
[[nodiscard]] bool is_statistic(std::string_view text);
/// No control character; with `lines`, \n and \t are allowed.
[[nodiscard]] bool is_printable(std::string_view utf8, bool lines);

}  // namespace benchhost::loader
