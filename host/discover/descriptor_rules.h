// What single members of a descriptor may be: units, work keys, statistics, texts. Pure; sdk base.h, metrics.h,
// params.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/protocol/descriptor.h"

namespace benchhost::discover {

/// 1 ns By By/s 1/s J W Cel Hz {x} {x}/s By/{x} J/{x}.
[[nodiscard]] bool is_unit(std::string_view text);
/// items items.<id> bytes.read bytes.written bytes.moved ops.<type>, and the sums bytes and ops.
[[nodiscard]] bool is_work_key(std::string_view text);
/// mean median min max sum, or p and a percentile above 0 and up to 100.
[[nodiscard]] bool is_statistic(std::string_view text);
/// UTF-8 of at most `cap` bytes without control characters; "\n" and "\t" only where `lines`.
[[nodiscard]] bool is_text(std::string_view text, std::size_t cap, bool lines);
/// What is wrong with a value for a parameter: type, count, bounds, choices. nullopt: nothing.
[[nodiscard]] std::optional<std::string> value_problem(const protocol::ParamRecord& param,
                                                       const protocol::Value& value);

}  // namespace benchhost::discover
