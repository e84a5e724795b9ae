// A value as text that the reader turns back into exactly this value.
#pragma once

#include <string>

#include "common/protocol/value.h"

namespace benchhost::suite {

/// What stands after "name=" in parse_parameter, or after "name:" in a suite, for one value and no sweep. Texts that
/// YAML could take for something else are in double quotes, everything but printable ASCII in them escaped. Requires:
/// `value` is not of type none; its texts are UTF-8.
[[nodiscard]] std::string written_value(const protocol::Value& value);

}  // namespace benchhost::suite
