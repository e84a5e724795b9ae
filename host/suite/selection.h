// A suite without a file: `benchhost run BENCHMARK… --param k=v`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "suite/model.h"

namespace benchhost::suite {

/// One parameter from the command line. The text is a value, several joined by ',', `sweep`, or what a suite could say
/// in YAML's flow style: "64 KiB", "1,2,4", "{log2: [4 KiB, 1 GiB]}". Errors: as of the reader, placed at "--param
/// NAME", or at whatever `flag` is.
[[nodiscard]] Result<Axis> parse_parameter(std::string_view name_equals_value, std::string_view flag = "--param");

/// A device selector from the command line: a kind, `kind:index`, a glob over either, or name=GLOB, vendor=GLOB,
/// where=EXPRESSION. Errors: an expression that does not parse; a name that no selector has.
[[nodiscard]] Result<DeviceSelector> parse_device_selector(std::string_view text, const Position& at);

/// One entry that selects by the globs, all parameters crossed in the order given. Nothing in it says how to measure:
/// that comes as overrides. Requires: at least one glob. Errors: a parameter given twice.
[[nodiscard]] Result<Suite> from_selection(const std::vector<std::string>& benchmark_globs,
                                           const std::vector<Axis>& parameters);

}  // namespace benchhost::suite
