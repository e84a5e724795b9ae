// What single members of a descriptor may be: units, work keys, statistics, texts, values (sdk base.h, metrics.h,
// params.h). Pure. The worker asks while it reads a plugin; the host asks again, since a plugin can write into its
// worker whatever it likes. Ids: id.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/protocol/descriptor.h"

namespace benchhost::protocol {

/// A sweep by octaves: the most steps an octave, and the most octaves a step.
inline constexpr std::uint32_t kMostPerOctave = 1000;
inline constexpr std::uint64_t kMostOctaves = 64;

/// 1 ns By By/s 1/s J W Cel Hz {x} {x}/s By/{x} J/{x}.
[[nodiscard]] bool is_unit(std::string_view text);
/// A unit of something per second: By/s, 1/s, {x}/s.
[[nodiscard]] bool is_rate_unit(std::string_view text);
/// items items.<id> bytes.read bytes.written bytes.moved ops.<type>; `sums`: also "bytes" and "ops", which only a
/// metric may name.
[[nodiscard]] bool is_work_key(std::string_view text, bool sums);
/// mean median min max sum, or p and a percentile above 0 and up to 100.
[[nodiscard]] bool is_statistic(std::string_view text);
/// No control character of ASCII or Latin-1; "\n" and "\t" where `lines`. Requires: UTF-8.
[[nodiscard]] bool is_printable(std::string_view utf8, bool lines);
/// UTF-8 of at most `cap` bytes that is printable.
[[nodiscard]] bool is_text(std::string_view text, std::size_t cap, bool lines);
/// What is wrong with a value for a parameter: type, count, bounds, choices. nullopt: nothing. Bounds and choices of
/// another shape than the parameter's count as absent: they are findings of their own.
[[nodiscard]] std::optional<std::string> value_problem(const ParamRecord& param, const Value& value);

}  // namespace benchhost::protocol
